# make run    install what is needed and serve the dashboard on 127.0.0.1:8501
# make test   everything but the slow tests; installs what the tests need
# make check  lint, format and types        make fix         repair what can be repaired
# make bench  timed comparisons             make test-slow   tests on real data, or minutes long
# make screenshots   the pictures of the README, one a page, from the recorded runs

SHELL  := /bin/bash
PYTHON ?= python3
PORT   ?= 8501

PY      := .venv/bin/python
RUNTIME := .venv/.runtime-installed
DEV     := .venv/.dev-installed

.DEFAULT_GOAL := help
.PHONY: help run test test-slow check fix bench screenshots chromium clean

help:
	@sed -n '/^# make/s/^# //p' Makefile

run: $(RUNTIME)
	$(PY) -m streamlit run dashboard/app.py \
		--server.address 127.0.0.1 --server.port $(PORT) \
		--server.showEmailPrompt false --browser.gatherUsageStats false

test: $(DEV) chromium
	HF_HUB_OFFLINE=1 OMP_NUM_THREADS=1 $(PY) -m pytest -n 2 --dist loadfile

test-slow: $(DEV) chromium
	HF_HUB_OFFLINE=1 $(PY) -m pytest -m slow --timeout 3600

check: $(DEV)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

fix: $(DEV)
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: $(DEV)
	$(PY) -m benchmarks.table

screenshots: $(DEV) chromium
	OMP_NUM_THREADS=1 $(PY) -m tests.browser.screenshots

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis

# An environment is made when there is none, or when the one there does not run (a moved or half
# made folder). Its packages are installed again only when a requirements file is newer.
$(RUNTIME): requirements.txt
	@$(PY) -m pip --version >/dev/null 2>&1 || $(MAKE) --no-print-directory .venv-new
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(DEV): requirements-dev.txt $(RUNTIME)
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

.PHONY: .venv-new
.venv-new:
	@for python in $(PYTHON) python3.13 python3.12 python3.11; do \
		if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo "making .venv with $$("$$python" --version)"; \
			exec "$$python" -m venv --clear .venv; \
		fi; \
	done; \
	echo "Python 3.11 or later was not found. Install it, or name it: make run PYTHON=/path/to/python3.11" >&2; \
	exit 2

# Only the browser tests need it; without it they are skipped and say so.
chromium:
	@if command -v chromium >/dev/null || command -v chromium-browser >/dev/null \
		|| command -v google-chrome >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "installing chromium for the browser tests"; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
			--no-install-recommends chromium </dev/null >/dev/null; } \
			|| echo "chromium could not be installed: the browser tests will be skipped" >&2; \
	else \
		echo "no chromium: the browser tests will be skipped. To run them: sudo apt-get install chromium" >&2; \
	fi

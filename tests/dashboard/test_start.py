"""What a server does before its first chart, and what it leaves for later."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from core.runs.environment import ROOT
from core.runs.store import RunStore
from dashboard import cache

FIRST_CHART = """
import gc, json, sys
from streamlit.elements import vega_charts
from tests.pages.opened import open_page

HEAVY = ("pandas", "torch", "transformers", "scipy", "core.jobs.settings", "core.published.papers")
prepare, known = vega_charts._prepare_vega_lite_spec, []

def look(*given):
    from dashboard import cache
    known.append([name for name in HEAVY if name in sys.modules])
    known.append(sum(what == "run" for what, _ in cache._READ))
    return prepare(*given)

vega_charts._prepare_vega_lite_spec = look
app = open_page("overview")
assert not app.exception, app.exception
print(json.dumps([*known[:2], gc.get_threshold()[0], gc.get_freeze_count()]))
"""


def test_the_first_chart_needs_no_heavy_library_and_reads_the_demos_only() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIRST_CHART],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    heavy, read, threshold, frozen = json.loads(done.stdout.splitlines()[-1])
    assert not heavy
    assert read == sum("-demo-" in path.name for path in RunStore(ROOT / "cached_runs").paths())
    assert threshold > 700 and frozen > 0  # fewer searches for garbage, none in what is imported


def test_runs_of_one_kind_are_found_without_the_others(tmp_path: Path, monkeypatch) -> None:
    store = RunStore(tmp_path)
    demo = store.create("demo", {}, [])
    store.create("distill", {}, [])
    monkeypatch.setenv("CORE_STORE", str(tmp_path))
    monkeypatch.setattr(cache, "_READ", {})
    assert [run.id for run in cache.readable("demo")] == [demo.id]
    assert len(cache._READ) == 1
    assert len(cache.readable()) == 2

"""The first chart of a new server: as it was drawn before, and without Altair."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from core.figures.before_after import before_after
from core.figures.language_order import OWN
from core.runs.environment import ROOT
from dashboard import drawing, figure_panel, kept_chart
from dashboard.figure_key import figure_key
from dashboard.kept_chart import Later
from tests.dashboard import stored_runs
from tests.pages.opened import open_page

GIVEN = {"before": {"sw": 40.0, "en": 80.5}, "after": {"sw": 50.0, "en": 81.0}}
LATER = Later("core.figures.before_after", "before_after", GIVEN)


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CORE_STORE", str(tmp_path))
    return tmp_path


def drawn() -> kept_chart.Drawn:
    return drawing.drawn(LATER.figure(), 600, OWN, dark=False)


def files(store: Path) -> list[Path]:
    return list((store / kept_chart.FOLDER).iterdir())


def test_a_kept_chart_is_the_chart_that_was_drawn(store: Path) -> None:
    assert kept_chart.find("a") is None
    spec, rows = drawn()
    assert any(isinstance(part, bytes) for part in spec["datasets"].values())
    kept_chart.keep("a", (spec, rows))
    assert kept_chart.find("a") == (spec, rows)
    assert kept_chart.find("b") is None
    assert [file.suffix for file in files(store)] == [".json"]


def test_another_version_of_the_code_draws_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    kept_chart.keep("a", drawn())
    monkeypatch.setattr(kept_chart, "SOURCES", (*kept_chart.SOURCES, "dashboard/app.py"))
    assert kept_chart.find("a") is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"spec": 1, "datasets": 2, "rows": 3}'])
def test_a_damaged_file_is_as_none(text: str, store: Path) -> None:
    kept_chart.keep("a", drawn())
    files(store)[0].write_text(text)
    assert kept_chart.find("a") is None


def test_what_cannot_be_written_is_not_kept(store: Path) -> None:
    (store / ".cache").write_text("a file where the folder would be")
    kept_chart.keep("a", drawn())
    assert kept_chart.find("a") is None


def test_the_oldest_go(store: Path) -> None:
    found = drawn()
    for number in range(kept_chart.LIMIT + 3):
        kept_chart.keep(str(number), found)
    assert len(files(store)) == kept_chart.LIMIT
    assert kept_chart.find(str(number)) == found


def test_its_key_is_that_of_the_figure() -> None:
    assert figure_key(LATER) == figure_key(partial(before_after, **GIVEN))
    assert figure_key(LATER) != figure_key(Later(LATER.module, LATER.name, {**GIVEN, "chance": 5}))


def test_the_overview_shows_what_is_kept(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored_runs.fill(store)
    figure_panel._drawn.clear()
    first = [x.proto.spec for x in open_page("overview").get("vega_lite_chart")]
    assert first and len(files(store)) == 1
    figure_panel._drawn.clear()
    monkeypatch.setattr(drawing, "drawn", None)  # would fail
    assert [x.proto.spec for x in open_page("overview").get("vega_lite_chart")] == first


def test_the_overview_needs_no_altair_before_its_chart() -> None:
    tree = ast.parse((ROOT / "pages" / "overview.py").read_text(encoding="utf-8"))
    imports = [ast.unparse(x) for x in tree.body if isinstance(x, ast.Import | ast.ImportFrom)]
    assert any("figure_panel" in line for line in imports)
    asked = "import sys; print([x for x in ('altair', 'pandas', 'torch') if x in sys.modules])"
    code = "\n".join([*imports, asked])
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout.replace("'", '"')) == []

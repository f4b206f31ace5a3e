"""Runs that only ask a question break no page: they have no accuracy, no teachers, no dataset."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.config import AskConfig
from core.runs.store import RunStore, StoredRun
from tests.dashboard.stored_runs import MISCHIEF, _start, lose
from tests.pages.opened import open_page
from tests.pages.test_pages import PAGES, text_of

QUESTIONS = f"en | {MISCHIEF} <mask> | a, {MISCHIEF}\nfa | <mask> | ب, پ"
ANSWERS = {
    "en": {
        "prompt": f"{MISCHIEF} <mask>",
        "candidates": ["a", MISCHIEF],
        "scores": [2.0, 1.0],
        "probabilities": [0.27, 0.73],
    },
    "fa": {
        "prompt": "<mask>",
        "candidates": ["ب", "پ"],
        "scores": [3.0, 4.0],
        "probabilities": [0.73, 0.27],
    },
}


def asked(store: RunStore) -> dict[str, StoredRun]:
    """Runs that ask: finished, failed, queued, running and lost."""
    made = {}
    for state in ("finished", "failed", "running", "lost"):
        live = _start(store, "ask", AskConfig(questions=QUESTIONS))
        live.progress("asking in en (1 of 2)", 1, 2)
        if state == "finished":
            live.update(metrics={"answers": ANSWERS})
            live.finish()
        if state == "failed":
            live.fail(MISCHIEF)
        made[state] = StoredRun(live.path, live.record)
    lose(made["lost"])
    made["queued"] = store.create(
        "ask", AskConfig(questions=QUESTIONS).model_dump(mode="json"), ["x"], priority=5
    )
    return made


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("alone", [True, False], ids=["alone", "among others"])
def test_no_page_breaks(
    name: str, alone: bool, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch
) -> None:
    if not alone:
        request.getfixturevalue("filled")
    monkeypatch.setenv("CORE_STORE", str(tmp_path / "runs"))
    runs = asked(RunStore(tmp_path / "runs"))
    for query in ({}, {"run": runs["finished"].id}, {"runs": [runs["finished"].id]}):
        app = open_page(name, **query)
        assert not app.exception
        assert not [x.value for x in app.error if "This part of the page failed" in x.value]
        assert MISCHIEF not in text_of(app)


def test_the_runs_page_opens_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORE_STORE", str(tmp_path / "runs"))
    for run in asked(RunStore(tmp_path / "runs")).values():
        app = open_page("runs", run=run.id)
        assert not app.exception
        assert run.id in app.query_params["run"]
        assert app.button(key="delete")  # it is ticked

"""Every strategy on the page of teacher selection: its sentence, options, charts and config."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from core.config.strategies import STRATEGIES
from core.runs.store import StoredRun
from core.selection.strategies import StrategyOptions, choose
from dashboard import cache
from dashboard.selection_panel import selection_items
from dashboard.teacher_choice import OFFERED
from tests.dashboard import stored_runs
from tests.pages.opened import open_page, with_files
from tests.pages.test_pages import text_of

OPTION_KEYS = ("teachers", "corpus", "weak_share", "neighbours", "seed")


def opened(run: StoredRun, strategy: str = "alsace") -> AppTest:
    app = open_page("teacher_selection", run=run.id)
    return app.selectbox(key="strategy").select(strategy).run() if strategy != "alsace" else app


def chips(app: AppTest) -> dict[str, int]:
    """How many teach, learn and are left out, by the heading of the chips."""
    [split] = [x.value for x in app.markdown if x.value.startswith("**Teachers (")]
    rows = [re.fullmatch(r"\*\*(.+) \((\d+)\)\*\* (.+)", x) for x in split.split("\n\n")]
    for row in rows:
        assert row and row[3].count("-badge[") == int(row[2])
    return {row[1]: int(row[2]) for row in rows if row}


def shown_options(app: AppTest) -> set[str]:
    keys = {x.key for kind in (app.multiselect, app.slider, app.number_input) for x in kind}
    keys |= {x.key for x in app.get("button_group")}
    return {key for key in OPTION_KEYS if any(name and key in name for name in keys)}


@pytest.mark.parametrize("strategy", OFFERED)
def test_every_strategy_is_chosen_live(strategy: str, filled: dict[str, StoredRun]) -> None:
    run = filled["demo"]
    app = opened(run, strategy)
    assert not app.exception and not app.error
    known = STRATEGIES[strategy]
    assert any(x.value.startswith(known.sentence) for x in app.caption)
    assert shown_options(app) == set(known.options) | ({"seed"} if strategy == "random" else set())
    items = selection_items(cache.run(run.id))
    assert items is not None
    default = tuple(run.record.selection["teachers"]) if strategy == "by-hand" else ()
    expected = choose(items[0], strategy, options=StrategyOptions(teachers=default))
    left_out = sum(not expected.teachers_of(x) for x in expected.students)
    counts = {"Teachers": len(expected.teachers),
              "Students": len(expected.students) - left_out}  # fmt: skip
    assert chips(app) == counts | ({"Left out": left_out} if left_out else {})
    assert app.slider(key="theta").disabled == (strategy in ("none", "by-hand"))
    titles = [str(x.proto.spec) for x in app.get("vega_lite_chart")]
    assert any("Who learns from whom" in x for x in titles) == (expected.lessons is not None)
    assert not app.button(key="distil_now").disabled


def test_the_page_speaks_of_every_strategy_in_plain_words(filled: dict[str, StoredRun]) -> None:
    app = opened(filled["demo"])
    said = text_of(app)
    assert "every other strategy" in said
    assert "predictions come without gold" not in said


def test_region_by_region_is_not_offered_for_tasks(filled: dict[str, StoredRun]) -> None:
    assert set(STRATEGIES) - set(OFFERED) == {"by-region"}
    assert len(opened(filled["demo"]).selectbox(key="strategy").options) == len(OFFERED)


def test_options_move_the_lessons_and_the_config(
    filled: dict[str, StoredRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    submitted = []

    def submit(store: object, kind: str, config: object) -> StoredRun:
        submitted.append(config)
        return filled["running"]

    monkeypatch.setattr("dashboard.job_panel.submit", submit)
    app = opened(filled["demo"], "exclude-weak-students")
    before = chips(app)["Left out"]
    app.slider(key="weak_share").set_value(1.0).run()
    assert chips(app)["Left out"] > before and chips(app)["Students"] == 0
    app.button(key="distil_now").click().run()
    [config] = submitted
    assert (config.strategy, config.weak_share) == ("exclude-weak-students", 1.0)
    assert (config.teachers, config.corpus, config.neighbours) == ((), "cc100", 3)


def test_the_ensembles_follow_the_threshold(filled: dict[str, StoredRun]) -> None:
    app = with_files(opened(filled["demo"]), "ensembles")

    def rows() -> list[str]:
        tables = [x.value for x in app.dataframe if "labeler" in x.value]
        return list(tables[0]["labeler"])

    assert rows() == [
        "vote of all",
        "language-weighted mean",
        "vote of the teachers",
        "en alone, the best by the labels",
    ]
    assert any("Of the ensembles the" in x.value for x in app.markdown)
    assert any("evaluation items; the teachers and the weights" in x.value for x in app.caption)
    app.slider(key="theta").set_value(app.slider(key="theta").max).run()
    assert not app.exception
    assert rows() == ["vote of all", "language-weighted mean", "en alone, the best by the labels"]


def test_items_of_the_choice_itself_are_named_as_such(filled: dict[str, StoredRun]) -> None:
    app = opened(filled["select"])
    assert any(x.value.startswith("Measured on the items the teachers") for x in app.caption)
    assert not any("evaluation items; the teachers" in x.value for x in app.caption)


def test_without_gold_the_ensembles_say_what_is_missing(filled: dict[str, StoredRun]) -> None:
    run = filled["demo"]
    (run.path / "predictions_before.npz").unlink()
    app = opened(run)
    assert not app.exception
    assert any("ensembles needs gold labels" in x.value for x in app.info)


def test_a_language_without_a_family_is_named_and_nobody_teaches(
    filled: dict[str, StoredRun],
) -> None:
    run = filled["select"]
    found = stored_runs.predictions(stored_runs.SKILL_BEFORE, items=30)
    odd = type(found)(("mine", *found.languages[1:]), found.examples, found.probabilities)
    odd.save(run.path / "predictions_before.npz")
    app = opened(run, "same-family")
    assert not app.exception
    assert any("family of mine" in x.value for x in app.error)
    assert chips(app)["Teachers"] == 0
    assert app.button(key="distil_now").disabled

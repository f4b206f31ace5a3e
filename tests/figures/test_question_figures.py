"""The figures of questions: what their bars, cells, curves and marks say."""

from __future__ import annotations

from functools import partial
from typing import Any, get_args

import numpy as np
import pytest

from core.config import QaTrainConfig
from core.data.qa.scores import UNASKED
from core.data.qa.shown import NONE
from core.errors import UserError
from core.figures import theme
from core.figures.answer_curves import answer_curves
from core.figures.answer_ranks import answer_ranks, palette
from core.figures.data_table import table
from core.figures.export import render, to_svg
from core.figures.g_xlt import g_xlt_map
from core.figures.kl_weight import MAP, POINTS, RECIPROCAL, USED, kl_weight
from core.figures.of_questions import OBJECTIVES, objective_of, pair_scores, rank_shares
from core.figures.pair_scores import AFTER, BEFORE, CHANGE, PairScores
from core.figures.registry import builder
from core.figures.shown_curves import Curves, curves_of, telling_place
from tests.dashboard import qa_runs
from tests.figures.test_figures import answered_run, found_in, qa_data, some_run
from tests.figures.test_layout import TWELVE, faults

PAPER: dict[str, Any] = {"dark": True, "paper": True, "width": 218}


def test_bars_are_shares_of_the_questions_asked() -> None:
    found = qa_runs.scores(("en", "sw"), items=20, missing=[(1, 0, 3)])
    shares = rank_shares(found, "question")
    assert list(shares) == ["en", "sw", "all"]
    asked = [rank for rank in found.rank[1].ravel() if rank != UNASKED]
    assert len(asked) == 39
    assert shares["sw"][1] == pytest.approx(100 * asked.count(2) / 39)
    rows = table(answer_ranks({"before": shares, "after": shares}, by="question"))
    one = rows[rows["row"] == "sw before"].set_index("rank")["share"]
    assert list(one.index) == list(range(1, 11)) and one[2] == pytest.approx(shares["sw"][1])
    tex = render(partial(answer_ranks, {"before": shares}, by="question"), "tex", 218).decode()
    assert tex.count(r"\\") == 4  # head, two languages, all


def test_ranks_run_from_blue_to_pale() -> None:
    colours = palette(10)
    assert colours[0] == theme.BLUE and len(set(colours)) == 10
    light = [sum(int(x[i : i + 2], 16) for i in (1, 3, 5)) for x in colours[1:]]
    assert light == sorted(light)
    assert palette(1) == [theme.BLUE]
    with pytest.raises(UserError, match="no question was asked"):
        answer_ranks({"after": {}}, by="context")


def texts_of(shares: dict[str, list[float]], **look: Any) -> tuple[list[str], float]:
    """The numbers beside and inside the bars, and where the axis ends."""
    spec = answer_ranks({"after": shares}, by="question", **look).to_dict()
    sets = [rows for rows in spec["datasets"].values() if "text" in rows[0]]
    domains = [x for x in found_in(spec, "domain") if isinstance(x, list) and x[:1] == [0]]
    return [row["text"] for rows in sets for row in rows], domains[0][1]


def test_all_bars_have_their_numbers_at_the_same_place() -> None:
    said, end = texts_of({"en": [30.0, 20.0], "sw": [25.0, 15.0]})
    assert sorted(said) == ["15.0", "20.0", "25.0", "30.0"] and end == 55
    said, end = texts_of({"en": [30.0, 20.0], "sw": [0.5, 0.5]})
    assert said == ["30.0 + 20.0", "0.5 + 0.5"] and 55 <= end <= 65
    assert texts_of({"en": [1.0, 2.0]})[1] == 5
    assert texts_of({"en": [96.0, 4.0]})[1] > 100  # the number behind a full bar fits
    assert sorted(texts_of({"en": [40.0]})[0]) == ["", "40.0"]  # one rank: nothing later
    for shares in ([96.0, 4.0], [0.1, 0.2], [9.0, 70.0]):
        assert faults(partial(answer_ranks, {"after": {"en": shares}}, by="question"), 218) == []


@pytest.mark.parametrize(("best", "top"), [(13.0, 20), (20.0, 20), (47.4, 50), (50.1, 100)])
def test_scores_of_weak_models_have_a_finer_scale(best: float, top: int) -> None:
    cells = {BEFORE: np.array([[1.0, 2.0]] * 2), AFTER: np.array([[best, 2.0]] * 2)}
    spec = g_xlt_map(PairScores(("en", "sw"), ("en", "sw"), cells, "F1")).to_dict()
    schemes = [x for x in found_in(spec, "scale") if x and x.get("scheme") == "cividis"]
    assert [x["domain"] for x in schemes] == [[0, top]]
    assert [0, top / 2, top] in list(found_in(spec, "values"))


def test_blue_is_light_on_a_dark_page() -> None:
    one = Curves(np.array([[0, 3]]), np.array([1.0]), np.array([1.0]), (0, 0))
    both = {"before": one, "after": one}
    for look, blue in (({"dark": True}, theme.SKY), ({}, theme.BLUE), (PAPER, theme.BLUE)):
        curves = answer_curves(both, window=1, heading="Curves", **look).to_dict()
        assert [theme.VERMILLION, blue] in found_in(curves, "range")
        weights = found_in(kl_weight(qa_runs.history(), **look).to_dict(), "range")
        assert any(colours[1:] == [blue, theme.VERMILLION] for colours in weights)
        assert [0.35, 1, 1] in weights  # the broad line of the weight that was used is paler


def test_the_map_holds_every_pair_and_the_means() -> None:
    cells = np.array([[80.0, 40.0], [np.nan, 60.0]])
    shown = PairScores(("en", "sw"), ("en", "sw"), {AFTER: cells}, "F1")
    found = table(g_xlt_map(shown)).set_index(["question", "context"])["value"]
    assert ("sw", "en") not in found
    assert found["en", "mean"] == 60 and found["sw", "mean"] == 60
    assert found["mean", "sw"] == 50 and found["mean", "en"] == 80
    assert found["mean", "mean"] == pytest.approx(60)
    svg = to_svg(g_xlt_map(shown, paper=True, width=218))
    assert ">80.0<" in svg and "framed: question and context in one language" in svg


def test_changes_are_signed_and_their_scale_is_symmetric() -> None:
    cells = np.array([[12.5, -3.0], [0.04, 31.0]])
    shown = PairScores(("en", "sw"), ("en", "sw"), {CHANGE: cells}, "EM")
    spec = g_xlt_map(shown).to_dict()
    domains = [x for x in found_in(spec, "domain") if isinstance(x, list) and len(x) == 2]
    assert [-40.0, 40.0] in domains and [0, 100] not in domains
    assert "Change of EM" in "".join(spec["title"]["text"])
    svg = to_svg(g_xlt_map(shown, paper=True, width=454))
    assert ">+12.5<" in svg and ">−3.0<" in svg and ">0.0<" in svg and ">+0.0<" not in svg


def test_the_change_is_that_of_the_pairs() -> None:
    before, after = qa_runs.scores(), qa_runs.scores(skill=qa_runs.AFTER, seed=5)
    shown = pair_scores({BEFORE: before, AFTER: after}, "exact_match")
    plain = 100 * (after.exact.mean(axis=2) - before.exact.mean(axis=2))
    assert shown.panels[CHANGE] == pytest.approx(plain)
    assert list(shown.only(CHANGE).panels) == [CHANGE]
    with pytest.raises(UserError, match="different questions"):
        pair_scores({BEFORE: before, AFTER: qa_runs.scores(items=30)}, "f1")


def test_every_number_of_twelve_languages_fits() -> None:
    cells = 100 * qa_runs.scores(TWELVE).f1.mean(axis=2)
    draw = partial(g_xlt_map, PairScores(TWELVE, TWELVE, {CHANGE: -cells}, "F1"))
    assert faults(draw, 218) == []
    svg = render(draw, "svg", 218).decode()
    assert svg.count(">−") >= 13 * 13 - 1
    many = tuple(f"x{i}" for i in range(60))
    with pytest.raises(UserError, match="60 languages don't fit"):
        g_xlt_map(PairScores(many, many, {AFTER: np.ones((60, 60))}, "F1"), paper=True, width=218)
    with pytest.raises(UserError, match="no pair"):
        g_xlt_map(PairScores(("en",), ("en",), {AFTER: np.full((1, 1), np.nan)}, "F1"))


def test_steps_are_averaged_and_epochs_are_kept_apart() -> None:
    steps = 3 * POINTS
    rows = [
        {"step": step, "epoch": int(step > 100), "alpha": float(step > 100), "ce": step}
        for step in range(1, steps + 1)
    ]
    drawn = table(kl_weight(rows))
    weights = drawn[drawn["series"] == USED]
    assert set(weights["value"]) == {0.0, 1.0}  # no point is of both epochs
    losses = drawn[drawn["panel"] == "ce"].set_index("step")["value"]
    assert losses[3] == 2 and losses[100] == 100 and losses[103] == 102
    assert len(losses) <= POINTS + 2
    assert "mean of 3 steps" in str(kl_weight(rows).to_dict()["title"])


@pytest.mark.parametrize(("objective", "weight"), [("ce", 0.0), ("kl", 1.0), ("skd", 1.0)])
def test_both_values_are_drawn_whatever_is_minimised(objective: str, weight: float) -> None:
    rows = qa_runs.history(objective=objective)
    drawn = table(kl_weight(rows)).set_index(["series", "step"])["value"]
    assert set(drawn[USED]) == {weight}
    for series, column in ((MAP, "map_at_k"), (RECIPROCAL, "reciprocal_rank")):
        assert drawn[series].tolist() == pytest.approx([row[column] for row in rows])
    words = [row["words"] for row in _rows_with(kl_weight(rows).to_dict(), "words")]
    assert words == ["epoch 1", "epoch 2", "epoch 3"]


def _rows_with(spec: dict[str, Any], column: str) -> list[dict[str, Any]]:
    """The first data set with this column."""
    return next(rows for rows in spec["datasets"].values() if rows and column in rows[0])


def test_damaged_histories() -> None:
    rows = [{"step": 1, "alpha": "x", "ce": float("nan")}, {"loss": 1}, {"step": None, "kl": 2}]
    with pytest.raises(UserError, match="no history of a self-distillation on questions"):
        kl_weight(rows)
    with pytest.raises(UserError, match="no history"):
        builder("kl-weight", some_run())(paper=True, width=218)
    assert faults(partial(kl_weight, [{"step": 1, "epoch": 0, "kl": 2.0}]), 218) == []


def test_windows_of_one_context_are_laid_side_by_side() -> None:
    before = Curves(np.array([[0, 3], [4, 6]]), np.array([0.9, 0.1]), np.array([0.2, 0.8]), (1, 1))
    after = Curves(
        np.array([[4, 6], [7, 9]]),
        np.array([0.3, 0.7]),
        np.array([0.4, 0.6]),
        (0, NONE),
        "The ox is",
    )
    chart = answer_curves({"before": before, "after": after}, window=1, heading="Curves")
    rows = table(chart)
    starts = rows[rows["side"] == "start"].set_index(["when", "token"])
    assert starts["probability"]["before", 1] == 0.9 and starts["probability"]["after", 3] == 0.7
    assert starts["text"]["after", 3] == "is" and starts["text"]["before", 1] == "characters 0 to 3"
    bands = _rows_with(chart.to_dict(), "last")
    assert bands == [{"token": 0.5, "last": 3.5}]  # token 2 and one on each side
    alone = answer_curves({"after": after}, window=None, heading="Curves").to_dict()
    assert not [x for rows in alone["datasets"].values() for x in rows if "last" in x]


def test_gold_outside_the_window_is_said() -> None:
    lost = Curves(np.array([[0, 3]]), np.array([1.0]), np.array([1.0]), (NONE, NONE))
    chart = answer_curves({"after": lost}, window=5, heading="Curves")
    assert "outside the window" in str(chart.to_dict()["title"])
    with pytest.raises(UserError, match="not asked"):
        answer_curves({}, window=5, heading="Curves")


def test_curves_are_those_of_the_question() -> None:
    data = qa_data(("en", "sw"))
    shown = qa_runs.shown(data, data.ids)
    found = curves_of(shown, "sw", "en", "q1")
    assert found is not None
    assert found.start.sum() == pytest.approx(1, abs=0.01)
    text = data.sides["en"].contexts[1] or ""
    first, last = found.gold
    assert text[found.offsets[first][0] : found.offsets[last][1]] == "Kampala"
    assert curves_of(shown, "fr", "en", "q1") is None and curves_of(shown, "en", "en", "x") is None


def test_the_question_that_tells_most_is_shown_first() -> None:
    data = qa_data(("en", "sw"))
    before, after = (qa_runs.shown(data, data.ids) for _ in range(2))
    for shown in (before, after):
        shown.right[:] = False
    before.right[1, 0, 1, 4] = True
    after.right[1, 0, 1, 0] = True
    assert telling_place({"before": before, "after": after}) == ("sw", "en", "q1")
    before.curve[:] = 0
    assert telling_place({"before": before, "after": after}) is None
    assert telling_place({}) is None


def test_figures_of_questions_need_a_run_on_questions() -> None:
    for name in ("answer-ranks", "g-xlt", "g-xlt-change"):
        with pytest.raises(UserError, match="answered no questions"):
            builder(name, some_run())(paper=True, width=218)
    run = answered_run()
    del run.questions["before"]
    with pytest.raises(UserError, match="both before and after"):
        builder("g-xlt-change", run)(paper=True, width=218)
    assert set(table(builder("g-xlt", run)(paper=False, width=None))["panel"]) == {"now"}


def test_the_normaliser_is_named() -> None:
    for name in ("answer-ranks", "g-xlt", "g-xlt-change"):
        assert "MLQA normalisation" in str(
            builder(name, answered_run())(paper=True, width=454).to_dict()
        )


def test_objectives_in_words() -> None:
    weighted = {"objective": "skd-map", "coefficient": "reciprocal-rank"}
    assert objective_of(weighted) == "CE + KL × reciprocal rank"
    assert objective_of({"objective": "kl-map", "coefficient": "map"}) == "KL × mAP@k, without CE"
    assert set(OBJECTIVES) == set(get_args(QaTrainConfig.model_fields["objective"].annotation))
    assert objective_of({"objective": "ce"}) == "CE alone" and objective_of({}) == ""

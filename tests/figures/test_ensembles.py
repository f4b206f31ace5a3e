"""The figures of ensembles and of items right in k languages: rows, marks and words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import vl_convert

from core.errors import UserError
from core.figures.data_table import table
from core.figures.ensembles import _ticks, compare_ensembles, in_words
from core.figures.export import to_svg
from core.figures.languages_right import in_words as counts_in_words
from core.figures.languages_right import languages_right
from core.figures.theme import Chart
from core.metrics.bootstrap import Interval
from core.metrics.label_scores import LabelScore, LabelScores
from core.metrics.languages_right import LanguagesRight
from core.selection.ensembles import VOTED, WEIGHTED, Labeler
from tests.figures.text_boxes import page, text_boxes

NONE = np.zeros(0, dtype=np.int64)
LABELERS = (
    Labeler(VOTED, NONE),
    Labeler(WEIGHTED, NONE),
    Labeler("en alone", NONE, ensemble=False),
)
BEST = Labeler("best language (sw), picked with the labels", NONE, ensemble=False, needs_gold=True)


def scores(weighted: float, lead: tuple[float, float] | None, clusters: int = 9) -> LabelScores:
    """Voted at 40 %, English at 50 %, and the weighted mean between two ends of its lead."""

    def score(accuracy: float, ends: tuple[float, float] | None) -> LabelScore:
        lead = accuracy - 50
        around = Interval(accuracy - 4, accuracy + 4, accuracy, 2.0) if clusters > 1 else None
        found = None if ends is None else Interval(*ends, lead, 1.0)
        return LabelScore(accuracy, around, lead, found)

    found = {
        VOTED: score(40.0, (-12.0, -8.0) if clusters > 1 else None),
        WEIGHTED: score(weighted, lead),
        "en alone": LabelScore(50.0, Interval(46.0, 54.0, 50.0, 2.0), None, None),
        BEST.name: score(58.0, (2.0, 12.0)),
    }
    return LabelScores(found, "en alone", 33.3, 100, clusters, 10_000, 0.95, 0)


@pytest.mark.parametrize(
    ("weighted", "lead", "said"),
    [
        (53.0, (1.0, 5.0), "3.0 points above en alone (50.0 %); 95 % interval of the difference "
         "+1.0 to +5.0: the interval excludes zero."),
        (53.0, (-1.0, 7.0), "−1.0 to +7.0: the interval includes zero, so it is "
         "undetermined which is better."),
        (47.0, (-5.0, -1.0), "3.0 points below en alone"),
        (50.0, (0.0, 0.0), "as often as en alone (50.0 %); they are right on the same items."),
        (50.0, (-2.0, 2.0), "as often as en alone (50.0 %); 95 % interval"),
    ],
)  # fmt: skip
def test_the_words_follow_the_numbers(
    weighted: float, lead: tuple[float, float], said: str
) -> None:
    text = in_words(scores(weighted, lead), LABELERS)
    assert text.startswith("Of the ensembles the language-weighted mean is right most often")
    assert f"{weighted:.1f} % of 100 items" in text
    assert said in text
    assert "gold" not in text


def test_ties_chance_and_the_best_language_are_said() -> None:
    text = in_words(scores(40.0, (-12.0, -8.0)), (*LABELERS, BEST))
    assert "the vote of all and the language-weighted mean are right most often: 40.0 %" in text
    said = "The best language (sw), picked with the labels of these same items, is right in 58.0 %"
    assert said in text
    assert "chance" not in text
    low = scores(37.0, (-20.0, -5.0))
    leader = {**low.scores, VOTED: low.scores[WEIGHTED]}
    text = in_words(LabelScores(leader, None, 33.3, 100, 9, 10_000, 0.95, 0), LABELERS[:2])
    assert "Its interval does not rule out chance (33.3 %)." in text
    assert "en alone" not in text
    single = in_words(scores(53.0, None, clusters=1), LABELERS)
    assert "all items are of one cluster, so there is no interval" in single


def test_the_line_of_a_lead_starts_from_the_pivot() -> None:
    chart = compare_ensembles(scores(53.0, (1.0, 5.0)), LABELERS, paper=True, width=218)
    rows = table(chart).set_index("labeler")
    assert rows.loc[WEIGHTED, ["lead_low", "lead", "lead_high"]].tolist() == [1.0, 3.0, 5.0]
    assert "50.0 + datum.lead_low" in str(chart.to_dict())
    assert rows.loc[WEIGHTED, "verdict"] == "up"
    assert rows["kind"].tolist() == ["ensemble", "ensemble", "one language"]
    svg = to_svg(chart)
    assert ">53.0 (+3.0)<" in svg and ">40.0 (−10.0)<" in svg and ">50.0<" in svg


def test_the_line_of_a_lead_ends_where_accuracies_do() -> None:
    spec = compare_ensembles(scores(100.0, (-70.0, 63.0)), LABELERS).to_dict()
    drawn: Any = vl_convert.vegalite_to_scenegraph(spec)
    marks = [x for x in drawn["scenegraph"]["items"][0]["items"] if x["role"] == "mark"]
    lines = [x for mark in marks if mark["marktype"] == "rule" for x in mark["items"]]
    points = [x["x"] for mark in marks if mark["marktype"] == "symbol" for x in mark["items"]]
    assert max(x["x2"] for x in lines if "x2" in x) == pytest.approx(max(points))  # at 100 %
    lowest = [x["encoding"]["x"]["scale"]["domainMin"] for x in spec["layer"][-2:-1]]
    assert lowest == [pytest.approx(-0.06 * 100)]


def texts(chart: Chart) -> list[str]:
    return [box.text for box in text_boxes(to_svg(chart))]


@pytest.mark.parametrize("width", [218, 454])
def test_the_axis_is_around_the_points_and_chance_is_named(width: int) -> None:
    close = scores(53.0, (1.0, 5.0))
    assert "chance" in texts(compare_ensembles(close, LABELERS, paper=True, width=width))
    far = LabelScores(close.scores, "en alone", 3.0, 100, 9, 10_000, 0.95, 0)
    chart = compare_ensembles(far, LABELERS, paper=True, width=width)
    spec = chart.to_dict()
    assert "chance: 3.0 %" in " ".join(spec["title"]["subtitle"])
    assert len(spec["title"]["subtitle"]) <= 2
    assert "chance" not in texts(chart)
    ends = [x["encoding"]["x"]["scale"] for x in spec["layer"] if "scale" in x["encoding"]["x"]]
    # lowest: the vote at 40 with 36 to 44 and a lead from 50 - 12; highest: 50 + 12
    assert [end["domainMin"] for end in ends] == [pytest.approx(36 - 0.06 * (62 - 36))]
    ticks = {x for x in texts(chart) if x.isdigit()}
    assert ticks <= {"35", "40", "45", "50", "55", "60"} and len(ticks) >= 2


@pytest.mark.parametrize(("low", "high"), [(74.1, 89.9), (41.2, 58.3), (50.1, 50.9)])
def test_the_axis_has_two_numbers_at_least(low: float, high: float) -> None:
    assert len(_ticks(low, high, 2)) >= 2
    assert all(low <= tick <= high for tick in _ticks(low, high, 2))


def test_no_legend_is_cut_in_half_a_window() -> None:
    found = scores(53.0, (1.0, 5.0)).scores
    far = LabelScores(found, "en alone", 3.0, 100, 9, 10_000, 0.95, 0)
    chart = compare_ensembles(far, (*LABELERS, BEST), width=260)
    title = chart.to_dict()["title"]
    assert len(title["subtitle"]) == 2 and "chance: 3.0 %" in " ".join(title["subtitle"])
    assert title["limit"] == 0  # else the page cuts what the figure has wrapped
    svg = to_svg(chart)
    right, bottom = page(svg)
    assert not [x.text for x in text_boxes(svg) if x.right > right or x.bottom > bottom]
    assert {"best language (sw),", "picked with the labels"} <= set(texts(chart))


def test_every_number_of_languages_is_named_in_a_column() -> None:
    many = LanguagesRight(np.arange(13) * 100, np.full(13, 1 / 13))
    chart = languages_right(many, many, paper=True, width=218)
    svg = to_svg(chart)
    boxes = text_boxes(svg)
    lowest = max(x.top for x in boxes if x.text.isdigit())
    below = [x for x in boxes if x.top == lowest]
    assert [x.text for x in below] == [str(k) for k in range(13)]
    assert below[-1].right < page(svg)[0] - 2
    assert not {"100", "1,200"} & {x.text for x in boxes}  # no counts on an axis in percent
    assert svg.index(">expected if independent<") > 0


def counts(*items: int) -> LanguagesRight:
    return LanguagesRight(np.array(items), np.array([0.2, 0.5, 0.3]))


def test_items_right_in_all_languages_are_framed_and_counted() -> None:
    chart = languages_right(counts(5, 3, 2), counts(1, 3, 6), paper=True, width=218)
    rows = table(chart)
    assert rows["items"].tolist() == [5, 1, 3, 3, 2, 6]
    assert rows["share"].tolist() == [50, 10, 30, 30, 20, 60]
    assert rows["in all"].tolist() == [False] * 4 + [True] * 2
    svg = to_svg(chart)
    assert "2 → 6 of 10 items" in svg and ">expected if independent<" in svg
    with pytest.raises(UserError, match="same items"):
        languages_right(counts(5, 3, 2), counts(1, 1, 1))


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ((10.0, 70.0), "+40.0 points, 95 % interval +10.0 to +70.0: decidedly more."),
        ((-10.0, 70.0), "do not decide whether it rose or fell."),
    ],
)
def test_the_counts_in_words(ends: tuple[float, float], said: str) -> None:
    text = counts_in_words(counts(5, 3, 2), counts(1, 3, 6), Interval(*ends, 40.0, 1.0))
    assert text.startswith("Right in all 2 languages: 2 of 10 items (20.0 %) before and 6 of 10")
    assert "independent languages would give 30.0 % and 30.0 %" in text
    assert text.endswith(said)
    assert "before" not in counts_in_words(counts(5, 3, 2))

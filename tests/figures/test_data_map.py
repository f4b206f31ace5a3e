"""All examples as points on the screen and as counts on paper: one map, the same numbers."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import plotly.io
import pytest

from core.data.predictions import Predictions
from core.errors import UserError
from core.figures import theme
from core.figures.data_map import data_map
from core.figures.data_points import HALF, data_points, points_table, scattered
from core.figures.export import table
from core.metrics.data_map import GOLD, DataMap
from core.metrics.data_map import data_map as place_examples
from core.metrics.disagreement import disagreement
from core.selection.vote import majority_vote
from tests.figures.test_layout import faults
from tests.figures.test_trust_figures import SIXTEEN, answers

ROOT = Path(__file__).parents[2]
HOSTILE = "<img src=x onerror=alert(1)>\x1b[31m"


def mapped(found: Predictions, language: str = "") -> DataMap:
    vote = majority_vote(found.probabilities, found.class_mask)
    votes = disagreement(found, vote.pseudo_labels)
    return place_examples(votes, found.languages, found.class_names, language)


def points_of(figure) -> list:
    """The traces that hold points, without those that only stand in the legend."""
    return [trace for trace in figure.data if trace.x[0] is not None]


@pytest.mark.parametrize("width", [218, 454])
@pytest.mark.parametrize("language", ["", "hu"])
@pytest.mark.parametrize("gold", [True, False])
def test_it_fits_on_paper(width: int, language: str, gold: bool) -> None:
    found = mapped(answers(gold=gold), language)
    assert faults(partial(data_map, found, badges=["small"]), width) == []


@pytest.mark.parametrize("language", ["", "hu"])
def test_screen_and_paper_count_the_same_examples(language: str) -> None:
    predicted = answers()
    found = mapped(predicted, language)
    rows = table(data_map(found, paper=True, width=218))
    points = points_table(found, predicted.examples)
    if language:
        points = points[points["hu differs"]]
    assert rows["examples"].sum() == len(points)
    by_size = points.groupby("agreeing").size()
    assert rows.groupby("agreeing")["examples"].sum().to_dict() == by_size.to_dict()
    for column, outcome in zip(("right", "wrong", "split"), GOLD, strict=True):
        assert rows[column].sum() == (points["outcome"] == outcome).sum()
    drawn = {
        name: sum(trace.x.size for trace in points_of(data_points(found, predicted.examples))
                  if trace.meta == name)
        for name in GOLD
    }  # fmt: skip
    assert drawn == {name: (points["outcome"] == name).sum() for name in GOLD}


def test_every_example_is_one_point_where_it_belongs() -> None:
    predicted = answers()
    found = mapped(predicted)
    traces = points_of(data_points(found, predicted.examples))
    places = np.concatenate([trace.customdata for trace in traces])
    assert sorted(places) == list(range(300))
    for trace in traces:
        assert trace.type == "scattergl"
        assert (np.abs(trace.x - found.agreeing[trace.customdata]) <= HALF + 1e-6).all()
        assert trace.y == pytest.approx(found.confidence[trace.customdata], abs=1e-6)
        assert list(trace.text) == [predicted.examples[i] for i in trace.customdata]
    right, wrong = (next(x for x in traces if x.meta == name) for name in GOLD[:2])
    assert (right.x % 1 > 0.5).all() and (wrong.x % 1 < 0.5).all()  # side by side


def test_points_lie_where_they_lay_and_are_spread_evenly() -> None:
    ids = [f"item-{i}" for i in range(5000)]
    shares = scattered(ids)
    assert np.array_equal(shares[:7], scattered(ids[:7]))
    assert shares.min() >= 0 and shares.max() < 1
    assert np.histogram(shares, 10)[0].min() > 400
    assert abs(np.corrcoef(shares[:-1], shares[1:])[0, 1]) < 0.05


def test_titles_axes_legend_and_colours() -> None:
    predicted = answers()
    figure = data_points(mapped(predicted, "hu"), predicted.examples, badges=["transductive"])
    layout = figure.layout
    assert layout.title.text == "Agreement and confidence of every example"
    assert "300 examples" in layout.title.subtitle.text
    assert "on which hu differs" in layout.title.subtitle.text
    assert "Badges: transductive" in layout.title.subtitle.text
    assert layout.xaxis.title.text == "Languages that answer as the vote (of 16)"
    assert layout.yaxis.title.text == "Confidence (mean probability of the vote)"
    legend = [trace for trace in figure.data if trace.showlegend is None]
    assert [trace.name for trace in legend] == ["as the vote", *GOLD]
    assert {trace.marker.color for trace in legend} <= {*theme.OKABE_ITO, theme.QUIET}
    assert len({trace.marker.symbol for trace in legend[1:]}) == 3
    night = data_points(mapped(predicted), predicted.examples, dark=True).layout
    assert [x.font.color for x in (layout, night)] == [theme.ink(False, x) for x in (False, True)]


def test_data_are_shown_and_not_interpreted() -> None:
    predicted = answers(gold=False)
    odd = Predictions(
        predicted.languages,
        (HOSTILE, *predicted.examples[1:]),
        predicted.probabilities,
        (HOSTILE, "%{x}", "b"),
    )
    figure = data_points(mapped(odd), odd.examples)
    said = json.dumps(figure.to_plotly_json()["layout"], default=str) + "".join(
        f"{trace.text} {trace.name} {trace.meta}" for trace in figure.data
    )
    assert "<img" not in said and "\x1b" not in said
    assert "&lt;img" in said
    assert all("%{x}" not in (trace.hovertemplate or "") for trace in figure.data)
    assert points_table(mapped(odd), odd.examples)["example"][0] == HOSTILE


def test_a_language_that_never_differs_is_one_message() -> None:
    alike = answers(SIXTEEN[:1])
    with pytest.raises(UserError, match="en answers as the vote on all 300 examples"):
        data_map(mapped(alike, "en"))


def test_many_examples_are_sent_as_bytes() -> None:
    one = answers()
    shares = np.repeat(one.probabilities, 60, axis=1)
    many = Predictions(one.languages, tuple(f"x-{i}" for i in range(18_000)), shares)
    sent = plotly.io.to_json(data_points(mapped(many), many.examples), validate=False)
    assert len(sent) < 36 * 18_000
    for trace in json.loads(sent)["data"]:
        kinds = {trace[name]["dtype"] for name in ("x", "y", "customdata") if "dtype" in trace[name]
                 } if "customdata" in trace else {"f4", "i4"}  # fmt: skip
        assert kinds == {"f4", "i4"}


def test_nothing_of_ours_loads_plotly_before_it_draws() -> None:
    program = (
        "import sys; import core.figures.data_points, core.figures.registry, core.cli_figures; "
        "sys.exit('plotly' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0

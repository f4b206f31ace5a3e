"""Languages on the axes of finished figures, in an order."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.errors import UserError
from core.figures.agreement import agreement
from core.figures.before_after import before_after
from core.figures.export import figure_spec, render
from core.figures.language_order import ORDERS, in_order, reordered
from core.figures.registry import FIGURES, builder
from core.figures.style import ORDERS as NAMED
from core.figures.style import PaperStyle
from tests.figures.test_figures import run_for

SCORES = {"sw": 41.0, "en": 88.0, "zh": 60.0, "de": 75.0, "hi": 52.0}


def axes(spec: Any) -> list[list[Any]]:
    """Everything that axes are sorted by."""
    if isinstance(spec, dict):
        own = [spec["sort"]] if isinstance(spec.get("sort"), list) else []
        return own + [x for part in spec.values() for x in axes(part)]
    return [x for part in spec for x in axes(part)] if isinstance(spec, list) else []


@pytest.mark.parametrize(
    ("order", "wanted"),
    [
        ("score", ["sw", "en", "zh-Hant", "qu", "de", "am†"]),
        ("resource", ["en", "de", "zh-Hant", "sw", "qu", "am†"]),  # 300.8, 66.6, 46.9, 1.6, none
        ("family", ["sw", "de", "en", "qu", "zh-Hant", "am†"]),  # Bantu, Germanic, Quechuan, Sino-
        ("name", ["zh-Hant", "en", "de", "qu", "sw", "am†"]),  # Chinese, English, German, ...
        ("code", ["de", "en", "qu", "sw", "zh-Hant", "am†"]),
    ],
)
def test_orders(order: str, wanted: list[str]) -> None:
    assert in_order(["sw", "en", "zh-Hant", "qu", "de", "am†"], order) == wanted


def test_a_language_of_no_known_family_is_last() -> None:
    assert in_order(["xh", "vi", "ar"], "family") == ["vi", "ar", "xh"]


def test_the_look_knows_the_same_orders() -> None:
    assert tuple(ORDERS) == NAMED
    with pytest.raises(UserError, match="unknown order 'size'; choose one of score, resource"):
        PaperStyle(order="size")


def test_averages_stay_where_they_are() -> None:
    spec = before_after(SCORES, {x: y + 1 for x, y in SCORES.items()}).to_dict()
    before = json.dumps(spec)
    assert axes(spec)[0] == ["en", "de", "zh", "hi", "sw", "AVERAGE", "AVERAGE non-en"]
    found = axes(reordered(spec, "name"))
    assert {tuple(axis) for axis in found} >= {
        ("zh", "en", "de", "hi", "sw", "AVERAGE", "AVERAGE non-en")
    }
    assert json.dumps(spec) == before
    assert reordered(spec, "score") is spec


def test_moments_and_groups_are_kept_apart() -> None:
    moments = {"x": {"sort": ["sw before", "sw after", "gap1", "de before", "de after"]}}
    wanted = ["de before", "de after", "gap1", "sw before", "sw after"]
    assert axes(reordered(moments, "code")) == [wanted]
    groups = {"y": {"sort": ["ru", "de", "MEAN high-resource", "te", "el", "MEAN low-resource"]}}
    wanted = ["de", "ru", "MEAN high-resource", "el", "te", "MEAN low-resource"]
    assert axes(reordered(groups, "code")) == [wanted]
    strategies = {"y": {"sort": ["none", "random", "alsace"]}}
    assert reordered(strategies, "code") == strategies


def test_clusters_stay_together() -> None:
    import numpy as np

    shares = np.array([[1, 0.2, 0.9], [0.2, 1, 0.3], [0.9, 0.3, 1]])
    free = agreement(("sw", "de", "en"), shares).to_dict()
    tied = agreement(("sw", "de", "en"), shares, groups=(("sw", "en"), ("de",))).to_dict()
    assert '"domain": ["de", "en", "sw"]' in json.dumps(reordered(free, "code"))
    assert '"domain": ["sw", "en", "de"]' in json.dumps(reordered(tied, "code"))


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_holds_the_same_in_any_order(name: str) -> None:
    """An order moves values of an axis; it adds none and loses none."""
    draw = builder(name, run_for(name))
    own = figure_spec(draw, 454)
    for order in ORDERS:
        spec = figure_spec(draw, 454, PaperStyle(order=order))
        assert [sorted(map(str, axis)) for axis in axes(spec)] == [
            sorted(map(str, axis)) for axis in axes(own)
        ]


def test_the_csv_is_the_same_and_the_picture_is_not() -> None:
    draw = builder("before-after", run_for("before-after"))
    name = PaperStyle(order="name")
    assert render(draw, "csv", 218) == render(draw, "csv", 218, name)
    assert render(draw, "svg", 218) != render(draw, "svg", 218, name)

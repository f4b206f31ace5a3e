"""What a selection on the chart of all examples says in the address."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.chosen_examples import AREA, IDS, _area_form, _ids_form, told
from dashboard.url_state import NotOffered

EXAMPLES = ("a", "b, c", "d|e", "<f>", "%2C")


def point(place: Any) -> dict[str, Any]:
    return {"curve_number": 0, "point_index": 0, "customdata": place}


def box(x: tuple[float, float], y: tuple[float, float]) -> dict[str, Any]:
    return {"xref": "x", "yref": "y", "x": list(x), "y": list(y)}


def test_points_are_told_by_id_and_read_again() -> None:
    made = told({"points": [point(1), point([3]), point(4), point(1)]}, EXAMPLES, 12)
    assert made[AREA] is None
    assert _ids_form(EXAMPLES).read(str(made[IDS])) == ("b, c", "<f>", "%2C")


@pytest.mark.parametrize(
    "selection",
    [{}, {"points": [], "box": []}, *({"points": [point(x)]} for x in (None, 99, "x"))],
)
def test_nothing_selected_lets_all_go(selection: dict[str, Any]) -> None:
    assert told(selection, EXAMPLES, 12) == {IDS: None, AREA: None}


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        ((4.9, 7.2), (0.402, 0.618), "5-7,40-62"),
        ((7.2, 4.9), (0.618, 0.402), "5-7,40-62"),
        ((5.3, 5.35), (0.1, 0.2), "5-5,10-20"),  # touches the points of 5
        ((-3, 40), (-1, 2), "0-12,0-100"),
        ((5.45, 5.55), (0.1, 0.2), None),  # between the points of 5 and of 6
    ],
)
def test_a_box_is_told_by_what_it_touches(
    x: tuple[float, float], y: tuple[float, float], said: str | None
) -> None:
    inside = {"box": [box((0, 1), (0, 1)), box(x, y)] if said else [box(x, y)]}
    made = told(inside, EXAMPLES, 12)
    assert made == {IDS: None, AREA: said}
    if said:
        form = _area_form(12)
        assert form.write(form.read(said)) == said


@pytest.mark.parametrize("text", ["", "5", "7-5,0-9", "5-13,0-9", "5-7,9-101", "a-b,c-d"])
def test_odd_areas_are_refused(text: str) -> None:
    with pytest.raises(NotOffered, match="0-12,0-100"):
        _area_form(12).read(text)


def test_unknown_examples_are_named_and_the_others_kept() -> None:
    with pytest.raises(NotOffered, match="no example x") as refused:
        _ids_form(EXAMPLES).read("a,x")
    assert refused.value.rest == ("a",)

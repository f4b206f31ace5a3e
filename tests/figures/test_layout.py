"""On every paper width no text leaves the page and none lies over another."""

from __future__ import annotations

import re
from functools import partial
from itertools import combinations
from pathlib import Path

import altair as alt
import numpy as np
import pytest

from core.errors import UserError
from core.figures import theme
from core.figures.agreement import agreement
from core.figures.export import Builder, render, svg_width, to_svg
from core.figures.registry import FIGURES, builder
from core.figures.style import DEFAULT, FONTS, WIDTHS, PaperStyle, using
from core.figures.text import text_width, wrap
from core.figures.transfer_gap import transfer_gap_map
from core.runs.store import RunStore, StoredRun
from core.runs.view import RunView
from tests.figures.test_figures import run_for
from tests.figures.text_boxes import page, text_boxes

RECORDED = Path(__file__).parents[2] / "cached_runs"
KINDS = ("demo", "distill", "select", "probe", "distill_probe")
TWELVE = ("en", "ar", "de", "es", "fa", "fr", "hi", "ru", "sw", "tr", "vi", "zh")


def faults(draw: Builder, width: int, style: PaperStyle = DEFAULT) -> list[str]:
    svg = render(draw, "svg", width, style).decode()
    with using(style):
        (right, bottom), boxes = page(svg), text_boxes(svg)
    assert boxes
    assert abs(right - width) <= 1
    out = [
        f"{x.text!r} leaves the page"
        for x in boxes
        if min(x.left, x.top) < -0.3 or x.right > right + 0.3 or x.bottom > bottom + 0.3
    ]
    over = [f"{a.text!r} over {b.text!r}" for a, b in combinations(boxes, 2) if a.overlaps(b)]
    return out + over


SOME_WIDTHS = [
    width if width.startswith("acl") else pytest.param(width, marks=pytest.mark.slow)
    for width in WIDTHS
]
"""The others take another minute."""


def recorded() -> list[RunView]:
    """The last recorded run of each kind that is drawn."""
    runs = [RunView.of(run) for run in RunStore(RECORDED) if isinstance(run, StoredRun)]
    return [run for kind in KINDS for run in [x for x in runs if x.record.kind == kind][-1:]]


@pytest.mark.parametrize("width", SOME_WIDTHS)
@pytest.mark.parametrize("name", FIGURES)
def test_made_up_runs(name: str, width: str) -> None:
    assert faults(builder(name, run_for(name)), WIDTHS[width]) == []
    assert faults(builder(name, run_for(name, TWELVE)), WIDTHS[width]) == []


LOOKS = (
    PaperStyle(font="serif", size=9, labels="names"),
    PaperStyle(size=7, palette="greyscale", title=False),
    PaperStyle(font="serif", size=10, title=False),
)


SOME_LOOKS = [
    pytest.param(LOOKS[0], id="names", marks=pytest.mark.slow),
    pytest.param(LOOKS[1], id="greyscale", marks=pytest.mark.slow),
    pytest.param(LOOKS[2], id="large"),
]


@pytest.mark.parametrize("look", SOME_LOOKS)
@pytest.mark.parametrize("name", FIGURES)
def test_every_look(name: str, look: PaperStyle) -> None:
    assert faults(builder(name, run_for(name)), 218, look) == []
    assert faults(builder(name, run_for(name, TWELVE)), 454, look) == []


@pytest.mark.slow
@pytest.mark.parametrize("width", ["acl-column", "acl-page"])
@pytest.mark.parametrize("name", FIGURES)
def test_recorded_runs(name: str, width: str) -> None:
    found = {}
    for run in recorded():
        try:
            found[run.record.id] = faults(builder(name, run), WIDTHS[width])
        except UserError:  # it lacks the data
            continue
    assert {run: bad for run, bad in found.items() if bad} == {}


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("shift", [0, 30])
@pytest.mark.parametrize("width", WIDTHS)
def test_gaps_of_many_runs(width: str, count: int, shift: int) -> None:
    columns = {
        f"{name} {when}": {x: 90.0 - 5 * i + (shift if i == 3 else 0) for i, x in enumerate(TWELVE)}
        for name in ("A long name of a run…", "c94d5b", "SIB-200 (a), …")[:count]
        for when in ("before", "after")
    }
    assert faults(partial(transfer_gap_map, columns, badges=["small"]), WIDTHS[width]) == []


def test_gaps_below_zero_in_narrow_cells() -> None:
    scores = {"en": 60.0, "fr": 78.0, "sw": 20.0}
    runs = {f"run {i} after": scores for i in range(8)}
    assert faults(partial(transfer_gap_map, runs), 218) == []
    svg = render(partial(transfer_gap_map, runs), "svg", 218).decode()
    assert [svg.count(text) for text in (">−18.0<", ">40.0<")] == [8, 8]
    assert all(name in svg for name in runs)


def test_what_does_not_fit_is_refused() -> None:
    columns = {f"run {i}": {"en": 90.0, "fr": 50.0 - i} for i in range(20)}
    with pytest.raises(UserError, match=r"20 columns don't fit.*choose at most 1"):
        transfer_gap_map(columns, paper=True, width=218)
    assert faults(partial(transfer_gap_map, columns), 454) == []
    names = [f"x{i}" for i in range(60)]
    with pytest.raises(UserError, match="60 languages don't fit"):
        agreement(names, some_shares(60), paper=True, width=218)
    assert faults(partial(agreement, names, some_shares(60)), 454) == []


def some_shares(count: int):
    return np.full((count, count), 0.6)


def test_text_widths() -> None:
    assert text_width("Times 10", 10) == pytest.approx(41.12)
    assert text_width("", 8) == 0
    assert text_width("語", 8) == 8
    assert wrap("one two three", 30, 8) == ["one two", "three"]
    assert all(text_width(x, 8) <= 20 for x in wrap("extraordinarily", 20, 8))
    assert wrap("", 30, 8) == [""]


@pytest.mark.parametrize("name", FIGURES)
def test_the_font_is_the_one_the_converter_carries(name: str) -> None:
    pdf = render(builder(name, run_for(name)), "pdf", 218)
    fonts = set(re.findall(rb"/BaseFont\s*/[A-Z]{6}\+([A-Za-z]+)", pdf))
    assert fonts == {b"LiberationSans"}


@pytest.mark.parametrize("text", ["Teacher language selection (%)", "+15.5 −12.0 44.2", "ŝ θ Δ"])
def test_widths_are_those_of_the_converter(text: str) -> None:
    mark = alt.Chart(theme.inline([{"x": 0}])).mark_text(text=text, align="left", fontSize=100)
    chart = mark.encode(x=alt.value(0), y=alt.value(0)).properties(width=1, height=1)
    svg = to_svg(chart.configure(font=FONTS["sans"], padding=0))
    assert text_width(text, 100) == pytest.approx(svg_width(svg), rel=0.08)


def test_faults_are_found() -> None:
    texts = [(5, "first"), (15, "second"), (80, "leaves the page")]
    parts = [f'<text transform="translate({x},20)" font-size="8px">{t}</text>' for x, t in texts]
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="40" viewBox="0 0 100 40">'
        f"{''.join(parts)}</svg>"
    )
    first, second, last = text_boxes(svg)
    assert first.overlaps(second)
    assert not second.overlaps(last)
    assert last.right > page(svg)[0]

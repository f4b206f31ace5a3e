"""The look of figures on paper: its choices, its fonts, names of languages, greys."""

from __future__ import annotations

import re
from itertools import pairwise

import altair as alt
import pytest

from core.errors import UserError
from core.figures import theme
from core.figures.export import _register_serif, figure_spec, render, svg_width, to_svg
from core.figures.greyscale import ALIKE, alike, grey, lightness
from core.figures.registry import FIGURES, builder
from core.figures.restyle import GREYS, language_names, renamed_rows, restyled
from core.figures.style import FONTS, PaperStyle, current, using
from core.figures.text import text_width, wrap
from tests.figures.test_figures import run_for, some_run
from tests.figures.text_boxes import text_boxes


def test_all_faults_at_once() -> None:
    with pytest.raises(UserError, match=r"(?s)font 'comic'.*sans, serif.*size '99'.*6, 7, 8"):
        PaperStyle(font="comic", size=99)


def test_a_look_holds_inside_its_block_only() -> None:
    with pytest.raises(RuntimeError), using(PaperStyle(size=10)):
        assert theme.font_size(paper=True) == 10
        assert theme.font_size(paper=False) == 12
        raise RuntimeError
    assert current() == PaperStyle() and theme.font_size(paper=True) == 8


@pytest.mark.parametrize("name", FIGURES)
def test_serif_files_hold_no_other_font(name: str) -> None:
    pdf = render(builder(name, run_for(name)), "pdf", 218, PaperStyle(font="serif"))
    fonts = set(re.findall(rb"/BaseFont\s*/[A-Z]{6}\+([A-Za-z]+)", pdf))
    assert fonts == {b"STIXGeneral"}


@pytest.mark.parametrize("text", ["Teacher language selection (%)", "+15.5 −12.0 44.2", "ŝ θ Δ"])
def test_widths_are_those_of_the_serif_font(text: str) -> None:
    _register_serif()
    mark = alt.Chart(theme.inline([{"x": 0}])).mark_text(text=text, align="left", fontSize=100)
    chart = mark.encode(x=alt.value(0), y=alt.value(0)).properties(width=1, height=1)
    svg = to_svg(chart.configure(font=FONTS["serif"], padding=0))
    with using(PaperStyle(font="serif")):
        assert text_width(text, 100) == pytest.approx(svg_width(svg), rel=0.12)


def test_a_code_is_as_wide_as_the_name_that_stands_for_it() -> None:
    with using(PaperStyle().called({"it": "Italian"})):
        assert text_width("it", 10) == text_width("Italian", 10)
        assert wrap("so it is", 1000, 10) == ["so it is"]
        assert wrap("so it is", 20, 10) == ["so it", "is"]


def test_languages_are_found_by_column() -> None:
    rows = [
        {"language": "en", "group": "low", "label": "en (0.82)", "value": 1.0},
        {"language": "sw", "group": "all", "label": "sw (0.41)", "value": None},
        {"language": "acm", "group": "gap", "label": "x", "value": 2},
        {"language": "AVERAGE non-en", "group": "no", "label": "y", "value": 2},
    ]
    names = language_names(rows)
    assert names == {"en": "English", "sw": "Swahili", "acm": names["acm"]}
    assert renamed_rows(rows, names)[1]["label"] == "Swahili (0.41)"
    assert renamed_rows(rows, names)[3]["language"] == "AVERAGE non-English"
    assert renamed_rows(rows, names)[0]["group"] == "low"


def test_names_stand_wherever_a_value_does() -> None:
    spec = {
        "datasets": {"d": [{"language": "sw", "x": 1}]},
        "title": {"text": "sw"},
        "encoding": {
            "y": {
                "field": "sw",
                "sort": ["sw", "en"],
                "axis": {"labelExpr": '{"sw": ["sw"], "non-sw": ["non-sw"]}[datum.value]'},
            }
        },
        "transform": [{"filter": "datum.language == 'sw'"}, {"filter": {"oneOf": ["sw"]}}],
    }
    found = restyled(spec, PaperStyle().called({"sw": "Swahili"}))
    assert found["datasets"]["d"] == [{"language": "Swahili", "x": 1}]
    assert found["title"]["text"] == "sw" and found["encoding"]["y"]["field"] == "sw"
    assert found["encoding"]["y"]["sort"] == ["Swahili", "en"]
    written = '{"Swahili": ["Swahili"], "non-Swahili": ["non-Swahili"]}[datum.value]'
    assert found["encoding"]["y"]["axis"]["labelExpr"] == written
    filters = [x["filter"] for x in found["transform"]]
    assert filters == ["datum.language == 'Swahili'", {"oneOf": ["Swahili"]}]
    assert spec["encoding"]["y"]["sort"] == ["sw", "en"]


@pytest.mark.parametrize("name", FIGURES)
def test_no_code_is_left_where_names_are_asked_for(name: str) -> None:
    draw = builder(name, run_for(name))
    codes, names = (
        {box.text for box in text_boxes(render(draw, "svg", 454, PaperStyle(labels=x)).decode())}
        for x in ("codes", "names")
    )
    languages = {"en", "fr", "tr", "sw", "zh"}
    assert not names & languages
    if codes & languages:
        assert names & {"English", "French", "Turkish", "Swahili", "Chinese"}


@pytest.mark.parametrize("name", FIGURES)
def test_with_names_every_mark_keeps_a_place(name: str) -> None:
    draw = builder(name, run_for(name))
    codes, names = (
        len(set(MARK.findall(render(draw, "svg", 454, PaperStyle(labels=x)).decode())))
        for x in ("codes", "names")
    )
    assert names == pytest.approx(codes, rel=0.05) and names > 0


MARK = re.compile(r'role="graphics-symbol"[^>]*?((?:transform|d|x1)="[^"]*")')


def test_lightness_of_known_colours() -> None:
    known = {"#000000": 0, "#ffffff": 100, "#777777": 50.03, "#ff0000": 53.24, "#00000000": 100}
    for colour, expected in known.items():
        assert lightness(colour) == pytest.approx(expected, abs=0.01)


def test_a_grey_is_as_light_as_its_colour() -> None:
    assert (grey("#ff0000"), grey("#777777"), grey("#ffffff80")) == (
        GREY_RED,
        "#777777",
        "#ffffff80",
    )


GREY_RED = "#7f7f7f"
"""CIE L* 53.2."""


def test_greys_are_apart_and_grey() -> None:
    values = sorted(lightness(grey) for grey in GREYS.values())
    assert all(b - a >= ALIKE for a, b in pairwise(values))
    assert all(grey[1:3] == grey[3:5] == grey[5:7] for grey in GREYS.values())


def test_the_check_names_what_colour_alone_tells_apart() -> None:
    def spec(**more: object) -> dict[str, object]:
        scale = {"domain": ["a", "b", "c"], "range": [theme.ORANGE, theme.SKY, theme.BLUE]}
        return {"layer": [{"encoding": {"color": {"field": "k", "scale": scale}, **more}}]}

    assert alike(spec()) == [("a", "b")]
    assert alike(spec(shape={"field": "k"})) == []
    assert alike(restyled(spec(), PaperStyle(palette="greyscale"))) == []


@pytest.mark.parametrize("name", FIGURES)
def test_a_grey_figure_has_no_colour(name: str) -> None:
    svg = render(builder(name, run_for(name)), "svg", 218, PaperStyle(palette="greyscale")).decode()
    svg = re.sub(r'fill="#[0-9a-f]{6}" fill-opacity="0"', "", svg)  # not seen
    colours = {x.lower() for x in re.findall(r"#[0-9a-fA-F]{6}\b", svg)}
    colours |= {f"#{int(r):02x}{int(g):02x}{int(b):02x}" for r, g, b in RGB.findall(svg)}
    assert {x for x in colours if not x[1:3] == x[3:5] == x[5:7]} == set()


RGB = re.compile(r"rgb\((\d+), ?(\d+), ?(\d+)\)")


def test_a_finished_figure_is_not_changed() -> None:
    draw = builder("confidence", some_run())
    plain = figure_spec(draw, 218)
    assert figure_spec(draw, 218, PaperStyle(palette="greyscale")) != plain
    assert figure_spec(draw, 218) == plain

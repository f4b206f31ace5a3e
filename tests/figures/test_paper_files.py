"""Every figure's files at the width of a column: page, fonts, numbers, table, caption, origin."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from functools import cache
from typing import Any

import pytest

from core.figures.bundle import bundle, zipped
from core.figures.caption import caption
from core.figures.export import FORMATS, figure_spec, render, rendered
from core.figures.registry import FIGURES, builder
from core.figures.style import PaperStyle
from tests.figures.booktabs import read_table
from tests.figures.test_figures import run_for, some_run


@cache
def files(name: str) -> dict[str, bytes]:
    return rendered(builder(name, run_for(name)), FORMATS, 218)


@pytest.mark.parametrize("name", FIGURES)
def test_the_page_is_as_wide_as_the_column(name: str) -> None:
    (box,) = re.findall(rb"/MediaBox\s*\[([^\]]*)\]", files(name)["pdf"])
    left, _, right, _ = map(float, box.split())
    assert right - left == pytest.approx(218, abs=1)


@pytest.mark.parametrize("name", FIGURES)
def test_all_fonts_are_embedded(name: str) -> None:
    pdf = files(name)["pdf"]
    described = re.findall(rb"/Type\s*/FontDescriptor.*?endobj", pdf, re.S)
    assert described
    assert all(b"/FontFile" in font for font in described)
    assert b"/Type3" not in pdf


@pytest.mark.parametrize("name", FIGURES)
def test_the_csv_holds_what_is_drawn(name: str) -> None:
    drawn = main_data(figure_spec(builder(name, run_for(name)), 218))
    read = list(csv.DictReader(io.StringIO(files(name)["csv"].decode())))
    assert len(read) == len(drawn) > 0
    for found, row in zip(read, drawn, strict=True):
        assert {key: same(found[key], value) for key, value in row.items()} == dict.fromkeys(
            row, True
        )


def main_data(spec: dict[str, Any]) -> list[dict[str, Any]]:
    data = spec["data"]
    return data["values"] if "values" in data else spec["datasets"][data["name"]]


def same(text: str, value: Any) -> bool:
    """Whether a cell of the csv is a value of the figure."""
    if value is None:
        return text == ""
    if isinstance(value, bool | str):
        return text == str(value)
    if isinstance(value, list | dict):
        return text == str(value)
    return float(text) == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize("name", FIGURES)
def test_the_table_compiles(name: str) -> None:
    head, *rows = read_table(files(name)["tex"].decode())
    assert len(head) > 1 and rows


def test_a_table_that_would_not_compile_is_found() -> None:
    good = "\\begin{tabular}{lr}\n\\toprule\na & b \\\\\n\\midrule\nx\\_y & 50\\% \\\\\n"
    end = "\\bottomrule\n\\end{tabular}\n"
    assert read_table(good + end) == [["a", "b"], ["x_y", "50%"]]
    for bad in ("x_y & 1 \\\\\n", "5% & 1 \\\\\n", "a & b & c \\\\\n", "a & b\n"):
        with pytest.raises(ValueError, match=r"."):
            read_table(good + bad + end)


def test_a_bundle_has_everything_and_is_the_same_twice() -> None:
    draw = builder("before-after", some_run())
    style = PaperStyle(font="serif", labels="names", title=False)
    made = [bundle("scores", draw, 240, style, view={"theta": "0.1"}) for _ in range(2)]
    with zipfile.ZipFile(io.BytesIO(made[0])) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    assert {*found} == {*(f"scores.{x}" for x in FORMATS), "caption.txt", "provenance.json"}
    assert found["caption.txt"].decode().startswith("Accuracy before and after. Mean change ")
    assert "Badges: transductive." in found["caption.txt"].decode()
    origin = json.loads(found["provenance.json"])
    assert origin["view"] == {"theta": "0.1"}
    assert origin["look"]["width_pt"] == 240 and origin["look"]["font"] == "serif"
    assert b"Swahili" in found["scores.csv"] and b"Swahili" in found["scores.tex"]
    again = zipfile.ZipFile(io.BytesIO(made[1]))
    same_ones = [name for name in found if not name.endswith(".pdf")]  # a pdf names its subset
    assert all(again.read(name) == found[name] for name in same_ones)


def test_a_zip_is_the_same_for_the_same_files() -> None:
    assert zipped({"b": b"2", "a": b"1"}) == zipped({"a": b"1", "b": b"2"})


def test_the_caption_keeps_the_title_that_the_figure_leaves_out() -> None:
    draw = builder("before-after", some_run())
    bare = PaperStyle(title=False)
    assert caption(draw, 218, bare) == caption(draw, 218)
    svg = render(draw, "svg", 218, bare).decode()
    assert "before and after" not in svg
    assert "Badges: transductive" in svg

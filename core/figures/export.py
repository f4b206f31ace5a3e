"""Write a figure for a paper: exact page width, embedded fonts, its data and a LaTeX table."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import altair as alt
from altair.utils.schemapi import debug_mode

from core.errors import UserError
from core.figures.data_table import latex, records, table
from core.figures.language_order import reordered
from core.figures.restyle import language_names, restyled
from core.figures.style import DEFAULT, NARROWEST, PaperStyle, parse_width, using
from core.figures.theme import Chart

FORMATS = ("pdf", "svg", "png", "csv", "tex")
DPI = 300
_CHARTS = (alt.Chart, alt.LayerChart, alt.VConcatChart)
SLACK = 0.5
"""Points a page may be off the width asked for."""
Spec: TypeAlias = dict[str, Any]
"""A figure in Vega-Lite."""


class Builder(Protocol):
    """Anything that draws one figure for paper or the screen at a total width."""

    def __call__(self, *, paper: bool, width: int | None, dark: bool = False) -> Chart:
        """Draw it."""


def format_of(path: Path, asked: str | None, more: Sequence[str] = ()) -> str:
    """The format of a file: as asked for, else by its ending.

    Args:
        path: the file.
        asked: the format asked for, if any.
        more: formats beside `FORMATS`.

    Raises:
        UserError: the path is a folder's, names no format, or another one than was asked for.
    """
    known = (*FORMATS, *more)
    ending, choices = path.suffix[1:], ", ".join(known)
    if path.is_dir():
        raise UserError(f"-o {path}: is a folder, a file is expected, such as {path / 'name.pdf'}")
    if asked is None and ending not in known:
        raise UserError(f"-o {path}: end its name in one of {choices}, or say --format")
    if asked in known and ending in known and ending != asked:
        raise UserError(
            f"--format {asked}: the file's name ends in .{ending}; leave out --format, or name the "
            f"file {path.with_suffix('.' + asked).name}"
        )
    if asked is not None and asked not in known:
        raise UserError(f"unknown format {asked!r}; choose one of {choices}")
    return asked or ending


def export(
    source: Builder | Chart,
    path: Path,
    format: str,
    width: str | int = "acl-column",
    style: PaperStyle = DEFAULT,
) -> Path:
    """Write one file of a figure, replacing what is there in one step.

    Args:
        source: a builder, drawn with the paper theme; or a finished chart, whose look is kept
            (a single or layered chart is set to the width, a concatenation keeps its own).
        path: the file to write; its folder is made.
        format: pdf, svg, png (300 dpi), csv (the chart's data) or tex (a booktabs table).
        width: total width, see :func:`parse_width`.
        style: the look on paper.

    Returns:
        The path.

    Raises:
        UserError: an unknown format or width, or a place that can't be written to.
    """
    if format not in FORMATS:
        raise UserError(f"unknown format {format!r}; choose one of {', '.join(FORMATS)}")
    return write(render(source, format, parse_width(width), style), path)


def write(content: bytes, path: Path) -> Path:
    """Write a file, replacing what is there in one step.

    Raises:
        UserError: the place can't be written to.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        raise UserError(f"can't write {path}: {error.strerror}") from error
    return path


def render(source: Builder | Chart, format: str, width: int, style: PaperStyle = DEFAULT) -> bytes:
    """The file's content; see :func:`export`."""
    return rendered(source, [format], width, style)[format]


def rendered(
    source: Builder | Chart, formats: Sequence[str], width: int, style: PaperStyle = DEFAULT
) -> dict[str, bytes]:
    """The content of several files of one figure, which is drawn once for all of them."""
    draw = _redrawn(source) if isinstance(source, _CHARTS) else source
    style = _with_names(draw, width, style)
    pictures = [format for format in formats if format in ("pdf", "svg", "png")]
    if pictures:
        chart, spec, svg = fit(draw, width, style)
    else:
        chart, spec, svg = _drawn(draw, width, style), {}, ""
    found = {}
    for format in formats:
        if format in pictures:
            found[format] = svg.encode() if format == "svg" else _converted(spec, format)
        elif format == "csv":
            found[format] = (
                table(chart, style.names).to_csv(index=False, lineterminator="\n").encode()
            )
        else:
            found[format] = latex(chart, style.names).encode()
    return found


def fit(draw: Builder, width: int, style: PaperStyle = DEFAULT) -> tuple[Chart, Spec, str]:
    """Draw until the page is as wide as asked for: labels and legends take unknown space.

    Returns:
        The chart, its spec and its SVG, within half a point unless the figure can't be that narrow.
    """
    asked = width
    for _ in range(6):
        chart = _drawn(draw, asked, style)
        spec = paper_spec(chart, style)
        svg = to_svg(spec)
        excess = svg_width(svg) - width
        if abs(excess) <= SLACK or asked - excess < NARROWEST / 3:
            break
        asked = round(asked - excess)
    return chart, spec, svg


def paper_spec(chart: Chart, style: PaperStyle = DEFAULT) -> Spec:
    """A chart drawn for paper, in the palette, the order and with the names of its look.

    The tests check every figure against the Vega-Lite schema, which takes longer than drawing it.
    """
    if style.font == "serif":
        _register_serif()
    spec = chart.to_dict(validate=False)
    if not style.title and not spec.get("title", {}).get("text"):
        spec.pop("title", None)
    return restyled(reordered(spec, style.order), style)


def figure_spec(draw: Builder, width: int, style: PaperStyle = DEFAULT) -> Spec:
    """A figure on paper in Vega-Lite, drawn once: about as wide as asked for."""
    style = _with_names(draw, width, style)
    return paper_spec(_drawn(draw, width, style), style)


def _with_names(draw: Builder, width: int, style: PaperStyle) -> PaperStyle:
    """The look with the names of the languages that the figure shows."""
    if style.labels != "names" or style.names:
        return style
    return style.called(language_names(records(_drawn(draw, width, style))))


def _drawn(draw: Builder, width: int, style: PaperStyle) -> Chart:
    with using(style), debug_mode(False):
        return draw(paper=True, width=width)


def to_svg(chart: Chart | Spec) -> str:
    """The chart as SVG text."""
    import vl_convert

    spec = chart if isinstance(chart, dict) else chart.to_dict()
    return vl_convert.vegalite_to_svg(spec, vl_version=_version())


def _converted(spec: Spec, format: str) -> bytes:
    """The chart as PDF or PNG."""
    import vl_convert

    if format == "pdf":
        return vl_convert.vegalite_to_pdf(spec, vl_version=_version())
    return vl_convert.vegalite_to_png(spec, vl_version=_version(), scale=1, ppi=DPI)


@cache
def _register_serif() -> None:
    """Give the converter the serif font, which lies in matplotlib's folder.

    Raises:
        UserError: matplotlib is not installed.
    """
    import vl_convert

    found = find_spec("matplotlib")
    if found is None or not found.submodule_search_locations:
        raise UserError(
            "the serif font comes with matplotlib, which is not installed: pip install -r "
            "requirements.txt, or choose the font sans"
        )
    folder = Path(found.submodule_search_locations[0], "mpl-data", "fonts", "ttf")
    vl_convert.register_font_directory(str(folder))


def svg_width(svg: str) -> float:
    """The width an SVG states, in points.

    Raises:
        ValueError: it states none.
    """
    match = re.search(r'<svg[^>]*?\swidth="([\d.]+)"', svg)
    if match is None:
        raise ValueError("the SVG states no width")
    return float(match[1])


def _redrawn(chart: Chart) -> Callable[..., Chart]:
    """A builder that gives a finished chart another total width."""

    def draw(*, paper: bool, width: int | None, dark: bool = False) -> Chart:
        if isinstance(chart, alt.VConcatChart):
            return chart
        size = alt.AutoSizeParams(type="fit-x", contains="padding")
        return chart.properties(width=width or chart.width, autosize=size)

    return draw


def _version() -> str:
    """Altair's Vega-Lite version as the converter names it: major and minor."""
    return ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])

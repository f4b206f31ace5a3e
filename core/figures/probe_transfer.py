"""Probes across languages: fitted in one (rows), tested in another (columns)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from core.errors import UserError
from core.figures import theme
from core.figures.balance_names import title_of
from core.figures.probe_scores import TASKS, UNITS
from core.figures.text import text_width
from core.figures.theme import Chart
from core.metrics.probe_record import ProbeRecord

MEAN = "others"
"""The column of a source's mean over its other targets."""
SMALLEST, SMALLEST_NUMBER = 3.6, 4.5


def probe_transfer(
    found: ProbeRecord,
    model: str,
    *,
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """A heatmap, the number in every cell; the diagonal, IN-LANG, is framed.

    Args:
        found: the scores.
        model: whose.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.

    Raises:
        UserError: no such model, or too many languages for the width on paper.
    """
    if model not in found.pairs:
        raise UserError(f"no model {model}; there are {', '.join(found.pairs)}")
    rows = _rows(found, model)
    order = [found.marked(x) for x in found.languages]
    columns = [*found.languages, *([MEAN] if len(order) > 1 else [])]
    cell = theme.plot_width(paper, width, order) / len(columns)
    if paper and cell < SMALLEST:
        raise UserError(
            f"{len(order)} languages don't fit into this width: choose a wider one, such as "
            "acl-page"
        )
    font = theme.font_size(paper)
    digits = 1 if text_width("88.8", font) + 1.5 <= cell else 0
    for row in rows:
        row["written"] = f"{row['score']:.{digits}f}"
    size = min(font, (cell - 1) / text_width("88.8" if digits else "88", 1.04))
    base = _base(order, columns, cell, font)
    numbers = [] if paper and size < SMALLEST_NUMBER else _numbers(base, size, len(columns), paper)
    note = [f"mean of {found.seeds} seeds", "framed: IN-LANG"]
    note += ["* fitted on dev"] if any("*" in x for x in order) else []
    note += [] if numbers else ["numbers left out: the cells are too small"]
    heading = f"{title_of(model)}: probes for {TASKS.get(found.task, found.task)} across languages"
    layers = [*_cells(base, cell * len(columns), UNITS.get(found.measure, found.measure)), *numbers]
    chart = theme.layered(*layers, data=theme.inline(rows)).properties(
        title=theme.title(heading, paper, width, badges, theme.note(note, paper, width))
    )
    finished = theme.finish(chart, paper, width, len(order) * (12 if paper else 26), dark)
    return theme.pivoted(finished, "source", "target", "score")


def _rows(found: ProbeRecord, model: str) -> list[dict[str, Any]]:
    """One record a cell, and one for the mean of each row without its diagonal."""
    rows = []
    for source, cells in found.pairs[model].items():
        others = [cell.mean for target, cell in cells.items() if target != source]
        means = {target: (cell.mean, cell.sd) for target, cell in cells.items()}
        means |= {MEAN: (sum(others) / len(others), None)} if others else {}
        rows += [
            {
                "source": found.marked(source),
                "target": target,
                "score": mean,
                "sd": sd,
                "own": target == source,
            }
            for target, (mean, sd) in means.items()
        ]
    return rows


def _base(order: Sequence[str], columns: Sequence[str], cell: float, font: int) -> alt.Chart:
    small = min(font, cell)
    flat = all(text_width(name, small) + 2 <= cell for name in columns)
    scale = {"paddingInner": 0.04, "paddingOuter": 0.02}
    x = alt.X(
        "target:N",
        title="Tested in",
        scale=alt.Scale(domain=list(columns), **scale),
        axis=alt.Axis(
            labelAngle=0 if flat else -90,
            labelFontSize=small,
            labelOverlap=False,
            ticks=False,
            domain=False,
        ),
    )
    y = alt.Y(
        "source:N",
        title="Fitted in",
        scale=alt.Scale(domain=list(order), **scale),
        axis=alt.Axis(labelOverlap=False, ticks=False, domain=False),
    )
    tip = ["source:N", "target:N", *(alt.Tooltip(f"{k}:Q", format=".2f") for k in ("score", "sd"))]
    return alt.Chart().encode(x, y, tooltip=tip)


def _cells(base: alt.Chart, room: float, unit: str) -> list[alt.Chart]:
    """Cells on one scale, 0 to 100 %, and a frame around the diagonal."""
    colour = alt.Color(
        "score:Q",
        scale=alt.Scale(scheme="cividis", domain=[0, 100]),
        legend=alt.Legend(
            title=unit, titleOrient="top", gradientLength=0.6 * room, values=[0, 50, 100]
        ),
    )
    own = base.transform_filter("datum.own")
    return [
        base.mark_rect().encode(colour),
        own.mark_rect(fillOpacity=0, stroke=theme.VERMILLION, strokeWidth=1.6),
    ]


def _numbers(base: alt.Chart, size: float, columns: int, paper: bool) -> list[alt.Chart]:
    """The score in every cell; those of the mean are bold."""
    own = "0.6 * max(2, length(datum.written))"
    shown = size if paper else alt.ExprRef(f"min(12, (width / {columns} - 2) / ({own}))")
    ink = theme.number_ink("score")
    cells = base.transform_filter(f"datum.target != '{MEAN}'").mark_text(fontSize=shown)
    means = base.transform_filter(f"datum.target == '{MEAN}'").mark_text(
        fontSize=shown, fontWeight="bold"
    )
    return [part.encode(text="written:N", color=ink) for part in (cells, means)]

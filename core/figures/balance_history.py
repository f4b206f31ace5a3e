"""How the models of a comparison were trained: dev MRR and loss, step by step."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from core.errors import UserError
from core.figures import theme
from core.figures.balance_names import dash_channel, legend_of, model_channels, title_of
from core.figures.text import wrap
from core.figures.theme import Chart
from core.metrics.balance_scores import TEACHER, TEACHERS

PANELS = {"dev_mrr": "MRR on the dev set (%)", "loss": "Loss (nats)"}
"""From top to bottom, with the titles of their vertical axes."""


def balance_history(
    records: Sequence[Mapping[str, Any]],
    *,
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """A line a model; the teachers, each in its own language, stand back in grey.

    Args:
        records: one a look at the dev set: ``model``, ``step``, ``loss`` and ``dev_mrr``.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.

    Raises:
        UserError: nothing was logged.
    """
    rows = list(_rows(records))
    if not rows:
        raise UserError("this run has no history to draw")
    models = list(dict.fromkeys(str(row["name"]) for row in rows))
    teachers = any(name.startswith(TEACHER) for name in models)
    models = [TEACHERS] * teachers + [x for x in models if not x.startswith(TEACHER)]
    last = max(row["step"] for row in rows)
    present = [panel for panel in PANELS if any(row["quantity"] == panel for row in rows)]
    inner = int(theme.plot_width(paper, width, ["100.0"]))
    colour, _ = model_channels(models, paper, inner)
    look = (colour, dash_channel(models, legend_of([title_of(x) for x in models], paper, inner)))
    panels = [
        _panel(name, rows, look, last, name == present[-1], paper).properties(
            width=inner, height=70 if paper else 150
        )
        for name in present
    ]
    note = []
    if teachers:
        note.append("teachers: MRR in their own language, the others: mean of all languages")
    note.append("soft labels have another loss than hard ones")
    chart = alt.vconcat(*panels, data=theme.inline(rows), spacing=8 if paper else 16)
    finished = chart.properties(
        title=theme.title("Training", paper, width, badges, theme.note(note, paper, width))
    )
    return finished.configure(**theme.config(paper, dark))


def _rows(records: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Long form: one record a look, model and quantity; numbers that are none left out."""
    found = []
    for record in records:
        name, step = record.get("model"), record.get("step")
        if not isinstance(name, str) or not _is_number(step):
            continue
        for quantity in PANELS:
            if _is_number(record.get(quantity)):
                shown = TEACHERS if name.startswith(TEACHER) else name
                found.append(
                    {
                        "step": step,
                        "quantity": quantity,
                        "name": name,
                        "model": title_of(shown),
                        "value": record[quantity],
                    }
                )
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def _panel(
    name: str,
    rows: Sequence[Mapping[str, Any]],
    look: tuple[alt.Color, alt.StrokeDash],
    last: float,
    lowest: bool,
    paper: bool,
) -> alt.LayerChart:
    """One quantity over the steps."""
    size = theme.font_size(paper)
    x = alt.X(
        "step:Q",
        title="Step" if lowest else None,
        scale=alt.Scale(domain=[0, last], nice=False),
        axis=alt.Axis(labels=lowest, tickCount=theme.TICKS),
    )
    y = alt.Y(
        "value:Q",
        title=wrap(PANELS[name], 70 if paper else 150, size),
        scale=alt.Scale(zero=False, nice=False, padding=6),
        axis=alt.Axis(minExtent=24, tickCount=5),
    )
    tip = ["name:N", "step:Q", alt.Tooltip("value:Q", format=".3f")]
    base = alt.Chart().transform_filter(alt.datum.quantity == name)
    line = base.encode(x, y, *look, detail="name:N", tooltip=tip)
    quiet = f"datum.model == '{title_of(TEACHERS)}'"
    thin, thick = (0.5, 1.2) if paper else (1.0, 2.2)
    return alt.layer(
        line.transform_filter(quiet).mark_line(strokeWidth=thin, opacity=0.7),
        line.transform_filter(f"!({quiet})").mark_line(strokeWidth=thick),
    )

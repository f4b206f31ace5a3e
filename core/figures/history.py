"""A distillation step by step: loss, agreement with the first vote, accuracy per language."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from core.config.methods import METHODS
from core.errors import UserError
from core.figures import theme
from core.figures.text import wrap
from core.figures.theme import Chart
from core.metrics.accuracy import PIVOT, average

MEAN = "mean"
LOSS = "loss"
AGREEMENT = "agreement"
KAPPA = "kappa"
ACCURACY = "accuracy"
PANELS = (LOSS, AGREEMENT, KAPPA, ACCURACY)
"""From top to bottom."""
COLOURS = (theme.BLUE, theme.VERMILLION, theme.GREEN, theme.PURPLE, theme.ORANGE, theme.SKY)
"""Of the languages' lines, from dark to light: the first ones are used on white, the last ones
on dark pages, so that the labels can be read."""
LEADER = 9
"""Pixels between the end of a line and its label."""


@dataclass(frozen=True)
class Frame:
    """What all panels share."""

    last_step: float
    """Right end of the axis of the steps."""
    inner: int
    """Width between the axes."""
    colours: Mapping[str, str]
    """Of the languages drawn in colour; the others stand back in grey."""
    ink: str
    paper: bool
    kept: float | None
    titles: Mapping[str, str]
    """Of the vertical axes."""


def panel_titles(
    shown: int | None = None, watched: str = METHODS["distillation"].watched
) -> dict[str, str]:
    """Titles of the panels' vertical axes.

    Args:
        shown: how many of the evaluation items the accuracy is measured on while it trains; None
            where that is not known.
        watched: whose first answers kappa compares with (`core.config.methods.Method.watched`).
    """
    return {
        LOSS: "Loss (nats)",
        AGREEMENT: "Agreement with the first vote (%)",
        KAPPA: f"Kappa with {watched}",
        ACCURACY: f"Accuracy on {f'{shown} ' if shown else ''}shown items (%)",
    }


def history(
    records: Sequence[Mapping[str, Any]],
    *,
    steps: int | None = None,
    titles: Mapping[str, str] | None = None,
    pivot: str = PIVOT,
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """One panel a quantity over the same steps, languages as labelled lines, the kept step marked.

    Up to six languages have a colour each; of more, English and those that rose most and least
    have one, and the others are grey. Every line has its name at its end, in its colour.

    Args:
        records: one a logged step: ``step``, ``loss`` and any of ``agreement``, ``kappa``,
            ``agreement_by_language``, ``accuracy`` (percent per language), ``kept``.
        steps: where the axis ends (the run's planned steps while it runs); None for the last
            logged step.
        titles: of the vertical axes, see `panel_titles`.
        pivot: the language that is always in colour.
        badges: shown below the title.
        paper: the paper theme.
        width: inner width in points is chosen so that this is about the total.
        dark: draw for a dark page.

    Raises:
        UserError: nothing was logged.
    """
    rows = list(_rows(records))
    if not rows:
        raise UserError("this run has no history to draw")
    kept = [float(record["step"]) for record in records if record.get("kept")]
    highlights = _highlights(rows, pivot, kept[-1] if kept else None)
    frame = Frame(
        last_step=max(steps or 0, *(row["step"] for row in rows), 1),
        inner=theme.total_width(paper, width) - (62 if paper else 110),
        colours=dict(zip(highlights, COLOURS[::-1] if dark else COLOURS, strict=False)),
        ink=theme.ink(paper, dark),
        paper=paper,
        kept=kept[-1] if kept else None,
        titles=titles or panel_titles(),
    )
    present = [panel for panel in PANELS if any(row["quantity"] == panel for row in rows)]
    panels = [_panel(name, rows, frame, name == present[-1]) for name in present]
    note = "; ".join(_notes(rows, highlights, frame.kept))
    chart = alt.vconcat(*panels, data=theme.inline(rows), spacing=8 if paper else 16)
    return chart.properties(
        title=theme.title("Distillation history", paper, width, badges, note)
    ).configure(**theme.config(paper, dark))


def _languages(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    return sorted({str(row["language"]) for row in rows} - {MEAN})


def _highlights(
    rows: Sequence[Mapping[str, Any]], pivot: str, kept: float | None
) -> tuple[str, ...]:
    """The languages to colour: all if there are few, else the pivot and the two extremes.

    Args:
        rows: of all panels, in the order of the steps.
        pivot: always coloured, and not ranked.
        kept: the step up to which a rise counts; None for the last one.
    """
    languages = _languages(rows)
    if len(languages) <= len(COLOURS):
        return tuple(languages)
    quantities = {row["quantity"] for row in rows}
    quantity = ACCURACY if ACCURACY in quantities else AGREEMENT
    values: dict[str, list[float]] = {}
    for row in rows:
        late = kept is not None and row["step"] > kept and row["language"] in values
        if row["quantity"] == quantity and row["language"] != MEAN and not late:
            values.setdefault(row["language"], []).append(row["value"])
    rises = {language: found[-1] - found[0] for language, found in values.items()}
    order = sorted((x for x in rises if x != pivot), key=lambda x: rises[x])
    first = [pivot] if pivot in languages else []
    return tuple(dict.fromkeys([*first, order[-1], order[0]]))


def _notes(
    rows: Sequence[Mapping[str, Any]], highlights: Sequence[str], kept: float | None
) -> Iterable[str]:
    """What the marks and colours mean."""
    if kept is not None:
        yield f"kept: step {kept:.0f} (dotted line)"
    if len(_languages(rows)) > len(highlights):
        *pivot, most, least = highlights
        yield "in colour: " + ", ".join(
            [*pivot, f"{most} (of the others, rose most here)", f"{least} (least)"]
        )


def _rows(records: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    """Long form: one record a step, quantity and language; numbers that are none left out."""
    for record in records:
        for name, value, scale in (
            (LOSS, record.get("loss"), 1),
            (AGREEMENT, record.get("agreement"), 100),
            (KAPPA, record.get("kappa"), 1),
        ):
            yield from _row(record["step"], name, MEAN, value, scale)
        for language, value in _by_language(record, "agreement_by_language"):
            yield from _row(record["step"], AGREEMENT, language, value, 100)
        scores = dict(_by_language(record, "accuracy"))
        for language, value in scores.items():
            yield from _row(record["step"], ACCURACY, language, value, 1)
        if scores and all(_is_number(value) for value in scores.values()):
            yield from _row(record["step"], ACCURACY, MEAN, average(scores), 1)


def _by_language(record: Mapping[str, Any], name: str) -> Iterable[tuple[str, Any]]:
    found = record.get(name)
    return found.items() if isinstance(found, dict) else ()


def _is_number(value: Any) -> bool:
    """Whether it is a number to draw; a history is read from a file, and may hold anything."""
    return isinstance(value, int | float) and math.isfinite(value)


def _row(
    step: float, name: str, language: str, value: Any, scale: float
) -> Iterable[dict[str, Any]]:
    if _is_number(value):
        number = float(value) * scale
        yield {"step": int(step), "quantity": name, "language": language, "value": number}


def spread(ends: Mapping[str, float], low: float, high: float, gap: float) -> dict[str, float]:
    """Move labels apart, as little as possible, until neighbours are ``gap`` away.

    All stay within the axis; where they don't fit they are packed evenly.

    Args:
        ends: the value each label belongs to.
        low: lower end of the axis.
        high: upper end of the axis.
        gap: least distance between two labels, in the axis' unit.

    Returns:
        Where to write each label; the order of the values is kept.
    """
    order = sorted(ends, key=lambda name: ends[name])
    room = (high - low) / max(1, len(order) - 1)
    gap = min(gap, room)
    groups: list[tuple[float, int]] = []  # mean of (value - rank x gap), labels in the group
    for rank, name in enumerate(order):
        mean, size = ends[name] - rank * gap, 1
        while groups and groups[-1][0] > mean:  # pool the neighbours that would overlap
            other, count = groups.pop()
            mean, size = (mean * size + other * count) / (size + count), size + count
        groups.append((mean, size))
    top = high - gap * max(0, len(order) - 1)
    starts = [min(max(mean, low), top) for mean, size in groups for _ in range(size)]
    return {name: starts[rank] + rank * gap for rank, name in enumerate(order)}


def _panel(
    name: str, rows: Sequence[Mapping[str, Any]], frame: Frame, last: bool
) -> alt.LayerChart:
    """One quantity over the steps; the data come from the whole figure."""
    own = [row for row in rows if row["quantity"] == name]
    lines = _languages(own)
    size = theme.font_size(frame.paper)
    height = max(60 if frame.paper else 110, (len(lines) + 1) * (size + 1) if lines else 0)
    low, high = min(row["value"] for row in own), max(row["value"] for row in own)
    pad = 0.05 * (high - low) or 0.5
    low, high = low - pad, high + pad
    y = alt.Y(
        "value:Q",
        title=wrap(frame.titles[name], height, size),
        scale=alt.Scale(domain=[low, high], nice=False),
        axis=alt.Axis(titleFontSize=size, minExtent=24, tickCount=5),
    )
    x = alt.X(
        "step:Q",
        title="Step" if last else None,
        scale=alt.Scale(domain=[0, frame.last_step], nice=False),
        axis=alt.Axis(labels=last, tickCount=theme.TICKS, labelFlush=False),
    )
    base = alt.Chart().transform_filter(alt.datum.quantity == name).encode(x, y)
    layers: list[alt.Chart] = []
    if frame.kept is not None:
        mark = alt.Chart(theme.inline([{"step": frame.kept}]))
        layers.append(mark.mark_rule(strokeDash=[1, 2], strokeWidth=1.2).encode(x))
    layers += _lines(base, lines, frame)
    if lines:
        ends = {str(row["language"]): row for row in own}
        values = {language: float(row["value"]) for language, row in ends.items()}
        places = spread(values, low, high, (high - low) * size / height)
        layers += _labels(ends, places, frame, x)
    return alt.layer(*layers).properties(width=frame.inner, height=height)


def _colour(languages: Sequence[str], frame: Frame) -> alt.Color:
    """A language's colour, for its line and its name alike."""
    domain = [*languages, MEAN]
    found = [frame.colours.get(language, theme.QUIET) for language in languages]
    scale = alt.Scale(domain=domain, range=[*found, frame.ink])
    return alt.Color("language:N", legend=None, scale=scale)


def _lines(base: alt.Chart, languages: Sequence[str], frame: Frame) -> list[alt.Chart]:
    """Grey lines at the back, coloured ones before them, the thick mean in front."""
    paper, quiet = frame.paper, [x for x in languages if x not in frame.colours]
    colour = _colour(languages, frame)
    tooltip = ["language:N", "step:Q", alt.Tooltip("value:Q", format=".3g")]
    bold = [x for x in languages if x in frame.colours]
    groups = [(quiet, 0.5 if paper else 0.9), (bold, 1.1 if paper else 1.8)]
    drawn = [
        base.transform_filter(alt.FieldOneOfPredicate("language", chosen))
        .mark_line(strokeWidth=thick)
        .encode(color=colour, detail="language:N", tooltip=tooltip)
        for chosen, thick in groups
        if chosen
    ]
    mean = base.transform_filter(alt.datum.language == MEAN)
    thick = 1.8 if paper else 2.8
    return [*drawn, mean.mark_line(strokeWidth=thick, color=frame.ink).encode(tooltip=tooltip)]


def _labels(
    ends: Mapping[str, Mapping[str, Any]], places: Mapping[str, float], frame: Frame, x: alt.X
) -> list[alt.Chart]:
    """Names right of the ends of the lines, moved apart, each led to by a thin line."""
    rows = [
        {"language": name, "step": row["step"], "value": row["value"], "place": places[name]}
        for name, row in ends.items()
    ]
    base = alt.Chart(theme.inline(rows)).encode(
        x=x, color=_colour([name for name in ends if name != MEAN], frame)
    )
    leader = base.mark_rule(strokeWidth=0.5, xOffset=1, x2Offset=LEADER, clip=False).encode(
        x2="step:Q", y="value:Q", y2="place:Q"
    )
    text = base.mark_text(align="left", baseline="middle", dx=LEADER + 2, clip=False)
    return [leader, text.encode(y="place:Q", text="language:N")]

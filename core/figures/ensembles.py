"""How often each ensemble is right, beside single languages and chance (ALSACE, Figure 4)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import altair as alt

from core.figures import theme
from core.figures.rows import row_axis, row_lines
from core.figures.text import text_width
from core.figures.theme import Chart
from core.metrics.bootstrap import Interval
from core.metrics.label_scores import LabelScore, LabelScores
from core.quoting import signed
from core.selection.ensembles import TEACHERS, Labeler

KINDS = ("ensemble", "one language")
COLOURS = (theme.BLUE, theme.ORANGE)
AXIS = "Accuracy (%)"
NAMES = 0.46
"""Of the width, at most, for the names of the rows."""
NEAR = 0.5
"""Of the points' range: chance that lies farther off is named in the note, not drawn."""


def compare_ensembles(
    scores: LabelScores,
    labelers: Sequence[Labeler],
    *,
    teachers: Sequence[str] = (),
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """A point a labeler, with the interval of its accuracy and that of its lead on the pivot.

    The wide band is the interval of the accuracy. The thin line between two ticks is that of the
    lead, drawn from the pivot's accuracy (dashed), within 0 and 100 %: where it keeps clear of it,
    the interval of the lead excludes zero. A square is a single language.

    Args:
        scores: of the labelers; their reference is the pivot.
        labelers: in the order of the rows; what they are.
        teachers: who votes in the vote of the teachers.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.
    """
    rows, font = _rows(scores, labelers), theme.font_size(paper)
    lines = row_lines(
        (row["labeler"] for row in rows), paper, NAMES * theme.total_width(paper, width)
    )
    widest = "00.0 (+00.0)" if scores.reference is not None else "00.0"
    column = text_width(widest, font) * 1.1 + 6
    low, high = _ends(scores)
    end = f"{high} + {high - low} * {column} / max(width - {column}, 0.3 * width)"
    scale = alt.Scale(domainMin=low, domainMax=alt.ExprRef(end), nice=False, zero=False)
    y = alt.Y("labeler:N", sort=list(lines), title=None, axis=row_axis(lines))
    names = [line for parts in lines.values() for line in parts]
    room = theme.plot_width(paper, width, names, titled=False) - column
    ticks = _ticks(low, min(high, 100.0), round(room / (4 * font)))
    x = alt.X("accuracy:Q", title=AXIS, scale=scale, axis=alt.Axis(values=ticks))
    layers = [*_reference(scores), *_marks(x, y, _pivot(scores), paper, dark)]
    if low <= scores.chance <= high:
        layers = [*_chance(scores.chance, (scores.chance - low) / (high - low)), *layers]
    note = theme.note(_notes(scores, teachers), paper, width)
    said = "isValid(datum.lead) ? ' (' + format(datum.lead, '+.1f') + ')' : ''"
    written = alt.Chart().transform_calculate(written=f"format(datum.accuracy, '.1f') + ({said})")
    numbers = written.mark_text(align="right").encode(
        y, x=alt.XValue("width"), text=alt.Text("written:N")
    )
    chart = theme.layered(
        *layers,
        numbers,
        data=theme.inline(rows),
        title=theme.title("Ensembles of the languages", paper, width, badges, note),
    )
    step = (15 if paper else 30) if max(map(len, lines.values())) == 1 else 2.6 * font
    return theme.finish(chart, paper, width, round(len(rows) * step), dark)


def in_words(scores: LabelScores, labelers: Sequence[Labeler]) -> str:
    """Which ensemble is right most often, and whether the data decide that it beats the pivot."""
    found = scores.scores
    names = [x.name for x in labelers if x.ensemble]
    top = max(found[name].accuracy for name in names)
    first = [name for name in names if found[name].accuracy == top]
    leader = found[first[0]]
    subject = f"the {' and the '.join(first)} {'is' if len(first) == 1 else 'are'}"
    words = [f"Of the ensembles {subject} right most often: {top:.1f} % of {scores.n:,} items."]
    if scores.reference is not None:
        words.append(_lead_in_words(leader, scores))
    if leader.interval is not None and leader.interval.low <= scores.chance:
        words.append(f"Its interval does not rule out chance ({scores.chance:.1f} %).")
    for labeler in (x for x in labelers if x.needs_gold):
        words.append(
            f"The {labeler.name} of these same items, is right in "
            f"{found[labeler.name].accuracy:.1f} %: without them nobody knows which it is."
        )
    return " ".join(words)


def _lead_in_words(leader: LabelScore, scores: LabelScores) -> str:
    """The lead on the pivot and what its interval says."""
    alone = f"{scores.reference} ({scores.scores[str(scores.reference)].accuracy:.1f} %)"
    lead, interval = leader.lead or 0.0, leader.lead_interval
    if round(lead, 1) == 0:
        text = f"That is as often as {alone}"
    else:
        text = f"That is {abs(lead):.1f} points {'above' if lead > 0 else 'below'} {alone}"
    if interval is None:
        return f"{text}; all items are of one cluster, so there is no interval."
    ends = f"{100 * scores.level:.0f} % interval of the difference {_between(interval)}"
    if interval.verdict in ("up", "down"):
        return f"{text}; {ends}: the interval excludes zero."
    if interval.verdict == "unchanged":
        return f"{text}; they are right on the same items."
    return f"{text}; {ends}: the interval includes zero, so it is undetermined which is better."


def _between(interval: Interval) -> str:
    return f"{signed(interval.low)} to {signed(interval.high)}"


def _rows(scores: LabelScores, labelers: Sequence[Labeler]) -> list[dict[str, Any]]:
    """One record a labeler, in percent and points."""
    rows = []
    for labeler in labelers:
        found = scores.scores[labeler.name]
        lead = found.lead_interval
        rows.append(
            {
                "labeler": labeler.name,
                "kind": KINDS[not labeler.ensemble],
                "accuracy": found.accuracy,
                "low": found.interval.low if found.interval else None,
                "high": found.interval.high if found.interval else None,
                "lead": found.lead,
                "lead_low": lead.low if lead else None,
                "lead_high": lead.high if lead else None,
                "verdict": lead.verdict if lead else None,
            }
        )
    return rows


def _pivot(scores: LabelScores) -> float:
    """The accuracy that leads are counted from; 0 without a pivot."""
    return 0.0 if scores.reference is None else scores.scores[scores.reference].accuracy


def _ends(scores: LabelScores) -> tuple[float, float]:
    """The axis: around the points and intervals, and around chance where that is near them."""
    values, pivot = list[float](), _pivot(scores)
    for found in scores.scores.values():
        values.append(found.accuracy)
        for interval, start in ((found.interval, 0.0), (found.lead_interval, pivot)):
            if interval is not None:
                ends = start + interval.low, start + interval.high
                values += [min(max(end, 0.0), 100.0) for end in ends]
    low, high = min(values), max(values)
    near = NEAR * max(high - low, 1.0)
    if low - near <= scores.chance <= high + near:
        low, high = min(low, scores.chance), max(high, scores.chance)
    room = 0.06 * max(high - low, 1.0)
    return low - room, high + room


def _ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers between two ends, two to six; none below the text at the right."""
    count = min(max(most, 2), theme.TICKS)
    found: list[float] = []
    for step in (100, 50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1):
        places = range(math.ceil(low / step), math.floor(high / step) + 1)
        if len(found) > 1 and (high - low) / step > count:
            break
        found = [round(k * step, 1) for k in places]
    return found


def _chance(chance: float, place: float) -> list[alt.Chart]:
    """A dotted line with its name above it, which stays within the plot (place: 0 to 1)."""
    base = alt.Chart(theme.inline([{"chance": chance, "label": "chance"}]))
    x = alt.X("chance:Q", title=AXIS)
    align = "left" if place < 0.3 else "right" if place > 0.7 else "center"
    label = base.mark_text(baseline="bottom", align=align, dy=-2)
    rule = base.mark_rule(strokeDash=[1, 2])
    return [rule.encode(x), label.encode(x, y=alt.YValue(0), text=alt.Text("label:N"))]


def _reference(scores: LabelScores) -> list[alt.Chart]:
    """The pivot's accuracy as a dashed line."""
    if scores.reference is None:
        return []
    base = alt.Chart(theme.inline([{"at": _pivot(scores)}]))
    rule = base.mark_rule(strokeDash=[4, 2], color=theme.VERMILLION, strokeWidth=1.2)
    return [rule.encode(alt.X("at:Q", title=AXIS))]


def _marks(x: alt.X, y: alt.Y, pivot: float, paper: bool, dark: bool) -> list[alt.Chart]:
    """The band of the accuracy, the line of the lead with a tick at each end, and the point."""
    domain = list(KINDS)
    color = alt.Color("kind:N", scale=alt.Scale(domain=domain, range=list(COLOURS)), legend=None)
    shapes = alt.Scale(domain=domain, range=["circle", "square"])
    shape = alt.Shape("kind:N", scale=shapes, legend=None)
    told = ("accuracy", "low", "high", "lead", "lead_low", "lead_high")
    tooltip = theme.tooltip("labeler:N", *(f"{name}:Q" for name in told))
    base = alt.Chart().encode(y)
    band = base.transform_filter("isValid(datum.low)").mark_bar(
        height=9 if paper else 14, opacity=0.35
    )
    ink, stroke = theme.ink(paper, dark), 1 if paper else 1.6
    leads = base.transform_filter("isValid(datum.lead_low)").transform_calculate(
        start=f"clamp({pivot} + datum.lead_low, 0, 100)",
        end=f"clamp({pivot} + datum.lead_high, 0, 100)",
    )
    start, end = alt.X("start:Q", title=AXIS), alt.X("end:Q", title=AXIS)
    tick = leads.mark_tick(color=ink, thickness=stroke, height=6 if paper else 10)
    point = base.mark_point(filled=True, opacity=1, size=20 if paper else 60)
    return [
        band.encode(alt.X("low:Q", title=AXIS), alt.X2("high:Q"), color),
        leads.mark_rule(color=ink, strokeWidth=stroke).encode(start, alt.X2("end:Q")),
        tick.encode(start),
        tick.encode(end),
        point.encode(x, color, shape, tooltip=tooltip),
    ]


def _notes(scores: LabelScores, teachers: Sequence[str]) -> list[str]:
    """What the marks mean, chance where it is not drawn, and how the intervals were made."""
    parts = ["no intervals: all items are of one cluster"]
    level = f"{100 * scores.level:.0f} % interval"
    if scores.clusters > 1:
        parts = [f"band: {level}"]
        if scores.reference is not None:
            parts = [f"band: {level}; line: of the difference to the dashed one"]
    low, high = _ends(scores)
    if not low <= scores.chance <= high:
        parts.append(f"chance: {scores.chance:.1f} %")
    parts.append(f"{scores.n:,} items")
    if scores.clusters > 1:
        parts.append(f"bootstrap over {scores.clusters:,} clusters ({scores.resamples:,} times)")
    if TEACHERS in scores.scores and teachers:
        parts.append(f"teachers: {', '.join(teachers)}")
    return parts

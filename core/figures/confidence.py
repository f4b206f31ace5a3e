"""Each language's confidence in the vote, and who teaches (ALSACE, Eq. 2-3)."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from core.config.strategies import STRATEGIES
from core.figures import theme
from core.figures.theme import Chart
from core.selection.teachers import Selection

ROLES = ("teacher", "student")
GROUPS = ("group T", "group S")
"""What the roles are called where nobody teaches."""


def confidence(
    selection: Selection,
    *,
    normalized: bool = False,
    teaches: bool = True,
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """Bars per language, filled for teachers and hollow for students, with the threshold.

    Args:
        selection: the scored languages.
        normalized: show the softmax of the confidences instead of the confidences.
        teaches: whether those selected teach; else they are the group T, and the others S.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.
    """
    roles = ROLES if teaches else GROUPS
    rows = _rows(selection, roles)
    field = "normalized" if normalized else "confidence"
    cut = selection.threshold if normalized else selection.confidence_at_threshold
    top = max(float(selection.normalized.max()), cut * 1.05) if normalized else 1.0
    axis = (
        "Normalized confidence ŝ (softmax of s)"
        if normalized
        else f"Confidence s (mean probability of the {_of_what(selection)})"
    )
    y = alt.Y("language:N", sort=[row["language"] for row in rows], title="Language")
    ticks = alt.Axis(tickCount=5) if normalized else alt.Axis(values=[0, 0.5, 1])
    x = alt.X(
        f"{field}:Q", title=axis, scale=alt.Scale(domain=[0, 1.15 * top], nice=False), axis=ticks
    )
    layers = [_bars(x, y, roles), _values(y, field)]
    known = STRATEGIES.get(selection.strategy)
    decides = known is not None and known.by_threshold
    inside = 0 <= cut <= top
    if decides and inside:
        place = cut / (1.15 * top)
        layers += _threshold(cut, axis, _threshold_text(selection, normalized), place, paper)
    chart = theme.layered(
        *layers,
        data=theme.inline(rows),
        title=theme.title(
            "Teacher language selection" if teaches else "Groups by ALSACE's rule",
            paper,
            width,
            badges,
            _note(selection, inside, teaches),
        ),
    )
    height = len(rows) * (11 if paper else 20)
    finished = theme.finish(chart, paper, width, height, dark)
    finished.usermeta = {"digits": {"confidence": 4, "normalized": 4}}
    return finished


def _of_what(selection: Selection) -> str:
    """Which probability the confidence is the mean of."""
    return "own answer" if selection.strategy == "max-probability" else "vote"


def _rows(selection: Selection, roles: Sequence[str]) -> list[dict[str, object]]:
    rows = [
        {
            "language": language,
            "confidence": float(selection.confidence[i]),
            "normalized": float(selection.normalized[i]),
            "role": roles[0] if language in selection.teachers else roles[1],
        }
        for i, language in enumerate(selection.languages)
    ]
    return sorted(rows, key=lambda row: -float(str(row["confidence"])))


def _note(selection: Selection, inside: bool, teaches: bool) -> str:
    """How many are selected and what decided it, in words."""
    count = f"{len(selection.teachers)} of {len(selection.languages)} "
    count += "teach" if teaches else "in group T; no teachers in this method"
    if selection.strategy != "alsace":
        known = STRATEGIES.get(selection.strategy)
        rule = known.title if known else f"strategy {selection.strategy}"
        return f"{count}; {rule}"
    mean = ", the mean" if selection.threshold_is_mean else ""
    beyond = "" if inside else " (outside the axis)"
    return f"{count}; ALSACE: θ = {selection.threshold:.4g} on ŝ{mean}{beyond}"


def _bars(x: alt.X, y: alt.Y, roles: Sequence[str]) -> alt.Chart:
    line = alt.Scale(domain=list(roles), range=[theme.BLUE, theme.ORANGE])
    fill = alt.Scale(domain=list(roles), range=[theme.BLUE, f"{theme.ORANGE}26"])
    return (
        alt.Chart()
        .mark_bar(strokeWidth=1.2, height={"band": 0.72})
        .encode(
            x=x,
            y=y,
            fill=alt.Fill("role:N", title=None, scale=fill),
            stroke=alt.Stroke("role:N", title=None, scale=line),
            tooltip=theme.tooltip("language:N", "role:N", "confidence:Q", "normalized:Q"),
        )
    )


def _values(y: alt.Y, field: str) -> alt.Chart:
    """The numbers in a column at the right edge, where neither bars nor the threshold are."""
    text = alt.Text(f"{field}:Q", format=".3f" if field == "normalized" else ".2f")
    mark = alt.Chart().mark_text(align="right")
    return mark.encode(x=alt.XValue("width"), y=y, text=text)


def _threshold_text(selection: Selection, normalized: bool) -> str:
    """Where the line stands, in the axis' unit, and the threshold it stands for."""
    theta = f"θ = {selection.threshold:.4g}"
    return theta if normalized else f"s = {selection.confidence_at_threshold:.3f} ({theta})"


def _threshold(cut: float, axis: str, text: str, place: float, paper: bool) -> list[alt.Chart]:
    """A dashed line with its text above it, which stays within the plot (place: 0 to 1)."""
    base = alt.Chart(theme.inline([{"cut": cut, "label": text}]))
    x = alt.X("cut:Q", title=axis)
    rule = base.mark_rule(strokeDash=[4, 2], color=theme.VERMILLION, strokeWidth=1.2)
    label = base.mark_text(
        color=theme.VERMILLION if not paper else "#000000",
        align="left" if place < 0.3 else "right" if place > 0.7 else "center",
        baseline="bottom",
        dy=-2,
    )
    return [rule.encode(x), label.encode(x, y=alt.YValue(0), text=alt.Text("label:N"))]

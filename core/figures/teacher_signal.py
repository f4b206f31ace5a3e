"""Whether the languages with a higher confidence know more, or teach better: a scatter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np
from numpy.typing import NDArray

from core.figures import theme
from core.figures.text import text_width
from core.figures.theme import Chart
from core.metrics.teacher_signal import TeacherSignal
from core.metrics.teacher_signal_text import p_of
from core.quoting import minus

TITLES = {"accuracy": "Confidence and accuracy", "gain given": "Confidence and what others gain"}
AXES = {
    "accuracy": "Accuracy before (%)",
    "gain given": "Mean gain given to the others (points)",
}
HEIGHT = {True: 110, False: 260}
"""Of the plot, by whether it is for paper."""
MARGIN = 0.1
"""Of the range, kept free on each side."""
PLACES = (
    ("left", "middle", 1, 0),
    ("right", "middle", -1, 0),
    ("center", "bottom", 0, -1),
    ("center", "top", 0, 1),
    ("left", "bottom", 0.75, -0.75),
    ("left", "top", 0.75, 0.75),
    ("right", "bottom", -0.75, -0.75),
    ("right", "top", -0.75, 0.75),
)
"""Where a label can stand at its point: alignment, baseline, and which way it is moved."""


def teacher_signal(
    signal: TeacherSignal,
    *,
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """One point a language: its confidence s, and its accuracy or the gain it gives.

    Args:
        signal: the pairs and their rank correlation.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.
    """
    x, y = (_domain(values) for values in (signal.confidence, signal.outcome))
    room = theme.plot_width(paper, width, ["00.0"])
    places = _placed(signal, (x, y), (room, HEIGHT[paper]), theme.font_size(paper))
    rows = [
        {
            "language": language,
            "confidence": float(signal.confidence[i]),
            signal.against: float(signal.outcome[i]),
        }
        for i, language in enumerate(signal.languages)
    ]
    field = f"{signal.against}:Q"
    base = alt.Chart().encode(
        alt.X(
            "confidence:Q",
            title="Confidence s (mean probability of the vote)",
            scale=alt.Scale(domain=list(x), nice=False),
            axis=alt.Axis(tickCount=theme.TICKS, format=".2f"),
        ),
        alt.Y(
            field,
            title=AXES[signal.against],
            scale=alt.Scale(domain=list(y), nice=False),
            axis=alt.Axis(tickCount=theme.TICKS),
        ),
        tooltip=["language:N", alt.Tooltip("confidence:Q", format=".3f"), field],
    )
    layers = [base.mark_point(filled=True, size=25 if paper else 60, color=theme.BLUE, opacity=1)]
    for place in range(len(PLACES)):
        named = [row for row, found in zip(rows, places, strict=True) if found == place]
        layers.append(_labels(base, named, place, paper))
    if y[0] < 0 < y[1]:
        zero = alt.Chart(theme.inline([{"zero": 0}])).mark_rule(strokeDash=[2, 2])
        layers.insert(0, zero.encode(y=alt.Y("zero:Q", title=AXES[signal.against])))
    chart = theme.layered(*layers, data=theme.inline(rows)).properties(
        title=theme.title(TITLES[signal.against], paper, width, badges, _note(signal, places))
    )
    finished = theme.finish(chart, paper, width, HEIGHT[paper], dark)
    finished.usermeta = {"digits": {"confidence": 4}}
    return finished


def _note(signal: TeacherSignal, places: Sequence[int | None]) -> str:
    """Rho with its interval, and how it was made."""
    found = signal.correlation
    if found.rho is None:
        words = "no rank correlation: one of the two is the same for all"
    else:
        words = minus(f"Spearman's ρ = {found.rho:.2f}")
        if found.low is not None and found.high is not None:
            ends = minus(f" [{found.low:.2f}, {found.high:.2f}]")
            words += f"{ends} ({100 * found.level:.0f} % bootstrap over {found.n} languages)"
            words += f", {p_of(found.p)} (permutations)" if found.p is not None else ""
        else:
            words += f" ({found.n} languages: too few to tell)"
    left_out = sum(place is None for place in places)
    return words + (
        f"; {left_out} name{'' if left_out == 1 else 's'} left out: no room" if left_out else ""
    )


def _domain(values: NDArray[np.float64]) -> tuple[float, float]:
    """Ends of an axis around the values."""
    low, high = float(values.min()), float(values.max())
    room = MARGIN * (high - low) or 0.05 * max(1.0, abs(high))
    return low - room, high + room


def _labels(
    base: alt.Chart, rows: Sequence[Mapping[str, object]], place: int, paper: bool
) -> alt.Chart:
    """The names of the languages that stand on one side of their points."""
    align, baseline, right, down = PLACES[place]
    away = _away(paper)
    named = base.properties(data=theme.inline(rows))
    mark = named.mark_text(align=align, baseline=baseline, dx=away * right, dy=away * down)
    return mark.encode(text="language:N")


def _away(paper: bool) -> int:
    """Points from the middle of a point to its label."""
    return 4 if paper else 7


def _placed(
    signal: TeacherSignal,
    domains: tuple[tuple[float, float], tuple[float, float]],
    room: tuple[float, float],
    size: int,
) -> list[int | None]:
    """For each language a side of its point where its name covers nothing; None if there is none.

    Args:
        signal: the points.
        domains: ends of the axes.
        room: width and height of the plot in points.
        size: of the font.
    """
    (left, right), (low, high) = domains
    xs = (signal.confidence - left) / (right - left) * room[0]
    ys = (high - signal.outcome) / (high - low) * room[1]
    away = _away(size == theme.font_size(True))
    half = 0.6 * away
    taken = [(x - half, y - half, x + half, y + half) for x, y in zip(xs, ys, strict=True)]
    found: list[int | None] = []
    for i, name in enumerate(signal.languages):
        for place in range(len(PLACES)):
            box = _box(xs[i], ys[i], place, text_width(name, size), size, away)
            inside = box[0] >= 0 and box[1] >= 0 and box[2] <= room[0] and box[3] <= room[1]
            if inside and not any(_overlap(box, x) for j, x in enumerate(taken) if j != i):
                taken.append(box)
                found.append(place)
                break
        else:
            found.append(None)
    return found


Box = tuple[float, float, float, float]
"""Left, top, right, bottom in points."""


def _box(x: float, y: float, place: int, width: float, size: float, away: float) -> Box:
    """Where a name lies on one side of its point."""
    _, _, right, down = PLACES[place]
    middle_x = x + right * away + np.sign(right) * width / 2
    middle_y = y + down * away + np.sign(down) * size / 2
    return (
        middle_x - width / 2 - 1,
        middle_y - size / 2,
        middle_x + width / 2 + 1,
        middle_y + size / 2,
    )


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]

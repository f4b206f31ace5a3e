"""How many languages answer as the vote, and whether the vote is right there."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from core.figures import theme
from core.figures.theme import Chart
from core.metrics.disagreement import Disagreement, VoteSize, by_vote_size

RIGHT, WRONG, UNKNOWN = "vote right", "vote wrong", "examples"
COLOURS = {RIGHT: theme.BLUE, WRONG: theme.ORANGE, UNKNOWN: theme.BLUE}


def disagreement(
    found: Disagreement,
    *,
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """A bar a number of languages, split by whether the vote is right where gold is known.

    Args:
        found: the votes on every example.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.
    """
    sizes = by_vote_size(found)
    rows, names = disagreement_rows(sizes), [UNKNOWN] if found.right is None else [RIGHT, WRONG]
    tall = max(size.examples for size in sizes)
    room = theme.plot_width(paper, width, ["8,888"])
    step = max(1, -(-len(_axis_values(found)) * 20 // max(1, int(room))))
    x = alt.X(
        "agreeing:O",
        title="Languages that answer as the vote",
        scale=alt.Scale(domain=_axis_values(found)),
        axis=alt.Axis(labelAngle=0, ticks=False, values=_axis_values(found)[::-step]),
    )
    y = alt.Y(
        "examples:Q",
        title="Examples",
        scale=alt.Scale(domain=[0, 1.12 * tall], nice=False),
        axis=alt.Axis(tickCount=5, format=",d"),
    )
    colour = alt.Color(
        "vote:N",
        title=None,
        scale=alt.Scale(domain=names, range=[COLOURS[name] for name in names]),
        legend=None if names == [UNKNOWN] else alt.Legend(),
    )
    bars = (
        alt.Chart()
        .mark_bar(strokeWidth=0)
        .encode(
            x,
            y,
            colour,
            alt.Order("vote:N", sort="ascending"),
            tooltip=["agreeing:O", "vote:N", "examples:Q", alt.Tooltip("entropy:Q", format=".2f")],
        )
    )
    fits = room / max(1, len(_axis_values(found))) >= 15
    layers = [bars, *(_shares(sizes, x) if fits and found.right is not None else [])]
    chart = theme.layered(*layers, data=theme.inline(rows)).properties(
        title=theme.title(
            "Where the languages disagree", paper, width, badges, _note(found, layers[1:])
        )
    )
    finished = theme.finish(chart, paper, width, 110 if paper else 240, dark)
    finished.usermeta = {"digits": {"entropy": 3}}
    return finished


def disagreement_rows(sizes: Sequence[VoteSize]) -> list[dict[str, str | float]]:
    """One record a number of languages, two where it is known whether the vote is right."""
    rows: list[dict[str, str | float]] = []
    for size in sizes:
        parts = {UNKNOWN: size.examples}
        if size.right is not None:
            parts = {RIGHT: size.right, WRONG: size.examples - size.right}
        rows += [
            {"agreeing": size.agreeing, "vote": name, "examples": n, "entropy": size.entropy}
            for name, n in parts.items()
        ]
    return rows


def _axis_values(found: Disagreement) -> list[int]:
    """From the fewest languages that made a vote to all of them."""
    return list(range(int(found.agreeing.min()), found.languages + 1))


def _shares(sizes: Sequence[VoteSize], x: alt.X) -> list[alt.Chart]:
    """Percent of the votes that are right, above each bar."""
    rows = [
        {
            "agreeing": size.agreeing,
            "examples": size.examples,
            "share": 100 * (size.right or 0) / size.examples,
        }
        for size in sizes
    ]
    base = alt.Chart(theme.inline(rows)).mark_text(baseline="bottom", dy=-2)
    return [
        base.encode(
            x, alt.Y("examples:Q", title="Examples"), text=alt.Text("share:Q", format=".0f")
        )
    ]


def _note(found: Disagreement, shares: Sequence[alt.Chart]) -> str:
    said = f"all {found.languages} agree on {100 * found.unanimous:.0f} % of the "
    said += f"{len(found.vote):,} examples"
    return said + ("; numbers: percent of the votes that are right" if shares else "")

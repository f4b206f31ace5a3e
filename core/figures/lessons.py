"""Who learns from whom, where not every language learns from every teacher."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt

from core.config.strategies import STRATEGIES
from core.errors import UserError
from core.figures import theme
from core.figures.text import text_width
from core.figures.theme import Chart
from core.selection.teachers import Selection

KINDS = ("learns from", "its own answer counts")
NOBODY = "does not learn"
SMALLEST = 4.5
"""Points of a column on paper; below it the names of the teachers can't be read."""


def lessons(
    selection: Selection,
    *,
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """A row a learner, a column a language that teaches somebody, a mark where one learns.

    Args:
        selection: a choice with lessons.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.

    Raises:
        UserError: every language learns from every teacher, or too many for the width on paper.
    """
    if selection.lessons is None:
        raise UserError("every language learns from every teacher, so there is no matrix to draw")
    learners, teachers = selection.languages, taught_by(selection)
    font, room = theme.font_size(paper), theme.plot_width(paper, width, learners)
    cell = room / max(1, len(teachers))
    if paper and cell < SMALLEST:
        raise UserError(
            f"{len(teachers)} teachers don't fit into this width: "
            "choose a wider one, such as acl-page"
        )
    small = min(font, max(cell, SMALLEST))
    flat = all(text_width(name, small) + 2 <= cell for name in teachers)
    x_axis = alt.Axis(
        labelAngle=0 if flat else -90,
        labelFontSize=small,
        labelOverlap=False,
        ticks=False,
        grid=True,
    )
    x = alt.X("teacher:N", title="Teacher", scale=alt.Scale(domain=teachers), axis=x_axis)
    y_axis = alt.Axis(ticks=False, grid=True, labelOverlap=False)
    y = alt.Y("learner:N", title="Learner", scale=alt.Scale(domain=list(learners)), axis=y_axis)
    rows = _rows(selection)
    layers = [*_marks(x, y, cell, paper), *_nobody(selection, y)]
    chart = theme.layered(
        *layers,
        data=theme.inline(rows),
        title=theme.title("Who learns from whom", paper, width, badges, _note(selection)),
    )
    return theme.finish(chart, paper, width, len(learners) * (11 if paper else 20), dark)


def taught_by(selection: Selection) -> list[str]:
    """The languages that somebody learns from, in the order of the languages."""
    found: Mapping[str, tuple[str, ...]] = selection.lessons or {}
    named = {name for names in found.values() for name in names}
    return [name for name in selection.languages if name in named]


def _rows(selection: Selection) -> list[dict[str, str]]:
    """One record a mark, learner by learner."""
    return [
        {"learner": learner, "teacher": name, "what": KINDS[name == learner]}
        for learner in selection.languages
        for name in selection.teachers_of(learner)
    ]


def _marks(x: alt.X, y: alt.Y, cell: float, paper: bool) -> list[alt.Chart]:
    """Filled circles for lessons, hollow diamonds for a language's own answer."""
    domain = list(KINDS)
    size = min(30 if paper else 90, max(8.0, 0.5 * cell**2))
    colours = alt.Scale(domain=domain, range=[theme.BLUE, theme.ORANGE])
    inside = alt.Scale(domain=domain, range=[theme.BLUE, "transparent"])
    mark = alt.Chart().mark_point(size=size, strokeWidth=1.2, opacity=1)
    return [
        mark.encode(
            x,
            y,
            alt.Stroke("what:N", title=None, scale=colours),
            alt.Fill("what:N", title=None, scale=inside),
            alt.Shape(
                "what:N", title=None, scale=alt.Scale(domain=domain, range=["circle", "diamond"])
            ),
            tooltip=theme.tooltip("learner:N", "teacher:N", "what:N"),
        )
    ]


def _nobody(selection: Selection, y: alt.Y) -> list[alt.Chart]:
    """The words in the rows of languages that nobody teaches."""
    rows = [
        {"learner": learner, "said": NOBODY}
        for learner in selection.languages
        if not selection.teachers_of(learner)
    ]
    if not rows:
        return []
    text = alt.Chart(theme.inline(rows)).mark_text(align="left", dx=4, fontStyle="italic")
    return [text.encode(y, x=alt.XValue(0), text=alt.Text("said:N"))]


def _note(selection: Selection) -> str:
    known = STRATEGIES.get(selection.strategy)
    return known.title if known else f"strategy {selection.strategy}"

"""What each row gives to each language against another row: a heatmap, diverging at 0."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import altair as alt

from core.errors import UserError
from core.figures import theme
from core.figures.rows import row_axis, row_lines
from core.figures.text import text_width
from core.figures.theme import Chart
from core.quoting import signed

MEAN = "avg"
"""The column of the average over the languages."""
SMALLEST = 5.0
"""Points; smaller numbers on paper can't be read."""
LEAST = 1.0
"""Points at the end of the scale, at least."""
UNSEEN = "†"


def difference_map(
    rows: Mapping[str, Mapping[str, float]],
    *,
    heading: str,
    note: str = "",
    unseen: Collection[str] = (),
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """Rows by languages, blue where a row is better and orange where it is worse.

    Args:
        rows: difference per language in points, per row; languages in the order of the first row.
            A row's ``avg`` is its average; without one that is the mean over its languages, which
            for medians over seeds it is not.
        heading: the title.
        note: below it.
        unseen: languages the encoder never saw, marked with a dagger.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.

    Raises:
        UserError: nothing to show, or too many languages for the width on paper.
    """
    if not rows or not any(rows.values()):
        raise UserError("no differences to show: no two rows share a seed")
    languages = list(dict.fromkeys(x for row in rows.values() for x in row if x != MEAN))
    names = {x: f"{x}{UNSEEN}" if x in unseen else x for x in languages}
    records = records_of(rows, names)
    columns = [*names.values(), MEAN]
    font = theme.font_size(paper)
    lines = row_lines(rows, paper)
    room = theme.plot_width(
        paper, width, [x for parts in lines.values() for x in parts], titled=False
    )
    widest = max(text_width(written(record["difference"]), 1) for record in records)
    size = min(font, (room / len(columns) - 2) / widest)
    if paper and size < SMALLEST:
        raise UserError(
            f"{len(languages)} languages don't fit into this width: "
            "choose a wider one, such as acl-page"
        )
    base = _base(lines, columns, room / len(columns), font)
    chart = theme.layered(
        *difference_cells(base, records, room),
        *difference_numbers(base, records, size),
        data=theme.inline(records),
    ).properties(title=theme.title(heading, paper, width, badges, _below(note, unseen, names)))
    step = max(12 if paper else 26, max(map(len, lines.values())) * (font + 2) + 3)
    finished = theme.finish(chart, paper, width, step * len(rows), dark)
    return theme.pivoted(finished, "row", "language", "difference")


def records_of(
    rows: Mapping[str, Mapping[str, float]], names: Mapping[str, str]
) -> list[dict[str, str | float]]:
    """One record a cell, and one for the average of each row."""
    found: list[dict[str, str | float]] = []
    for row, cells in rows.items():
        single = {x: float(value) for x, value in cells.items() if x != MEAN}
        found += [
            {"row": row, "language": names[x], "difference": value} for x, value in single.items()
        ]
        if single:
            average = float(cells.get(MEAN, sum(single.values()) / len(single)))
            found.append({"row": row, "language": MEAN, "difference": average})
    return found


def _below(note: str, unseen: Collection[str], names: Mapping[str, str]) -> str:
    marked = f"{UNSEEN} the encoder never saw this language" if set(unseen) & set(names) else ""
    return "; ".join(part for part in (note, marked) if part)


def _base(
    lines: Mapping[str, Sequence[str]], columns: Sequence[str], cell: float, font: int
) -> alt.Chart:
    flat = all(text_width(column, font) + 2 <= cell for column in columns)
    x = alt.X(
        "language:N",
        sort=list(columns),
        title="Language",
        axis=alt.Axis(labelAngle=0 if flat else -90, ticks=False, labelOverlap=False),
    )
    y = alt.Y("row:N", sort=list(lines), title=None, axis=row_axis(lines))
    tip = [
        alt.Tooltip("row:N", title="row"),
        alt.Tooltip("language:N", title="language"),
        alt.Tooltip("difference:Q", title="points", format="+.2f"),
    ]
    return alt.Chart().encode(x, y, tooltip=tip)


def _end(records: Sequence[Mapping[str, str | float]]) -> float:
    return max(LEAST, *(abs(float(record["difference"])) for record in records))


def difference_cells(
    base: alt.Chart, records: Sequence[Mapping[str, str | float]], room: float
) -> list[alt.Chart]:
    """The colours, diverging at 0, and their legend."""
    end = _end(records)
    legend = alt.Legend(
        title="Difference (points; blue: better)",
        gradientLength=0.7 * room,
        titleOrient="top",
        values=[-end, 0, end],
        format=".0f" if end >= 10 else ".1f",
    )
    scale = alt.Scale(scheme="blueorange", reverse=True, domain=[-end, end], domainMid=0)
    return [base.mark_rect().encode(alt.Color("difference:Q", scale=scale, legend=legend))]


def difference_numbers(
    base: alt.Chart, records: Sequence[Mapping[str, str | float]], size: float
) -> list[alt.Chart]:
    """Every cell's number, bold in the column of the mean."""
    ink = theme.number_ink("difference")
    number = alt.Text("written:N")
    shown = max(size, SMALLEST)
    base = base.transform_calculate(
        written="abs(datum.difference) < 0.05 ? '0.0' : format(datum.difference, '+.1f')"
    )
    plain = base.transform_filter(alt.datum.language != MEAN).mark_text(fontSize=shown)
    bold = base.transform_filter(alt.datum.language == MEAN).mark_text(
        fontSize=shown, fontWeight="bold"
    )
    return [plain.encode(number, color=ink), bold.encode(number, color=ink)]


def written(value: str | float) -> str:
    """A difference as its cell has it."""
    return signed(float(value))

"""How evenly scores are spread over languages: runs ranked by gap, worst language and the rest."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from core.figures.score_ranges import DOMINATED, score_ranges
from core.languages import english_name, speakers
from core.metrics.bootstrap import Interval
from core.metrics.equity import BOTTOM, Equity, equity, harm
from core.metrics.equity_intervals import BOTTOM as BOTTOM_MEAN
from core.metrics.equity_intervals import (
    DEVIATION,
    GAP,
    GINI,
    MEAN,
    RANGE,
    RATIOS,
    UTILITY,
    VARIATION,
    WORST,
)
from core.metrics.transfer_gap import transfer_gap
from core.quoting import minus
from core.runs.groups import RunGroup
from dashboard.choice import pick_one
from dashboard.choice_numbers import slide
from dashboard.column_names import LONGEST_COLUMN, LONGEST_ROW, group_names
from dashboard.compared_data import compared
from dashboard.equity_data import chance_of, levels
from dashboard.equity_ranks import Column, beaten_by, comparable, gap_ranks, rawls_ranks
from dashboard.figure_panel import figure_panel
from dashboard.scores import MOMENTS
from dashboard.table_panel import table_panel

WITH, WITHOUT = "with intervals", "numbers alone"
HELP = {
    "Gap rank": "1: the smallest gap. Read it with the next column: a small gap is worth nothing "
    "where another run is better everywhere.",
    "Dominated by": "Runs on the same data that are at least as good in every language and better "
    "in one (Pareto dominance).",
    "Rawls rank": "1: the best worst language; ties by the next worst (leximin). Among runs of the "
    "same number of languages.",
    MEAN: "Utilitarian: every language counts once, in percent.",
    GAP: "English (or the language of the labels) minus the mean of the others, in points.",
    WORST: "Rawlsian: the score of the language that is served worst, in percent.",
    BOTTOM_MEAN: f"Mean of the {BOTTOM} lowest scores, in percent.",
    RANGE: "The best language minus the worst, in points.",
    DEVIATION: "Over the languages, in points.",
    VARIATION: "Standard deviation over the mean, of scores above chance.",
    GINI: "0: all languages equal. Of scores above chance; read it beside the mean.",
    UTILITY: "M_τ: mean over languages, weighted by speakers to the power of τ, of the score above "
    "chance as a share of the best language's; 0 to 1.",
    "Harm": "What languages lost against the start, summed, in points.",
    "Better / worse": "Languages significantly better and worse than before, after Holm.",
}


def equity_section(groups: Sequence[RunGroup], *, key: str = "equity") -> None:
    """The ranking by gap, and every measure of equity.

    Args:
        groups: the chosen runs.
        key: of the widgets, unique on the page.
    """
    columns = _columns(groups)
    if not columns:
        st.caption("None of these runs has accuracies by language.")
        return
    tau = slide(
        (0.0, 1.0, 0.05),
        1.0,
        label="τ: languages count (0) or speakers count (1)",
        key=f"{key}_tau",
        help="Of the global utility M_τ (Blasi et al. 2022): the weight of a language is its "
        "number of speakers to the power of τ. Only the languages shown count.",
    )
    form = pick_one(
        (WITH, WITHOUT),
        label="Numbers",
        key=f"{key}_form",
        help="95 % intervals over clusters of items (and seeds of the same items), drawn once for "
        "all languages; or the numbers, to sort by.",
    )
    names = dict(zip(_labels(columns), columns, strict=True))
    long = dict(zip(names, _labels(columns, LONGEST_ROW), strict=True))
    _ranking(names, key)
    beaten = beaten_by(names)
    ranks, rawls = gap_ranks(names), rawls_ranks(names)
    rows = [
        {
            "Run": long[name],
            "Gap rank": ranks.get(name),
            "Dominated by": _first([long[x] for x in beaten[name]]),
            "Rawls rank": rawls.get(name),
            **_numbers(column, tau, intervals=form == WITH),
        }
        for name, column in names.items()
    ]
    table_panel(rows, key=f"{key}_table", file="equity", columns=_shown(form == WITH), digits=2)
    _notes(columns)


def _first(names: Sequence[str]) -> str:
    """The first of several names, and how many more."""
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{names[0]}{more}" if names else "–"


def _columns(groups: Sequence[RunGroup]) -> list[Column]:
    found = ((group, when, group.scores(when)) for group in groups for when in MOMENTS)
    return [(group, when, scores) for group, when, scores in found if scores]


def _labels(columns: Sequence[Column], longest: int = LONGEST_COLUMN) -> list[str]:
    groups = list({group.key: group for group, *_ in columns}.values())
    called = group_names(groups, longest)
    return [
        f"{called[x.key]} {when}" if x.scores("after") else called[x.key] for x, when, _ in columns
    ]


def _ranking(names: dict[str, Column], key: str) -> None:
    """One figure for each language that gaps are measured from."""
    pivots: dict[str, dict[str, dict[str, float]]] = defaultdict(dict)
    for name, (group, _, scores) in names.items():
        if transfer_gap(scores, group.pivot) is not None:
            pivots[group.pivot][name] = scores
    parts = [tuple(part) for part in comparable(names).values()]
    badges = sorted({badge for group, *_ in names.values() for badge in group.badges})
    for pivot, runs in pivots.items():
        figure_panel(
            partial(score_ranges, runs, pivot=pivot, comparable=parts, badges=badges),
            key=f"{key}_ranges_{pivot}",
            alt=f"Runs ranked by their gap to {english_name(pivot)}, each from its worst to its "
            f"best language; {DOMINATED} marks those that another is better than everywhere.",
            file=f"score-ranges-{pivot}",
        )


def _numbers(column: Column, tau: float, *, intervals: bool) -> dict[str, Any]:
    """The measures of one column, as texts with intervals or as numbers."""
    group, when, scores = column
    sure = levels(group, when, tau) if intervals else None
    plain = _plain(
        equity(scores, chance=chance_of(group), speakers=speakers(scores), tau=tau),
        transfer_gap(scores, group.pivot),
    )
    row: dict[str, Any] = {
        name: told(name, value, (sure or {}).get(name)) if intervals else value
        for name, value in plain.items()
    }
    row["Worst is"] = min(scores, key=lambda language: scores[language])
    start = group.scores("before")
    if when == "after" and start is not None and set(start) == set(scores):
        one = compared(group, None)
        row["Harm"] = harm(start, scores)
        if one is not None and one.tests is not None:
            row["Better / worse"] = f"{len(one.tests.of('up'))} / {len(one.tests.of('down'))}"
    return {**row, "Harm": None, "Better / worse": None} | row


def _plain(found: Equity, gap: float | None) -> dict[str, float | None]:
    return {
        MEAN: found.average,
        GAP: gap,
        WORST: found.worst,
        BOTTOM_MEAN: found.bottom,
        RANGE: found.range,
        DEVIATION: found.deviation,
        VARIATION: found.variation,
        GINI: found.gini,
        UTILITY: found.utility,
    }


def told(name: str, value: float | None, interval: Interval | None) -> str:
    """A number and its interval; two digits more where the unit is 1."""
    if value is None or math.isnan(value):
        return "–"
    digits = 3 if name in RATIOS else 1
    text = f"{value:.{digits}f}"
    if interval is not None and not math.isnan(interval.low):
        text += f" [{interval.low:.{digits}f}, {interval.high:.{digits}f}]"
    return minus(text)


def _shown(intervals: bool) -> dict[str, Any]:
    number, other = st.column_config.NumberColumn, st.column_config.Column
    found: dict[str, Any] = {"Harm": number(format="%.1f", help=HELP["Harm"])}
    for name, text in HELP.items():
        if name in found:
            continue
        plain = not intervals and name in (MEAN, GAP, WORST, BOTTOM_MEAN, RANGE, DEVIATION)
        ratio = not intervals and name in RATIOS
        form = "%.3f" if ratio else "%.1f"
        found[name] = number(format=form, help=text) if plain or ratio else other(help=text)
    return found


def _notes(columns: Sequence[Column]) -> None:
    """What the ratios are of, and who is not counted."""
    languages = list(dict.fromkeys(x for *_, scores in columns for x in scores))
    unknown = [x for x in languages if x not in speakers(languages)]
    said = [
        "Gini, the coefficient of variation and M_τ are of scores above chance (below it: 0); of "
        "plain scores where chance is not known, as of published rows."
    ]
    if unknown:
        said.append(f"Without a known number of speakers, and so not in M_τ: {', '.join(unknown)}.")
    said.append(
        "Dominance is of the scores as they are, whether or not the items decide each language. "
        "Intervals resample clusters of items once for all languages; those of the worst language "
        "and of spreads lean to the side of more inequality."
    )
    st.caption(" ".join(said))

"""Language by language: each run against its own start or another run, tested and corrected."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from core.figures.language_changes import LanguageLine, how_tested, language_changes
from core.figures.run_differences import run_differences
from core.metrics.bootstrap import Interval
from core.metrics.significance import ALPHA, MCNEMAR
from core.metrics.spread import Spread
from core.quoting import signed
from core.runs.groups import RunGroup
from dashboard.choice import pick
from dashboard.column_names import LONGEST_ROW, group_names
from dashboard.compared_data import Compared, compared
from dashboard.figure_panel import figure_panel
from dashboard.labels import escape
from dashboard.table_panel import table_panel

START = "start"
OWN_START = "each run's own start (before)"
HELP = {
    "Difference": "In points; the mean over the seeds that both have.",
    "Seeds, SD": "Standard deviation of the difference over the seeds (n − 1), in points.",
    "Seeds up": "Seeds at which the difference is above 0.",
    "95 % over items": "Paired bootstrap over clusters of evaluation items, all languages and "
    "seeds together.",
    "p": "Two-sided and exact, of this language alone.",
    "p (Holm)": "Corrected for testing all languages (Holm).",
    "n": "Answers compared: items, times seeds.",
    "b": "Right in the reference, wrong here.",
    "c": "Wrong in the reference, right here.",
    "Detectable": "The smallest true difference found with 80 % power at this n, in points.",
    "Verdict": f"Decided where p (Holm) is below {ALPHA:g} and the interval excludes 0.",
}


def languages_section(groups: Sequence[RunGroup]) -> None:
    """The reference, a heatmap of all differences, and one run's in full."""
    called = {START: OWN_START} | group_names(groups)
    options = {START: OWN_START} | group_names(groups, LONGEST_ROW)
    against = pick(
        options if len(groups) > 1 else {START: OWN_START},
        key="reference",
        label="Against",
        help="What is subtracted: what each run was before it distilled, or one of the runs.",
    )
    reference = next((group for group in groups if group.key == against), None)
    rest = [group for group in groups if group is not reference]
    found = {group.key: x for group in rest if (x := compared(group, reference)) is not None}
    if not found:
        st.caption(
            "Nothing to subtract: these runs have no language or no seed in common with it, or "
            "did not distil."
        )
        return
    _map({called[key]: x for key, x in found.items()}, called[against], groups)
    shown = pick(
        {key: options[key] for key in found},
        key="tested",
        label="In full",
        help="The run whose differences are tested below, language by language.",
    )
    _in_full(called[shown], shown, found[shown], called[against])


def _map(found: Mapping[str, Compared], against: str, groups: Sequence[RunGroup]) -> None:
    """All runs by all languages."""
    rows = {name: {x: cell.mean for x, cell in one.changes.items()} for name, one in found.items()}
    badges = sorted({badge for group in groups for badge in group.badges})
    figure_panel(
        partial(
            run_differences,
            rows,
            heading=f"Difference to {against}",
            note="accuracy in points, mean over the seeds that both have",
            badges=badges,
        ),
        key="run_differences",
        alt=f"Difference of every chosen run to {against} in every language.",
        file="differences-by-language",
    )


def _in_full(name: str, key: str, one: Compared, against: str) -> None:
    """One run: the forest plot and the table."""
    if one.reason:
        recorded = " The intervals are those that the run recorded." if one.intervals else ""
        st.info(
            f"No tests of {escape(name)}: {escape(one.reason)}.{recorded}", icon=":material/info:"
        )
    figure_panel(
        partial(
            language_changes,
            lines_of(one),
            heading=f"{name} against {against}",
            x_title="Difference of accuracy (points)",
            note=how_tested(one.tests),
        ),
        key=f"language_changes_{key}",
        alt=f"Difference of {name} to {against} in every language, with intervals.",
        file="language-changes",
    )
    rows = test_rows(one)
    table_panel(
        [{**row, **{x: _small(row[x]) for x in ("p", "p (Holm)") if x in row}} for row in rows],
        written=rows,
        key=f"language_tests_{key}",
        file="language-tests",
        columns=test_columns(),
        digits=4,
    )
    st.caption(_how(one))


def _small(p: float) -> str:
    """A probability of four digits."""
    return f"{p:.4f}" if p >= 0.0001 else "< 0.0001"


def lines_of(one: Compared) -> list[LanguageLine]:
    """What the forest plot draws."""
    return [
        LanguageLine(
            language,
            spread.mean,
            one.intervals.languages.get(language) if one.intervals else None,
            _verdict(one, language),
            spread.values if spread.n > 1 else (),
        )
        for language, spread in one.changes.items()
    ]


def test_rows(one: Compared) -> list[dict[str, Any]]:
    """One row a language, the greatest gain first; columns that nothing fills are left out."""
    rows = []
    for language, spread in sorted(one.changes.items(), key=lambda item: -item[1].mean):
        interval = one.intervals.languages.get(language) if one.intervals else None
        test = one.tests.languages.get(language) if one.tests else None
        rows.append(
            {
                "Language": language,
                "Difference": spread.mean,
                "Seeds, SD": spread.deviation,
                "Seeds up": None if spread.n < 2 else f"{_up(spread)} of {spread.n}",
                "95 % over items": range_of(interval),
                "p": test.p if test else None,
                "p (Holm)": test.p_holm if test else None,
                "n": test.n if test else one.intervals.n if one.intervals else None,
                "b": test.lost if test else None,
                "c": test.gained if test else None,
                "Detectable": interval.detectable if interval else None,
                "Verdict": _verdict(one, language),
            }
        )
    return [{x: v for x, v in row.items() if any(r[x] is not None for r in rows)} for row in rows]


def _up(spread: Spread) -> int:
    return sum(value > 0 for value in spread.values)


def test_columns() -> dict[str, Any]:
    """How the columns of `test_rows` are shown."""
    number = st.column_config.NumberColumn
    forms = {"Difference": "%+.1f", "Seeds, SD": "%.1f", "Detectable": "%.1f"}
    return {
        name: number(format=forms[name], help=text)
        if name in forms
        else st.column_config.Column(help=text)
        for name, text in HELP.items()
    }


def range_of(interval: Interval | None) -> str | None:
    """An interval as a table has it."""
    if interval is None or math.isnan(interval.low):
        return None
    return f"[{signed(interval.low)}, {signed(interval.high)}]"


def _verdict(one: Compared, language: str) -> str:
    if one.tests:
        return one.tests.languages[language].verdict
    interval = one.intervals.languages.get(language) if one.intervals else None
    return interval.verdict if interval else "undetermined"


def _how(one: Compared) -> str:
    """Which test, over what, and what the seeds add."""
    if one.tests is None or one.intervals is None:
        return "Without the items there is no test; a verdict is then the interval's alone."
    made = one.intervals
    units = (
        f"{made.n:,} items"
        if one.tests.method == MCNEMAR
        else f"{made.n:,} answers in {one.tests.clusters:,} clusters"
    )
    why = (
        "every item is its own cluster"
        if one.tests.method == MCNEMAR
        else "items (and seeds of the same item) share clusters"
    )
    better, worse = one.tests.of("up"), one.tests.of("down")
    seeds = next(iter(one.changes.values())).n
    spread = (
        f" Interval and test are about these {seeds} trained models on other items; another seed "
        "moves the difference by about the SD beside it."
        if seeds > 1
        else " One seed: how far another one would move the difference is not known."
    )
    return (
        f"Significantly better in {len(better)} and worse in {len(worse)} of "
        f"{len(one.changes)} languages. The test: {one.tests.method} ({why}), exact; {units}; "
        f"bootstrap of {made.resamples:,} resamples, seed {made.seed}.{spread}"
    )

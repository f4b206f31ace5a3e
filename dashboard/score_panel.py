"""Before and after in numbers: the averages, English and the gap, each with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import streamlit as st

from core.errors import UserError
from core.languages import english_name
from core.metrics.bootstrap import Interval
from core.metrics.gap_change import NO_GAP, GapChange, worded
from core.metrics.transfer_gap import gap_from
from core.quoting import signed
from core.runs.changes import ITEMS
from core.runs.store import StoredRun
from dashboard.labels import name, tail
from dashboard.scores import Comparison, Headline, comparison, headlines
from dashboard.table_panel import plain_table

VERDICTS = {
    "levelled up": ("green", "The other languages rose and English did not decidedly fall."),
    "others up, English down": ("orange", "Part of the smaller gap is English falling."),
    "levelled down": ("red", "The gap shrank because scores fell."),
    "everyone up, gap up": ("blue", "All rose, English more than the others."),
    "everyone up, same gap": ("green", "All rose by about as much."),
    "everyone down, same gap": ("red", "All fell by about as much."),
    "gap wider": ("red", "The other languages fell further behind English."),
    "collapse": ("red", "The model answers nearly the same whatever the input: its gap is void."),
    "unchanged": ("gray", "Every score is exactly what it was, as when no step was kept."),
    NO_GAP: ("gray", "English is missing, or every other language."),
    "undetermined": ("gray", ""),
}
"""Verdict -> its colour and what it means; of "undetermined", what moved is said instead."""

STILL = ("undetermined", "unchanged")
"""Verdicts on a change that are neither good nor bad news."""


def verdict_badge(change: GapChange) -> None:
    """The name core gives the change of the gap, with what it means."""
    colour, _ = VERDICTS.get(change.verdict, ("gray", ""))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(change.worded, color=colour, icon=":material/balance:")  # type: ignore[arg-type]
        st.caption(meaning(change))


def meaning(change: GapChange) -> str:
    """What the verdict means, as far as this change goes."""
    _, text = VERDICTS.get(change.verdict, ("gray", ""))
    if change.verdict == "levelled up" and change.moves[1] > 0:
        text = "The other languages rose, and English rose by less."
    return worded(text, change.pivot) or change.moved


def headline(found: Comparison) -> None:
    """Averages, English and the gap after, each with its change and the verdict on it."""
    lines = headlines(found)
    for column, line in zip(st.columns(len(lines)), lines, strict=True):
        column.metric(
            line.label,
            f"{line.after:.1f}",
            f"{signed(line.change)} {_range(line.interval) if line.interval else ''}",
            delta_color=_colour(line, found.change.verdict),
            delta_arrow=_arrow(line.change),
            help=f"{line.help} Below it the change in points, with its 95 % interval where the "
            "run keeps its predictions; grey: undetermined or unchanged.",
        )
    verdict_badge(found.change)


def _arrow(change: float) -> Literal["up", "down", "off"]:
    """Which way a change goes; none for what rounds to zero."""
    return "off" if not round(change, 1) else "up" if change > 0 else "down"


def _colour(line: Headline, verdict: str) -> Literal["green", "red", "gray"]:
    """Grey for what is not decided; a smaller gap is green only where the others levelled up."""
    if line.interval is not None and line.interval.verdict in STILL:
        return "gray"
    if line.part != "gap":
        return "red" if line.change < 0 else "green"
    if line.change > 0:
        return "red"
    return "green" if verdict == "levelled up" else "gray"


def change_table(found: Comparison) -> None:
    """Every language and the averages: before, after, change, interval and verdict."""
    named = found.intervals.languages if found.intervals else {}
    rows = [
        _row(x.label, x.before, x.after, x.change, x.interval)
        for x in headlines(found)
        if x.part != "pivot"
    ]
    for language in sorted(found.before, key=lambda language: -found.before[language]):
        was, now = found.before[language], found.after[language]
        rows.append(_row(language, was, now, now - was, named.get(language)))
    forms = {"Before": "%.1f", "After": "%.1f", "Change": "%+.1f"}
    plain_table(
        rows,
        key="change_table",
        columns={
            column: st.column_config.NumberColumn(format=form) for column, form in forms.items()
        },
    )
    st.caption(_how(found))


def further_table(run: StoredRun) -> None:
    """Averages on the run's further evaluation sets, if it has any."""
    sets = run.record.metrics.get("further")
    if not isinstance(sets, dict) or not sets:
        return
    rows = []
    for name_of_set, scores in sets.items():
        if not isinstance(scores, dict):
            continue
        pivot = gap_from(run.record.metrics)
        for label, key in ((english_name(pivot), pivot), ("Other languages", None)):
            was, now = (_score(scores.get(moment), key) for moment in ("before", "after"))
            if was is not None and now is not None:
                row = {"Evaluated on": name_of_set, "Language": label}
                rows.append({**row, "Before": was, "After": now, "Change": now - was})
    if not rows:
        return
    plain_table(
        rows,
        key="further_table",
        columns={
            column: st.column_config.NumberColumn(format=form)
            for column, form in {"Before": "%.1f", "After": "%.1f", "Change": "%+.1f"}.items()
        },
    )
    st.caption(
        "Accuracy in percent on the same facts in other words. What rises above but not here was "
        "learned of the sentences, not of the answers."
    )


def _score(scores: Any, language: str | None) -> float | None:
    """One accuracy of a record's scores: a language's, or the average of the others."""
    if not isinstance(scores, dict):
        return None
    by_language = scores.get("accuracy")
    if language is None:
        found = scores.get("average_non_english")
    else:
        found = by_language.get(language) if isinstance(by_language, dict) else None
    return float(found) if isinstance(found, int | float) else None


def _row(
    language: str, before: float, after: float, change: float, interval: Interval | None
) -> dict[str, Any]:
    return {
        "Language": language,
        "Before": before,
        "After": after,
        "Change": change,
        "95 % interval": _range(interval) if interval else "–",
        "Verdict": interval.verdict if interval else "–",
    }


def _range(interval: Interval) -> str:
    return f"[{signed(interval.low)}, {signed(interval.high)}]"


def _how(found: Comparison) -> str:
    """How the intervals were made, or why there are none."""
    made = found.intervals
    if made is None:
        return (
            "No intervals: neither this run nor one that started alike keeps predictions with gold "
            "labels, and its record has none."
        )
    where = "" if found.origin == ITEMS else ", as its record has them"
    return (
        f"Intervals{where}: paired bootstrap, {made.n:,} items per language in {made.clusters:,} "
        f"clusters, {made.resamples:,} resamples, {100 * made.level:.0f} %, seed {made.seed}. "
        "An interval that holds 0 decides nothing: “undetermined”; [0, 0] is “unchanged”."
    )


def gap_table(runs: Sequence[StoredRun]) -> None:
    """One line a run: every change of the gap with its two parts, the average and the verdict."""
    rows: list[dict[str, Any]] = []
    for run in runs:
        try:
            found = comparison(run)
        except UserError:
            continue  # the run's own panel shows the reason
        if found is not None:
            change = found.change
            rows.append(
                {
                    "Run": f"{name(run)} ({tail(run)})",
                    "Verdict": change.worded,
                    "Δ gap": change.delta_gap,
                    f"Δ {english_name(change.pivot)}": change.delta_english,
                    "Δ others": change.delta_others,
                    "Δ average": change.delta_average,
                }
            )
    plain_table(
        rows,
        key="gap_table",
        columns={
            "Run": st.column_config.TextColumn(width="medium"),
            **{
                column: st.column_config.NumberColumn(format="%+.1f", width=85)
                for column in dict.fromkeys(column for row in rows for column in row)
                if column.startswith("Δ")
            },
        },
    )

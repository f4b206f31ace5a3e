"""The ablation: every strategy and baseline of one family of runs, beside the published rows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from core.figures.ablation import ablation_dots
from core.figures.family_figures import against_map
from core.metrics.ablation import AVERAGE, GAP, Ablation
from core.metrics.ablation_differences import Difference, Items, difference
from core.metrics.ablation_text import MEANING, REFERENCES, summary_of, verdict_of
from core.metrics.spread import seeds_in_words
from core.quoting import signed
from core.runs.ablation_rows import ablations, alone, badges_of, repeats, rows_of
from core.runs.families import Family, Trial
from core.runs.first_look import moved
from dashboard import ablation_data
from dashboard.ablation_table import (
    HOW_PUBLISHED,
    NOTHING,
    column_help,
    model_control,
    published_rows,
    spread_control,
    table_rows,
    unseen_rows,
)
from dashboard.choice import pick, pick_one
from dashboard.collapse_note import collapse_warning
from dashboard.family_labels import commands, family_names, findings
from dashboard.figure_panel import figure_panel
from dashboard.labels import escape
from dashboard.published_rows import room
from dashboard.shell import empty_state, errors_shown
from dashboard.table_panel import table_panel

WIDTH = 590
"""Of a figure in a narrow window, in pixels."""
MEASURES = {AVERAGE: "Average accuracy", GAP: "Gap to English"}
METHOD = 170
"""Pixels of a method's name at most: a longer one is read under the mouse."""
NAMED = {"Method": st.column_config.TextColumn(width=METHOD)}
HOW_TO_MAKE = (
    "No two finished distillations differ in their strategy or method alone yet, so there is "
    "nothing to compare. Run the same settings with other strategies and seeds, for instance:"
)
COMMAND = (
    "for seed in 0 1 2; do for strategy in alsace none random; do "
    "python -m core distill --strategy $strategy --seed $seed; done; done"
)


def ablation_family(trials: Sequence[Trial]) -> Family | None:
    """Pick one of the families of runs; None where there is none.

    Args:
        trials: all runs of the store that can be compared, newest first.
    """
    found = {family.key: family for family in ablations(trials)}
    if not found:
        return None
    names = family_names(list(found.values()), {key: _counted(x) for key, x in found.items()})
    key = pick(
        names,
        key="family",
        default=max(found, key=lambda key: moved(found[key])),
        label="Runs with the same settings",
        help="Runs that differ only in strategy, method and seed. Several such families are told "
        "apart by their languages and the settings in which they differ.",
    )
    return found[key]


def ablation_section(family: Family | None, unseen: Sequence[str]) -> None:
    """What was found in words, the dots, the table and the languages.

    Args:
        family: the runs; None where there are none.
        unseen: languages that the encoder never saw.
    """
    if family is None:
        empty_state(HOW_TO_MAKE, COMMAND)
        return
    table, items = ablation_data.table_of(family), ablation_data.items_of(family)
    findings(summary_of(table, items))
    collapse_warning([trial.run for trial in family.trials], resampled=False)
    with errors_shown():
        _dots(family, table)
    st.markdown("**With the columns of the paper's Tables 3 and 4**")
    with errors_shown():
        _table(family, table)
    with errors_shown():
        _against(family, table, items, unseen)
    commands({row: seeds.values() for row, seeds in rows_of(family).items()}, family.key)


def _counted(family: Family) -> str:
    rows = rows_of(family)
    few, many = (end(len(seeds) for seeds in rows.values()) for end in (min, max))
    least = "" if few == many else f"{few} to "
    return f"{len(rows)} rows, {least}{many} seed{'' if many == 1 else 's'}{' each' * bool(least)}"


def _dots(family: Family, table: Ablation) -> None:
    measure = pick_one(
        MEASURES,
        label="Shown",
        key="ablation_measure",
        help="The mean accuracy of a group of languages, or how far its languages other than "
        "English are behind English. Read a gap beside the average: a model that answers the same "
        "everywhere has none.",
    )
    figure_panel(
        partial(ablation_dots, table, measure, badges=badges_of(family)),
        key=f"ablation_{measure}",
        alt="Every strategy and baseline: student languages, teacher languages and all, each seed "
        "a small mark and the mean a large one; the model before as dashed lines.",
        file=f"ablation-{measure}-{family.key}",
        width=WIDTH,
    )


def _table(family: Family, table: Ablation) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        form = spread_control("ablation_spread")
        model = model_control("ablation_published")
    rows = table_rows(table, form, published_rows(model))
    longest = min(METHOD, room(rows, "Method"))
    heads = {"Method": st.column_config.TextColumn(width=longest)}
    for column, text in column_help(table.pivot).items():
        heads[_head(column)] = st.column_config.TextColumn(help=text)
    shown = [{_head(column): value for column, value in row.items()} for row in rows]
    table_panel(
        shown, key="ablation_table", file=f"ablation-{family.key}", written=rows, columns=heads
    )
    st.caption(_how(family, table))
    if model != NOTHING:
        st.caption(escape(HOW_PUBLISHED))


def _head(column: str) -> str:
    """As the paper writes it; files for LaTeX have it in letters."""
    return column.replace(f"{GAP}(", "Δ(")


def _how(family: Family, table: Ablation) -> str:
    """Definitions, and what was left out."""
    lines = [
        "Accuracy in percent, gaps in points; means over seeds. Δ is English minus the mean of a "
        "group's other languages: English's own 0 is not averaged in.",
    ]
    missing = [seed for seed in table.seeds if seed not in table.groups]
    if table.groups:
        lines.append(
            "S and T are the students and teachers of the ALSACE run of the same seed, for every "
            "row of that seed: " + "; ".join(_groups(table)) + "."
        )
    if missing:
        lines.append(
            f"Without an ALSACE run at {seeds_in_words(missing)} there are no S and T there, only "
            "A."
        )
    if count := repeats(family):
        lines.append(f"{count} older repeats of a row and seed are left out.")
    if lone := sum(alone(trial) for trial in family.trials):
        lines.append(f"{lone} runs with a single teacher belong to the gain matrix below.")
    return " ".join(map(escape, lines))


def _groups(table: Ablation) -> list[str]:
    """Who teaches, seeds of the same teachers together."""
    seeds: dict[tuple[str, ...], list[int]] = {}
    for seed, (_, teachers) in table.groups.items():
        seeds.setdefault(teachers, []).append(seed)
    return [
        f"T = {', '.join(teachers)} ({seeds_in_words(found)})" for teachers, found in seeds.items()
    ]


def _against(family: Family, table: Ablation, items: Items, unseen: Sequence[str]) -> None:
    """Every row against one other, overall and by language."""
    others = [other for other in REFERENCES if other in table.rows]
    st.markdown("**Each row against another**")
    other = pick_one(
        others,
        label="Compared with",
        default="none",
        key="ablation_other",
        help="Differences are paired: taken at every seed that both rows have.",
    )
    rows = [difference(table, name, other, items) for name in table.rows]
    table_panel(
        [_shown(found) for found in rows if found],
        written=[_written(found) for found in rows if found],
        key=f"ablation_against_{other}",
        file=f"ablation-against-{other}-{family.key}",
        columns=NAMED,
    )
    st.caption(
        f"Average accuracy of all languages minus that of {MEANING[other]}, in points. The "
        "interval holds both the spread of the seeds (Student's t) and, where predictions are "
        "kept, a paired bootstrap over the evaluation items. “beats”: it lies above 0; "
        "“falls behind”: below 0; “undetermined”: it holds 0, or there is none; “unchanged” and "
        "“same as”: equally accurate in every language at every seed. * over seeds only."
    )
    figure_panel(
        partial(against_map, table, other, unseen=tuple(unseen), badges=badges_of(family)),
        key=f"ablation_languages_{other}",
        alt=f"Accuracy of every row minus that of {other}, by language.",
        file=f"ablation-languages-{other}-{family.key}",
        width=WIDTH,
    )
    _unseen_table(table, unseen)


def _shown(found: Difference) -> dict[str, str]:
    """One line of the table on the screen, what decides first."""
    ends = found.interval
    interval = "one seed: none" if ends is None else f"[{signed(ends[0])}, {signed(ends[1])}]"
    return {
        "Method": found.row,
        "Difference": signed(found.spread.mean),
        "Verdict": verdict_of(found),
        "95\u00a0% interval": interval + "*" * found.seeds_only,
        "By seed": ", ".join(map(signed, found.spread.values)),
    }


def _written(found: Difference) -> dict[str, Any]:
    """The same line for a file: numbers as numbers, and the standard deviation."""
    low, high = found.interval or (None, None)
    return {
        "Method": found.row,
        "Difference": found.spread.mean,
        "Verdict": verdict_of(found),
        "Low": low,
        "High": high,
        "Items": bool(found.items),
        "Standard deviation": found.spread.deviation,
        "By seed": ", ".join(f"{x:+.1f}" for x in found.spread.values),
    }


def _unseen_table(table: Ablation, unseen: Sequence[str]) -> None:
    """Languages that the encoder never saw beside the others, row by row."""
    rows = unseen_rows(table, unseen)
    if rows:
        apart = ", ".join(x for x in table.languages if x in unseen)
        st.caption(escape(f"Languages the encoder never saw ({apart}) beside the others:"))
        table_panel(rows, key="ablation_unseen", file="ablation-unseen")

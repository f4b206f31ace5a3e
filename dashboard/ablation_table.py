"""The rows of an ablation as the paper's Tables 3 and 4 have them, beside the printed ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.languages import english_name
from core.metrics.ablation import ALL, AVERAGE, BEFORE, COLUMNS, GAP, Ablation, AblationRow
from core.metrics.spread import Spread
from core.published.alsace.ablation import PublishedAblationRow, published_ablation
from core.quoting import signed
from core.runs.ablation_rows import place
from dashboard.choice import pick, pick_one

DEVIATION, RANGE = "deviation", "range"
SPREADS = {DEVIATION: "± standard deviation", RANGE: "least to greatest"}
NOTHING = "none of them"
GROUPS = {"S": "the student languages", "T": "the teacher languages", "A": "all languages"}
CHANGE, KEPT = "Change", "Kept step"
SHOWN = (
    ALL,
    CHANGE,
    *sorted(set(COLUMNS) - {ALL}, key=lambda x: ("(A)" not in x, COLUMNS.index(x))),
    KEPT,
)
"""All languages first, and the paper's columns before those that only explain a row."""
NEAR = 0.015
"""Points within which a printed gap is ours as well."""
HOW_PUBLISHED = (
    "The paper's rows are of XNLI in 15 languages, one run each, with S and T its own 8 and 7 "
    "languages: compare their order and differences, not their level. [In brackets]: Δ(A) by our "
    "definition, from the accuracies by language in Tables 10 and 11, where it is not the printed "
    "one (Table 3 counts English's own 0)."
)


def spread_control(key: str) -> str:
    """How the spread over seeds is written."""
    return pick_one(
        SPREADS,
        label="Spread over the seeds",
        key=key,
        help="Beside each mean: the standard deviation over the seeds, or the least and the "
        "greatest of them.",
    )


def model_control(key: str) -> str:
    """Whose published rows stand beside."""
    models = list(dict.fromkeys(row.model for row in published_ablation()))
    return pick(
        (NOTHING, *models),
        label="The paper's rows of",
        bare=True,
        key=key,
        help="Rows of ALSACE's Tables 3 and 4 (XNLI), below the recorded rows.",
        width=220,
    )


def published_rows(model: str) -> list[PublishedAblationRow]:
    """The printed rows of one model; of two of the same strategy the first."""
    found: dict[str, PublishedAblationRow] = {}
    for row in published_ablation():
        if row.model == model:
            found.setdefault(row.row, row)
    return list(found.values())


def table_rows(
    table: Ablation, form: str, published: Sequence[PublishedAblationRow] = ()
) -> list[dict[str, str]]:
    """Every recorded row, and below them all printed ones; both in the paper's order.

    Args:
        table: the recorded rows.
        form: how the spread is written.
        published: the printed rows.
    """
    own = sorted(table.rows.values(), key=lambda row: _rank(row.name))
    theirs = sorted(published, key=lambda row: _rank(row.row))
    return [*(_recorded(table, row, form) for row in own), *map(_printed, theirs)]


def column_help(pivot: str) -> dict[str, str]:
    """Column -> what it holds.

    Args:
        pivot: the language the others are compared with.
    """
    told = {
        CHANGE: "The row's avg(A) minus that of the model before distillation at the same seeds.",
        KEPT: "Step of the checkpoint that was kept, seed by seed; 0 is the model before "
        "distillation.",
    }
    return told | {
        column: f"Mean accuracy of {GROUPS[column[-2]]}, in percent."
        if column.startswith(AVERAGE)
        else f"Gap: {english_name(pivot)} minus the mean of the others among {GROUPS[column[-2]]}, "
        "in points."
        for column in COLUMNS
    }


def _rank(row: str) -> int:
    return -1 if row == BEFORE else place(row)


def _recorded(table: Ablation, row: AblationRow, form: str) -> dict[str, str]:
    count = len(row.seeds)
    cells = {column: cell(row.columns.get(column), form) for column in SHOWN}
    if row.name != BEFORE:
        cells[CHANGE] = cell(table.change_of(row.name, ALL), form, signed)
    if row.kept_steps:
        cells[KEPT] = ", ".join(str(row.kept_steps.get(seed, "?")) for seed in row.seeds)
    return {"Method": row.name, **cells, "From": f"{count} seed{'' if count == 1 else 's'}"}


def _printed(row: PublishedAblationRow) -> dict[str, str]:
    cells = {x: f"{row.columns[x]:.2f}" if x in row.columns else "–" for x in SHOWN}
    last = f"{GAP}(A)"
    if row.gap is not None and abs(row.gap - row.columns.get(last, row.gap)) > NEAR:
        cells[last] += f" [{row.gap:.2f}]"
    name = row.row if row.row != BEFORE else f"{BEFORE} ({row.printed_name})"
    return {"Method": f"ALSACE, Table {row.table}: {name}", **cells, "From": "the paper, XNLI"}


def cell(
    spread: Spread | None, form: str, written: Callable[[float], str] = "{:.1f}".format
) -> str:
    """A mean and its spread; the mean alone where there is one seed, a dash where none."""
    if spread is None:
        return "–"
    if spread.deviation is None:
        return written(spread.mean)
    if form == RANGE:
        return f"{written(spread.mean)} ({written(spread.low)} to {written(spread.high)})"
    return f"{written(spread.mean)} ± {spread.deviation:.1f}"


def unseen_rows(table: Ablation, unseen: Sequence[str]) -> list[dict[str, Any]]:
    """Accuracy in the languages the encoder saw and in those it never saw; empty without both."""
    apart = [x for x in table.languages if x in unseen]
    rest = [x for x in table.languages if x not in unseen]
    if not apart or not rest:
        return []
    return [
        {
            "Method": row.name,
            "Seen": cell(_mean_of(row.languages, rest), DEVIATION),
            "Never seen": cell(_mean_of(row.languages, apart), DEVIATION),
        }
        for row in table.rows.values()
    ]


def _mean_of(languages: Mapping[str, Spread], chosen: Sequence[str]) -> Spread:
    """The mean accuracy of some languages, seed by seed."""
    seeds = languages[chosen[0]].by_seed
    return Spread(
        {seed: sum(languages[x].by_seed[seed] for x in chosen) / len(chosen) for seed in seeds}
    )

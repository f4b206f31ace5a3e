"""Objectives of self-distillation on questions side by side, by seed, and against CE alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.figures.of_questions import MEASURES, OBJECTIVES, objective_of
from core.metrics.against import against, against_text
from core.metrics.qa_transfer import Measure
from core.metrics.spread import Spread
from core.quoting import signed
from core.runs.families import SEED, Family, Trial, families
from core.runs.qa_trials import OF_KL, OF_WEIGHT, qa_score
from dashboard.choice import pick
from dashboard.family_labels import commands, family_names, findings
from dashboard.labels import escape
from dashboard.qa_sweep_panel import PARTS, SWEEP
from dashboard.shell import empty_state
from dashboard.table_panel import table_panel

OBJECTIVE = ("objective", *OF_KL, *OF_WEIGHT)
"""Settings that make the rows of the table of objectives."""
BASE = "ce"
"""The objective that the others are held against: it needs no teacher."""
AGAINST = "Two languages − CE"
AGAINST_HELP = (
    "After training, pairs of two languages: this objective less CE alone at the same seeds, in "
    "points."
)
SIGNS = {"temperature": "t", "k": "k", "window": "Δ"}
"""Numbers of an objective -> how its name has them."""


def objectives_panel(trials: Sequence[Trial], measure: Measure) -> None:
    """Every objective of one setting, over its seeds; nothing where there is only one.

    Args:
        trials: the finished trainings of the store, newest first.
        measure: F1 or EM.
    """
    found = [x for x in families(trials, {SEED, *OBJECTIVE}) if len(_rows_of(x)) > 1]
    if not found:
        empty_state(
            "No two objectives were trained with the same settings yet. This trains all of them on "
            "the fact world, with three seeds:",
            SWEEP.format("fact-world-qa"),
        )
        return
    counted = {
        x.key: f"{len(_rows_of(x))} objectives · {len(x.seeds)} "
        f"seed{'' if len(x.seeds) == 1 else 's'}"
        for x in found
    }
    key = pick(
        family_names(found, counted),
        key="qa_family",
        label="Trained with the same settings",
        help="Trainings that differ in the objective and the seed only.",
    )
    family = next(x for x in found if x.key == key)
    compared = _rows_of(family)
    base = next((x for name, x in compared.items() if name == OBJECTIVES[BASE]), None)
    findings(_findings(compared, base, measure))
    rows = [_row(name, seeds, base, measure) for name, seeds in compared.items()]
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    table_panel(
        rows,
        key="qa_objectives",
        file=f"objectives-{measure}-{key}",
        columns={"Seeds": number(width=55), AGAINST: text(help=AGAINST_HELP)},
    )
    st.caption(
        f"{MEASURES[measure]} in percent: median over the seeds (least to greatest); changes in "
        "points, seed by seed. Rows with other seeds are compared in the column "
        f"“{AGAINST}” only. {_how(family)}"
    )
    commands({name: seeds.values() for name, seeds in compared.items()}, f"qa_{key}")


def _how(family: Family) -> str:
    """Normaliser and words of caution of the runs."""
    badges = sorted({badge for trial in family.trials for badge in trial.run.record.badges})
    told = f"Normaliser: {escape(family.shared.get('normalization'))}."
    return f"{told} Badges: {escape(', '.join(badges))}." if badges else told


def _rows_of(family: Family) -> dict[str, dict[int, Trial]]:
    """Row -> seed -> its newest run; weaker objectives first."""
    order = list(OBJECTIVES)

    def place(trial: Trial) -> tuple[float, ...]:
        objective = str(trial.settings.get("objective"))
        numbers = (trial.settings.get(name) for name in SIGNS)
        return (
            order.index(objective) if objective in order else len(order),
            trial.settings.get("coefficient") != "map",
            *(x if isinstance(x, int | float) else 0 for x in numbers),
        )

    rows: dict[str, dict[int, Trial]] = {}
    for trial in sorted(family.trials, key=place):
        rows.setdefault(_name(trial.settings), {}).setdefault(trial.seed, trial)
    return {name: dict(sorted(seeds.items())) for name, seeds in rows.items()}


def _name(settings: Mapping[str, Any]) -> str:
    """An objective with the numbers it depends on."""
    parts = [objective_of(settings)]
    parts += [
        f"{sign} {settings[name]:g}"
        for name, sign in SIGNS.items()
        if isinstance(settings.get(name), int | float)
    ]
    return ", ".join(parts)


def _scores(seeds: Mapping[int, Trial], when: str, measure: Measure, part: str) -> Spread:
    """One score at every seed that has it."""
    found = {seed: qa_score(x.run.record, when, measure, part) for seed, x in seeds.items()}
    return Spread({seed: value for seed, value in found.items() if value is not None})


def _against(
    seeds: Mapping[int, Trial], base: Mapping[int, Trial] | None, measure: Measure
) -> Spread | None:
    """How far an objective is from CE alone, with question and context in two languages."""
    if base is None or seeds is base:
        return None
    pair = (_scores(x, "after", measure, PARTS["Two languages"]) for x in (seeds, base))
    return against(*pair)


def _findings(
    compared: Mapping[str, Mapping[int, Trial]],
    base: Mapping[int, Trial] | None,
    measure: Measure,
) -> list[str]:
    """Which objectives beat CE alone; those with several seeds in common with it."""
    what = f"{MEASURES[measure]} of the pairs of two languages"
    differences = {name: _against(seeds, base, measure) for name, seeds in compared.items()}
    told = [
        against_text(name, OBJECTIVES[BASE], what, difference)
        for name, difference in differences.items()
        if difference is not None
    ]
    return [line for line in told if line]


def _row(
    name: str, seeds: Mapping[int, Trial], base: Mapping[int, Trial] | None, measure: Measure
) -> dict[str, Any]:
    difference = _against(seeds, base, measure)
    row: dict[str, Any] = {"Objective": name, "Seeds": len(seeds)}
    if base is not None:
        told = difference and signed(difference.median) + _range(difference, signed)
        row[AGAINST] = told or ""
    for label, part in PARTS.items():
        was, now = (_scores(seeds, when, measure, part) for when in ("before", "after"))
        gained = against(now, was)
        if gained is None or set(was.by_seed) != set(now.by_seed):
            continue
        row[label] = f"{now.median:.1f}" + _range(now, "{:.1f}".format)
        row[f"Δ {label}"] = signed(gained.median) + _range(gained, signed)
    return row


def _range(spread: Spread, written: Any) -> str:
    return "" if spread.n == 1 else f" ({written(spread.low)} to {written(spread.high)})"

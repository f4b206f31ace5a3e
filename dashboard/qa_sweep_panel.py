"""Trainings on questions side by side: what ntl, the temperature and the objective do, by seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from core.figures.of_questions import MEASURES, OBJECTIVES, objective_of
from core.figures.variation import variation_lines
from core.metrics.qa_transfer import Measure
from core.metrics.spread import Spread
from core.metrics.variation import Point, points_of, text_of
from core.quoting import signed
from core.runs.families import SEED, Family, Trial, families
from core.runs.qa_trials import OF_KL, OF_WEIGHT, qa_score
from core.runs.variations import Variation, variations
from dashboard.choice import pick
from dashboard.family_labels import commands, family_names, findings, variation_names
from dashboard.figure_panel import figure_panel
from dashboard.labels import escape
from dashboard.shell import empty_state
from dashboard.table_panel import table_panel

WIDTH = 590
"""Of a figure in a narrow window, in pixels."""
PARTS = {"G-XLT": "g_xlt", "Two languages": "off_diagonal", "XLT": "xlt"}
AXES = {
    "targets": "target languages drawn for each question (ntl)",
    "temperature": "temperature of the KL (t)",
    "k": "positions of the teacher looked at (k)",
    "window": "half width of the window (Δ, tokens)",
}
"""Names of the settings on the axis; the others are called as in the config."""
OBJECTIVE = ("objective", *OF_KL, *OF_WEIGHT)
"""Settings that make the rows of the table of objectives."""
SWEEP = "python -m core sweep --config cached_runs/sweeps/{}.toml"


def sweep_panel(trials: Sequence[Trial], measure: Measure) -> None:
    """Pick what varies; a sentence, the lines, the commands.

    Args:
        trials: the finished trainings of the store, newest first.
        measure: F1 or EM.
    """
    found = {x.key: x for x in _in_order(variations(trials))}
    if not found:
        empty_state(
            "No setting varies alone yet: trainings that differ in one number and the seed are "
            "needed. These make them on the fact world, for ntl and for t:",
            "\n".join(SWEEP.format(f"fact-world-qa-{x}") for x in ("targets", "temperature")),
        )
        return
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        key = pick(
            variation_names(list(found.values())),
            key="qa_variation",
            label="What varies",
            help="Trainings that differ in this setting and in the seed only.",
        )
    with right:
        part = pick_part("qa_variation_part")
    shown, name = found[key], f"{part} {MEASURES[measure]}"
    points = _points(shown, measure, PARTS[part], name)
    axis = AXES.get(shown.setting, shown.setting.replace("_", " "))
    if points:
        findings([text_of(axis, points, name)])
    if {point.after.n for point in points} == {1}:
        st.caption("One seed a value: no spread, so a difference may be the seed's.")
    badges = sorted({badge for trial in shown.family.trials for badge in trial.run.record.badges})
    figure_panel(
        partial(
            variation_lines, points, axis, name, label=f"{MEASURES[measure]} (%)", badges=badges
        ),
        key=f"qa_variation_{measure}_{part}",
        alt=f"{name} against {axis}, before and after the training, every seed.",
        file=f"qa-variation-{key}",
        width=WIDTH,
    )
    commands({f"{axis}: {x:g}": seeds.values() for x, seeds in shown.points.items()}, key)


def pick_part(key: str) -> str:
    """Which average is looked at."""
    return st.segmented_control(
        "Average over",
        list(PARTS),
        default="G-XLT",
        required=True,
        key=key,
        help="G-XLT: all pairs of question and context language; Two languages: those off the "
        "diagonal; XLT: one language for both.",
    )


def _in_order(found: Sequence[Variation]) -> list[Variation]:
    """The settings of the paper's sweeps first."""
    first = list(AXES)
    return sorted(found, key=lambda x: first.index(x.setting) if x.setting in first else len(first))


def _points(shown: Variation, measure: Measure, part: str, name: str) -> list[Point]:
    def of(trial: Trial, when: str) -> dict[str, float]:
        value = qa_score(trial.run.record, when, measure, part)
        return {} if value is None else {name: value}

    runs = {
        value: {seed: (of(x, "before"), of(x, "after")) for seed, x in seeds.items()}
        for value, seeds in shown.points.items()
    }
    return points_of(runs, name, ())


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
    rows = [_row(name, seeds, measure) for name, seeds in _rows_of(family).items()]
    number = st.column_config.NumberColumn
    table_panel(
        rows,
        key="qa_objectives",
        file=f"objectives-{measure}-{key}",
        columns={"Seeds": number(width=55)},
    )
    st.caption(
        f"{MEASURES[measure]} in percent: median over the seeds (least to greatest); changes in "
        "points, seed by seed. " + _how(family)
    )
    commands({name: seeds.values() for name, seeds in _rows_of(family).items()}, f"qa_{key}")


def _how(family: Family) -> str:
    """Normaliser and words of caution of the runs."""
    badges = sorted({badge for trial in family.trials for badge in trial.run.record.badges})
    told = f"Normaliser: {escape(family.shared.get('normalization'))}."
    return f"{told} Badges: {escape(', '.join(badges))}." if badges else told


def _rows_of(family: Family) -> dict[str, dict[int, Trial]]:
    """Row -> seed -> its newest run; weaker objectives first."""
    order = list(OBJECTIVES)

    def place(trial: Trial) -> int:
        objective = str(trial.settings.get("objective"))
        return order.index(objective) if objective in order else len(order)

    rows: dict[str, dict[int, Trial]] = {}
    for trial in sorted(family.trials, key=place):
        rows.setdefault(_name(trial.settings), {}).setdefault(trial.seed, trial)
    return {name: dict(sorted(seeds.items())) for name, seeds in rows.items()}


def _name(settings: Mapping[str, Any]) -> str:
    """An objective with the numbers it depends on."""
    parts = [objective_of(settings)]
    parts += [
        f"{sign} {settings[name]:g}"
        for name, sign in (("temperature", "t"), ("k", "k"), ("window", "Δ"))
        if isinstance(settings.get(name), int | float)
    ]
    return ", ".join(parts)


def _row(name: str, seeds: Mapping[int, Trial], measure: Measure) -> dict[str, Any]:
    row: dict[str, Any] = {"Objective": name, "Seeds": len(seeds)}
    for label, part in PARTS.items():
        found = {
            when: {
                seed: value
                for seed, trial in seeds.items()
                if (value := qa_score(trial.run.record, when, measure, part)) is not None
            }
            for when in ("before", "after")
        }
        if not found["after"] or set(found["before"]) != set(found["after"]):
            continue
        now = Spread(found["after"])
        gained = Spread({seed: now.by_seed[seed] - x for seed, x in found["before"].items()})
        row[label] = f"{now.median:.1f}" + _range(now, "{:.1f}".format)
        row[f"Δ {label}"] = signed(gained.median) + _range(gained, signed)
    return row


def _range(spread: Spread, written: Any) -> str:
    return "" if spread.n == 1 else f" ({written(spread.low)} to {written(spread.high)})"

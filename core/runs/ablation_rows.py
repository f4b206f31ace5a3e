"""Families of runs as the rows of an ablation: one row a strategy or baseline, at every seed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from core.config import DistillConfig
from core.config.strategies import OPTIONS
from core.metrics.ablation import ALSACE, BEFORE, Scored
from core.metrics.ablation_differences import Pair
from core.metrics.accuracy import PIVOT
from core.metrics.bootstrap import Interval
from core.runs.families import DISTILLATION, SEED, Family, Trial, families
from core.runs.scores import change_of, collapsed, kept_step_of

ROW_SETTINGS = ("method", "strategy", *OPTIONS, "student_student", "confident_share")
"""Settings that tell the rows of one ablation apart."""
ORDER = (
    "self-training-english", "self-training-all", "consistency", "none", "random", "scale",
    "max-probability", "same-family", "same-script", "proximity", "exclude-weak-students",
    "exclude-weak-teachers", "student-student", "by-hand", ALSACE,
)  # fmt: skip
"""Baselines first, then strategies, ALSACE last, as in the paper's Tables 3 and 4."""

USUAL = {name: DistillConfig.model_fields[name].default for name in ("weak_share", "neighbours")}
"""Options that are told only where they are not the default."""


def ablations(trials: Iterable[Trial]) -> list[Family]:
    """Families whose runs differ in how the teachers are chosen, or in the method, only.

    Returns:
        Those of two rows or more, most rows first.
    """
    found = [
        family for family in families(trials, {SEED, *ROW_SETTINGS}) if len(rows_of(family)) > 1
    ]
    return sorted(found, key=lambda family: -len(rows_of(family)))


def rows_of(family: Family) -> dict[str, dict[int, Trial]]:
    """Row -> seed -> its newest run, in the order of the paper's tables.

    A language that teaches alone is no strategy but a column of the gain matrix: left out.
    """
    rows: dict[str, dict[int, Trial]] = {}
    for trial in family.trials:
        if alone(trial):
            continue
        rows.setdefault(row_name(trial.settings), {}).setdefault(trial.seed, trial)
    return {
        name: dict(sorted(seeds.items()))
        for name, seeds in sorted(rows.items(), key=lambda item: (place(item[0]), item[0]))
    }


def badges_of(family: Family) -> tuple[str, ...]:
    """Words of caution of any of the runs."""
    return tuple(sorted({badge for trial in family.trials for badge in trial.run.record.badges}))


def alone(trial: Trial) -> bool:
    """Whether one language, named by hand, teaches all."""
    teachers = trial.settings.get("teachers")
    return isinstance(teachers, list | tuple) and len(teachers) == 1


def repeats(family: Family) -> int:
    """Runs left out because a newer one has the same row and seed."""
    rows = [trial for trial in family.trials if not alone(trial)]
    return len(rows) - sum(len(seeds) for seeds in rows_of(family).values())


def row_name(settings: Mapping[str, Any]) -> str:
    """The strategy or the method, with its options in brackets: ``by-hand (en, fr)``."""
    method = settings.get("method") or DISTILLATION
    name = str(settings.get("strategy") or ALSACE) if method == DISTILLATION else str(method)
    parts = [_option(option, settings.get(option)) for option in (*OPTIONS, "confident_share")]
    if settings.get("student_student"):
        parts.append("with student-student pairs")
    told = ", ".join(part for part in parts if part)
    return f"{name} ({told})" if told else name


def scored(family: Family) -> list[Scored]:
    """The family's runs as :mod:`core.metrics.ablation` takes them."""
    return [
        Scored(
            row,
            seed,
            trial.before,
            trial.after,
            teachers=_teachers(trial) if row == ALSACE else None,
            kept_step=kept_step_of(trial.run.record),
            collapsed=collapsed(trial.run.record),
        )
        for row, seeds in rows_of(family).items()
        for seed, trial in seeds.items()
    ]


def recorded_items(family: Family) -> dict[int, dict[Pair, Interval]]:
    """Seed -> every row against the model before: the bootstrap over items its run recorded.

    It needs no predictions, and is of the run's own start.
    """
    found: dict[int, dict[Pair, Interval]] = {}
    for row, seeds in rows_of(family).items():
        for seed, trial in seeds.items():
            change = change_of(trial.run.record)
            if change is not None:
                found.setdefault(seed, {})[row, BEFORE] = change
    return found


def pivot_of(family: Family) -> str:
    """The language of the labels, which the gaps are measured from."""
    return str(family.shared.get("source") or PIVOT)


def _teachers(trial: Trial) -> tuple[str, ...] | None:
    """The recorded teachers among the evaluated languages, or None where there are none."""
    selection = trial.run.record.selection
    named = selection.get("teachers") if isinstance(selection, dict) else None
    if not isinstance(named, list):
        return None
    return tuple(language for language in trial.before if language in named) or None


def _option(name: str, value: Any) -> str:
    if value is None or value in ([], ()) or (name in USUAL and value == USUAL[name]):
        return ""
    if name == "teachers":
        return ", ".join(map(str, value))
    if name == "corpus":
        return str(value)
    return f"{name.replace('_', ' ')} {value:g}" if isinstance(value, int | float) else str(value)


def place(row: str) -> int:
    """Where a row stands; own choices of teachers just before ALSACE."""
    name = row.partition(" (")[0]
    return ORDER.index(name) if name in ORDER else ORDER.index("by-hand")

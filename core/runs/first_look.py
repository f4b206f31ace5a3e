"""Which runs are compared at first: such as can be compared, and changed something."""

from __future__ import annotations

from collections.abc import Sequence

from core.metrics.ablation import ALSACE
from core.runs.ablation_rows import ablations, rows_of
from core.runs.families import Family, Trial
from core.runs.groups import RunGroup

EVERYONE = "none"
"""The strategy without a choice: every language teaches every other one."""


def first_look(trials: Sequence[Trial]) -> list[RunGroup]:
    """ALSACE and the baseline without a choice of teachers, of the same settings, over seeds.

    Of the family of runs that differ in their strategy or method alone, the one with the most runs
    that changed something. Where a row is missing, the family's others stand in.

    Args:
        trials: all that can be compared, newest first.

    Returns:
        Two groups that changed something; one where no family has two, none where no run changed
        anything.
    """
    families = sorted(ablations(trials), key=lambda family: -moved(family))
    if families:
        found = _rows(families[0])
        order = [name for name in (ALSACE, EVERYONE) if name in found]
        order += [name for name in reversed(found) if name not in order]
        if len(order) > 1:
            return [found[name] for name in order[:2]]
    return [RunGroup((trial.run,)) for trial in trials if changed(trial)][:1]


def changed(trial: Trial) -> bool:
    """Whether a run scored otherwise after than before, in any language."""
    return any(trial.after[language] != score for language, score in trial.before.items())


def _rows(family: Family) -> dict[str, RunGroup]:
    """Row -> its runs over the seeds, if any of them changed something."""
    return {
        name: RunGroup(tuple(trial.run for trial in seeds.values()))
        for name, seeds in rows_of(family).items()
        if any(map(changed, seeds.values()))
    }


def moved(family: Family) -> int:
    """How many runs of an ablation changed something."""
    return sum(changed(trial) for seeds in rows_of(family).values() for trial in seeds.values())

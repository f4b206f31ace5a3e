"""Comparisons of balanced training that belong together: other seeds, other sizes of data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from core.config import BalanceConfig
from core.errors import UserError
from core.metrics.balance_scores import TEACHERS, BalanceScores
from core.runs.families import LANGUAGES, SEED, WITHOUT_EFFECT, Family, Trial, families
from core.runs.record import RunRecord, Status
from core.runs.store import StoredRun

KIND = "balance"
SIZES = ("characters", "balanced_characters", "sizes")
"""Settings that decide how much text a teacher and its student read."""


def balance_trials(runs: Iterable[StoredRun]) -> list[Trial]:
    """The finished comparisons that have scores, in the order given.

    A trial's ``before`` is the teachers' MRR by language, its ``after`` the last model's.
    """
    return [trial for run in runs if (trial := _trial(run)) is not None]


def by_seed(run: StoredRun, trials: Iterable[Trial]) -> dict[int, StoredRun]:
    """The runs with all of a run's settings but the seed, the newest of each; itself among them.

    Returns:
        Seed -> run, in order; empty where the run is no finished comparison.
    """
    for family in families(trials, {SEED}):
        own = next((one for one in family.trials if one.run.id == run.id), None)
        if own is None:
            continue
        found = {own.seed: run}
        for trial in family.trials:
            found.setdefault(trial.seed, trial.run)
        return dict(sorted(found.items()))
    return {}


def probes_by_seed(
    probe: StoredRun, probes: Iterable[StoredRun], comparisons: Mapping[int, StoredRun]
) -> dict[int, StoredRun]:
    """The same linear probes on the models of comparisons that differ in the seed only.

    Args:
        probe: one of them, which keeps its place.
        probes: runs of linear probes, newest first.
        comparisons: seed -> comparison.

    Returns:
        Seed of the comparison -> the newest finished run of probes, in the order of the seeds.
    """

    def settings(run: StoredRun) -> dict[str, Any]:
        config = run.record.config
        return {x: y for x, y in config.items() if x not in {"model", SEED, *WITHOUT_EFFECT}}

    wanted, found = settings(probe), dict[int, StoredRun]()
    for seed, comparison in comparisons.items():
        for run in (probe, *probes):
            fits = comparison.id in run.record.parents and settings(run) == wanted
            if fits and run.record.status is Status.FINISHED:
                found.setdefault(seed, run)
    return found


def data_sizes(trials: Iterable[Trial]) -> list[Family]:
    """Comparisons in one language that differ in the sizes of the data (and the seed) only.

    The paper's Figure 3: a teacher's data against its student's. Those with most runs come first.
    """
    alone = [trial for trial in trials if len(trial.before) == 1]
    found = [family for family in families(alone, {SEED, *SIZES}) if _several(family)]
    return sorted(found, key=lambda family: -len(family.trials))


def scores_by_seed(family: Family) -> list[tuple[int, BalanceScores]]:
    """Seed and scores of every run, newest first."""
    found = [
        (trial.seed, BalanceScores.from_json(trial.run.record.metrics)) for trial in family.trials
    ]
    return [(seed, scores) for seed, scores in found if scores is not None]


def _several(family: Family) -> bool:
    return len({tuple(str(one.settings[x]) for x in SIZES) for one in family.trials}) > 1


def _trial(run: StoredRun) -> Trial | None:
    record = run.record
    if record.kind != KIND or record.status is not Status.FINISHED:
        return None
    try:
        scores = BalanceScores.from_json(record.metrics)
    except UserError:  # damaged: shown as such where it is looked at
        return None
    settings = _settings(record)
    if scores is None or not isinstance(settings.get(SEED), int):
        return None
    last = scores.models[-1] if scores.models else TEACHERS
    languages = tuple(sorted(scores.languages))
    return Trial(run, {**settings, LANGUAGES: languages}, scores.mrr[TEACHERS], scores.mrr[last])


def _settings(record: RunRecord) -> dict[str, Any]:
    """The settings that decide the result; the text by what was really read."""
    try:
        full = BalanceConfig.model_validate(record.config).model_dump(mode="json")
    except ValidationError:  # recorded by other code: as it stands
        full = dict(record.config)
    kept = {name: value for name, value in full.items() if name not in WITHOUT_EFFECT}
    return {"kind": record.kind, **kept, "data": record.fingerprints.get("data")}

"""Finished distillations that differ in a few settings only, and so can be compared.

Two runs are compared by their SETTINGS, the languages they were evaluated in and their model's
fingerprint. The fingerprint of the data does not count: splits are seeded, so it differs from
seed to seed. A setting that an older record does not have has the value that was then the only
one: today's default, or what `ONCE` says.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from core.config import BROUGHT, Config, DemoConfig, DistillConfig
from core.config.methods import METHODS
from core.config.strategies import OPTIONS, WITHOUT_THRESHOLD, takes
from core.runs.record import RunRecord, Status
from core.runs.scores import accuracy_of
from core.runs.store import StoredRun

CONFIGS: Mapping[str, type[Config]] = {"distill": DistillConfig, "demo": DemoConfig}
"""The kinds of run that are compared: they have accuracies by language, before and after."""
TECHNICAL = frozenset(
    {
        "device", "attention", "compile_layers", "batch_tokens", "prediction_batch",
        "training_tokens", "threads", "checkpoint_seconds", "gradient_checkpointing", "resume",
    }
)  # fmt: skip
"""Settings of how a run is computed, which change its results by rounding at most."""
WITHOUT_EFFECT = TECHNICAL | {"shown_items", *BROUGHT}
"""Settings that decide how a run is computed or shown, not what comes out."""
ONCE: Mapping[str, Any] = {"head": "classification"}
"""Settings whose default the model decides today, and their value before there was a choice."""
SEED = "seed"
MODEL, LANGUAGES = "model", "languages"
DISTILLATION = "distillation"


@dataclass(frozen=True)
class Trial:
    """One finished run, with its settings in a comparable form."""

    run: StoredRun
    settings: Mapping[str, Any]
    """Those that decide the result, ``kind`` among them."""
    before: Mapping[str, float]
    """Accuracy per language, in percent."""
    after: Mapping[str, float]

    @property
    def seed(self) -> int:
        """The run's seed."""
        return int(self.settings[SEED])


@dataclass(frozen=True)
class Family:
    """Runs that agree in every setting but those left free."""

    key: str
    """Short hash of what they share; the same for the same settings, whatever the store."""
    shared: Mapping[str, Any]
    """What they agree in, ``kind`` among it."""
    trials: tuple[Trial, ...]
    """Newest first."""

    @property
    def seeds(self) -> tuple[int, ...]:
        """All seeds, in order."""
        return tuple(sorted({trial.seed for trial in self.trials}))


def trial_of(run: StoredRun) -> Trial | None:
    """The run as a trial, or None if it is not finished or has no accuracies by language."""
    record = run.record
    if record.kind not in CONFIGS or record.status is not Status.FINISHED:
        return None
    before, after = accuracy_of(record, "before"), accuracy_of(record, "after")
    if before is None or after is None or set(before) != set(after):
        return None
    settings = settings_of(record)
    if not isinstance(settings.get(SEED), int):
        return None
    languages = tuple(sorted(before))
    return Trial(run, {**settings, LANGUAGES: languages}, before, after)


def trials_of(runs: Iterable[StoredRun]) -> list[Trial]:
    """All that can be compared, in the order given."""
    return [trial for run in runs if (trial := trial_of(run)) is not None]


def families(trials: Iterable[Trial], free: Collection[str]) -> list[Family]:
    """Group trials that agree in every setting that is not free.

    Args:
        trials: newest first.
        free: names of the settings that may differ (``seed`` among them, if it may).

    Returns:
        The families in the order of their newest trials; one of a single trial is one too.
    """
    groups: dict[str, list[Trial]] = {}
    for trial in trials:
        groups.setdefault(_text(_fixed(trial, free)), []).append(trial)
    return [
        Family(
            key=hashlib.sha256(text.encode()).hexdigest()[:8],
            shared=_fixed(members[0], free),
            trials=tuple(members),
        )
        for text, members in groups.items()
    ]


def differing(among: Iterable[Family]) -> dict[str, dict[str, Any]]:
    """By key: what a family shares that not all of the families do.

    Used to tell families apart in a list; empty for a family alone.
    """
    found = list(among)
    names = dict.fromkeys(name for family in found for name in family.shared)
    odd = [name for name in names if len({_text(family.shared.get(name)) for family in found}) > 1]
    return {
        family.key: {name: family.shared.get(name) for name in odd if name in family.shared}
        for family in found
    }


def _fixed(trial: Trial, free: Collection[str]) -> dict[str, Any]:
    """What must be equal: the settings that are not free, the model by what was really read."""
    fixed = {name: value for name, value in trial.settings.items() if name not in free}
    fingerprint = trial.run.record.fingerprints.get(MODEL)
    if MODEL in fixed and fingerprint:
        fixed[MODEL] = fingerprint
        fixed.pop("revision", None)
    return fixed


def settings_of(record: RunRecord) -> dict[str, Any]:
    """The settings that decide the result, what has no effect put back to one value."""
    if record.kind not in CONFIGS:
        told = {name: x for name, x in record.config.items() if name not in WITHOUT_EFFECT}
        return {"kind": record.kind, **told}
    kept = {**ONCE, **record.config}
    try:
        full = CONFIGS[record.kind].model_validate(kept).model_dump(mode="json")
    except ValidationError:  # recorded by other code: as it stands
        full = kept
    found = {name: value for name, value in full.items() if name not in WITHOUT_EFFECT}
    return {"kind": record.kind, **_without_idle(found)}


def _without_idle(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings that the strategy or the method does not read, left out."""
    method = settings.setdefault("method", DISTILLATION)
    strategy = settings.get("strategy")
    if method != DISTILLATION:
        strategy = settings["strategy"] = None
    for name in OPTIONS:
        if strategy not in takes(name):
            settings[name] = None
    if strategy in WITHOUT_THRESHOLD:
        settings["threshold"] = None
    known = METHODS.get(str(method))
    if known is not None and settings.get("confident_share") == known.confident_share:
        settings["confident_share"] = None
    return settings


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)

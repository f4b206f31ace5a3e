"""Which encoders a run of linear probes looks at: all models of a balance run, or a single one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.config import BalanceProbeConfig, ModelConfig
from core.config.balance import TEACHER
from core.errors import UserError
from core.jobs.balance import MODELS
from core.models.find import ModelSource, find_model
from core.quoting import quote, quote_all
from core.runs.record import Status
from core.runs.store import RunStore, StoredRun, matching

BALANCE = "balance"


@dataclass(frozen=True)
class Probed:
    """The encoders of a run."""

    sources: Mapping[str, ModelSource]
    """Name -> the model; the teachers last."""
    own: Mapping[str, str] = field(default_factory=dict)
    """Name of a teacher -> the only language it is probed in."""
    languages: tuple[str, ...] = ()
    """Those a balance run was trained in; empty for other models."""
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """``high`` and ``low``: a balance run's languages by the size of their data."""
    run: str | None = None
    """The run the models are from."""


def find_probed(config: BalanceProbeConfig, store: RunStore) -> Probed:
    """Find the encoders that the config names.

    Raises:
        UserError: there is none, or the balance run has no such model.
    """
    run = _balance_run(config.model, store)
    if run is not None:
        return _of_balance(config, store, run)
    if config.models:
        raise UserError(
            f"--models {quote_all(config.models)}: only a balance run has models by name, and "
            f"--model {quote(config.model)} is none"
        )
    source = find_model(ModelConfig(model=config.model, revision=config.revision), store)
    name = Path(config.model).name or "model"
    return Probed({name: source}, run=source.run)


def _balance_run(model: str, store: RunStore) -> StoredRun | None:
    """The balance run of this id, the beginning of one, or folder; None for anything else."""
    if (Path(model) / MODELS).is_dir():
        store, model = RunStore(Path(model).parent), Path(model).name
    if Path(model).exists() or not matching([path.name for path in store.paths()], model):
        return None
    run = store.find(model)
    return run if run.record.kind == BALANCE else None


def _of_balance(config: BalanceProbeConfig, store: RunStore, run: StoredRun) -> Probed:
    """The models of a balance run, the teachers last."""
    if run.status is not Status.FINISHED:
        raise UserError(
            f"--model {config.model}: run {run.id} is {run.status}, not finished; its models are "
            "whole once it is"
        )
    folders = {path.parent.name: path.parent for path in (run.path / MODELS).glob("*/config.json")}
    if not folders:
        raise UserError(
            f"--model {config.model}: run {run.id} keeps no models; make it again with its command "
            "(python -m core runs show), or probe another"
        )
    if missing := [name for name in config.models if name not in folders]:
        raise UserError(
            f"--models {quote_all(missing)}: run {run.id} has {quote_all(sorted(folders))}"
        )
    trained = _order(run.record.metrics, folders)
    wanted = [name for name in trained if name in (config.models or folders)]
    metrics = run.record.metrics
    groups = metrics.get("groups")
    return Probed(
        sources={name: find_model(ModelConfig(model=str(folders[name])), store) for name in wanted},
        own={x: x.removeprefix(TEACHER) for x in wanted if x.startswith(TEACHER)},
        languages=tuple(metrics.get("sentences") or metrics.get("tokens") or ()),
        groups=groups if isinstance(groups, dict) else {},
        run=run.id,
    )


def _order(metrics: Mapping[str, Any], folders: Mapping[str, Path]) -> list[str]:
    """The models in the order the run tells of them, the teachers last."""
    told = [name for name in metrics.get("mrr") or () if name in folders]
    every = [*told, *sorted(set(folders) - set(told))]
    return sorted(every, key=lambda name: name.startswith(TEACHER))

"""The kinds of run: their config, their code, their command."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from core.config import (
    AskConfig,
    BalanceConfig,
    BalanceProbeConfig,
    Config,
    DemoConfig,
    DistillConfig,
    DistillProbeConfig,
    FinetuneConfig,
    GenerateConfig,
    PredictConfig,
    PretrainConfig,
    ProbeConfig,
    QaEvaluateConfig,
    QaFinetuneConfig,
    QaTrainConfig,
    SelectConfig,
    flag,
)
from core.errors import UserError
from core.runs.live import LiveRun
from core.runs.record import RunRecord
from core.runs.store import RunStore

GROUPS = ("qa",)
"""Verbs of verbs: ``python -m core qa train``."""
Work = Callable[[LiveRun], None]
"""What is left to do once all input is read and checked."""


@dataclass(frozen=True)
class Kind:
    """One kind of run."""

    name: str
    config: type[Config]
    module: str
    """Module with ``prepare(config, store) -> Work``, imported when a run of it is computed."""
    together: bool = False
    """Whether several processes can compute one run of it (`core.processes`)."""

    @property
    def verb(self) -> tuple[str, ...]:
        """Its words on the command line: ``distill-probe``, or ``qa train`` in a group."""
        group, _, rest = self.name.partition("_")
        if group in GROUPS and rest:
            return group, rest.replace("_", "-")
        return (self.name.replace("_", "-"),)

    def prepare(self, config: Config, store: RunStore) -> Work:
        """Read and check all input; what comes back does the rest.

        Raises:
            UserError: bad input; nothing has been written.
        """
        from core.jobs.settings import refuse  # knows all data sets: slow to import

        refuse(config, store.root)  # before torch is imported and any data is read
        prepare: Callable[[Config, RunStore], Work] = importlib.import_module(self.module).prepare
        return prepare(config, store)


KINDS = {
    kind.name: kind
    for kind in (
        Kind("demo", DemoConfig, "core.jobs.distill", together=True),
        Kind("pretrain", PretrainConfig, "core.jobs.pretrain"),
        Kind("probe", ProbeConfig, "core.jobs.probe"),
        Kind("ask", AskConfig, "core.jobs.ask"),
        Kind("finetune", FinetuneConfig, "core.jobs.finetune", together=True),
        Kind("predict", PredictConfig, "core.jobs.predict", together=True),
        Kind("select", SelectConfig, "core.jobs.select", together=True),
        Kind("distill", DistillConfig, "core.jobs.distill", together=True),
        Kind("distill_probe", DistillProbeConfig, "core.jobs.distill_probe"),
        Kind("generate", GenerateConfig, "core.jobs.generate"),
        Kind("qa_finetune", QaFinetuneConfig, "core.jobs.qa_finetune", together=True),
        Kind("qa_train", QaTrainConfig, "core.jobs.qa_train", together=True),
        Kind("qa_evaluate", QaEvaluateConfig, "core.jobs.qa_evaluate", together=True),
        Kind("balance", BalanceConfig, "core.jobs.balance", together=True),
        Kind("balance_probe", BalanceProbeConfig, "core.jobs.balance_probe"),
    )
}


def kind_of(name: str) -> Kind:
    """The kind of this name.

    Raises:
        UserError: there is none; the message lists them.
    """
    if name not in KINDS:
        raise UserError(f"no kind of run is called {name!r}; there are {', '.join(KINDS)}")
    return KINDS[name]


def command_for(kind: str, config: Config) -> list[str]:
    """The command line that makes a run with this config: only what differs from the defaults."""
    words = ["python", "-m", "core", *kind_of(kind).verb]
    for name, field in type(config).model_fields.items():
        value = getattr(config, name)
        if value == field.default:
            continue
        words += _option(name, value)
    return words


def config_of(record: RunRecord) -> Config:
    """A recorded run's settings, as today's code knows them.

    Raises:
        UserError: an unknown kind of run.
        ValidationError: settings that today's code does not know.
    """
    return kind_of(record.kind).config.model_validate(record.config)


def command_again(record: RunRecord) -> list[str]:
    """The command line that makes a recorded run again.

    Made from the recorded settings and today's defaults, which may be others than when the run was
    made; the recorded command where today's code does not know its kind or settings.
    """
    try:
        return command_for(record.kind, config_of(record))
    except (UserError, ValidationError):
        return record.command


def _option(name: str, value: Any) -> list[str]:
    option = flag(name)
    if isinstance(value, bool):
        return [option if value else "--no-" + option[2:]]
    if value is None:
        return []
    if isinstance(value, tuple):
        return [option, ",".join(value)]
    return [option, str(value)]

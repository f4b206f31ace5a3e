"""What a run will cost before it begins: its inputs are read, its model's speed is measured."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import psutil

from core.config import Config
from core.errors import UserError
from core.estimate.cost import Cost, Manner, Speed, Stage, cost_of
from core.estimate.shape import Shape
from core.estimate.telling import GOING_ON
from core.runs.store import RunStore

MODULES = {
    "finetune": "core.jobs.estimate_task",
    "predict": "core.jobs.estimate_task",
    "select": "core.jobs.estimate_task",
    "distill": "core.jobs.estimate_task",
    "demo": "core.jobs.estimate_task",
    "probe": "core.jobs.estimate_prompts",
    "ask": "core.jobs.estimate_prompts",
    "distill_probe": "core.jobs.estimate_prompts",
    "qa_finetune": "core.jobs.estimate_questions",
    "qa_train": "core.jobs.estimate_questions",
    "qa_evaluate": "core.jobs.estimate_questions",
    "pretrain": "core.jobs.estimate_texts",
    "balance": "core.jobs.estimate_texts",
    "balance_probe": "core.jobs.estimate_probes",
    "generate": "core.jobs.estimate_written",
}
"""Kind of run -> module with ``plan(kind, config, store) -> Plan``."""


@dataclass(frozen=True)
class Plan:
    """What a run will do, and the model it does it with."""

    stages: list[Stage] = field(default_factory=list)
    settings: Any = None
    """Configuration of the model; None where none is used, or all is measured."""
    device: Any = None
    """Where it computes, a `core.models.device.Device`."""
    base: int | None = None
    """Bytes of the process before the model; None: as it is now."""


def estimate(
    kind: str, config: Config, store: RunStore, tell: Callable[[str], None] | None = None
) -> Cost:
    """Read the input of a run and say what it will cost.

    The time is that of the run itself: what is read and checked before it begins is not in it.

    Args:
        kind: one of `core.jobs.kinds.KINDS`.
        config: of the run.
        store: where its model, an earlier fine-tuning or its answers may lie.
        tell: told what is done now.

    Raises:
        UserError: bad input, or a model whose configuration does not say its sizes.
    """
    tell = tell or (lambda words: None)
    tell("reading the input and trying some of it")
    make: Callable[[str, Config, RunStore], Plan] = importlib.import_module(MODULES[kind]).plan
    plan = make(kind, config, store)
    base = resident() if plan.base is None else plan.base
    if plan.settings is None:
        return cost_of(kind, plan.stages, None, None, base)
    from core.models.calibrate import speed_of

    try:
        shape = Shape.of(plan.settings.to_dict())
    except KeyError as error:
        raise UserError(f"the model's configuration does not say its {error.args[0]}") from error
    on_gpu = plan.device.place.type != "cpu"

    manner = Manner(getattr(config, "lora", None), getattr(config, "gradient_checkpointing", False))

    def speed(stage: Stage) -> Speed:
        tell(f"measuring this device: {stage.what}")
        return speed_of(plan.settings, plan.device, stage, manner)

    stages = [in_parts(stage, plan.device.training_tokens) for stage in plan.stages]
    return cost_of(kind, stages, shape, speed, 0 if on_gpu else base)


def in_parts(stage: Stage, budget: int | None) -> Stage:
    """The stage with as many texts at once as a training may keep the activations of.

    Args:
        stage: any; one without training stays as it is.
        budget: tokens; None for a whole batch.
    """
    if budget is None or not stage.trains:
        return stage
    texts = int(budget // max(1.0, stage.tokens, stage.longest))
    return replace(stage, at_once=max(1, min(stage.at_once, texts)))


def on_stderr(words: str) -> None:
    """Say what is done now, to whoever watches stderr: a person, or a page."""
    sys.stderr.write(f"{words}{GOING_ON}\n")
    sys.stderr.flush()


def base_with(settings: Any, device: Any) -> int:
    """Bytes of this process once all the code that a model needs is loaded."""
    from core.models.calibrate import load_libraries

    load_libraries(settings, device)
    return resident()


def resident() -> int:
    """Bytes of memory that this process takes now."""
    return int(psutil.Process().memory_info().rss)

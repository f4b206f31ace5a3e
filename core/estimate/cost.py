"""From what a run does to what it costs: one formula for every kind of run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.estimate.shape import TRAINING, Shape

FLOAT = 4
KEPT = {"gradients": 1, "moments of AdamW": 2}
"""What a training keeps of every trained parameter beside the weights, in float32."""
WRITING = {"weights as they are": 1, "moments, to be written": 2}
"""What is copied while a checkpoint is written."""
LIVE = 6
"""Activations that live at once in a forward pass without gradients, in widths of a layer."""
HOLES = 1.35
"""What batches of changing shapes take of memory, to what they would take without gaps."""
STEP = 0.004
"""Seconds of a training step that go to its drawing, padding and progress."""
DISK = 800e6
"""Bytes a second that are read, hashed or written of a model."""


@dataclass(frozen=True)
class Stage:
    """One part of a run: so many texts through the model."""

    what: str
    rows: float
    """Texts, each counted as often as it is encoded."""
    tokens: float
    """Of a text with its padding, on average."""
    updates: float = 0
    """Optimizer steps; 0 where nothing is trained."""
    at_once: int = 32
    """Texts in one pass; in a training, of one step."""
    positions: float = 0.0
    """Of a text at which words are predicted."""
    seconds: float | None = None
    """Measured on a sample of it; None: from the model's speed."""
    beside: float = 0.0
    """Seconds that go to something else than the model."""
    copies: int = 1
    """Of the weights, that a training keeps beside them: the best so far, a teacher."""
    pause: float = 60.0
    """Seconds of training after which a checkpoint is written; 0 where one is in any case."""
    longest: float = 0.0
    """Tokens of a text in the step with the longest ones, where that is known."""
    data: float = 0.0
    """Bytes of what it reads and keeps, beside the model."""

    @property
    def trains(self) -> bool:
        """Whether there is a backward pass."""
        return self.updates > 0

    def flops(self, shape: Shape) -> float:
        """Operations of all its passes."""
        once = self.rows * (shape.forward(self.tokens) + shape.logits(self.positions))
        return once * (TRAINING if self.trains else 1)


@dataclass(frozen=True)
class Manner:
    """How a model is trained, beside its batches."""

    lora: int | None = None
    """Rank of the adapters; None trains all weights."""
    checkpointing: bool = False
    """Activations are computed again in the backward pass."""


USUAL = Manner()


@dataclass(frozen=True)
class Speed:
    """How fast a device is with a model of one shape and the batches of one stage."""

    device: str
    rate: float
    """Operations a second, forward, and backward if the stage trains."""
    update: float
    """Seconds of an optimizer step."""
    saved: float
    """Bytes that a token of a training batch keeps for the backward pass."""
    again: float
    """Bytes that a token takes for a moment where activations are computed again."""
    parameters: int
    """Of the model without its head."""
    trained: int
    """Of them, or of the adapters beside them; 0 in a stage without training."""


@dataclass(frozen=True)
class Cost:
    """What a run will cost."""

    kind: str
    encodings: int
    flops: float
    seconds: float
    memory: int
    """Bytes at the peak: of the process on a CPU, of the device on a GPU."""
    device: str
    stages: tuple[tuple[str, float], ...] = ()
    """What takes how many seconds."""
    parameters: int = 0

    def to_json(self) -> dict[str, Any]:
        """It, as ``--dry-run --json`` prints it."""
        return asdict(self) | {"stages": dict(self.stages)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Cost:
        """The inverse of :meth:`to_json`."""
        return cls(**{**values, "stages": tuple(values["stages"].items())})

    @property
    def words(self) -> str:
        """It, in one line."""
        parts = [f"about {time_text(self.seconds)} on {self.device}"]
        if self.encodings:
            parts.append(f"{self.encodings:,} encodings")
            parts.append(f"{amount(self.flops)}FLOP")
        parts.append(f"{amount(self.memory)}B of memory")
        return ", ".join(parts)


def cost_of(
    kind: str,
    stages: Sequence[Stage],
    shape: Shape | None,
    speed: Callable[[Stage], Speed] | None,
    base: int,
) -> Cost:
    """Add up what the stages take.

    Args:
        kind: of the run.
        stages: in their order.
        shape: of the model; None where no model is used, or the stages are measured.
        speed: of the device with it in a stage; None likewise.
        base: bytes that the process takes before a model is loaded; 0 on a GPU.
    """
    if shape is None or speed is None:
        told = tuple((stage.what, stage.seconds or 0.0) for stage in stages)
        return Cost(kind, 0, 0.0, sum(x for _, x in told), base, "CPU", told)
    known = [(stage, speed(stage)) for stage in stages if stage.rows]
    seconds = {id(stage): _seconds(stage, shape, own) for stage, own in known}
    told = tuple((stage.what, seconds.get(id(stage), stage.seconds or 0.0)) for stage in stages)
    memory = [_memory(stage, shape, own, seconds[id(stage)]) for stage, own in known]
    some = known[0][1] if known else None
    return Cost(
        kind=kind,
        encodings=round(sum(stage.rows for stage in stages)),
        flops=sum(stage.flops(shape) for stage in stages),
        seconds=sum(seconds for _, seconds in told),
        memory=base + max(memory, default=0),
        device=some.device if some else "CPU",
        stages=told,
        parameters=some.parameters if some else 0,
    )


def handling(parameters: float, times: float) -> Stage:
    """Reading, hashing and writing a model so many times."""
    return Stage("loading and saving", 0, 0, seconds=0.5 + times * FLOAT * parameters / DISK)


def _seconds(stage: Stage, shape: Shape, speed: Speed) -> float:
    if stage.seconds is not None:
        return stage.seconds
    return stage.beside + stage.flops(shape) / speed.rate + stage.updates * (speed.update + STEP)


def _memory(stage: Stage, shape: Shape, speed: Speed, seconds: float) -> int:
    """Bytes of the weights, of what a training keeps of them, and of one batch.

    A checkpoint is written when the activations are gone, so the larger of both counts.
    """
    longest = max(stage.tokens, stage.longest)
    tokens = stage.at_once * longest
    copy = FLOAT * speed.parameters
    positions = stage.positions * longest / max(1.0, stage.tokens)
    logits = stage.at_once * positions * shape.vocabulary * FLOAT
    if not stage.trains:
        batch = tokens * LIVE * max(shape.hidden, shape.inner) * FLOAT
        return int(copy + batch + 2 * logits + stage.data)
    trained = FLOAT * speed.trained
    kept = copy + trained * (sum(KEPT.values()) + stage.copies)
    writing = trained * sum(WRITING.values()) if seconds > stage.pause else 0
    batch = HOLES * tokens * (speed.saved + speed.again)
    return int(kept + max(batch + 2 * logits, writing) + stage.data)


def amount(value: float) -> str:
    """A number with three digits and its unit's prefix: ``1.23 G``."""
    for prefix in ("", "k", "M", "G", "T", "P"):
        if abs(value) < 1000:
            return f"{value:.3g} {prefix}"
        value /= 1000
    return f"{value:.3g} E"


def time_text(seconds: float) -> str:
    """A time as a person says it: ``40 s``, ``12 min``, ``3.5 h``."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"

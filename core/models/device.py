"""Device, arithmetic and seeds."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch

from core import processes
from core.config import EngineConfig
from core.errors import UserError

BUDGETS = {"cpu": 2048, "cuda": 32_768}
"""Tokens in one forward pass where the config says nothing; as many as on the CPU elsewhere."""


@dataclass(frozen=True)
class Device:
    """Where to compute, in which arithmetic (weights stay float32), and how much at once."""

    place: torch.device
    dtype: torch.dtype
    tokens: int | None = None
    """In one forward pass, padding included; see `budget`."""
    training_tokens: int | None = None
    """Whose activations are kept at once in training; None: a whole batch's."""
    packed: bool = False
    """Whether encoders run without padding, where they can (`core.models.packing`)."""
    compiled: bool = False
    """Whether the layers are compiled."""

    @property
    def budget(self) -> int:
        """Tokens in one forward pass, padding included."""
        return self.tokens or BUDGETS.get(self.place.type, BUDGETS["cpu"])

    def take(self, tensor: torch.Tensor) -> torch.Tensor:
        """A tensor of the CPU on the device; a GPU copies it while it computes something else."""
        if self.place.type != "cuda":
            return tensor.to(self.place)
        return tensor.pin_memory().to(self.place, non_blocking=True)

    def autocast(self) -> AbstractContextManager[Any]:
        """The forward pass's context: mixed precision, or nothing in float32."""
        if self.dtype == torch.float32:
            return nullcontext()
        return torch.autocast(self.place.type, dtype=self.dtype)

    def describe(self) -> dict[str, Any]:
        """What the record says about the device."""
        if self.place.type == "cuda":
            name = torch.cuda.get_device_name(self.place)
        else:
            name = {"cpu": "CPU", "mps": "Apple GPU (MPS)"}.get(self.place.type, self.place.type)
        precision = str(self.dtype).removeprefix("torch.")
        found = {"device": name, "precision": precision, "threads": torch.get_num_threads()}
        count = processes.place().total
        return {**found, "processes": count} if count > 1 else found


def pick_device(config: EngineConfig) -> Device:
    """The device the config asks for; on CUDA, arithmetic that repeats itself where it can.

    Raises:
        UserError: it is not there.
    """
    if config.threads is not None:
        torch.set_num_threads(config.threads)
    available = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    kind: str = config.device
    if kind == "auto":
        kind = next(name for name in ("cuda", "mps", "cpu") if available[name])
    if not available[kind]:
        there = ", ".join(name for name, ok in available.items() if ok)
        raise UserError(f"--device {kind}: not available on this machine; available: {there}")
    if config.precision == "auto":
        dtype = torch.bfloat16 if kind == "cuda" else torch.float32
    else:
        dtype = getattr(torch, config.precision)
    if kind == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.use_deterministic_algorithms(True, warn_only=True)
    half = kind == "cuda" and dtype == torch.bfloat16 and torch.cuda.get_device_capability() >= (8,)
    return Device(
        _own_gpu() if kind == "cuda" else torch.device(kind),
        dtype,
        tokens=config.batch_tokens,
        training_tokens=config.training_tokens,
        packed=config.attention == "packed" or (config.attention == "auto" and half),
        compiled=config.compile_layers,
    )


def _own_gpu() -> torch.device:
    """The GPU of this process; with several processes each has one.

    Raises:
        UserError: there are fewer.
    """
    _, count, local = processes.place()
    if count == 1:
        return torch.device("cuda")
    if local >= torch.cuda.device_count():
        raise UserError(
            f"{local + 1} processes or more on this machine, which has {torch.cuda.device_count()} "
            "GPUs; give accelerate launch as many (--num_processes), or say --device cpu"
        )
    torch.cuda.set_device(local)
    return torch.device("cuda", local)


def seed_step(seed: int, step: int) -> None:
    """Seed what is drawn in one step from (seed, step), so that a resume needs no generator state.

    All processes of a run draw the same.
    """
    torch.manual_seed((seed * 1_000_003 + step) % 2**63)


def seed_dropout(seed: int, step: int) -> None:
    """Let each further process of a run draw a dropout of its own; with one, nothing changes."""
    if rank := processes.place().rank:
        torch.manual_seed((seed * 1_000_003 + step + rank * 2**40) % 2**63)

"""Device, arithmetic and seeds."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch

from core.config import EngineConfig
from core.errors import UserError


@dataclass(frozen=True)
class Device:
    """Where to compute and in which arithmetic (weights stay float32)."""

    place: torch.device
    dtype: torch.dtype

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
        return {"device": name, "precision": precision, "threads": torch.get_num_threads()}


def pick_device(config: EngineConfig) -> Device:
    """The device the config asks for; on CUDA, arithmetic that repeats itself where it can.

    Raises:
        UserError: it is not there.
    """
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
    return Device(torch.device(kind), dtype)


def seed_step(seed: int, step: int) -> None:
    """Seed dropout for one step from (seed, step), so that a resume needs no generator state."""
    torch.manual_seed((seed * 1_000_003 + step) % 2**63)

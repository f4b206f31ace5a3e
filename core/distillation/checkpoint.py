"""Resumable checkpoints: weights, optimizer and counters, in safetensors and JSON."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import nn

from core.runs.checkpoints import FOLDER


def save_checkpoint(
    run: Path,
    weights: dict[str, dict[str, torch.Tensor]],
    optimizer: torch.optim.Optimizer,
    state: dict[str, Any],
) -> None:
    """Replace the run's checkpoint; the old one stays until the new one is complete.

    Args:
        run: the run's folder.
        weights: file stem -> state dict (``model``, ``best``, ``teacher``).
        optimizer: its per-parameter state is kept.
        state: JSON counters; must hold ``step``.
    """
    fresh, place = run / f".{FOLDER}.new", run / FOLDER
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    for name, tensors in weights.items():
        save_file(
            {key: t.detach().cpu().clone() for key, t in tensors.items()},
            fresh / f"{name}.safetensors",
        )
    save_file(_flatten(optimizer), fresh / "optimizer.safetensors")
    (fresh / "state.json").write_text(json.dumps(state), encoding="utf-8")
    old = run / f".{FOLDER}.old"
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    fresh.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def read_state(checkpoint: Path) -> dict[str, Any]:
    """The counters of a checkpoint."""
    return dict(json.loads((checkpoint / "state.json").read_text(encoding="utf-8")))


def read_weights(checkpoint: Path, name: str) -> dict[str, torch.Tensor]:
    """One state dict of a checkpoint."""
    return load_file(checkpoint / f"{name}.safetensors")


def restore_optimizer(checkpoint: Path, optimizer: torch.optim.Optimizer) -> None:
    """Put the saved moments back, parameter by parameter in order."""
    saved = load_file(checkpoint / "optimizer.safetensors")
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    for index, parameter in enumerate(parameters):
        entry = {
            key.split(".", 1)[1]: value
            for key, value in saved.items()
            if key.split(".", 1)[0] == str(index)
        }
        if entry:
            optimizer.state[parameter] = {
                key: value if key == "step" else value.to(parameter.device)
                for key, value in entry.items()
            }


def remove_checkpoint(run: Path) -> None:
    """Delete the checkpoint of a finished run."""
    for name in (FOLDER, f".{FOLDER}.new", f".{FOLDER}.old"):
        shutil.rmtree(run / name, ignore_errors=True)


def weights_of(model: nn.Module) -> dict[str, torch.Tensor]:
    """A copy of the model's weights on its device."""
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


def _flatten(optimizer: torch.optim.Optimizer) -> dict[str, torch.Tensor]:
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    return {
        f"{index}.{key}": value.detach().cpu().clone().contiguous()
        for index, parameter in enumerate(parameters)
        for key, value in optimizer.state.get(parameter, {}).items()
        if isinstance(value, torch.Tensor)
    }

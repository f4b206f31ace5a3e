"""Resumable checkpoints: weights, optimizer and counters, in safetensors and JSON."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import nn

from core import processes
from core.errors import CoreError
from core.runs.checkpoints import COMPLETE, find_checkpoint, old
from core.runs.files import flush, share, write_text

Weights = Mapping[str, torch.Tensor]
COST = 20
"""A checkpoint is followed by this many times the seconds it took before the next one."""


class Checkpoint:
    """The checkpoint of one training loop of a run.

    Args:
        run: the run's folder; None keeps none.
        name: of the folder in it, one of `core.runs.checkpoints.FOLDERS`.
        seconds: between two, at least; writing them takes no more than a twentieth of the time.
    """

    def __init__(self, run: Path | None, name: str, seconds: float) -> None:
        self.place = None if run is None else run / name
        self.seconds = seconds
        self._saved, self._pause = time.monotonic(), seconds

    def is_due(self) -> bool:
        """Whether the last one is long enough ago, by the main process's clock."""
        late = self.place is not None and time.monotonic() - self._saved >= self._pause
        return processes.any_of(processes.is_main() and late)

    def save(
        self,
        weights: Mapping[str, Weights],
        optimizer: torch.optim.Optimizer | None,
        state: dict[str, Any],
    ) -> None:
        """Replace the checkpoint; the old one stays until the new one is complete on the disk.

        The main process writes it; the others wait.

        Args:
            weights: file stem -> state dict (``model``, ``best``, ``teacher``).
            optimizer: its per-parameter state is kept; None for a loop that is over.
            state: JSON counters.
        """
        if self.place is None:
            return
        if processes.is_main():
            self._replace(self.place, weights, optimizer, state)
        processes.wait()

    def _replace(
        self,
        place: Path,
        weights: Mapping[str, Weights],
        optimizer: torch.optim.Optimizer | None,
        state: dict[str, Any],
    ) -> None:
        began = time.monotonic()
        fresh = place.with_name(f".{place.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        try:
            fresh.mkdir()
            for name, tensors in weights.items():
                _write(tensors, fresh / f"{name}.safetensors")
            if optimizer is not None:
                _write(_flatten(optimizer), fresh / "optimizer.safetensors")
            write_text(fresh / COMPLETE, json.dumps(state))
            shutil.rmtree(old(place), ignore_errors=True)
            if place.exists():
                place.rename(old(place))
            fresh.rename(place)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)  # there only if something failed
        flush(place.parent)
        shutil.rmtree(old(place), ignore_errors=True)
        self._saved = time.monotonic()
        self._pause = max(self.seconds, COST * (self._saved - began))

    def load(self) -> Saved | None:
        """The newest complete checkpoint, or None."""
        found = None if self.place is None else find_checkpoint(self.place.parent, self.place.name)
        return None if found is None else Saved(found)


class Saved:
    """A complete checkpoint on the disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state: dict[str, Any] = json.loads((folder / COMPLETE).read_text(encoding="utf-8"))

    def weights(self, name: str, like: nn.Module) -> dict[str, torch.Tensor]:
        """One state dict, on the device of a model."""
        place = next(like.parameters()).device
        found = load_file(self.folder / f"{name}.safetensors")
        return {key: value.to(place) for key, value in found.items()}

    def restore(self, optimizer: torch.optim.Optimizer) -> None:
        """Put the saved moments back, parameter by parameter in order."""
        saved = load_file(self.folder / "optimizer.safetensors")
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        for index, parameter in enumerate(parameters):
            entry = {
                key.split(".", 1)[1]: value
                for key, value in saved.items()
                if key.split(".", 1)[0] == str(index)
            }
            if entry:
                optimizer.state[parameter] = {
                    key: value.to(parameter.device)  # the step too: the optimizer is fused
                    for key, value in entry.items()
                }


def weights_of(model: nn.Module) -> dict[str, torch.Tensor]:
    """A copy of the model's weights on its device; where some are frozen, without these."""
    every = dict(model.named_parameters(remove_duplicate=False))
    frozen = {name for name, one in every.items() if not one.requires_grad}
    if len(frozen) == len(every):  # a teacher: nothing of it is trained, all of it is needed
        frozen = set()
    return {
        name: value.detach().clone()
        for name, value in model.state_dict().items()
        if name not in frozen
    }


def load_weights(model: nn.Module, weights: Weights) -> None:
    """Put weights back that `weights_of` found in this model.

    Raises:
        CoreError: they are of another.
    """
    missing, unexpected = model.load_state_dict(weights, strict=False)
    every = dict(model.named_parameters(remove_duplicate=False))
    lost = [name for name in missing if name not in every or every[name].requires_grad]
    if unexpected or lost:
        raise CoreError(
            f"these are the weights of another model: {len(unexpected)} are unknown and "
            f"{len(lost)} missing ({', '.join([*unexpected, *lost][:3])})"
        )


def _write(tensors: Weights, path: Path) -> None:
    save_file({key: value.detach().cpu().clone() for key, value in tensors.items()}, path)
    share(path)
    flush(path)


def _flatten(optimizer: torch.optim.Optimizer) -> dict[str, torch.Tensor]:
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    return {
        f"{index}.{key}": value.detach().cpu().clone().contiguous()
        for index, parameter in enumerate(parameters)
        for key, value in optimizer.state.get(parameter, {}).items()
        if isinstance(value, torch.Tensor)
    }

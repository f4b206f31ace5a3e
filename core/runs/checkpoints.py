"""Where a run's resumable checkpoints lie. What is in them only the training loops know."""

from __future__ import annotations

import shutil
from pathlib import Path

from core import processes

FINETUNING, TRAINING = "checkpoint-finetuning", "checkpoint"
FOLDERS = (TRAINING, FINETUNING)
"""One for each loop a run may have, the last one first."""
COMPLETE = "state.json"
"""Written last: a folder that has it is complete."""


def find_checkpoint(run: Path, name: str | None = None) -> Path | None:
    """The run's complete checkpoint (the previous one if a kill came between two renames).

    Args:
        run: the run's folder.
        name: of the checkpoint; by default that of the loop that came furthest.
    """
    for folder in FOLDERS if name is None else (name,):
        for place in (run / folder, old(run / folder)):
            if (place / COMPLETE).exists():
                return place
    return None


def old(place: Path) -> Path:
    """Where a checkpoint lies while the next one takes its place."""
    return place.with_name(f".{place.name}.old")


def remove_checkpoints(run: Path) -> None:
    """Delete all checkpoints of a run: it can't go on from where it was any more."""
    if not processes.is_main():
        return
    for folder in FOLDERS:
        for name in (folder, f".{folder}.new", f".{folder}.old"):
            shutil.rmtree(run / name, ignore_errors=True)

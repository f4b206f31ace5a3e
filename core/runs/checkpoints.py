"""Where a run's resumable checkpoint lies. What is in it only the training loop knows."""

from __future__ import annotations

from pathlib import Path

FOLDER = "checkpoint"


def find_checkpoint(run: Path) -> Path | None:
    """The run's complete checkpoint (the previous one if a kill came between two renames)."""
    for name in (FOLDER, f".{FOLDER}.old"):
        if (run / name / "state.json").exists():
            return run / name
    return None

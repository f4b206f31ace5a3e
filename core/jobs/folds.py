"""The folds of a cross-validation inside a run: told apart, and kept once they are done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from core.data.probing_answers import ProbingAnswers
from core.runs.checkpoints import remove_checkpoints
from core.runs.files import write_text
from core.runs.live import LiveRun


class FoldReporter:
    """A run as the training loop of one fold sees it: its steps follow those of the fold before.

    Args:
        run: which.
        number: of the fold, from 0.
        count: of folds.
        steps: of each.
    """

    def __init__(self, run: LiveRun, number: int, count: int, steps: int) -> None:
        self.run, self.path = run, run.path
        self.number, self.count = number, count
        self.first = number * (steps + 1)

    def progress(self, stage: str, step: int, total: int, **values: Any) -> None:
        """Say where the fold is."""
        self.run.progress(f"{stage}, fold {self.number + 1} of {self.count}", step, total, **values)

    def add_history(self, row: dict[str, Any]) -> None:
        """Keep one row, with its fold and the run's own count of steps."""
        place = {"fold": self.number + 1, "step": self.first + row["step"]}
        self.run.add_history({**row, **place})

    def cut_history(self, last_step: int) -> None:
        """Drop the rows after a step of this fold."""
        self.run.cut_history(self.first + last_step)

    def warn(self, *texts: str) -> None:
        """Keep what a reader must know."""
        self.run.warn(*texts)


def finish_fold(
    run: Path, number: int, answers: ProbingAnswers, summary: dict[str, Any]
) -> tuple[ProbingAnswers, dict[str, Any]]:
    """Keep a fold's result, so that a resume need not compute it again; its checkpoint goes."""
    remove_checkpoints(run)  # first: the next fold must not go on from it
    answers.save(run / f"fold_{number}.npz")
    write_text(run / f"fold_{number}.json", json.dumps(summary))
    return answers, summary


def finished_fold(run: Path, number: int) -> tuple[ProbingAnswers, dict[str, Any]] | None:
    """What an earlier attempt found for this fold, or None."""
    try:
        summary = json.loads((run / f"fold_{number}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return ProbingAnswers.load(run / f"fold_{number}.npz"), summary

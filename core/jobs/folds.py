"""The folds of a cross-validation inside a run: told apart, and kept once they are done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from core.data.probing_answers import ProbingAnswers
from core.runs.checkpoints import find_checkpoint, remove_checkpoints
from core.runs.files import write_text
from core.runs.live import LiveRun
from core.runs.view import RunView

Result = tuple[ProbingAnswers, dict[str, Any]]
"""The answers to a fold's examples, and how its distillation went."""


def has_folds(run: Path) -> bool:
    """Whether an earlier attempt at the run in this folder kept a fold."""
    return any(run.glob("fold_*.json"))


class Fold:
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

    def begin(self) -> None:
        """Forget an attempt at this fold that left no checkpoint."""
        if find_checkpoint(self.path) is None:
            self.cut_history(-1)

    def finish(self, answers: ProbingAnswers, summary: dict[str, Any]) -> Result:
        """Keep the result, so that a resume need not compute it again; the checkpoint goes."""
        remove_checkpoints(self.path)  # first: the next fold must not go on from it
        answers.save(self.path / f"fold_{self.number}.npz")
        kept = {"summary": summary, "history": self._rows()}
        write_text(self.path / f"fold_{self.number}.json", json.dumps(kept))
        return answers, summary

    def finished(self) -> Result | None:
        """What an earlier attempt found for this fold, its history put back; or None."""
        try:
            text = (self.path / f"fold_{self.number}.json").read_text(encoding="utf-8")
            kept = json.loads(text)
        except (OSError, ValueError):
            return None
        if not self._rows():  # a run that begins without a checkpoint drops its history
            for row in kept["history"]:
                self.run.add_history(row)
        return ProbingAnswers.load(self.path / f"fold_{self.number}.npz"), kept["summary"]

    def forget(self) -> None:
        """Drop what was kept, once the run has it all."""
        for ending in ("json", "npz"):
            (self.path / f"fold_{self.number}.{ending}").unlink(missing_ok=True)

    def _rows(self) -> list[dict[str, Any]]:
        """The fold's own rows of the history."""
        rows = RunView(self.path, self.run.record).history()
        return [row for row in rows if row.get("fold") == self.number + 1]

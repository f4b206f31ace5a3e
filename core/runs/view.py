"""A run as a reader sees it: the record and the arrays beside it, loaded when asked for."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.data.predictions import Predictions
from core.data.probing_answers import ProbingAnswers
from core.data.qa.scores import QaScores
from core.data.qa.shown import ShownAnswers
from core.data.reciprocal_ranks import NAME as RANKS
from core.data.reciprocal_ranks import ReciprocalRanks, load_ranks
from core.errors import UserError
from core.runs.files import parse_json, read_json
from core.runs.live import HISTORY, LOG, STATUS
from core.runs.notes import Notes, read_notes
from core.runs.record import RunRecord
from core.runs.siblings import read_start, start_of
from core.runs.store import RunStore, StoredRun


@dataclass(frozen=True)
class RunView:
    """The reading side of one run; nothing here raises for a file that is not there."""

    path: Path
    record: RunRecord
    start: StoredRun | None = None
    """The run that keeps this one's predictions before, if it does not itself."""

    @classmethod
    def of(cls, run: StoredRun, others: Iterable[StoredRun] = ()) -> RunView:
        """The view of a stored run.

        Args:
            run: which.
            others: where predictions that it does not keep are looked for.
        """
        return cls(run.path, run.record, start_of(run, others))

    @classmethod
    def find(cls, store: RunStore, prefix: str) -> RunView:
        """The view of the run with this id or unique prefix."""
        found = store.find(prefix)
        return cls.of(found, store.readable())

    def predictions(self, when: str) -> Predictions | None:
        """Predictions on the evaluation items ``before`` or ``after`` distillation, or None.

        Raises:
            UserError: the file is damaged.
        """
        if when == "before" and self.start is not None and self.start.path != self.path:
            return read_start(StoredRun(self.path, self.record), self.start)
        return self._arrays(f"predictions_{when}.npz")

    def unlabelled(self) -> Predictions | None:
        """Predictions on the selection items (before), which the teacher choice is made from."""
        return self._arrays("predictions_selection.npz")

    def answers(self, when: str) -> ProbingAnswers | None:
        """Scores of all candidates on the main prompts ``before`` or ``after``, or None.

        Raises:
            UserError: the file is damaged.
        """
        path = self.path / f"answers_{when}.npz"
        return ProbingAnswers.load(path) if path.exists() else None

    def reciprocal_ranks(self) -> ReciprocalRanks | None:
        """Reciprocal ranks of every model of a comparison, or None.

        Raises:
            UserError: the file is damaged.
        """
        path = self.path / RANKS
        if not path.exists():
            return None
        try:
            return load_ranks(path)
        except Exception as error:  # numpy and zipfile raise many kinds
            raise UserError(f"{RANKS} can't be read: {error}") from error

    def scores(self, when: str) -> QaScores | None:
        """Scores of all questions ``before`` or ``after``, or None if the run answered none.

        Raises:
            UserError: the file is damaged.
        """
        path = self.path / f"qa_scores_{when}.npz"
        return QaScores.load(path) if path.exists() else None

    def shown(self, when: str) -> ShownAnswers | None:
        """What was answered to the few questions that are shown, or None.

        Raises:
            UserError: the file is damaged.
        """
        path = self.path / f"qa_shown_{when}.npz"
        return ShownAnswers.load(path) if path.exists() else None

    def _arrays(self, name: str) -> Predictions | None:
        path = self.path / name
        return Predictions.load(path) if path.exists() else None

    def history(self) -> list[dict[str, Any]]:
        """Rows of ``history.jsonl`` in order; damaged lines are left out."""
        try:
            text = (self.path / HISTORY).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return []
        rows = []
        for line in text.splitlines():
            try:
                row = parse_json(line)
            except ValueError:
                continue
            if isinstance(row, dict):
                rows.append(row)
        return rows

    def progress(self) -> dict[str, Any] | None:
        """The content of ``status.json``, or None."""
        try:
            value = read_json(self.path / STATUS)
        except (OSError, ValueError):
            return None
        return value if isinstance(value, dict) else None

    def notes(self) -> Notes:
        """Name, tags and note; empty where there are none or they can't be read."""
        return read_notes(self.path)

    def log(self) -> bytes:
        """The whole log; empty where there is none."""
        try:
            return (self.path / LOG).read_bytes()
        except OSError:
            return b""

    def log_tail(self, size: int = 8000) -> str:
        """The end of the log, of at most so many bytes."""
        try:
            with (self.path / LOG).open("rb") as handle:
                handle.seek(max(0, handle.seek(0, os.SEEK_END) - size))
                return handle.read().decode("utf-8", errors="replace")
        except OSError:
            return ""


def require(value: Any, what: str, run: RunRecord) -> Any:
    """The value, or one clear message when the run has none.

    Raises:
        UserError: the run has no such thing.
    """
    if value is None:
        raise UserError(f"run {run.id} ({run.kind}) has no {what}")
    return value

"""Predictions a user brings, in any form that is read."""

from __future__ import annotations

from pathlib import Path

from core.data.harness_logs import read_logs
from core.data.predictions import Predictions
from core.data.predictions_file import read_predictions

TABLES = (".csv", ".parquet")
"""Endings of predictions files; anything else that is there is taken for logs."""


def is_logs(path: Path) -> bool:
    """Whether the path is read as logs of lm-evaluation-harness: a folder, zip or jsonl file."""
    if path.suffix.lower() in TABLES:
        return False
    return path.is_dir() or path.suffix.lower() in (".zip", ".jsonl")


def read_brought(
    path: Path, log_task: str | None = None, *, length_normalised: bool = False
) -> Predictions:
    """The predictions in a csv or parquet file, or in logs of lm-evaluation-harness.

    Args:
        path: the file or folder.
        log_task: which task, of logs of several.
        length_normalised: of logs, see `core.data.harness_logs.read_logs`.

    Raises:
        DataError: all problems of the data.
        UserError: neither of the two, or no such task.
    """
    if is_logs(path):
        return read_logs(path, log_task, length_normalised=length_normalised)
    return read_predictions(path)

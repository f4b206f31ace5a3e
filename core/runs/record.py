"""The run record: everything a reader needs to know about one run, in one JSON file."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from core.quoting import LONGEST_LINE, quote, shortened, visible

SCHEMA_VERSION = 1
RUN_ID = re.compile(r"[0-9]{8}T[0-9]{6}-[a-z][a-z0-9_]{0,31}-[0-9a-f]{6}")
"""What :func:`new_run_id` makes."""
BEGUN_ID = re.compile(r"[0-9]{4,8}|[0-9]{8}T[0-9]{0,6}(-[a-z0-9_-]*)?|[0-9a-f]{6}")
"""The start of such an id, or its last part."""


class Status(StrEnum):
    """The state of a run, derived from its record and never stored."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    BROKEN = "broken"


def now() -> str:
    """The current UTC time, ISO 8601 to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def new_run_id(kind: str) -> str:
    """A fresh id, ``YYYYMMDDTHHMMSS-kind-6hex``; ids sort by time of submission."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{kind}-{secrets.token_hex(3)}"


def is_run_id(text: str) -> bool:
    """Whether a text is a run id, and so also a safe name for a folder."""
    return RUN_ID.fullmatch(text) is not None


def short_id(text: str) -> str:
    """The last part of a run id, which tells runs apart on a figure; a paper's row in full."""
    return text[-6:] if is_run_id(text) else text.removeprefix("published-")


def may_be_run(text: str) -> bool:
    """Whether a text can mean a run: its id, the start of it, or its last part."""
    return BEGUN_ID.fullmatch(text) is not None


def first_problem(error: ValidationError) -> str:
    """Where the first problem of a file is, and what, in a short line that can be shown."""
    first = error.errors()[0]
    place = ".".join(quote(part) for part in first["loc"])
    message = visible(shortened(first["msg"], LONGEST_LINE))
    return f"{place}: {message}" if place else message


class RunRecord(BaseModel):
    """One run, as written to ``record.json`` and printed by ``--json``.

    Written at submission and replaced atomically at each transition. Paths in it are relative,
    as typed; texts of the data are never in it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int = SCHEMA_VERSION
    id: str
    kind: str
    config: dict[str, Any]
    command: list[str] = Field(default_factory=list)
    """The command line that makes this run again."""
    environment: dict[str, Any] = Field(default_factory=dict)
    """Commit, package versions, device, threads."""
    fingerprints: dict[str, str] = Field(default_factory=dict)
    """``model`` and ``data``: what exactly was read."""
    parents: list[str] = Field(default_factory=list)
    """Ids of the runs this one builds on (e.g. the English fine-tuning)."""
    reuse_key: str | None = None
    """Hash of everything that decides the result; equal keys mean an equal result."""
    submitted: str
    started: str | None = None
    finished: str | None = None
    cancelled: str | None = None
    error: str | None = None
    attempts: int = 0
    metrics: dict[str, Any] = Field(default_factory=dict)
    """Typed by kind; see DESIGN (percent for accuracies and gaps)."""
    selection: dict[str, Any] | None = None
    ledger: dict[str, Any] | None = None
    """Which items (hashed ids) were used for what."""
    badges: list[str] = Field(default_factory=list)
    """Overlaps between uses of the items, shown wherever the run is shown."""
    warnings: list[str] = Field(default_factory=list)
    """What a reader must know before believing the numbers (a collapse, no teacher, ...)."""
    artifacts: dict[str, str] = Field(default_factory=dict)
    """Name -> file or folder beside the record."""

    @field_validator("artifacts")
    @classmethod
    def _stay_inside(cls, artifacts: dict[str, str]) -> dict[str, str]:
        """An artifact lies in the run's folder."""
        for name, place in artifacts.items():
            windows = PureWindowsPath(place)
            if windows.anchor or PurePosixPath(place).is_absolute() or ".." in windows.parts:
                raise ValueError(f"{name} lies outside the run's folder")
        return artifacts

    @property
    def status(self) -> Status:
        """The state that follows from the times and the error."""
        if self.error is not None:
            return Status.FAILED
        if self.cancelled is not None:
            return Status.CANCELLED
        if self.finished is not None:
            return Status.FINISHED
        return Status.QUEUED if self.started is None else Status.RUNNING

    def seconds(self) -> float | None:
        """Wall-clock seconds from start to end, or None while it is not over.

        None as well where one of the times is not a time.
        """
        end = self.finished or self.cancelled
        if self.started is None or end is None:
            return None
        try:
            took = datetime.fromisoformat(end) - datetime.fromisoformat(self.started)
        except (ValueError, TypeError):
            return None
        return took.total_seconds()

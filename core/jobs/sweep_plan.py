"""What a sweep file asks for: the runs, checked all at once, and which of them there are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from string import Formatter
from typing import Any

from pydantic import ValidationError

from core.config import Config
from core.config.paths import as_recorded
from core.config.sweep import Block, read_sweep, title
from core.errors import DataError, UserError
from core.jobs.kinds import Kind, command_for, kind_of
from core.jobs.settings import problems_of
from core.quoting import did_you_mean, quote
from core.runs import remote
from core.runs.families import TECHNICAL
from core.runs.liveness import is_lost, is_resumable
from core.runs.notes import LONGEST_NAME, LONGEST_TAG
from core.runs.record import RunRecord, Status
from core.runs.store import RunStore, StoredRun, read_run
from core.runs.view import RunView
from core.runs.waiting import is_waiting

OPEN = (None, "auto")
"""Values that a run settles when it starts; its record then holds what it took."""


class State(StrEnum):
    """Where a run of a sweep stands."""

    DONE = "done"
    RUNNING = "running"
    QUEUED = "queued"
    STOPPED = "to resume"
    LEFT = "to do"


@dataclass(frozen=True)
class Planned:
    """One run that a sweep file asks for."""

    kind: str
    config: Config
    name: str = ""
    tags: tuple[str, ...] = ()

    @cached_property
    def key(self) -> str:
        """Kind and settings in one line; equal for the same run."""
        return f"{self.kind} {json.dumps(self.config.model_dump(mode='json'), sort_keys=True)}"

    @property
    def command(self) -> list[str]:
        """The command line that makes it."""
        return command_for(self.kind, self.config)


@dataclass(frozen=True)
class Standing:
    """A planned run as the store has it."""

    state: State
    run: StoredRun | None = None


def plan(path: Path) -> list[Planned]:
    """The runs a sweep file asks for, each once, in its order.

    Raises:
        UserError: the file can't be read.
        DataError: all its problems: unknown kinds, fields and values, and folders that are not
            there, each with its block and field.
    """
    problems: dict[str, None] = {}
    found: dict[str, Planned] = {}
    for number, block in enumerate(read_sweep(path).blocks(), start=1):
        own = list(block.problems())
        if not own:
            own, planned = _of_block(block)
            for run in planned:
                found.setdefault(run.key, run)
        problems |= dict.fromkeys(f"{title(number, block)}, {text}" for text in own)
    if problems:
        raise DataError(str(path), list(problems))
    return list(found.values())


def _of_block(block: Block) -> tuple[list[str], list[Planned]]:
    """The problems of a block, and its runs where there are none."""
    try:
        kind = kind_of(block.kind.replace("-", "_"))
    except UserError as error:
        return [f"kind: {error}"], []
    problems = list(dict.fromkeys(_templates(block, kind)))
    runs = []
    for settings in block.settings():
        try:
            config = kind.config.model_validate(as_recorded(settings))
        except ValidationError as error:
            problems += [_told(e, kind) for e in error.errors()]
            continue
        problems += [f"{name}: {text}" for name, text in problems_of(config).items()]
        if not problems:
            name, *tags = (_filled(text, config) for text in (block.name, *block.tags))
            problems += _too_long(name, tags)
            runs.append(Planned(kind.name, config, name, tuple(tags)))
    return problems, runs


def _told(error: Any, kind: Kind) -> str:
    """One problem of a setting, with its field."""
    field = ".".join(map(str, error["loc"]))
    if error["type"] != "extra_forbidden":
        return f"{field}: {error['msg']} (given: {quote(error['input'])})"
    hint = did_you_mean(field, kind.config.model_fields)
    return f"{quote(field)}: {kind.name.replace('_', '-')} has no such setting{hint}"


def _templates(block: Block, kind: Kind) -> Iterator[str]:
    """What is wrong with the names."""
    for what, text in [("name", block.name), *(("tags", tag) for tag in block.tags)]:
        try:
            fields = [field for _, field, _, _ in Formatter().parse(text) if field is not None]
        except ValueError as error:
            yield f"{what}: '{quote(text)}': {error}"
            continue
        for field in fields:
            if field not in kind.config.model_fields:
                yield f"{what}: {{{quote(field)}}} is no setting of {kind.name.replace('_', '-')}"


def _filled(template: str, config: Config) -> str:
    """A name with the values of its settings; an open setting is left blank."""
    values = {
        name: ",".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
        for name, value in ((name, getattr(config, name)) for name in type(config).model_fields)
    }
    return " ".join("".join(_pieces(template, values)).split())


def _pieces(template: str, values: dict[str, str]) -> Iterator[str]:
    for words, field, _, _ in Formatter().parse(template):
        yield words + (values[field] if field is not None else "")


def _too_long(name: str, tags: Sequence[str]) -> list[str]:
    texts = [("name", name, LONGEST_NAME), *(("tags", tag, LONGEST_TAG) for tag in tags)]
    return [
        f"{what}: '{quote(text)}' has {len(text)} characters; {most} at most"
        for what, text, most in texts
        if len(text) > most
    ]


def same_settings(planned: Planned, record: RunRecord) -> bool:
    """Whether a recorded run is of the same kind and settings, whatever the data and the code.

    A setting that was left open matches what the run took for it, but no value that was given. A
    setting that the record does not know had today's default, or had no effect. One of how a run
    is computed (`core.runs.families.TECHNICAL`) counts only where the plan names another value
    than today's default.
    """
    if record.kind != planned.kind:
        return False
    wanted = planned.config.model_dump(mode="json", exclude={"resume"})
    fields = type(planned.config).model_fields
    for name, value in wanted.items():
        usual = getattr(planned.config, name) == fields[name].default
        if usual and name in TECHNICAL:
            continue
        if name not in record.config:
            if not usual:
                return False
        elif record.config[name] != value:
            given = f"--{name.replace('_', '-')}" in record.command
            if value not in OPEN or given:
                return False
    return True


def standing_of(planned: Planned, runs: Iterable[StoredRun]) -> Standing:
    """Where a planned run stands: done if any run of its settings is finished.

    Args:
        planned: which.
        runs: of the store, newest first; of several stopped ones the newest is gone on with.
    """
    order = list(State)
    found = [_state(run) for run in runs if same_settings(planned, run.record)]
    return min(found, key=lambda one: order.index(one.state), default=Standing(State.LEFT))


def _state(run: StoredRun) -> Standing:
    """What one run of the same settings is worth; one that failed for good is none."""
    if run.status is Status.FINISHED:
        return Standing(State.DONE, run)
    if is_resumable(run):
        return Standing(State.STOPPED, run)
    if run.status in (Status.RUNNING, Status.QUEUED) and is_lost(RunView.of(run)) is None:
        waits = run.status is Status.QUEUED and (is_waiting(run.path) or remote.read(run.path))
        return Standing(State.QUEUED if waits else State.RUNNING, run)
    return Standing(State.LEFT)


def runs_of(store: RunStore, kinds: Iterable[str]) -> list[StoredRun]:
    """The readable runs of these kinds, newest first."""
    marks = tuple(f"-{kind}-" for kind in kinds)
    paths = [path for path in store.paths() if any(mark in path.name for mark in marks)]
    return [run for run in map(read_run, paths) if isinstance(run, StoredRun)]


def standings(planned: Sequence[Planned], store: RunStore) -> list[Standing]:
    """Where each planned run stands in a store."""
    runs = runs_of(store, {one.kind for one in planned})
    return [standing_of(one, runs) for one in planned]

"""A sweep file: many runs, written as the settings they share and the settings that vary."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Collection, Iterator
from itertools import product
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, field_validator

from core.config.base import Config
from core.config.cluster import ClusterConfig
from core.errors import DataError, UserError
from core.quoting import did_you_mean, quote

MOST = 10_000
"""Runs of one block, at most."""
Settings = dict[str, Any]


class Block(Config):
    """Some runs of one kind: every combination of the grid, and the runs written out."""

    kind: str = Field(description="distill, distill-probe, select, probe, finetune, ...")
    name: str = Field(
        "", description="Name of each run; {field} stands for a setting, as in {strategy}."
    )
    tags: tuple[str, ...] = Field((), description="Tags of each run, with {field} as in names.")
    base: Settings = Field(default_factory=dict, description="Settings of all runs.")
    grid: dict[str, list[Any]] = Field(
        default_factory=dict, description="Field -> its values; every combination is a run."
    )
    runs: list[Settings] = Field(
        default_factory=list, description="Settings of further runs, one table each."
    )
    seeds: list[int] = Field(default_factory=list, description="Every run once with each seed.")

    @field_validator("base", "grid", mode="after")
    @classmethod
    def _one_spelling(cls, settings: Settings) -> Settings:
        """Fields may be written as on the command line: ``learning-rate``."""
        return _spelled(settings)

    @field_validator("runs", mode="after")
    @classmethod
    def _one_spelling_each(cls, runs: list[Settings]) -> list[Settings]:
        return [_spelled(settings) for settings in runs]

    def problems(self) -> list[str]:
        """What is wrong with the block itself, whatever its kind."""
        found = [f"{name}: in base and in grid" for name in self.grid if name in self.base]
        found += [f"{name}: no values in grid" for name, values in self.grid.items() if not values]
        if self.seeds and any("seed" in part for part in (self.base, self.grid, *self.runs)):
            found.append("seed: given beside seeds")
        if any("resume" in part for part in (self.base, self.grid, *self.runs)):
            found.append("resume: a sweep goes on with what was stopped by itself; leave it out")
        count = math.prod(len(values) for values in self.grid.values())
        if count > MOST:
            found.append(f"grid: {count:,} combinations; {MOST:,} at most")
        return found

    def settings(self) -> Iterator[Settings]:
        """The settings of each run; the seeds of a run follow one another."""
        combined: list[Settings] = []
        if self.grid or not self.runs:
            rows = product(*self.grid.values())
            combined += [dict(zip(self.grid, row, strict=True)) for row in rows]
        seeds: list[Settings] = [{"seed": seed} for seed in self.seeds]
        for own in [*combined, *self.runs]:
            for seed in seeds or [{}]:
                yield {**self.base, **own, **seed}


class SweepFile(Config):
    """One block or more, and what they share."""

    base: Settings = Field(default_factory=dict, description="Settings of all blocks.")
    cluster: ClusterConfig = Field(
        default_factory=ClusterConfig, description="What each run asks of a cluster, as its job."
    )
    sweep: list[Block] = Field(min_length=1)

    def blocks(self) -> list[Block]:
        """The blocks with the shared settings in their base; a block's own go before them."""
        shared = _spelled(self.base)
        return [
            block.model_copy(
                update={
                    "base": {x: y for x, y in shared.items() if x not in block.grid} | block.base
                }
            )
            for block in self.sweep
        ]


def read_sweep(path: Path) -> SweepFile:
    """Read a sweep file, toml or json; a file that is one block needs no ``[[sweep]]``.

    Raises:
        UserError: there is no such file, or it can't be read.
        DataError: all problems of its form.
    """
    content = _content(path)
    if isinstance(content, dict) and "kind" in content:
        own = {name: content[name] for name in content if name != "cluster"}
        content = {"sweep": [own], **{x: y for x, y in content.items() if x == "cluster"}}
    try:
        return SweepFile.model_validate(content)
    except ValidationError as error:
        raise DataError(str(path), [_told(e) for e in error.errors()], REMEDY) from error


REMEDY = (
    'Expected: blocks [[sweep]], each with kind = "distill" (or another) and any of base, grid '
    "(field -> list), runs, seeds, name and tags; and base beside them, for what blocks share."
)


def title(number: int, block: Block) -> str:
    """What a message calls a block; numbers start at 1."""
    return f"block {number} ({block.kind})"


def _content(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise UserError(f"--config {path}: no such file") from error
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UserError(f"--config {path}: {reason}") from error
    try:
        return json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        form = "json" if path.suffix == ".json" else "toml"
        raise UserError(f"--config {path}: no {form}: {error}") from error


def _told(error: Any) -> str:
    """One problem of the form of the file, with its place."""
    place = list(error["loc"])
    if len(place) > 1 and place[0] == "sweep":
        place[:2] = [f"block {place[1] + 1}"]
    where = ", ".join(str(x + 1) if isinstance(x, int) else str(x) for x in place)
    if error["type"] == "extra_forbidden":
        known = _known(place, error["loc"])
        told = f"no such key{did_you_mean(str(place[-1]), known)}"
    elif where == "sweep":
        told = "missing" if error["type"] == "missing" else "one table or more, each as [[sweep]]"
    elif isinstance(error["input"], str | int | float | bool):
        told = f"{error['msg']} (given: {quote(error['input'])})"
    else:
        told = error["msg"]
    return f"{where}: {told}" if where else str(told)


def _known(place: list[Any], full: tuple[Any, ...]) -> Collection[str]:
    """The keys there are where an unknown one was found."""
    if place[0] != full[0]:
        return Block.model_fields
    return ClusterConfig.model_fields if len(place) > 1 else SweepFile.model_fields


def _spelled(settings: Settings) -> Settings:
    return {name.replace("-", "_"): value for name, value in settings.items()}

"""What each run of a sweep asks of a cluster: the table ``[cluster]`` of a sweep file."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, Field, JsonValue, field_validator

from core.config.base import Config

_CLOCK = re.compile(r"(?:(\d+)-)?(\d+)(?::(\d\d))?(?::(\d\d))?")
_SIZE = re.compile(r"\d+(?:\.\d+)?\s*[KMGT]B?", re.IGNORECASE)


def _text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_text)]
"""A text that may be written as a number."""


class ClusterConfig(Config):
    """Options of the jobs; what is left open is the cluster's default."""

    partition: str | None = Field(None, description="SLURM's partition, or several: gpu,long.")
    account: str | None = Field(None, description="The account that pays.")
    qos: str | None = Field(None, description="Quality of service.")
    constraint: str | None = Field(None, description="Features a node must have: a100|h100.")
    time: Text = Field(
        "24:00:00",
        description="Longest a job may take: H:MM:SS, D-HH:MM:SS, or minutes. Short before, it "
        "saves where it is and is put in the queue again.",
    )
    gpus: Text | None = Field(None, description="GPUs of a job: 1, or with their kind, a100:1.")
    cpus: int | None = Field(None, ge=1, description="Processor cores of a job.")
    memory: Text | None = Field(None, description="Memory of a job: 32GB.")
    parallel: int | None = Field(
        None,
        ge=1,
        description="Jobs that compute at once, at most. Local: one for each GPU, else one for "
        "two cores.",
    )
    setup: tuple[str, ...] = Field(
        (), description="Lines of shell before the program starts: module load cuda."
    )
    sbatch: dict[str, JsonValue] = Field(
        default_factory=dict, description="Further options of sbatch: mail-type, exclude, ..."
    )
    notice: int = Field(
        120, ge=10, description="Seconds before the end of its time at which a job is told."
    )
    restarts: int = Field(
        20, ge=0, description="How often a job whose time is up is put in the queue again."
    )

    @field_validator("time")
    @classmethod
    def _is_time(cls, value: str) -> str:
        if not value.isdecimal() and not _CLOCK.fullmatch(value):
            raise ValueError("a time is minutes, H:MM:SS or D-HH:MM:SS")
        return value

    @field_validator("memory")
    @classmethod
    def _is_size(cls, value: str | None) -> str | None:
        if value is not None and not _SIZE.fullmatch(value):
            raise ValueError("an amount of memory is a number with its unit, as 32GB")
        return value

    @field_validator("gpus")
    @classmethod
    def _is_count(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"(?:[\w.-]+:)?\d+", value):
            raise ValueError("GPUs are a number, or a kind and a number, as a100:1")
        return value

    @property
    def minutes(self) -> int:
        """The time, in whole minutes, rounded up; ``H:MM`` is hours and minutes."""
        if self.time.isdecimal():
            return int(self.time)
        found = _CLOCK.fullmatch(self.time)
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups() if found)  # type: ignore[union-attr]
        return (days * 24 + hours) * 60 + minutes + -(-seconds // 60)

"""Kinds of run and their command lines."""

from __future__ import annotations

from core.config import DistillConfig
from core.jobs.kinds import command_again
from core.runs.record import RunRecord


def record(kind: str, **config: object) -> RunRecord:
    return RunRecord(
        id="20260102T030405-x-abc123", kind=kind, config=config, command=["as", "it"], submitted=""
    )


def test_the_command_holds_what_differs_from_todays_defaults() -> None:
    config = DistillConfig(steps=100, seed=3).model_dump(mode="json")
    words = command_again(record("distill", **config))
    assert words == ["python", "-m", "core", "distill", "--seed", "3", "--steps", "100"]


def test_the_recorded_command_where_todays_code_does_not_know_it() -> None:
    assert command_again(record("distill", forgotten=1)) == ["as", "it"]
    assert command_again(record("unheard-of")) == ["as", "it"]

"""An estimate in a process of its own: its stages, its answer, its error, its end."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from core.config import FinetuneConfig, GenerateConfig
from core.errors import UserError
from core.jobs.kinds import command_for
from dashboard import cost_process
from dashboard.cost_process import Asking


def _wait(asking: Asking) -> set[str]:
    """The stages that were seen until it was over."""
    seen, end = set(), time.monotonic() + 120
    while not asking.is_over() and time.monotonic() < end:
        seen.add(asking.stage())
        time.sleep(0.05)
    return seen


def test_an_answer(tmp_path: Path) -> None:
    for language in ("en", "de"):
        (tmp_path / f"{language}.txt").write_text("Berlin 1\nBerlin 2\n", encoding="utf-8")
    config = GenerateConfig(from_=str(tmp_path), languages=("en", "de"))
    asking = Asking(command_for("generate", config), tmp_path / "store")
    assert {"starting ...", "reading the input and trying some of it ..."} <= _wait(asking)
    cost = asking.cost()
    assert cost.kind == "generate" and cost.seconds > 0 and asking.cost() == cost
    assert not (tmp_path / "store").exists()


def test_wrong_input_is_said(tmp_path: Path) -> None:
    config = FinetuneConfig(dataset=str(tmp_path / "nowhere.csv"))
    asking = Asking(command_for("finetune", config), tmp_path)
    _wait(asking)
    with pytest.raises(UserError, match="unknown dataset"):
        asking.cost()


def test_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost_process, "PATIENCE", 0.2)
    asking = Asking(command_for("finetune", FinetuneConfig()), tmp_path)
    time.sleep(0.3)
    assert asking.is_over()
    with pytest.raises(UserError, match="no estimate within"):
        asking.cost()

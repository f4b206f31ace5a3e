"""What others may do with the files of a run: as the user's umask says, for every one of them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.config import FinetuneConfig
from core.jobs.runner import run_now
from core.models.checkpoint import Checkpoint
from core.runs.checkpoints import TRAINING
from core.runs.store import RunStore
from tests.tiny import write_data, write_model


@pytest.fixture(params=[0o022, 0o002, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def modes(folder: Path, *, folders: bool) -> set[int]:
    found = (path.stat().st_mode for path in [folder, *folder.rglob("*")])
    return {stat.S_IMODE(mode) for mode in found if stat.S_ISDIR(mode) == folders}


@pytest.mark.skipif(os.name != "posix", reason="no umask on this system")
def test_files_of_a_run_are_as_readable_as_any(umask: int, tmp_path: Path) -> None:
    config = FinetuneConfig(
        model=str(write_model(tmp_path / "encoder")),
        dataset=str(write_data(tmp_path / "topics.csv", items=90)),
        finetune_epochs=1,
        device="cpu",
    )
    run = run_now("finetune", config, RunStore(tmp_path / "store"))
    model = run.path / "model" / "model.safetensors"
    Checkpoint(run.path, TRAINING, 0).save({"model": {}}, None, {})
    assert model.is_file() and (run.path / TRAINING / "model.safetensors").is_file()
    assert modes(run.path, folders=False) == {0o666 & ~umask}
    assert modes(run.path, folders=True) == {0o777 & ~umask}

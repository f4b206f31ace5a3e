"""What runs take on the disk, and giving checkpoints back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.cli import main
from core.errors import UserError
from core.runs import claims, process
from core.runs.checkpoints import FINETUNING, TRAINING, old
from core.runs.live import LiveRun
from core.runs.store import RunStore, StoredRun
from core.runs.usage import Usage, size_text, tidy, usage


def fill(path: Path, size: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)


@pytest.fixture
def run(tmp_path: Path) -> StoredRun:
    """A failed run with a model and checkpoints."""
    live = LiveRun(RunStore(tmp_path / "store").create("distill", {}, ["python"]))
    live.start()
    live.fail("why")
    fill(live.path / "model" / "deep" / "model.safetensors", 1000)
    fill(live.path / TRAINING / "state.json", 10)
    fill(old(live.path / TRAINING) / "state.json", 20)
    fill(live.path / FINETUNING / "weights.safetensors", 30)
    fill(live.path / f".{FINETUNING}.new" / "weights.safetensors", 40)
    return StoredRun(live.path, live.record)


def test_bytes_by_what_they_are_for(run: StoredRun) -> None:
    found = usage(run.path)
    rest = sum(p.stat().st_size for p in run.path.iterdir() if p.is_file())
    rest += sum(p.stat().st_size for p in (run.path / "claims").rglob("*") if p.is_file())
    assert found == Usage(total=1100 + rest, model=1000, checkpoints=100)


def test_links_are_not_followed_and_nothing_is_raised(tmp_path: Path) -> None:
    fill(tmp_path / "outside" / "big", 5000)
    folder = tmp_path / "run"
    fill(folder / "a", 3)
    (folder / "model").symlink_to(tmp_path / "outside")
    (folder / "loop").symlink_to(folder)
    (folder / "gone").symlink_to(tmp_path / "nowhere")
    os.mkfifo(folder / "pipe")
    assert usage(folder) == Usage(3, 0, 0)
    assert usage(tmp_path / "nowhere") == Usage(0, 0, 0)
    assert usage(folder / "a") == Usage(3, 0, 0)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (1_234_567_890, "1.2 GB"),
        (10**16, "10000.0 TB"),
    ],
)
def test_sizes_in_words(size: int, text: str) -> None:
    assert size_text(size) == text


def test_tidying_takes_checkpoints_only(run: StoredRun) -> None:
    assert tidy(run) == 100
    assert usage(run.path).checkpoints == 0 and usage(run.path).model == 1000
    assert claims.newest(run.path).released
    assert tidy(run) == 0


def test_a_run_that_is_computed_keeps_its_checkpoints(run: StoredRun) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE
    ) as living:
        claims.take(run.path, claims.newest(run.path), process.identity(living.pid))
        with pytest.raises(UserError, match="held by"):
            tidy(run)
    assert usage(run.path).checkpoints == 100


def test_on_the_command_line(run: StoredRun, capsys: pytest.CaptureFixture[str]) -> None:
    store = RunStore(run.path.parent)
    small = store.create("select", {}, ["python"])

    def call(*words: str) -> tuple[object, str]:
        with pytest.raises(SystemExit) as stop:
            main(["runs", *words, "--store", str(store.root)])
        return stop.value.code, capsys.readouterr().out

    status, out = call("usage", "--json")
    rows = json.loads(out)
    assert status == 0 and [row["id"] for row in rows] == [run.id, small.id]
    assert rows[0]["checkpoints"] == 100 and rows[0]["model"] == 1000
    assert "checkpoints 100 bytes" in call("usage")[1].splitlines()[0]
    assert call("tidy", run.id) == (0, f"{run.id}  100 bytes given back\n")
    assert call("tidy", "zzz")[0] == 2

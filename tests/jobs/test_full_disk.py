"""A full disk: the run says so and ends, the others stay as they were, and the store is readable.

Every file that Python opens is refused in turn; a limit on the size of files and, where mounting is
allowed, a disk that really is full stop what libraries write in other ways.
"""

from __future__ import annotations

import errno
import os
import re
import resource
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from core.config import DistillConfig
from core.errors import UserError
from core.jobs import worker, workers
from core.jobs.submit import submit
from core.runs import claims
from core.runs.describe import describe, listing
from core.runs.live import HISTORY, LOG, RESERVE, LiveRun
from core.runs.liveness import is_resumable, requeue, standing
from core.runs.record import Status
from core.runs.store import RunStore, StoredRun
from core.runs.waiting import waiting
from tests.runs.archives import snapshot
from tests.tiny import write_data, write_model

FULL = "No space left on device"
ROOT = Path(__file__).resolve().parents[2]
RANDOM = re.compile(r"[0-9a-f]{8,}|[0-9]{8}T[0-9]{6}|[0-9]{6}|-[0-9a-f]{6}(?![0-9a-z])")
Write = tuple[str, int]
"""The name of a file or folder without what is random in it, and its how many-th write."""


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("material")
    write_model(made / "encoder", hidden_size=128, intermediate_size=512)
    write_data(made / "topics.csv", items=90)
    return made


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(workers.NO_WORKER, "1")


def config(material: Path) -> DistillConfig:
    return DistillConfig(
        model=str(material / "encoder"),
        dataset=str(material / "topics.csv"),
        finetune="always",
        finetune_epochs=1,
        finetune_batch=16,
        max_length=16,
        steps=2,
        check_every=1,
        checkpoint_seconds=0.0,
        device="cpu",
    )


def old_run(store: RunStore) -> StoredRun:
    live = LiveRun(store.create("select", {}, ["python"]))
    live.start()
    live.finish()
    return StoredRun(live.path, live.record)


class Disk:
    """Refuses all writes below a folder, from a given one on, until a run gives up its reserve."""

    def __init__(self) -> None:
        self.root: Path | None = None
        self.writes: list[Write] = []
        self._full_at: Write | None = None
        self._full = False

    @contextmanager
    def watched(self, root: Path, full_at: Write | None = None) -> Iterator[None]:
        self.root, self.writes, self._full_at, self._full = root, [], full_at, False
        try:
            yield
        finally:
            self.root = None

    def hook(self, event: str, given: tuple[Any, ...]) -> None:
        """What Python calls before it opens a file, makes a folder or removes something."""
        if self.root is None or not given or not isinstance(given[0], str | bytes | Path):
            return
        path = Path(os.fsdecode(given[0]))
        if event == "os.remove" and path.name == RESERVE:
            self._full = False
        opened = event == "open" and given[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if (opened or event == "os.mkdir") and path.is_relative_to(self.root):
            self._write(RANDOM.sub("", path.name))

    def _write(self, name: str) -> None:
        self.writes.append((name, 1 + sum(name == other for other, _ in self.writes)))
        self._full |= self.writes[-1] == self._full_at
        if self._full and name != claims.RELEASED:  # an empty file, which takes no space
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


DISK = Disk()
sys.addaudithook(DISK.hook)  # can't be taken away again; does nothing outside `watched`


def check(store: RunStore, run: StoredRun, message: str = FULL) -> StoredRun:
    """A run that a full disk stopped is failed, or waits still; nothing half made is left."""
    found = store.find(run.id)
    assert claims.newest(found.path).released
    assert not [path for path in found.path.rglob("*") if path.suffix in (".tmp", ".new")]
    if found.status is Status.QUEUED:
        assert standing(found) == "queued" and found.record.attempts == 0
    elif found.status is Status.FAILED:
        error = found.record.error or ""
        assert message in error and len(error.splitlines()) == 1
        assert "failed" in listing([found]) and error in describe(found.record)
        assert waiting(store.root) == []
    else:
        assert found.status is Status.FINISHED
    assert all(isinstance(one, StoredRun) for one in store)
    assert not [one for one in store if standing(one) in ("running", "lost")]
    return found


def go_on(store: RunStore, run: StoredRun) -> None:
    """With room again, a run that can go on does, to its end."""
    if is_resumable(run):
        requeue(run)
    if waiting(store.root):
        assert worker.serve(store, "cpu") == 0
        assert store.find(run.id).status is Status.FINISHED


@pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.slow)])
def test_every_write_in_turn(step: int, material: Path, tmp_path: Path) -> None:
    plain = RunStore(tmp_path / "plain")
    with DISK.watched(plain.root):
        submit(plain, "distill", config(material))
        worker.serve(plain, "cpu")
        writes = [write for write in DISK.writes if write[0] != plain.root.name]
    assert {".record.json..tmp", RESERVE, LOG, HISTORY, ".checkpoint.new", "README.md"} <= {
        name for name, _ in writes
    }
    first = {name: (name, count) for name, count in reversed(writes)}
    last = dict(zip((name for name, _ in writes), writes, strict=True))
    store, ends = RunStore(tmp_path / "store"), Counter[str]()
    old = old_run(store)
    intact = snapshot(old.path)
    for write in sorted({*first.values(), *last.values()})[::step]:
        ends[stopped_at(write, store, material)] += 1
        assert snapshot(old.path) == intact
    assert step > 1 or set(ends) == {"refused", "queued", "failed", "finished"}, ends
    assert ends["failed"] > sum(ends.values()) / 2


def stopped_at(write: Write, store: RunStore, material: Path) -> str:
    """Let the disk be full from a write on, and look at what became of the run."""
    before = [run.id for run in store]
    with DISK.watched(store.root, write):
        try:
            run = submit(store, "distill", config(material))
        except UserError as error:
            assert FULL in str(error) and [one.id for one in store] == before
            assert waiting(store.root) == [] and not list(store.root.glob(".new-*"))
            return "refused"
        assert worker.serve(store, "cpu") == 0
    found = check(store, run)
    go_on(store, found)
    return str(found.status)


def test_a_file_that_may_grow_no_further(material: Path, tmp_path: Path) -> None:
    """As `ulimit -f` has it: also what safetensors writes, and in a real worker."""
    store = RunStore(tmp_path / "store")
    run = submit(store, "distill", config(material))

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))

    words = [sys.executable, "-m", "core", "worker", "--store", str(store.root), "--device", "cpu"]
    subprocess.run(words, check=True, cwd=ROOT, preexec_fn=limit, stderr=subprocess.DEVNULL)
    found = check(store, run, "File too large")
    assert not is_resumable(found)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 32 megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=32m", "none", str(place)]
    try:
        subprocess.run(words, check=True, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no disk can be mounted here: {error}")
    yield place
    subprocess.run(["umount", str(place)], check=True, timeout=10)


@pytest.mark.parametrize("left", [0, 40, 200, 300, 800, 1600, 2600, 5000, 8000])
def test_a_disk_that_is_full(left: int, small_disk: Path, material: Path) -> None:
    store = RunStore(small_disk / "store")
    old = old_run(store)
    intact = snapshot(old.path)
    run = submit(store, "distill", config(material))
    filler = small_disk / "filler"
    with filler.open("wb", buffering=0) as handle, suppress(OSError):
        while os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize > left * 1000:
            handle.write(bytes(4096))
    assert worker.serve(store, "cpu") == 0
    found = check(store, run)
    assert found.status is (Status.FAILED if left else Status.QUEUED)
    assert snapshot(old.path) == intact
    filler.unlink()
    go_on(store, found)

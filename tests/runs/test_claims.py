"""Claims: two never hold one, a dead holder is followed, nothing damaged breaks them."""

from __future__ import annotations

import multiprocessing
import signal
from pathlib import Path
from typing import Any

import pytest

from core.runs import claims


def test_a_claim_is_held_until_it_is_released(tmp_path: Path) -> None:
    nobody = claims.newest(tmp_path)
    assert nobody.number == 0 and nobody.is_alive()[0] is False
    claim = claims.take(tmp_path, nobody)
    assert claim is not None
    held = claims.newest(tmp_path)
    assert held.number == 1 and held.is_alive() == (True, "")
    assert claims.take(tmp_path, nobody) is None
    claim.release()
    assert claims.newest(tmp_path).is_alive()[0] is False
    assert claims.take(tmp_path, claims.newest(tmp_path)) is not None


def test_a_dead_holder_is_followed_and_learns_of_it(tmp_path: Path, gone: dict[str, Any]) -> None:
    first = claims.take(tmp_path, claims.newest(tmp_path), gone)
    assert first is not None and not first.is_superseded()
    found = claims.newest(tmp_path)
    assert found.is_alive()[0] is False
    claims.note_end(tmp_path, gone["pid"], signal.SIGKILL)
    assert claims.newest(tmp_path).signal == signal.SIGKILL
    assert claims.take(tmp_path, found) is not None
    assert first.is_superseded()
    claims.note_end(tmp_path, gone["pid"], signal.SIGKILL)  # it holds nothing any more
    assert claims.newest(tmp_path).signal is None


def _race(place: str, count: int, mine: Any, gate: Any) -> None:
    won = []
    for number in range(count):
        folder = Path(place) / str(number)
        over = claims.newest(folder)
        gate.wait()
        if claims.take(folder, over) is not None:
            won.append(number)
    mine.put(won)


def test_of_four_processes_that_reach_for_a_claim_one_has_it(tmp_path: Path) -> None:
    count, spawn = 60, multiprocessing.get_context("spawn")
    for number in range(count):
        (tmp_path / str(number)).mkdir()
    results, gate = spawn.Queue(), spawn.Barrier(4)
    workers = [
        spawn.Process(target=_race, args=(str(tmp_path), count, results, gate)) for _ in range(4)
    ]
    for worker in workers:
        worker.start()
    won = [number for _ in workers for number in results.get(timeout=60)]
    for worker in workers:
        worker.join()
    assert sorted(won) == list(range(count))
    assert not list(tmp_path.glob("*/claims/.*"))


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": "7"}', "\x00"])
def test_a_damaged_holder_is_nobody_that_can_be_told(tmp_path: Path, content: str) -> None:
    folder = tmp_path / "claims" / "7"
    folder.mkdir(parents=True)
    (folder / "holder.json").write_text(content)
    (tmp_path / "claims" / "x").touch()
    found = claims.newest(tmp_path)
    assert found.number == 7 and found.is_alive()[0] is None
    assert claims.take(tmp_path, found) is not None


def test_a_claim_that_cannot_be_written_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(claims, "write_json", full)
    with pytest.raises(OSError, match="No space"):
        claims.take(tmp_path, claims.newest(tmp_path))
    assert not list((tmp_path / "claims").iterdir())


def test_a_folder_that_goes_while_it_is_claimed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "run"
    run.mkdir()
    mkdir = Path.mkdir

    def deleted(self: Path, **options: bool) -> None:
        mkdir(self, **options)
        run.rename(tmp_path / "trash")

    monkeypatch.setattr(Path, "mkdir", deleted)
    assert claims.take(run, claims.newest(run)) is None


def test_an_answer_lost_on_the_way_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def renamed_but_refused(self: Path, target: Path) -> None:
        rename(self, target)
        raise FileNotFoundError("the server was asked twice")

    monkeypatch.setattr(Path, "rename", renamed_but_refused)
    assert claims.take(tmp_path, claims.newest(tmp_path)) is not None

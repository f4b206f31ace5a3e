"""The run store: ids of its runs, and what a user may write for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import UserError
from core.runs.store import RunStore, matching

IDS = (
    "20260102T030405-demo-abc123",
    "20260102T030406-select-20260102T",
    "20260103T000000-demo-fff",
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (IDS[0], [0]),
        ("20260102T030405", [0]),
        ("20260102", [0, 1]),
        ("20260102T", [0, 1]),  # a beginning counts before a last part
        ("abc123", [0]),
        ("fff", [2]),
        ("ff", []),
        ("demo", []),
        ("", []),
    ],
)
def test_beginning_or_last_part_of_an_id(text: str, found: list[int]) -> None:
    assert matching(IDS, text) == [IDS[number] for number in found]


def test_none_and_several_are_named(tmp_path: Path) -> None:
    for name in IDS:
        (tmp_path / name).mkdir()
    store = RunStore(tmp_path)
    assert store.locate("abc123").name == IDS[0]
    with pytest.raises(UserError, match=r"no run in .* for 'nothing': see"):
        store.locate("nothing")
    with pytest.raises(UserError, match=f"2 runs in .* {IDS[0]}"):
        store.locate("20260102")


def test_an_id_that_is_taken_is_not_given_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = iter(["20300101T000000-demo-00000a"] * 2 + ["20300101T000000-demo-00000b"])
    monkeypatch.setattr("core.runs.store.new_run_id", lambda kind: next(ids))
    runs = RunStore(tmp_path)
    made = [runs.create("demo", {}, ["python"]).id for _ in range(2)]
    assert [name[-1] for name in made] == ["a", "b"]
    assert len(runs.paths()) == 2

"""The run store: ids of its runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.runs import store


def test_an_id_that_is_taken_is_not_given_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = iter(["20300101T000000-demo-00000a"] * 2 + ["20300101T000000-demo-00000b"])
    monkeypatch.setattr(store, "new_run_id", lambda kind: next(ids))
    runs = store.RunStore(tmp_path)
    made = [runs.create("demo", {}, ["python"]).id for _ in range(2)]
    assert [name[-1] for name in made] == ["a", "b"]
    assert len(runs.paths()) == 2

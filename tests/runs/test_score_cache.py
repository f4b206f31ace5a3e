"""Kept scores: found as they were, never half a file, the longest unused ones go first."""

import os
from pathlib import Path

import numpy as np
import pytest

from core.runs.score_cache import FOLDER, ScoreCache

VALUES = np.random.default_rng(0).random((7, 3)).astype(np.float32)


def test_what_is_kept_is_found_bit_by_bit(tmp_path: Path) -> None:
    cache = ScoreCache(tmp_path)
    assert cache.find("a", 7) is None
    cache.keep("a", VALUES)
    found = ScoreCache(tmp_path).find("a", 7)
    assert found is not None
    assert found.dtype == VALUES.dtype
    assert np.array_equal(found, VALUES)
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == ["a.npy"]


@pytest.mark.parametrize("left", [0, 10, 130])
def test_a_cut_entry_is_none_and_can_be_kept_again(tmp_path: Path, left: int) -> None:
    cache = ScoreCache(tmp_path)
    cache.keep("a", VALUES)
    path = tmp_path / FOLDER / "a.npy"
    path.write_bytes(path.read_bytes()[:left])
    assert cache.find("a", 7) is None
    cache.keep("a", VALUES)
    assert cache.find("a", 7) is not None


def test_other_sizes_and_no_numbers_are_none(tmp_path: Path) -> None:
    cache = ScoreCache(tmp_path)
    cache.keep("a", VALUES)
    assert cache.find("a", 8) is None
    cache.keep("b", np.full((2, 2), np.nan))
    assert cache.find("b", 2) is None


def test_the_longest_unused_go_first(tmp_path: Path) -> None:
    cache = ScoreCache(tmp_path, limit=2 * (VALUES.nbytes + 128))
    for when, key in enumerate("abc"):
        cache.keep(key, VALUES)
        os.utime(tmp_path / FOLDER / f"{key}.npy", (when, when))
    assert cache.find("a", 7) is not None  # used now: the newest
    cache.trim()
    assert cache.find("b", 7) is None
    assert cache.find("a", 7) is not None
    assert cache.find("c", 7) is not None


def test_a_store_that_can_not_be_written_to_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / ".cache").write_text("in the way", encoding="utf-8")
    cache = ScoreCache(tmp_path)
    cache.keep("a", VALUES)
    cache.trim()
    assert cache.find("a", 7) is None

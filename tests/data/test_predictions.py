"""The predictions array on disk."""

from pathlib import Path

import numpy as np
import pytest

from core.data.predictions import Predictions
from core.errors import UserError

VALUES = np.array([[[0.2, 0.8], [0.5, 0.5]], [[1.0, 0.0], [0.3, 0.7]]])


def test_round_trip(tmp_path: Path) -> None:
    gold = np.array([[True, False], [True, True]])
    predictions = Predictions(("en", "sw"), ("a", "b"), VALUES, gold=gold, clusters=("x", "x"))
    predictions.save(tmp_path / "p.npz")
    again = Predictions.load(tmp_path / "p.npz")
    assert again.probabilities.dtype == np.float32
    assert np.allclose(again.probabilities, VALUES)
    assert again.gold is not None
    assert np.array_equal(again.gold, gold)
    assert again.class_mask is None
    assert (again.class_names, again.clusters) == (("0", "1"), ("x", "x"))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"no archive"])
def test_damaged(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "p.npz").write_bytes(content)
    with pytest.raises(UserError, match="can't be read as predictions"):
        Predictions.load(tmp_path / "p.npz")


def test_gold_is_checked() -> None:
    with pytest.raises(UserError, match="example b has no gold class"):
        Predictions(("en", "sw"), ("a", "b"), VALUES, gold=np.array([[True, False], [False] * 2]))
    with pytest.raises(UserError, match="gold class of example b is none of its own"):
        Predictions(
            ("en", "sw"), ("a", "b"), VALUES, gold=np.array([[True, False], [False, True]]),
            class_mask=np.array([[True, True], [True, False]]),
        )  # fmt: skip

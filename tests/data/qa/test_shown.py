"""Answers that are kept to be looked at: what is written is what is read, and it is small."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from core.data.qa.shown import FINEST, ShownAnswers, drawable
from core.errors import UserError
from tests.dashboard import qa_runs


def kept() -> ShownAnswers:
    data = qa_runs.dataset()
    return qa_runs.shown(data, data.ids[:2])


@pytest.mark.parametrize("further", [0, 40_000])
def test_what_is_written_is_read(tmp_path: Path, further: int) -> None:
    shown = kept()
    shown = replace(shown, offsets=shown.offsets + np.int32(further))
    shown.save(tmp_path / "shown.npz")
    found = ShownAnswers.load(tmp_path / "shown.npz")
    for field in fields(ShownAnswers):
        given, read = getattr(shown, field.name), getattr(found, field.name)
        assert np.array_equal(given, read)
        assert getattr(given, "dtype", None) == getattr(read, "dtype", None)


def test_curves_are_as_fine_as_can_be_drawn() -> None:
    rng = np.random.default_rng(0)
    given = rng.dirichlet(np.full(50, 0.2))
    found = drawable(given)
    assert np.abs(found.astype(float) - given).max() <= FINEST / 2
    steps = found.astype(float) / FINEST
    assert np.array_equal(steps, np.round(steps))  # half precision holds every step
    assert drawable(np.array([1.0, 0.9996, FINEST])).tolist() == [1.0, 1 - FINEST, FINEST]


def test_a_damaged_file_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "shown.npz").write_bytes(b"no arrays")
    with pytest.raises(UserError, match=r"shown.npz can't be read as shown answers"):
        ShownAnswers.load(tmp_path / "shown.npz")

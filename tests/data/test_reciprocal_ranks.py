"""Reciprocal ranks come back as they were written, or are refused."""

import numpy as np
import pytest

from core.data.arrays import save_arrays
from core.data.reciprocal_ranks import ReciprocalRanks, load_ranks, save_ranks


def test_they_come_back(tmp_path):
    ranks = {"teacher-en": {"en": np.array([1, 1 / 3])}, "hl": {"en": np.array([0.5, 1 / 50_000])}}
    clusters = {"en": np.array([4, 7])}
    save_ranks(tmp_path / "r.npz", ReciprocalRanks(ranks, clusters))
    found = load_ranks(tmp_path / "r.npz")
    assert list(found.ranks) == ["teacher-en", "hl"]
    for model, by_language in ranks.items():
        assert list(found.ranks[model]["en"]) == pytest.approx(list(by_language["en"]), rel=2e-3)
    assert found.clusters["en"].tolist() == [4, 7]


def test_arrays_that_do_not_belong_together_are_refused(tmp_path):
    save_arrays(tmp_path / "r.npz", {"hl/en": np.ones(3), "cluster/en": np.arange(2)})
    with pytest.raises(ValueError, match="hl was asked other positions in en"):
        load_ranks(tmp_path / "r.npz")

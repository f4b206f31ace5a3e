"""Reciprocal ranks come back as they were written, or are refused."""

import numpy as np
import pytest

from core.data.arrays import save_arrays
from core.data.reciprocal_ranks import ReciprocalRanks, load_ranks, save_ranks


def test_they_come_back(tmp_path):
    ranks = {
        "teacher-en": {"en": np.array([1, 1 / 3], np.float32)},
        "hl": {"en": np.array([0.5, 1 / 250_001], np.float32)},
    }
    clusters = {"en": np.array([4, 7])}
    save_ranks(tmp_path / "r.npz", ReciprocalRanks(ranks, clusters))
    found = load_ranks(tmp_path / "r.npz")
    assert list(found.ranks) == ["teacher-en", "hl"]
    for model, by_language in ranks.items():
        assert list(found.ranks[model]["en"]) == pytest.approx(list(by_language["en"]), rel=1e-7)
    assert found.clusters["en"].tolist() == [4, 7]


def test_arrays_that_do_not_belong_together_are_refused(tmp_path):
    arrays = {"hl/en": np.ones(3, np.uint16), "cluster/en": np.arange(2)}
    save_arrays(tmp_path / "r.npz", arrays)
    with pytest.raises(ValueError, match="hl was asked other positions in en"):
        load_ranks(tmp_path / "r.npz")


def test_every_rank_of_a_large_vocabulary_is_exact(tmp_path):
    whole = np.arange(1, 250_003)
    values = (1 / whole).astype(np.float32)
    found = {"hl": {"en": values}}
    save_ranks(tmp_path / "r.npz", ReciprocalRanks(found, {"en": np.zeros(len(whole), np.int32)}))
    read = load_ranks(tmp_path / "r.npz").ranks["hl"]["en"]
    assert (np.rint(1 / read) == whole).all()


@pytest.mark.parametrize("wrong", [np.array([0, 3], np.uint16), np.array([0.5, 1.0])])
def test_what_is_no_rank_is_refused(wrong, tmp_path):
    save_arrays(tmp_path / "r.npz", {"hl/en": wrong, "cluster/en": np.arange(2)})
    with pytest.raises(ValueError, match=r"a rank of hl/en is 0|holds float64"):
        load_ranks(tmp_path / "r.npz")


def test_a_comparison_of_seven_languages_is_small(tmp_path):
    """Five models and the teachers, 2,800 positions a language, ranks as wild as they come."""
    rng = np.random.default_rng(0)
    languages = ("de", "en", "es", "eu", "fr", "hu", "vi")

    def drawn():
        ranks = np.ceil(6000 ** rng.random(2800) ** 0.7)
        return (1 / ranks).astype(np.float32)

    names = ("hl", "balanced", "sampled", "distilled", "hl-epochs")
    ranks = {name: {x: drawn() for x in languages} for name in names}
    ranks |= {f"teacher-{x}": {x: drawn()} for x in languages}
    clusters = {x: np.repeat(rng.permutation(700), 4)[:2800] for x in languages}
    path = tmp_path / "r.npz"
    save_ranks(path, ReciprocalRanks(ranks, clusters))
    assert path.stat().st_size < 300_000

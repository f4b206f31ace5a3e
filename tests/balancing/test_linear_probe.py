"""The linear probe against scikit-learn, and every pair of languages against a plain loop."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from core.balancing.linear_probe import fit_probe
from core.balancing.probe_scores import Fit, Measure, drawn, probe_scores
from core.balancing.word_features import WordFeatures

LANGUAGES = ("en", "de", "te")


def material(seed: int, words: int = 400, shift: float = 0.0) -> WordFeatures:
    """Four tags around four centres, one feature much larger than the others."""
    rng = np.random.default_rng(seed)
    tags = rng.integers(0, 4, words)
    centres = np.random.default_rng(7).normal(0, 1, (4, 6))
    values = centres[tags] + rng.normal(0, 0.8, (words, 6)) + shift
    values[:, 0] *= 50
    return WordFeatures(
        values.astype(np.float32), tags.astype(np.int64), np.arange(words) // 5, lost=0
    )


@pytest.mark.parametrize("strength", [0.01, 1.0])
def test_the_fit_is_scikit_learns(strength: float) -> None:
    given, asked = material(0), material(1)
    probe = fit_probe(given.values, given.tags, 5, strength=strength, iterations=500)
    mean, sd = given.values.mean(axis=0), given.values.std(axis=0)
    theirs = LogisticRegression(C=strength, tol=1e-8, max_iter=5000)
    theirs.fit((given.values - mean) / sd, given.tags)
    scores = torch.as_tensor(asked.values) @ probe.weight + probe.bias
    ours = torch.softmax(scores, dim=1)[:, :4].numpy()
    np.testing.assert_allclose(ours, theirs.predict_proba((asked.values - mean) / sd), atol=2e-3)
    assert 4 not in probe.predict(asked.values)  # a tag that was never seen


def test_the_seed_changes_nothing_once_the_fit_has_settled() -> None:
    given = material(0)
    first, second = (
        fit_probe(given.values, given.tags, 4, seed=seed, iterations=500) for seed in (0, 1)
    )
    torch.testing.assert_close(first.weight, second.weight, atol=5e-3, rtol=1e-2)
    early = [fit_probe(given.values, given.tags, 4, seed=x, iterations=1).weight for x in (0, 1)]
    assert not torch.equal(*early)
    again = fit_probe(given.values, given.tags, 4, seed=1, iterations=500)
    assert torch.equal(again.weight, second.weight)


def test_a_feature_that_never_moves_does_no_harm() -> None:
    given = material(0)
    values = np.concatenate([given.values, np.full((400, 1), 3.0, np.float32)], axis=1)
    elsewhere = values.copy()
    elsewhere[:, -1] = 4.0
    probe = fit_probe(values, given.tags, 4)
    assert (probe.predict(elsewhere) == probe.predict(values)).mean() > 0.95


def test_a_seed_draws_whole_sentences() -> None:
    given = material(0)
    places = drawn(given, 0.5, (3, 1))
    chosen = set(given.sentences[places].tolist())
    assert len(chosen) == 40
    assert set(places.tolist()) == {i for i, x in enumerate(given.sentences) if x in chosen}
    assert set(drawn(given, 0.5, (3, 2)).tolist()) != set(places.tolist())
    assert len(drawn(given, 1.0, (0, 0))) == 400


@pytest.mark.parametrize("task", ["pos", "ner"])
def test_every_pair_is_scored_as_in_a_plain_loop(task: str) -> None:
    fitting = {x: material(i, shift=0.3 * i) for i, x in enumerate(LANGUAGES)}
    testing = {x: material(9 + i, 100, 0.3 * i) for i, x in enumerate(LANGUAGES)}
    fit = Fit(seeds=2, share=0.5, strength=1.0, iterations=20, seed=3, place=torch.device("cpu"))
    reads: list[str] = []

    def read(language: str) -> WordFeatures:
        reads.append(language)
        return fitting[language]

    measure = Measure(task, 4)  # type: ignore[arg-type]
    found = probe_scores(measure, fit, LANGUAGES, LANGUAGES, read, testing.__getitem__)
    assert found.shape == (2, 3, 3) and reads == list(LANGUAGES)
    for r in range(2):
        for i, source in enumerate(LANGUAGES):
            given = fitting[source]
            places = drawn(given, 0.5, (3, r))
            probe = fit_probe(
                given.values[places], given.tags[places], 4, iterations=20, seed=3000 + r
            )
            for j, target in enumerate(LANGUAGES):
                asked = testing[target]
                said = probe.predict(asked.values)
                right = sum(int(a == b) for a, b in zip(said, asked.tags, strict=True)) / 100
                if task == "ner":
                    right = f1_score(asked.tags, said, average="macro", labels=range(4))
                assert found[r, i, j] == pytest.approx(100 * right)
    assert found[:, 0, 0].mean() > found[:, 0, 2].mean()  # the other language lies elsewhere


def test_the_commonest_tag_of_the_source() -> None:
    given, gold = np.array([1, 1, 2]), np.array([1, 0, 2, 1])
    assert Measure("pos", 3).majority(given, gold) == 50
    expected = 100 * f1_score(gold, [1] * 4, average="macro", labels=range(3), zero_division=0)
    assert Measure("ner", 3).majority(given, gold) == pytest.approx(expected)

"""Temperatures: those that were put in are found, and no half is judged with its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.data.predictions import Predictions
from core.errors import UserError
from core.metrics.calibration import reliabilities
from core.metrics.temperature import HIGHEST, fit_temperatures, tempered

TRUE = (0.5, 1.0, 3.0)


def drawn(items: int = 4000, clusters: int | None = None) -> Predictions:
    """Labels drawn from calibrated probabilities, which every language then distorts."""
    generator = np.random.default_rng(0)
    p = generator.dirichlet(np.ones(3), size=items)
    labels = (p.cumsum(axis=1) > generator.random((items, 1))).argmax(axis=1)
    distorted = np.stack([p**t for t in TRUE])  # sharper by t: fixed by a temperature of t
    distorted /= distorted.sum(axis=2, keepdims=True)
    names = tuple(map(str, range(items)))
    groups = tuple(str(i % clusters) for i in range(items)) if clusters else ()
    gold = np.eye(3, dtype=bool)[labels]
    return Predictions(("flat", "right", "sharp"), names, distorted, gold=gold, clusters=groups)


def test_the_temperature_put_in_is_found() -> None:
    found = fit_temperatures(drawn())
    assert found.whole == pytest.approx(TRUE, rel=0.07)
    assert found.halves == pytest.approx(np.array([TRUE, TRUE]), rel=0.12)
    assert (found.loss_after <= found.loss_before + 0.002).all()
    assert found.loss_after == pytest.approx(np.full(3, found.loss_before[1]), abs=0.01)
    assert found.at_end == ()


def test_the_loss_is_the_least_on_a_grid() -> None:
    predictions = drawn(300)
    found = fit_temperatures(predictions)
    labels = predictions.gold.argmax(axis=1)
    grid = np.exp(np.linspace(np.log(0.05), np.log(20), 800))
    for language, best in zip(predictions.probabilities, found.whole, strict=True):
        losses = []
        for t in grid:
            q = language ** (1 / t)
            q /= q.sum(axis=1, keepdims=True)
            losses.append(-np.log(q[np.arange(300), labels]).mean())
        assert best == pytest.approx(grid[np.argmin(losses)], rel=0.01)


def test_rescaled_predictions_are_calibrated_and_answer_the_same() -> None:
    predictions = drawn()
    rescaled = fit_temperatures(predictions).rescale(predictions)
    before, after = (reliabilities(x) for x in (predictions, rescaled))
    assert before["sharp"].error > 0.1 and before["flat"].error > 0.05
    assert all(part.error < 0.03 for part in after.values())
    assert np.array_equal(
        rescaled.probabilities.argmax(axis=2), predictions.probabilities.argmax(axis=2)
    )


def test_each_half_takes_the_temperature_of_the_other() -> None:
    predictions = drawn(200, clusters=20)
    found = fit_temperatures(predictions)
    halves = dict(zip(predictions.clusters, found.half.tolist(), strict=True))
    assert [halves[x] for x in predictions.clusters] == found.half.tolist()  # clusters stay whole
    assert sorted(np.bincount(list(halves.values())).tolist()) == [10, 10]
    rescaled = found.rescale(predictions).probabilities
    for place in (0, 1, 2, 50):
        other = found.halves[1 - found.half[place]]
        plain = predictions.probabilities[:, place] ** (1 / other)[:, None]
        plain /= plain.sum(axis=1, keepdims=True)
        assert rescaled[:, place] == pytest.approx(plain)


def test_other_items_take_the_temperature_of_all() -> None:
    found = fit_temperatures(drawn(200))
    others = replace(drawn(50), gold=None, examples=tuple(f"u{i}" for i in range(50)))
    swapped = others.in_languages(("sharp", "flat"))
    rescaled = found.rescale(swapped)
    plain = swapped.probabilities ** (1 / found.whole[[2, 0]])[:, None, None]
    plain /= plain.sum(axis=2, keepdims=True)
    assert rescaled.probabilities == pytest.approx(plain)
    with pytest.raises(UserError, match="no temperature was fitted for xx"):
        found.rescale(replace(swapped, languages=("sharp", "xx")))


def test_absent_classes_stay_absent() -> None:
    p = np.array([[[0.7, 0.3, 0.0]]])
    mask = np.array([[True, True, False]])
    q = tempered(p, np.array([[0.5]]), mask)[0, 0]
    assert q == pytest.approx([0.49 / 0.58, 0.09 / 0.58, 0])


def test_a_language_that_is_always_wrong_ends_at_the_hottest() -> None:
    p = np.full((1, 40, 2), 0.1)
    p[..., 0] = 0.9
    gold = np.zeros((40, 2), dtype=bool)
    gold[:, 1] = True
    found = fit_temperatures(Predictions(("en",), tuple(map(str, range(40))), p, gold=gold))
    assert found.whole[0] == pytest.approx(HIGHEST, rel=1e-3) and found.at_end == ("en",)


def test_what_can_not_be_fitted() -> None:
    one = drawn(6, clusters=1)
    with pytest.raises(UserError, match="two or more"):
        fit_temperatures(one)
    with pytest.raises(UserError, match="needs gold"):
        fit_temperatures(replace(one, gold=None))

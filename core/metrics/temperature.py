"""Temperature scaling per language (Guo et al. 2017): sharper or flatter, with the same answers.

    q(class) = p(class)^(1/T) / sum over classes,

which is softmax(logits / T). T > 1 takes certainty away, T < 1 adds it. It is fitted on labelled
examples by the negative log-likelihood, which is convex in 1/T with one right class an example.

A temperature judged on the examples it was fitted on looks better than it is. Here the clusters of
the examples are halved; each half is judged, and rescaled, with the temperature of the other one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.data.predictions import Predictions
from core.errors import UserError
from core.metrics.accuracy import correct
from core.metrics.bootstrap import cluster_indices

LOWEST, HIGHEST = 0.05, 20.0
"""Between which a temperature is looked for."""
FLOOR = 1e-12
"""Probabilities of classes that an example has count as this much at least."""
AT_END = 1e-3
"""A temperature so near to an end, relatively, was not found between them."""


@dataclass(frozen=True)
class Temperatures:
    """What fits each language, on all labelled examples and on each half of them."""

    languages: tuple[str, ...]
    examples: tuple[str, ...]
    half: NDArray[np.int64]
    """[examples]: 0 or 1; clusters stay whole."""
    whole: NDArray[np.float64]
    """[languages]: fitted on all examples."""
    halves: NDArray[np.float64]
    """[2, languages]: fitted on one half."""
    loss_before: NDArray[np.float64]
    """[languages]: mean negative log-likelihood in nats."""
    loss_after: NDArray[np.float64]
    """[languages]: the same, each half with the temperature of the other one."""
    seed: int

    @property
    def at_end(self) -> tuple[str, ...]:
        """Languages whose temperature lies at an end of what is looked through."""
        near = [np.isclose(self.whole, end, rtol=AT_END) for end in (LOWEST, HIGHEST)]
        return tuple(self.languages[i] for i in np.flatnonzero(near[0] | near[1]))

    def rescale(self, predictions: Predictions) -> Predictions:
        """The predictions with every language at its temperature.

        The labelled examples themselves take the temperature of the half they are not in; any
        others the one fitted on all of the labelled ones.

        Raises:
            UserError: a language without a temperature.
        """
        if lost := [x for x in predictions.languages if x not in self.languages]:
            raise UserError(f"no temperature was fitted for {', '.join(lost)}")
        rows = [self.languages.index(x) for x in predictions.languages]
        same = predictions.examples == self.examples
        each = self.halves[1 - self.half][:, rows].T if same else self.whole[rows][:, None]
        mask = predictions.class_mask
        return replace(predictions, probabilities=tempered(predictions.probabilities, each, mask))


def fit_temperatures(predictions: Predictions, seed: int = 0) -> Temperatures:
    """The temperature of every language, on all labelled examples and on random halves.

    Args:
        predictions: with gold classes.
        seed: draws which clusters make a half.

    Raises:
        UserError: there are no gold classes, or a single cluster.
    """
    correct(predictions)  # says what is missing
    groups = cluster_indices(predictions.clusters)
    count = int(groups.max()) + 1
    if count < 2:
        raise UserError("a temperature is judged on held-out clusters: two or more are needed")
    first = np.zeros(count, dtype=np.int64)
    first[np.random.default_rng(seed).permutation(count)[: count // 2]] = 1
    half = first[groups]
    gold = predictions.gold
    assert gold is not None  # else `correct` has raised
    mask = np.ones_like(gold) if predictions.class_mask is None else predictions.class_mask
    parts = [np.ones_like(half, dtype=np.bool_), half == 0, half == 1]
    logs = [np.log(np.maximum(p.astype(np.float64), FLOOR)) for p in predictions.probabilities]
    found = np.array([[_fit(x[part], gold[part], mask[part]) for x in logs] for part in parts])
    other = found[1:][1 - half].T  # [languages, examples]
    return Temperatures(
        languages=predictions.languages,
        examples=predictions.examples,
        half=half,
        whole=found[0],
        halves=found[1:],
        loss_before=np.array([_loss(x, gold, mask, 1.0) for x in logs]),
        loss_after=np.array([_loss(x, gold, mask, t) for x, t in zip(logs, other, strict=True)]),
        seed=seed,
    )


def tempered(
    probabilities: NDArray[np.floating],
    temperature: NDArray[np.float64],
    class_mask: NDArray[np.bool_] | None = None,
) -> NDArray[np.float64]:
    """Probabilities at a temperature; absent classes stay at 0.

    Args:
        probabilities: [languages, examples, classes].
        temperature: [languages, examples] or [languages, 1], above 0.
        class_mask: [examples, classes].

    Returns:
        [languages, examples, classes], rows sum to 1.
    """
    logs = np.log(np.maximum(probabilities.astype(np.float64), FLOOR)) / temperature[..., None]
    if class_mask is not None:
        logs = np.where(class_mask, logs, -np.inf)
    weights = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def _fit(logs: NDArray[np.float64], gold: NDArray[np.bool_], mask: NDArray[np.bool_]) -> float:
    """The temperature with the least loss on [examples, classes]."""
    from scipy.optimize import minimize_scalar

    found = minimize_scalar(
        lambda x: _loss(logs, gold, mask, float(np.exp(x))),
        bounds=(np.log(LOWEST), np.log(HIGHEST)),
        method="bounded",
        options={"xatol": 1e-4},
    )
    return float(np.exp(found.x))


def _loss(
    logs: NDArray[np.float64],
    gold: NDArray[np.bool_],
    mask: NDArray[np.bool_],
    temperature: float | NDArray[np.float64],
) -> float:
    """Mean of -log of the probability of the right classes, in nats.

    Args:
        logs: [examples, classes], of the probabilities.
        gold: [examples, classes].
        mask: [examples, classes].
        temperature: one, or [examples].
    """
    scaled = logs / np.asarray(temperature)[..., None]
    scaled = np.where(mask, scaled, -np.inf)
    whole = np.logaddexp.reduce(scaled, axis=1)
    right = np.logaddexp.reduce(np.where(gold, scaled, -np.inf), axis=1)
    return float((whole - right).mean())

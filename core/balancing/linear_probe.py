"""A linear classifier on frozen features (Belinkov 2022): logistic regression, fitted whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

LEAST_SPREAD = 0.01
"""A feature's standard deviation counts as at least this share of the features' usual one: one
that hardly moves in the source language must not explode in another."""
TOLERANCE = 1e-5
"""Of the largest gradient, at which the fit is over."""


@dataclass(frozen=True)
class LinearProbe:
    """Scores of the tags are linear in the features."""

    weight: torch.Tensor
    """[features, tags]"""
    bias: torch.Tensor
    """[tags]"""

    def predict(self, values: NDArray[np.floating]) -> NDArray[np.int64]:
        """The likeliest tag of each word: [words]."""
        given = torch.as_tensor(values, dtype=torch.float32, device=self.weight.device)
        found: NDArray[np.int64] = (given @ self.weight + self.bias).argmax(dim=1).cpu().numpy()
        return found


def fit_probe(
    values: NDArray[np.floating],
    tags: NDArray[np.int64],
    count: int,
    *,
    strength: float = 1.0,
    iterations: int = 200,
    seed: int = 0,
    place: torch.device | None = None,
) -> LinearProbe:
    """Multinomial logistic regression on standardised features, by full-batch L-BFGS.

    Minimises the mean cross-entropy plus ``|W|² / (2 C n)``, which is scikit-learn's
    ``LogisticRegression(C=strength)`` divided by ``C n``. The problem is convex: the seed of the
    first weights only matters where the iterations end before the fit does.

    Args:
        values: [words, features].
        tags: [words], 0 .. count - 1; tags that do not occur are learned to be unlikely.
        count: number of tags.
        strength: C, the inverse of the penalty on the weights.
        iterations: of L-BFGS, at most.
        seed: of the first weights.
        place: where to compute; the CPU if None.
    """
    given = torch.as_tensor(values, dtype=torch.float32, device=place)
    gold = torch.as_tensor(tags, dtype=torch.long, device=place)
    mean, spread = given.mean(dim=0), given.std(dim=0, correction=0)
    usual = spread.square().mean().sqrt()
    scale = spread.clamp(min=max(LEAST_SPREAD * float(usual), 1e-8))
    given = (given - mean) / scale
    generator = torch.Generator().manual_seed(seed)
    first = 0.01 * torch.randn(given.shape[1], count, generator=generator)
    weight = first.to(given.device).requires_grad_(True)
    bias = torch.zeros(count, device=given.device, requires_grad=True)
    penalty = 1 / (2 * strength * len(given))
    optimizer = torch.optim.LBFGS(
        [weight, bias],
        max_iter=iterations,
        max_eval=2 * iterations,
        tolerance_grad=TOLERANCE,
        tolerance_change=1e-9,
        line_search_fn="strong_wolfe",
    )

    def closure() -> float:
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(given @ weight + bias, gold)
        loss = loss + penalty * weight.square().sum()
        loss.backward()
        return loss.item()

    optimizer.step(closure)
    with torch.no_grad():
        unscaled = weight / scale[:, None]
        return LinearProbe(unscaled.detach(), (bias - mean @ unscaled).detach())

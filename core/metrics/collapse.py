"""Signs of collapse that need no labels: does the model still read its input?

A model that answers the same whatever the input has no mutual information between input and
answer: its mean prediction is as sharp as every single one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.errors import UserError


def entropy(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """Shannon entropy over the last axis, in nats, in float64 (0 log 0 = 0).

    Args:
        probabilities: [..., classes].

    Returns:
        [...].
    """
    p = np.asarray(probabilities, dtype=np.float64)
    logs = np.log(p, out=np.zeros_like(p), where=p > 0)
    return -(p * logs).sum(axis=-1)


def entropy_of_mean(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """Entropy of the mean prediction over the examples, in nats.

    Args:
        probabilities: [languages, examples, classes].

    Returns:
        [languages], 0 (always one class) to log(classes).

    Raises:
        UserError: there are no examples.
    """
    return entropy(_some(probabilities).mean(axis=1, dtype=np.float64))


def mean_entropy(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """Mean over the examples of each prediction's entropy, [languages], in nats."""
    return np.array([entropy(language).mean() for language in _some(probabilities)])


def mutual_information(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """Information the answer carries about the input: H(mean) - mean H, in nats.

    Meaningful where a class index means the same in every example (classification).

    Args:
        probabilities: [languages, examples, classes].

    Returns:
        [languages], 0 (the same answer to everything) to log(classes). Their plain mean is
        the figure to watch during training.
    """
    difference = entropy_of_mean(probabilities) - mean_entropy(probabilities)
    return np.maximum(0.0, difference)


def _some(probabilities: NDArray[np.floating]) -> NDArray[np.floating]:
    if probabilities.shape[1] == 0:
        raise UserError("these quantities need at least one example")
    return probabilities

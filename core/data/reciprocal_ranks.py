"""Reciprocal ranks of every model's masked test positions, in one file of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.data.arrays import load_arrays, of_kind, save_arrays

NAME = "reciprocal_ranks.npz"
CLUSTER = "cluster"
SEPARATOR = "/"


@dataclass(frozen=True)
class ReciprocalRanks:
    """What every model answered at the same positions."""

    ranks: Mapping[str, Mapping[str, NDArray[Any]]]
    """model -> language -> [positions], one over the rank; a teacher has its language only."""
    clusters: Mapping[str, NDArray[np.int32]]
    """language -> [positions], number of what the position's text says. The same number in two
    languages is the same verse: intervals draw whole clusters, in all languages at once."""


def save_ranks(path: Path, found: ReciprocalRanks) -> None:
    """Write the ranks themselves: whole numbers, exact, and smaller than any fraction of them."""
    arrays: dict[str, NDArray[Any]] = {
        f"{model}{SEPARATOR}{language}": _smallest(np.rint(1 / np.asarray(values, np.float64)))
        for model, by_language in found.ranks.items()
        for language, values in by_language.items()
    }
    for language, clusters in found.clusters.items():
        arrays[f"{CLUSTER}{SEPARATOR}{language}"] = clusters.astype(np.int32)
    save_arrays(path, arrays)


def _smallest(ranks: NDArray[np.float64]) -> NDArray[Any]:
    """In two bytes each; in four where the vocabulary is larger."""
    fits = ranks.max(initial=0) <= np.iinfo(np.uint16).max
    return ranks.astype(np.uint16 if fits else np.uint32)


def load_ranks(path: Path) -> ReciprocalRanks:
    """Read them back.

    Raises:
        OSError: the file is not there.
        ValueError: its arrays do not belong together.
    """
    ranks: dict[str, dict[str, NDArray[Any]]] = {}
    clusters: dict[str, NDArray[np.int32]] = {}
    for name, values in load_arrays(path).items():
        model, _, language = name.partition(SEPARATOR)
        if model == CLUSTER:
            clusters[language] = of_kind(values, "i")
        else:
            if not of_kind(values, "u").all():
                raise ValueError(f"{path.name}: a rank of {name} is 0")
            ranks.setdefault(model, {})[language] = 1 / values.astype(np.float64)
    for model, by_language in ranks.items():
        for language, values in by_language.items():
            if language not in clusters or values.shape != clusters[language].shape:
                raise ValueError(f"{path.name}: {model} was asked other positions in {language}")
    return ReciprocalRanks(ranks, clusters)

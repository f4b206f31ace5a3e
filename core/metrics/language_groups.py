"""Groups of languages that answer alike: hierarchical clustering of a table of agreement."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import UserError


@dataclass(frozen=True)
class LanguageGroups:
    """The languages in an order in which those that answer alike stand together."""

    order: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    """Consecutive parts of the order."""
    heights: tuple[float, ...]
    """Distances at which groups were joined, ascending: one fewer than there are languages."""


def group_languages(
    languages: tuple[str, ...], likeness: NDArray[np.floating], count: int | None = None
) -> LanguageGroups:
    """Cluster by average linkage of 1 - likeness, leaves in the optimal order.

    Average linkage (UPGMA; Sokal and Michener 1958) joins the two groups whose languages are the
    nearest on average. The leaves are turned so that neighbours are as near as they can be
    (Bar-Joseph et al. 2001).

    Args:
        languages: two or more.
        likeness: [languages, languages], symmetric, at most 1; such as Cohen's kappa.
        count: of the groups; None to cut the tree at its largest step between two joins, with
            half as many groups as languages at most.

    Raises:
        UserError: fewer than two languages, a table of another shape, or an impossible count.
    """
    from scipy.cluster.hierarchy import fcluster, leaves_list, linkage
    from scipy.spatial.distance import squareform

    size = len(languages)
    if size < 2 or likeness.shape != (size, size):
        raise UserError(
            f"groups of languages need a square table of two or more; got {likeness.shape} for "
            f"{size} languages"
        )
    if count is not None and not 1 <= count <= size:
        raise UserError(f"{size} languages can't make {count} groups; choose 1 to {size}")
    far = 1 - (likeness + likeness.T) / 2
    np.fill_diagonal(far, 0)
    tree = linkage(squareform(np.maximum(far, 0), checks=False), "average", optimal_ordering=True)
    heights = tree[:, 2]
    places = leaves_list(tree)
    labels = fcluster(tree, _natural(heights) if count is None else count, "maxclust")
    parts: dict[int, list[str]] = {}
    for place in places:
        parts.setdefault(int(labels[place]), []).append(languages[place])
    order = tuple(languages[place] for place in places)
    return LanguageGroups(order, tuple(map(tuple, parts.values())), tuple(heights.tolist()))


def _natural(heights: NDArray[np.float64]) -> int:
    """Groups left where the next join is the farthest step away: half the languages at most."""
    if heights.size < 2:
        return 1
    steps = np.diff(heights)  # after join i there are heights.size - i groups
    first = heights.size - (heights.size + 1) // 2
    return int(heights.size - first - np.argmax(steps[first:]))

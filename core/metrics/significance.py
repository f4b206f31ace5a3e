"""Whether a language really changed: exact paired tests, corrected over languages.

b answers went from right to wrong, c from wrong to right. Where every item is a cluster of its own
McNemar's exact test is used: p = min(1, 2 sum_{k <= min(b, c)} C(b + c, k) / 2^(b + c)); b = 10 and
c = 3 give 0.0923. Where items share clusters (a premise, a question, an article, an item at several
seeds) McNemar counts dependent items as if each were new; the cluster sign-flip test takes the
change of a whole cluster as one observation: were there no effect, its sign could as well be the
other. Changes are counts of items, so all 2^clusters sign patterns are counted exactly, however
many clusters there are: what they sum to is a sum of binomials. With clusters of one item each the
two tests are the same.

p is corrected over the languages by Holm (1979). A language is `up` or `down` when its corrected p
is below alpha AND the interval of its change excludes 0; else it is `undetermined`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.data.predictions import Predictions
from core.metrics.accuracy import correct
from core.metrics.bootstrap import Interval, cluster_indices, cluster_sums
from core.metrics.paired_bootstrap import PairedBootstrap

ALPHA = 0.05
MCNEMAR, SIGN_FLIP = "McNemar", "cluster sign-flip"


@dataclass(frozen=True)
class PairedTest:
    """One language's change between two models, and whether it is one."""

    interval: Interval
    """Of the change in points, over clusters of items."""
    n: int
    """Answers compared."""
    lost: int
    """b: right before, wrong after."""
    gained: int
    """c: wrong before, right after."""
    p: float
    """Two-sided, exact."""
    p_holm: float
    """Corrected over the languages tested together."""

    @property
    def verdict(self) -> str:
        """``up``, ``down``, ``unchanged`` (no answer differs) or ``undetermined``."""
        if not self.lost and not self.gained:
            return "unchanged"
        found = self.interval.verdict
        return found if found in ("up", "down") and self.p_holm < ALPHA else "undetermined"


@dataclass(frozen=True)
class PairedTests:
    """All languages of two models."""

    languages: Mapping[str, PairedTest]
    method: str
    """`MCNEMAR` or `SIGN_FLIP`."""
    clusters: int

    def of(self, verdict: str) -> tuple[str, ...]:
        """The languages with this verdict."""
        return tuple(x for x, test in self.languages.items() if test.verdict == verdict)


def mcnemar(lost: int, gained: int) -> float:
    """Two-sided exact p of McNemar's test.

    Args:
        lost: b, right before and wrong after.
        gained: c, wrong before and right after.
    """
    ways = _ways(lost + gained)
    return min(1.0, 2 * sum(ways[: min(lost, gained) + 1]) / sum(ways))


def sign_flip(changes: NDArray[np.integer] | Sequence[int]) -> float:
    """Two-sided exact p of the sum of changes, over all patterns of their signs.

    Args:
        changes: [clusters], counts: how many more items of the cluster are right after than before.
    """
    values = np.abs(np.asarray(changes, dtype=np.int64))
    sizes, often = np.unique(values[values > 0], return_counts=True)
    chances = np.ones(1)
    for size, count in zip(sizes.tolist(), often.tolist(), strict=True):
        # The sum of these clusters is size * (2 Binomial - count): add it to what came before,
        # on a grid of steps of 1, where one more positive sign moves the sum by 2 * size.
        spread = np.zeros(len(chances) + 2 * size * count)
        for ups, ways in enumerate(_ways(count)):
            spread[2 * size * ups : 2 * size * ups + len(chances)] += ways / 2**count * chances
        chances = spread
    reach = len(chances) // 2
    sums = np.abs(np.arange(-reach, reach + 1))
    return float(min(1.0, chances[sums >= abs(int(np.sum(changes)))].sum()))


def _ways(count: int) -> list[int]:
    """In how many ways 0, 1, ... of so many coins show heads: the binomials, exactly.

    Whole numbers, for `scipy.stats` takes half a second to load, which the first page would wait.
    """
    found = [1]
    for heads in range(count):
        found.append(found[-1] * (count - heads) // (heads + 1))
    return found


def holm(p: Mapping[str, float]) -> dict[str, float]:
    """P corrected for testing all of these together (Holm 1979), each at most 1.

    The i-th smallest of m is multiplied by m - i + 1, and none is below a smaller one's.
    """
    found: dict[str, float] = {}
    least = 0.0
    for place, name in enumerate(sorted(p, key=lambda name: p[name])):
        least = max(least, min(1.0, (len(p) - place) * p[name]))
        found[name] = least
    return {name: found[name] for name in p}


def paired_tests(
    before: Predictions, after: Predictions, intervals: PairedBootstrap
) -> PairedTests:
    """Test every language.

    Args:
        before: answers with gold classes.
        after: another model's, the same languages and examples in the same order.
        intervals: the bootstrap of the two, see `core.metrics.paired_bootstrap`, which refuses
            what is not paired.

    Raises:
        UserError: no gold classes or no examples.
    """
    was, now = correct(before), correct(after)
    groups = cluster_indices(before.clusters)
    clusters = int(groups.max()) + 1
    lost, gained = (was & ~now).sum(axis=1), (~was & now).sum(axis=1)
    independent = clusters == len(before.examples)
    if independent:
        p = [mcnemar(int(b), int(c)) for b, c in zip(lost, gained, strict=True)]
    else:
        changes = cluster_sums(now.astype(np.int64) - was, groups, clusters).astype(np.int64)
        p = [sign_flip(column) for column in changes.T]
    by_language = dict(zip(before.languages, p, strict=True))
    corrected = holm(by_language)
    return PairedTests(
        languages={
            language: PairedTest(
                interval=intervals.languages[language],
                n=len(before.examples),
                lost=int(lost[place]),
                gained=int(gained[place]),
                p=by_language[language],
                p_holm=corrected[language],
            )
            for place, language in enumerate(before.languages)
        },
        method=MCNEMAR if independent else SIGN_FLIP,
        clusters=clusters,
    )

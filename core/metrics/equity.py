"""How evenly scores are spread over languages: equity measures, each of one formula.

s_l is the score of language l, L the number of languages, n_l its speakers.

- gap: s_pivot - mean over the others (`core.metrics.transfer_gap`);
- worst: min s_l; bottom-k mean: the mean of the k lowest; range: max - min;
- SD over the languages (the languages are all there are, so / L); CV = SD / mean;
- Gini = sum_ij |s_i - s_j| / (2 L^2 mean): 0 when all are equal; undefined at mean 0;
- utilitarian: the mean; Rawlsian: the worst, ties by the next worst (leximin); Pareto: at least
  as good in every language and better in one (Choudhury & Deshpande 2021, AAAI);
- global utility M_tau = sum_l d_l u_l with demand d_l = n_l^tau / sum n^tau and utility
  u_l = s_l / max s (Blasi et al. 2022, ACL): tau = 1 counts speakers, tau -> 0 languages. Only the
  languages shown count, and among them those whose number of speakers is known.

Ratios (CV, Gini, M_tau) are of scores above chance, (s - chance) / (100 - chance), where chance is
known; a score below chance counts as 0, since nothing that it has was learned. All functions take
[..., languages] and give [...], so that a resample is one more row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import UserError

BOTTOM = 3
"""Languages of the bottom-k mean."""
TAU = 1.0
TIE = 1e-9
"""Points; scores closer than this are equal."""

Array = NDArray[np.float64]


def worst(scores: ArrayLike) -> Array:
    """The lowest score: [..., languages] -> [...]."""
    return np.asarray(_some(scores).min(axis=-1))


def bottom_mean(scores: ArrayLike, k: int = BOTTOM) -> Array:
    """The mean of the k lowest scores (of all, where there are fewer).

    Raises:
        UserError: k is less than 1.
    """
    if k < 1:
        raise UserError(f"the bottom-k mean needs a k of 1 or more, not {k}")
    return np.asarray(np.sort(_some(scores), axis=-1)[..., :k].mean(axis=-1))


def score_range(scores: ArrayLike) -> Array:
    """The best score minus the worst."""
    return np.asarray(np.ptp(_some(scores), axis=-1))


def deviation(scores: ArrayLike) -> Array:
    """Standard deviation over the languages (/ L)."""
    return np.asarray(_some(scores).std(axis=-1))


def variation_coefficient(scores: ArrayLike) -> Array:
    """Standard deviation over the mean; NaN where the mean is not above 0."""
    return _ratio(deviation(scores), _some(scores).mean(axis=-1))


def gini(scores: ArrayLike) -> Array:
    """Mean difference between two languages over twice the mean; NaN at mean 0.

    With the scores in ascending order, sum_ij |s_i - s_j| = 2 sum_i (2 i - L - 1) s_(i), i from 1.
    """
    ordered = np.sort(_some(scores), axis=-1)
    count = ordered.shape[-1]
    ranks = 2 * np.arange(1, count + 1) - count - 1
    return _ratio((ordered * ranks).sum(axis=-1), count**2 * ordered.mean(axis=-1))


def global_utility(scores: ArrayLike, speakers: ArrayLike, tau: float = TAU) -> Array:
    """M_tau; NaN where no score is above 0.

    Args:
        scores: [..., languages].
        speakers: [languages], above 0.
        tau: 1 counts speakers, 0 languages.

    Raises:
        UserError: a language without speakers, or a tau outside 0 to 1.
    """
    if not 0 <= tau <= 1:
        raise UserError(f"tau must lie between 0 (languages count) and 1 (speakers), not {tau:g}")
    counts = np.asarray(speakers, dtype=np.float64)
    if (counts <= 0).any():
        raise UserError("a global utility needs a number of speakers for every language")
    found = _some(scores)
    shares = (counts / counts.max()) ** tau
    return _ratio(found @ (shares / shares.sum()), found.max(axis=-1))


def above_chance(scores: ArrayLike, chance: float) -> Array:
    """Percent of the way from chance to all right; below 0 where chance was not reached.

    Raises:
        UserError: chance is no percentage below 100.
    """
    if not 0 <= chance < 100:
        raise UserError(f"chance must be at least 0 and below 100 percent, not {chance:g}")
    return np.asarray(100 * (np.asarray(scores, dtype=np.float64) - chance) / (100 - chance))


def harm(before: Mapping[str, float], after: Mapping[str, float]) -> float:
    """What languages lost together, in points: the sum of max(0, before - after).

    Raises:
        UserError: the two have different languages.
    """
    if set(before) != set(after):
        odd = ", ".join(sorted(set(before) ^ set(after)))
        raise UserError(f"harm needs the same languages before and after: {odd} in one only")
    return float(sum(max(0.0, before[x] - after[x]) for x in before))


def dominates(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    """Whether one model is at least as good in every language and better in one.

    Raises:
        UserError: the two have different languages.
    """
    if set(one) != set(other):
        raise UserError("Pareto dominance compares scores of the same languages")
    leads = [one[x] - other[x] for x in one]
    return min(leads) >= -TIE and max(leads) > TIE


def dominated(models: Mapping[str, Mapping[str, float]]) -> dict[str, tuple[str, ...]]:
    """Model -> those that Pareto-dominate it; models of other languages can't."""
    return {
        name: tuple(
            rival
            for rival, theirs in models.items()
            if set(theirs) == set(scores) and dominates(theirs, scores)
        )
        for name, scores in models.items()
    }


def leximin(models: Mapping[str, Mapping[str, float]]) -> dict[str, int]:
    """Ranks by Rawls, the best model first: by the worst language, ties by the next worst.

    Raises:
        UserError: they have different numbers of languages.
    """
    if len({len(scores) for scores in models.values()}) > 1:
        raise UserError("a leximin order compares models with the same number of languages")
    return ranks({name: [-x for x in sorted(scores.values())] for name, scores in models.items()})


def ranks(keys: Mapping[str, Sequence[float]]) -> dict[str, int]:
    """Competition ranks, the smallest key first: equals share one, as in 1, 2, 2, 4.

    Args:
        keys: name -> numbers, compared one after the other; within `TIE` they are equal.
    """

    def behind(one: str, other: str) -> bool:
        pairs = zip(keys[one], keys[other], strict=True)
        return next((a > b for a, b in pairs if abs(a - b) > TIE), False)

    return {name: 1 + sum(behind(name, other) for other in keys) for name in keys}


@dataclass(frozen=True)
class Equity:
    """The equity of one model's scores; None where a measure does not exist."""

    average: float
    """Utilitarian."""
    worst: float
    """Rawlsian."""
    worst_language: str
    bottom: float
    """The mean of the `BOTTOM` lowest."""
    range: float
    deviation: float
    variation: float | None
    gini: float | None
    utility: float | None
    """M_tau, 0 to 1."""


def equity(
    scores: Mapping[str, float],
    *,
    chance: float | None = None,
    speakers: Mapping[str, float] | None = None,
    tau: float = TAU,
    k: int = BOTTOM,
) -> Equity:
    """All measures of one model.

    Args:
        scores: percent per language.
        chance: percent a guess gets; None for ratios of the plain scores.
        speakers: per language; those that are not there have no part in the utility.
        tau: of the utility.
        k: of the bottom-k mean.

    Raises:
        UserError: no language, or a number outside its range.
    """
    values = _some(list(scores.values()))
    base = ratio_base(values, chance)
    known = [x for x in scores if (speakers or {}).get(x)]
    places = [list(scores).index(x) for x in known]
    counts = [(speakers or {})[x] for x in known]
    return Equity(
        average=float(values.mean()),
        worst=float(worst(values)),
        worst_language=min(scores, key=lambda language: scores[language]),
        bottom=float(bottom_mean(values, k)),
        range=float(score_range(values)),
        deviation=float(deviation(values)),
        variation=_or_none(variation_coefficient(base)),
        gini=_or_none(gini(base)),
        utility=_or_none(global_utility(base[places], counts, tau)) if known else None,
    )


def ratio_base(scores: ArrayLike, chance: float | None) -> Array:
    """What ratios are of: scores above chance, none below 0; the plain scores without chance."""
    plain = np.asarray(scores, dtype=np.float64)
    return plain if chance is None else np.maximum(0.0, above_chance(plain, chance))


def _some(scores: ArrayLike | Sequence[float]) -> Array:
    found = np.asarray(scores, dtype=np.float64)
    if not found.ndim or not found.shape[-1]:
        raise UserError("a measure of equity needs at least one language")
    return found


def _ratio(part: ArrayLike, whole: ArrayLike) -> Array:
    """Part by whole; NaN where the whole is not above 0."""
    above, below = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    out = np.full(np.broadcast_shapes(above.shape, below.shape), np.nan)
    return np.divide(above, below, out=out, where=below > TIE)


def _or_none(value: Array) -> float | None:
    return None if np.isnan(value) else float(value)

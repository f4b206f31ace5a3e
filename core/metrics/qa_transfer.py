"""Cross-lingual transfer in question answering: XLT, generalised (G-XLT), and by language.

A pair is a language of the question and one of the context; its score is the mean over the
questions it was asked. XLT is the mean over the pairs of one language with itself, G-XLT over all
pairs, those included (Lewis et al. 2020, Carrino et al.), each pair counted once. Percent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.data.qa.scores import QaScores
from core.languages import family
from core.metrics.bootstrap import RESAMPLES, Interval
from core.metrics.qa_resampling import check_paired, interval_of, means, resampled_means

Measure = Literal["f1", "exact_match"]
MEASURES: tuple[Measure, ...] = ("f1", "exact_match")
RECORDED = ("g_xlt", "xlt", "off_diagonal", "by_question", "by_context")
"""What a run record keeps of each measure."""
T = TypeVar("T")


@dataclass(frozen=True)
class Transfer(Generic[T]):
    """One measure of a model, or of the change between two: numbers, or their intervals.

    None stands for a mean over pairs that were never asked.
    """

    g_xlt: T | None
    """Over all pairs of languages, the diagonal included."""
    xlt: T | None
    """Over the diagonal: question and context in one language."""
    off_diagonal: T | None
    """Over the pairs of two languages."""
    gap: T | None
    """XLT minus off the diagonal: what it costs that the languages differ."""
    by_question: Mapping[str, T | None]
    """Language of the question -> over all languages of the context."""
    by_context: Mapping[str, T | None]
    """Language of the context -> over all languages of the question."""
    by_question_family: Mapping[str, T | None]
    """Family of the question's language -> over all its pairs."""
    by_context_family: Mapping[str, T | None]
    """Family of the context's language -> over all its pairs."""
    cells: Mapping[tuple[str, str], T | None]
    """(question language, context language) -> the pair alone."""


def matrix(scores: QaScores, measure: Measure = "f1") -> NDArray[np.float64]:
    """[question languages, context languages]: percent; NaN for a pair that was never asked."""
    found = means(_values(scores, measure))
    return found.reshape(len(scores.questions), len(scores.contexts))


def transfer(scores: QaScores, measure: Measure = "f1") -> Transfer[float]:
    """One measure of a model, in percent."""
    return _of_pairs(scores, means(_values(scores, measure))[None], lambda x: _number(x[0]))


def intervals(
    scores: QaScores,
    measure: Measure = "f1",
    *,
    resamples: int = RESAMPLES,
    level: float = 0.95,
    seed: int = 0,
) -> Transfer[Interval]:
    """The same with two-sided percentile intervals, over clusters that all pairs share.

    Args:
        scores: of a model.
        measure: what is averaged.
        resamples: at least 10,000 for a published interval.
        level: of the intervals.
        seed: of the draws.
    """
    return _resampled(scores, _values(scores, measure), resamples, level, seed)


def paired(
    before: QaScores,
    after: QaScores,
    measure: Measure = "f1",
    *,
    resamples: int = RESAMPLES,
    level: float = 0.95,
    seed: int = 0,
) -> Transfer[Interval]:
    """The change, after minus before in points, with paired intervals (see `intervals`).

    Raises:
        UserError: the two are not about the same questions, languages and normalization.
    """
    check_paired(before, after)
    gained = _values(after, measure) - _values(before, measure)
    return _resampled(before, gained, resamples, level, seed)


def summarize(scores: QaScores, questions_per_second: float | None = None) -> dict[str, Any]:
    """What the run record keeps of a model, under ``metrics.before`` and ``metrics.after``.

    Args:
        scores: of the model.
        questions_per_second: how fast it answered.

    Returns:
        ``f1`` and ``exact_match`` (each ``g_xlt, xlt, off_diagonal, by_question{},
        by_context{}`` in percent, None where nothing was asked), ``questions``, ``clusters``,
        ``answered`` (questions of all pairs) and ``questions_per_second``.
    """
    return {
        **{name: _recorded(transfer(scores, name)) for name in MEASURES},
        "questions": len(scores.ids),
        "clusters": len(set(scores.clusters)),
        "answered": int(np.isfinite(scores.f1).sum()),
        "questions_per_second": questions_per_second,
    }


def change(
    before: QaScores,
    after: QaScores,
    *,
    resamples: int = RESAMPLES,
    level: float = 0.95,
    seed: int = 0,
) -> dict[str, Any]:
    """What the run record keeps under ``metrics.change``: intervals of the change, in points.

    Returns:
        ``f1`` and ``exact_match`` as in `summarize`, an interval in the place of each number
        (``estimate, low, high, verdict, detectable``; no ends with a single cluster), and how they
        were made.

    Raises:
        UserError: the two are not about the same questions, languages and normalization.
    """
    how: dict[str, Any] = {"resamples": resamples, "level": level, "seed": seed}
    found = {name: paired(before, after, name, **how) for name in MEASURES}
    return {
        **{name: _recorded(part, interval_json) for name, part in found.items()},
        "n": len(before.ids),
        "clusters": len(set(before.clusters)),
        **how,
    }


def interval_json(interval: Interval) -> dict[str, float | str | None]:
    """An interval as the run record keeps it; None for an end that is not known."""
    return {
        name: None if isinstance(value, float) and not np.isfinite(value) else value
        for name, value in interval.to_json().items()
    }


def _values(scores: QaScores, measure: Measure) -> NDArray[np.float64]:
    """[pairs, questions], row by row of the matrix: percent; NaN where it was not asked."""
    found = scores.f1 if measure == "f1" else scores.exact
    return 100 * found.reshape(-1, len(scores.ids)).astype(np.float64)


def _recorded(found: Transfer[T], told: Callable[[T], Any] = lambda value: value) -> dict[str, Any]:
    """The parts a run record keeps."""

    def one(value: T | None) -> Any:
        return None if value is None else told(value)

    record: dict[str, Any] = {}
    for name in RECORDED:
        part = getattr(found, name)
        is_group = isinstance(part, Mapping)
        record[name] = {x: one(y) for x, y in part.items()} if is_group else one(part)
    return record


def _resampled(
    scores: QaScores, values: NDArray[np.float64], resamples: int, level: float, seed: int
) -> Transfer[Interval]:
    """Intervals of means of [pairs, questions]; row 0 of what is read is the estimate."""
    samples = resampled_means(values, scores.clusters, resamples, seed)
    return _of_pairs(
        scores,
        np.vstack([means(values), samples]),
        lambda column: interval_of(column[1:], float(column[0]), level),
    )


def _of_pairs(
    scores: QaScores,
    pairs: NDArray[np.float64],
    read: Callable[[NDArray[np.float64]], T | None],
) -> Transfer[T]:
    """Every part from the scores of the pairs.

    Args:
        scores: whose languages these are.
        pairs: [draws, pairs].
        read: makes one part of its value in every draw [draws].
    """
    shape = (len(pairs), len(scores.questions), len(scores.contexts))
    grid = pairs.reshape(shape)
    same = np.array([[x == y for y in scores.contexts] for x in scores.questions])
    xlt, off = _mean(grid[:, same]), _mean(grid[:, ~same])
    asked, read_in = scores.questions, scores.contexts

    def grouped(names: Sequence[str], axis: int) -> dict[str, T | None]:
        return {
            name: read(_mean(grid.compress([x == name for x in names], axis=axis)))
            for name in dict.fromkeys(names)
        }

    return Transfer(
        g_xlt=read(_mean(grid)),
        xlt=read(xlt),
        off_diagonal=read(off),
        gap=read(xlt - off),
        by_question=grouped(asked, 1),
        by_context=grouped(read_in, 2),
        by_question_family=grouped(_families(asked), 1),
        by_context_family=grouped(_families(read_in), 2),
        cells={
            (x, y): read(grid[:, i, j]) for i, x in enumerate(asked) for j, y in enumerate(read_in)
        },
    )


def _families(languages: Iterable[str]) -> list[str]:
    """The family of each language."""
    return [family(language) for language in languages]


def _mean(grid: NDArray[np.float64]) -> NDArray[np.float64]:
    """[draws, ...] -> [draws]: mean over the pairs that were asked; NaN without one."""
    return means(grid.reshape(len(grid), -1))


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None

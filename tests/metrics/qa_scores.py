"""Scores of questions for the tests of what is computed from them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.data.qa.scores import UNASKED, QaScores


def scores_of(
    f1: object,
    exact: object = None,
    rank: object = None,
    *,
    questions: Sequence[str] = ("en", "sw"),
    contexts: Sequence[str] = ("en", "sw"),
    clusters: Sequence[str] | None = None,
    ranks: int = 3,
) -> QaScores:
    """Scores from nested lists; exact and rank follow from F1 where they are not given."""
    shared = np.array(f1, dtype=np.float32)
    asked = np.isfinite(shared)
    if exact is None:
        exact = np.where(asked, shared == 1, np.nan)
    if rank is None:
        rank = np.where(asked, np.array(exact) == 1, UNASKED)
    count = shared.shape[-1]
    return QaScores(
        questions=tuple(questions),
        contexts=tuple(contexts),
        ids=tuple(f"q{i}" for i in range(count)),
        clusters=tuple(clusters or (f"c{i}" for i in range(count))),
        f1=shared,
        exact=np.array(exact, dtype=np.float32),
        rank=np.array(rank, dtype=np.int8),
        ranks=ranks,
        normalization="mlqa",
    )


def drawn_scores(
    seed: int,
    *,
    languages: Sequence[str] = ("en", "de", "sw"),
    count: int = 24,
    articles: int = 6,
    unasked: float = 0.2,
    better: float = 0.0,
) -> QaScores:
    """Random scores; the questions that a pair lacks do not depend on the seed."""
    shape = (len(languages), len(languages), count)
    asked = np.random.default_rng(99).random(shape) >= unasked
    generator = np.random.default_rng(seed)
    f1 = np.round(np.clip(generator.random(shape) + better, 0, 1), 1)
    rank = np.where(f1 > 0.7, 1, generator.integers(0, 4, size=shape) % 4)
    rank = np.where((f1 <= 0.7) & (rank == 1), 0, rank)
    return scores_of(
        np.where(asked, f1, np.nan),
        np.where(asked, f1 > 0.7, np.nan),
        np.where(asked, rank, UNASKED),
        questions=languages,
        contexts=languages,
        clusters=[f"a{i % articles}" for i in range(count)],
    )

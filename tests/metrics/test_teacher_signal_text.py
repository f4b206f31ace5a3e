"""The answer on the teacher signal follows the gains."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from core.metrics.teacher_signal import LoneTeacher, gain_matrix, teacher_signals
from core.metrics.teacher_signal_text import summary_of, surest_of

LANGUAGES = ("a", "b", "c", "d", "e", "f", "g")
START = dict(zip(LANGUAGES, (80.0, 75.0, 70.0, 65.0, 60.0, 55.0, 50.0), strict=True))


def said(gains: Sequence[float], confidence: Sequence[float], seeds: int = 1) -> str:
    """Each language teaches alone and gives the others its gain."""
    sure = dict(zip(LANGUAGES, confidence, strict=True))

    def after(teacher: str, gain: float) -> dict[str, float]:
        return {x: score + (gain if x != teacher else 0) for x, score in START.items()}

    runs = [
        LoneTeacher(x, seed, sure, START, after(x, gain))
        for x, gain in zip(LANGUAGES, gains, strict=False)
        for seed in range(seeds)
    ]
    matrix = gain_matrix(runs)
    return "\n".join(summary_of(matrix, *teacher_signals(matrix, resamples=500)))


FALLING = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3)


@pytest.mark.parametrize(
    ("gains", "words"),
    [
        ((7, 6, 5, 4, 3, 2, 1), "so confidence goes with better teaching here"),
        ((1, 2, 3, 4, 5, 6, 7), "so confidence goes with worse teaching here"),
        ((3, 1, 2, 4, 1, 3, 2), "these runs do not show that confidence is a good teacher signal"),
        ((2, 2, 2, 2, 2, 2, 2), "one of the two is the same for all"),
    ],
)
def test_the_answer(gains: Sequence[float], words: str) -> None:
    assert words in said(gains, FALLING)


def test_knowing_more() -> None:
    gains = (1,) * 7
    assert "higher confidence know more: Spearman's ρ +1.00" in said(gains, FALLING)
    assert "higher confidence know less: Spearman's ρ −1.00" in said(gains, FALLING[::-1])


def test_the_best_teacher_beside_the_surest() -> None:
    assert "a gives the others most (+7.0 points), and it is also the surest" in said(
        (7, 6, 5, 4, 3, 2, 1), FALLING
    )
    assert "g gives the others most (+7.0 points); the surest language, a, gives +1.0." in said(
        (1, 2, 3, 4, 5, 6, 7), FALLING
    )


def test_seeds_and_missing_teachers() -> None:
    text = said((1,) * 7, FALLING)
    assert "With one seed it is not known how far another moves a gain." in text
    assert "Every teacher" not in text
    assert "one seed" not in said((1,) * 7, FALLING, seeds=2)
    assert "Without a run as the only teacher: d, e, f, g." in said((1, 2, 3), FALLING)


def test_what_the_claim_rests_on_is_named() -> None:
    """Two of 5,040 orders of seven are as extreme as 7, 6, ..., 1."""
    text = said((7, 6, 5, 4, 3, 2, 1), FALLING, seeds=3)
    assert "permutation test p < 0.001, 7 languages, 3 seeds each" in text
    swapped = said((6, 7, 2, 3, 4, 5, 1), FALLING)
    assert "permutation test p = " in swapped and "1 seed each" in swapped


def test_the_claim_stands_beside_what_accuracy_tells_and_who_harms() -> None:
    """Accuracy falls from a to g, and so do the gains; confidence exchanges a and b."""
    text = said((4, 3, 2, 1, -1, -2, -3.5), (0.8, 0.9, 0.7, 0.6, 0.5, 0.4, 0.3))
    assert "predicts the gain better: Spearman's ρ +1.00 against +0.96 for confidence" in text
    assert "From 3 of 7 teachers the others lose on average: g −3.5, f −2.0, e −1.0." in text
    text = said((4, 3, 2, 1, 1.5, 0.5, 0), FALLING)
    assert "predicts the gain as well" in text and "lose on average" not in text
    text = said((6, 7, 5, 4, 3, 2, 1), (0.8, 0.9, 0.7, 0.6, 0.5, 0.4, 0.3))
    assert "predicts the gain worse: Spearman's ρ +0.96 against +1.00" in text
    assert "one of the two is the same for all" in said((2,) * 7, FALLING)


@pytest.mark.parametrize("few", [(3, 2, 1), (4, 3, 2, 1), (5, 4, 3, 2, 1)])
def test_few_languages_in_perfect_order_are_no_finding(few: Sequence[float]) -> None:
    text = said(few, FALLING)
    assert "better teaching here" not in text and "confidence know more:" in text
    assert f"ρ +1.00 over {len(few)} languages, and fewer than 6 cannot tell" in text
    assert text.count("undetermined") == 2


@pytest.mark.parametrize(
    ("accuracy", "words"),
    [
        (
            (50, 40, 30, 20),
            ("a is the surest language and the most accurate (50 % of the items right).",),
        ),
        (
            (20, 40, 50, 30),
            ("the surest language and the least accurate (20 % of the items right; c: 50 %",),
        ),
        (
            (40, 50, 30, 20),
            ("a is the surest language (40 % of the items right), b the most accurate (50 %",),
        ),
        ((50, 40, 30, 20), ("is undetermined: Spearman's ρ +1.00 over 4", "fewer than 6")),
        ((70, 60, 50, 40, 30, 20, 10), ("The surer a language, the more of its", "p < 0.001")),
        ((10, 20, 30, 40, 50, 60, 70), ("The surer a language, the fewer of its", "ρ −1.00")),
        ((30, 10, 20, 40, 10, 30, 20), ("is undetermined", "permutation test p = ")),
    ],
)
def test_whether_the_surest_are_right(accuracy: Sequence[float], words: Sequence[str]) -> None:
    right = dict(zip(LANGUAGES, accuracy, strict=False))
    text = surest_of({x: FALLING[LANGUAGES.index(x)] for x in right}, right)
    assert all(word in text for word in words)

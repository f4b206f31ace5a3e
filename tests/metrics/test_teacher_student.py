"""One language: sizes of a teacher's and its student's data."""

from __future__ import annotations

from core.metrics.balance_scores import BalanceScores
from core.metrics.teacher_student import shown_size, size_points, size_texts


def run(teacher: int, student: int, **mrr: float) -> BalanceScores:
    found = {name: {"de": value} for name, value in mrr.items()}
    groups = {"high": ("de",), "all": ("de",)}
    return BalanceScores(found, groups, {"de": teacher}, {"de": student})


RUNS = [
    (0, run(999_950, 199_930, teachers=30, balanced=20, distilled=26)),
    (0, run(999_950, 999_950, teachers=30, balanced=30, distilled=28)),
    (1, run(999_870, 199_990, teachers=32, balanced=21, distilled=25)),
]


def test_a_model_is_counted_once_a_seed() -> None:
    found = {(x.teacher, x.own): x.mrr.by_seed for x in size_points(RUNS)}
    assert found == {
        (None, 200_000): {0: 20, 1: 21},
        (None, 1_000_000): {0: 30, 1: 32},
        (1_000_000, 200_000): {0: 26, 1: 25},
        (1_000_000, 1_000_000): {0: 28},
    }


def test_words_follow_the_numbers() -> None:
    [line] = size_texts(size_points(RUNS))
    assert line == (
        "Teacher of 1 million characters: student with 200,000 characters +5.0 against hard "
        "labels, −5.5 against its teacher; with 1 million characters −3.0 against hard labels, "
        "−3.0 against its teacher."
    )
    assert size_texts(size_points([(0, run(900, 900, teachers=3, distilled=2))])) == [
        "Teacher of 900 characters: student with 900 characters −1.0 against hard labels, −1.0 "
        "against its teacher."
    ]


def test_sizes_as_they_are_written() -> None:
    assert [shown_size(x) for x in (200_000, 1_500_000)] == ["200,000", "1.5 million"]

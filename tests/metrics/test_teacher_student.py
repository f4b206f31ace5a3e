"""One language: sizes of a teacher's and its student's data."""

from __future__ import annotations

from core.metrics.balance_scores import BalanceScores
from core.metrics.teacher_student import shown_size, size_points, students, text_of, text_of_sizes


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


def test_students_beside_hard_labels() -> None:
    found = students(size_points(RUNS))
    assert [(x.point.own, x.against_hard, x.against_teacher) for x in found] == [
        (200_000, 5.0, -5.5),
        (1_000_000, -3.0, -3.0),
    ]
    alone = students(size_points([(0, run(900, 100, distilled=2))]))
    assert [(x.against_hard, x.against_teacher) for x in alone] == [(None, None)]


def test_words_follow_the_numbers() -> None:
    assert text_of(students(size_points(RUNS))) == (
        "Soft labels beat hard labels on the same text in 1 of 2 students; those of less text than "
        "their teacher differ from it by −5.5 points; those of as much text differ from it by −3.0 "
        "points."
    )
    more = [*RUNS, (0, run(2_000_000, 200_000, teachers=31, distilled=24))]
    assert "by −7.0 to −5.5 points" in text_of(students(size_points(more)))
    assert text_of([]).startswith("No student can be compared")


def test_sizes_as_they_are_written() -> None:
    assert [shown_size(x) for x in (200_000, 1_500_000)] == ["200,000", "1.5 million"]


def test_what_more_text_does_with_hard_labels() -> None:
    points = size_points(RUNS)
    assert text_of_sizes(points) == (
        "With hard labels MRR is 20.5 % with 200,000 characters and 31.0 % with 1 million (+10.5)."
    )
    worse = size_points([(0, run(999_950, 199_930, teachers=20, balanced=21, distilled=26))])
    assert "(−1.0): more text did not help" in text_of_sizes(worse)
    assert text_of_sizes(points[:1]) == ""

"""Who learns from whom: a mark a lesson, and words where nobody teaches."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.predictions import Predictions
from core.errors import UserError
from core.figures.data_table import table
from core.figures.export import to_svg
from core.figures.lessons import KINDS, NOBODY, lessons, taught_by
from core.selection.strategies import StrategyOptions, choose
from core.selection.teachers import Selection

LANGUAGES = ("en", "fr", "ru", "sw")


def some(strategy: str, **options: object) -> Selection:
    """Confidences fall from English to Swahili; two teach."""
    p = np.stack([[[0.5 + level, 0.5 - level]] for level in (0.4, 0.3, 0.1, 0.05)])
    return choose(Predictions(LANGUAGES, ("1",), p), strategy, options=StrategyOptions(**options))  # type: ignore[arg-type]


def test_a_mark_a_lesson() -> None:
    found = some("proximity", neighbours=1)
    assert found.teachers == ("en", "fr")
    rows = table(lessons(found))
    pairs = list(zip(rows["learner"], rows["teacher"], rows["what"], strict=True))
    assert [x for x in pairs if x[0] in ("en", "fr")] == [
        ("en", "en", KINDS[1]),
        ("en", "fr", KINDS[0]),
        ("fr", "en", KINDS[0]),
        ("fr", "fr", KINDS[1]),
    ]
    assert [x[0] for x in pairs if x[0] in ("ru", "sw")] == ["ru", "sw"]


def test_languages_that_nobody_teaches_are_said() -> None:
    found = some("exclude-weak-students", weak_share=0.5)
    assert found.teachers_of("sw") == ()
    svg = to_svg(lessons(found, paper=True, width=218))
    assert svg.count(f">{NOBODY}<") == 1
    assert taught_by(found) == ["en", "fr"]
    assert taught_by(some("student-student")) == list(LANGUAGES)


def test_no_matrix_where_all_learn_from_all_or_nothing_fits() -> None:
    with pytest.raises(UserError, match="every language learns from every teacher"):
        lessons(some("alsace"))
    names = tuple(f"x{i}" for i in range(60))
    p = np.full((60, 1, 2), 0.5)
    many = choose(Predictions(names, ("1",), p), "student-student")
    with pytest.raises(UserError, match="60 teachers don't fit"):
        lessons(many, paper=True, width=218)

"""Answers to prompts, kept beside a run and read again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.data.arrays import load_arrays, save_arrays
from core.data.probing import LanguageProbes, ProbingDataset
from core.data.probing_answers import ProbingAnswers
from core.errors import UserError
from core.metrics.probing import hits

EN = LanguageProbes(
    ("<mask>",) * 2, (("x", "y"), ("x", "y", "z")), ((0, 1), (0, 1, 2)), ((0,), (1, 2))
)
HI = LanguageProbes(
    ("<mask>",) * 2, (("b", "a", "b"), ("p", "q", "r")), ((1, 0, 1), (2, 1, 0)), ((1,), (0, 1))
)
DATA = ProbingDataset(
    "trial", ("0", "1"), ("g", "h"), ("KE", "US"), ((0,), (1, 2)), {"en": EN, "hi": HI}
)
SCORES = {
    "en": [np.array([1.0, 2.0]), np.array([1 / 3, 2 / 3, 0.1])],
    "hi": [np.array([1.0, 1.5, 1.0]), np.array([3.0, 1.0, 2.0])],
}


def test_what_is_saved_is_read_again(tmp_path: Path) -> None:
    answers = ProbingAnswers.of(DATA, SCORES)
    answers.save(tmp_path / "answers.npz")
    found = ProbingAnswers.load(tmp_path / "answers.npz")
    assert (found.examples, found.groups, found.regions) == (("0", "1"), ("g", "h"), ("KE", "US"))
    assert found.gold == {"en": EN.gold, "hi": HI.gold}
    for language, rows in SCORES.items():
        for row, read in zip(rows, found.scores[language], strict=True):
            np.testing.assert_array_equal(row, read)
    assert found.distinct["hi"][0].tolist() == [True, True, False]
    before, after = hits(answers), hits(found)
    assert {x: before[x].tolist() for x in before} == {x: after[x].tolist() for x in after}
    assert list(tmp_path.iterdir()) == [tmp_path / "answers.npz"]


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("sizes_0", np.array([2, 2])),
        ("gold_1", np.array([1, 0, 7])),
        ("scores_0", np.array(["a"] * 5)),
        ("examples", np.array(["0", "0"])),
        ("groups", np.array(["g"])),
    ],
)
def test_a_damaged_file_is_refused(part: str, value: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "answers.npz"
    ProbingAnswers.of(DATA, SCORES).save(path)
    save_arrays(path, load_arrays(path) | {part: value})
    with pytest.raises(UserError, match="can't be read as probing answers"):
        ProbingAnswers.load(path)

"""Questions typed in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.questions import Question, parse
from core.errors import DataError

EN = "en | The capital of Kenya is <mask>. | Nairobi, Mombasa"
SW = "sw | Mji mkuu wa Kenya ni <mask>. | Nairobi, Mombasa"


def problems(text: str) -> list[str]:
    with pytest.raises(DataError) as error:
        parse(text)
    assert "Expected, one line a language" in str(error.value)
    return list(error.value.problems)


def test_one_line_a_language() -> None:
    found = parse(f"\n  {EN}\r\n\nswh|Mji mkuu wa Kenya ni <mask>.|Nairobi ,Mombasa  \n")
    assert found == (
        Question(2, "en", "The capital of Kenya is <mask>.", ("Nairobi", "Mombasa")),
        Question(4, "sw", "Mji mkuu wa Kenya ni <mask>.", ("Nairobi", "Mombasa")),
    )
    assert found[1].name == "line 4"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["nothing is asked"]),
        (" \n\n", ["nothing is asked"]),
        ("en", ["line 1: no bars (|), two are expected"]),
        ("en | <mask>", ["line 1: 1 bar (|), two are expected"]),
        ("en | <mask> | a, b | c", ["line 1: 3 bars (|), two are expected"]),
        ("en | <mask> | a, \ud83d", ["line 1: half a character (a lone surrogate)"]),
        ("en | Here. | a, b", ["line 1: no <mask> in the prompt"]),
        ("en | | a, b", ["line 1: empty prompt"]),
        ("en | <mask> <mask> | a, b", ["line 1: 2 times <mask>, expected one"]),
        ("en | <mask> | a", ["line 1: two candidates or more are needed, there are 1"]),
        ("en | <mask> |", ["line 1: two candidates or more are needed, there are 0"]),
        ("en | <mask> | a,", ["line 1: candidate 2 is empty"]),
        ("en | <mask> | a, b, a", ["line 1: candidate 'a' stands twice"]),
        (" | <mask> | a, b", ["line 1: no language"]),
        (f"{EN}\neng_Latn | <mask> | a, b", ["line 2: en was on line 1 already"]),
        (
            f"{EN}\nsw | <mask> | a, b, c",
            ["line 2: 3 candidates, but 2 on line 1; candidates at one place mean the same"],
        ),
    ],
)
def test_each_problem_is_named(text: str, expected: list[str]) -> None:
    assert problems(text) == expected


def test_an_unknown_language_is_named() -> None:
    (found,) = problems("swahilli | <mask> | a, b")
    assert found.startswith("line 1: unknown language 'swahilli': did you mean sw (Swahili)?")


def test_another_comma_is_pointed_at() -> None:
    assert problems("zh | <mask> | 右手，左手")[1] == (
        "line 1: candidates are separated by the comma ','"
    )
    assert parse("zh | <mask> | 左、右, 中")[0].candidates == ("左、右", "中")


def test_all_problems_of_all_lines_in_their_order() -> None:
    text = f"{EN}\nxx-nowhere | none | a, a, b\n{EN.replace('<mask>', '')}"
    lines = [problem.split(":")[0] for problem in problems(text)]
    assert lines == ["line 2"] * 4 + ["line 3"] * 2


PIECES = st.sampled_from(["en", "sw", "|", " | ", "<mask>", ",", "a", "\n", "\u200b", "x y"])


@given(st.lists(PIECES, max_size=16).map("".join))
def test_anything_else_is_a_data_error(text: str) -> None:
    try:
        found = parse(text)
    except DataError:
        return
    assert len({question.language for question in found}) == len(found) > 0
    assert all(question.prompt.count("<mask>") == 1 for question in found)
    assert len({len(question.candidates) for question in found}) == 1

"""Questions typed in, one line a language: ``language | prompt with a <mask> | candidates``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from core.data.probing import MASK
from core.data.problems import Problems
from core.data.prompt_checks import question_problems
from core.errors import UserError
from core.languages import canonical
from core.quoting import quote

SOURCE = "questions"
"""What messages call the text."""
EXAMPLE = "en | The capital of Kenya is <mask>. | Nairobi, Mombasa"
REMEDY = f"Expected, one line a language: language | prompt with a {MASK} | candidates: {EXAMPLE}"
OTHER_COMMAS = "،，、"
"""Commas of other scripts; a candidate may hold them, so they separate nothing."""


@dataclass(frozen=True)
class Question:
    """What one language is asked."""

    line: int
    """Of the text, from 1."""
    language: str
    """Its key."""
    prompt: str
    """With one `MASK`."""
    candidates: tuple[str, ...]
    """Two or more, none twice; place j means the same in every language."""

    @property
    def name(self) -> str:
        """What messages call it."""
        return f"line {self.line}"


def parse(text: str) -> tuple[Question, ...]:
    """Read questions.

    Args:
        text: one line a language, of three parts separated by ``|``; candidates are separated by
            commas. Blank lines are skipped.

    Returns:
        The questions in the order of the lines, one a language, with as many candidates each.

    Raises:
        DataError: all problems of all lines.
    """
    problems = Problems(SOURCE, REMEDY)
    found: list[Question] = []
    wrong: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        by_itself, question = _read(line, number)
        wrong += [(number, problem) for problem in by_itself]
        found += [question] if question else []
    wrong += _contradictions(found)
    for number, problem in sorted(wrong, key=lambda pair: pair[0]):
        problems.add(f"line {number}: {problem}")
    if not found and not problems:
        problems.add("nothing is asked")
    problems.raise_if_any()
    return tuple(found)


def _read(line: str, number: int) -> tuple[list[str], Question | None]:
    """What is wrong with a line by itself, and its question where it has three parts."""
    if any("\ud800" <= character <= "\udfff" for character in line):
        return ["half a character (a lone surrogate)"], None
    parts = [part.strip() for part in line.split("|")]
    if len(parts) != 3:
        count = len(parts) - 1
        return [f"{count or 'no'} {'bar' if count == 1 else 'bars'} (|), two are expected"], None
    language, prompt, listed = parts
    candidates = tuple(text.strip() for text in listed.split(",")) if listed else ()
    wrong = question_problems(prompt, candidates)
    if len(candidates) < 2 and any(mark in listed for mark in OTHER_COMMAS):
        wrong.append("candidates are separated by the comma ','")
    twice = [text for text, count in Counter(candidates).items() if count > 1 and text]
    wrong += [f"candidate '{quote(text)}' stands twice" for text in twice]
    key = ""
    try:
        key = canonical(language) if language else ""
        wrong += [] if language else ["no language"]
    except UserError as error:
        wrong.append(str(error))
    return wrong, Question(number, key, prompt, candidates)


def _contradictions(questions: Sequence[Question]) -> list[tuple[int, str]]:
    """By line: a language that stands there again, more or fewer candidates than before."""
    found = []
    lines: dict[str, int] = {}
    counted: Question | None = None
    for question in questions:
        language, line, count = question.language, question.line, len(question.candidates)
        if language and lines.setdefault(language, line) != line:
            found.append((line, f"{language} was on line {lines[language]} already"))
        if count < 2:
            continue  # said by itself
        counted = counted or question
        if count != len(counted.candidates):
            found.append(
                (
                    line,
                    f"{count} candidates, but {len(counted.candidates)} on line {counted.line}; "
                    "candidates at one place mean the same",
                )
            )
    return found

"""Right answers and anybody's predictions, as texts by question id: what is scored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.data.formats import read_json
from core.data.problems import Problems
from core.data.qa.squad_file import RawQuestion, identifier, read_raw
from core.quoting import quote

GOLD = "Expected: a file in SQuAD's format, every question with an id and answers."
PREDICTIONS = 'Expected: one JSON object, {"question id": "answer", ...}.'


def read_golds(path: Path) -> dict[str, tuple[str, ...]]:
    """The right answers of a file in SQuAD's format.

    Only texts are compared, so it does not matter where the answers say they start.

    Args:
        path: json or jsonl, as `core.data.qa.squad_file.read` takes it.

    Returns:
        question id -> one or more texts.

    Raises:
        DataError: all problems of the file.
    """
    problems = Problems(path.name, GOLD)
    questions = read_raw(path, problems)
    golds = {name: texts for q in questions if (name := identifier(q.id)) and (texts := _texts(q))}
    problems.add_kind(_problems_of(questions))
    if not questions and not problems:
        problems.add(f"{path.name} holds no questions")
    problems.raise_if_any()
    return golds


def read_answers(path: Path) -> dict[str, str]:
    """A predictions file: question id -> the answer given; an empty text is one.

    Raises:
        DataError: all problems of the file.
    """
    problems = Problems(path.name, PREDICTIONS)
    content = read_json(path, problems, unique=True)
    if not problems and not isinstance(content, dict):
        problems.add(f"it holds {_kind(content)}, no object")
    problems.raise_if_any()
    problems.add_kind(
        f"the answer to {quote(name)} is {_kind(answer)}, no text"
        for name, answer in content.items()
        if not isinstance(answer, str)
    )
    problems.raise_if_any()
    return dict(content)


def _texts(question: RawQuestion) -> tuple[str, ...] | None:
    """The texts of a question's answers; None if it has none, or one is no text."""
    answers = question.answers if isinstance(question.answers, list) else []
    texts = [answer.get("text") if isinstance(answer, dict) else None for answer in answers]
    kept = tuple(text for text in texts if isinstance(text, str))
    return kept if kept and len(kept) == len(texts) else None


def _problems_of(questions: Sequence[RawQuestion]) -> list[str]:
    """Questions without an id or answers, and ids that stand twice."""
    names = [identifier(question.id) for question in questions]
    found = []
    for question, name in zip(questions, names, strict=True):
        if name is None:
            found.append(f"{question.where}: no id")
        elif _texts(question) is None:
            found.append(f"question {quote(name)}: no answers, or one without a text")
    counts = Counter(name for name in names if name)
    return found + [f"id {quote(name)} stands {n} times" for name, n in counts.items() if n > 1]


def _kind(value: Any) -> str:
    """What a JSON value is, in words."""
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return "null" if value is None else kinds.get(type(value), "a number")

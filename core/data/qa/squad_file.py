"""Files in SQuAD's format (v1.1), nested json or flat jsonl, as questions that were checked.

Public files have faults of their own. A start that is written as text is read as a number, and
white space around an answer is left off. An answer that does not stand at its start is left out,
and a question with it only where no other answer is left; if that concerns more than 1 % of a
file's answers, the file is refused.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.data.formats import read_json, read_objects
from core.data.problems import Problems
from core.data.qa.dataset import Answer
from core.quoting import quote

TOLERATED = 0.01
"""Up to this share of a file's answers may not stand at their start."""
SUFFIXES = (".json", ".jsonl")
_SURROGATE = re.compile("[\\ud800-\\udfff]")


@dataclass(frozen=True)
class RawQuestion:
    """A question as a file has it; nothing is checked."""

    where: str
    """Its place, for messages about a question without an id."""
    id: Any
    title: Any
    context: Any
    question: Any
    answers: Any
    """A list of objects with ``text`` and ``answer_start``."""


@dataclass(frozen=True)
class QaRow:
    """A question that can be used."""

    id: str
    title: str
    """Of the article; empty where the file has none."""
    context: str
    question: str
    answers: tuple[Answer, ...]
    """One or more, each at its start."""


@dataclass
class QaTable:
    """The questions of one file, or of one language of it."""

    file: str
    """Name of the file, for messages."""
    rows: list[QaRow] = field(default_factory=list)
    misplaced: list[str] = field(default_factory=list)
    """The id of its question for each answer that is not at its start."""
    lost: set[str] = field(default_factory=set)
    """Ids of questions that have no other answer."""
    wrong: set[str] = field(default_factory=set)
    """Ids of questions that are problems themselves."""

    @property
    def answers(self) -> int:
        """Answers in the file, the misplaced ones too."""
        return sum(len(row.answers) for row in self.rows) + len(self.misplaced)


def read(path: Path, problems: Problems) -> QaTable:
    """The questions of one file.

    Args:
        path: nested json (``data``, ``paragraphs``, ``qas``), or jsonl with one flat question a
            line (``id``, ``context``, ``question``, ``answers`` with lists ``text`` and
            ``answer_start``, perhaps ``title``), as the hub has them.
        problems: everything wrong with the file is added, each with the question's id.
    """
    return check(path.name, read_raw(path, problems), problems)


def read_raw(path: Path, problems: Problems) -> list[RawQuestion]:
    """The questions of one file as they are (see `read`); only its form is checked."""
    if path.suffix == ".jsonl":
        rows, numbers = read_objects(path, problems)
        return [flat(row, f"line {n}") for row, n in zip(rows, numbers, strict=True)]
    return list(_nested(read_json(path, problems), path.name, problems))


def check(file: str, raw: Iterable[RawQuestion], problems: Problems) -> QaTable:
    """The questions that can be used.

    Args:
        file: its name, for messages.
        raw: as the file has them.
        problems: missing or empty parts, ids that stand twice, and the misplaced answers of a file
            that has too many of them are added.
    """
    table = QaTable(file)
    found: list[str] = []
    seen: Counter[str] = Counter()
    for question in raw:
        name = identifier(question.id)
        row = _row(question, name, table, found)
        if row is not None:
            table.rows.append(row)
        seen[name or ""] += 1
    found += [
        f"{file} question {quote(name)}: the id stands {count} times"
        for name, count in seen.items()
        if name and count > 1
    ]
    if len(table.misplaced) > TOLERATED * table.answers:
        found.append(
            f"{file}: {len(table.misplaced):,} of {table.answers:,} answers are not at their "
            f"answer_start; up to {TOLERATED:.0%} would be left out. They are those of:"
        )
        found += [f"{file} question {quote(name)}" for name in table.misplaced]
    problems.found.extend(found)
    if not seen and not any(problem.startswith(file) for problem in problems.found):
        problems.add(f"{file} holds no questions")
    return table


def flat(row: Mapping[str, Any], where: str) -> RawQuestion:
    """A question whose answers are two lists, as the hub has it."""
    answers = row.get("answers")
    if isinstance(answers, Mapping):
        texts, starts = answers.get("text"), answers.get("answer_start")
        if isinstance(texts, list) and isinstance(starts, list) and len(texts) == len(starts):
            answers = [
                {"text": text, "answer_start": start}
                for text, start in zip(texts, starts, strict=True)
            ]
    title, context, question = (row.get(name) for name in ("title", "context", "question"))
    return RawQuestion(where, row.get("id"), title, context, question, answers)


def _nested(content: Any, file: str, problems: Problems) -> Iterator[RawQuestion]:
    """The questions of a whole file; parts of another form are problems."""
    if content is None:
        return
    if not isinstance(content, dict) or not isinstance(content.get("data"), list):
        problems.add(f'{file} is not in SQuAD\'s format: it has no list "data"')
        return
    for a, article in enumerate(content["data"], start=1):
        place = f"article {a}"
        for p, paragraph in enumerate(_list(article, "paragraphs", file, place, problems), start=1):
            part = f"{place}, paragraph {p}"
            for q, asked in enumerate(_list(paragraph, "qas", file, part, problems), start=1):
                where = f"{part}, question {q}"
                if isinstance(asked, dict):
                    own = (asked.get("question"), asked.get("answers"))
                    title, context = article.get("title"), paragraph.get("context")
                    yield RawQuestion(where, asked.get("id"), title, context, *own)
                else:
                    problems.add(f"{file} {where}: no JSON object")


def _list(holder: Any, name: str, file: str, where: str, problems: Problems) -> list[Any]:
    """A list in a JSON object; anything else is a problem."""
    found = holder.get(name) if isinstance(holder, dict) else None
    if isinstance(found, list):
        return found
    problems.add(f'{file} {where}: no list "{name}"')
    return []


def identifier(value: Any) -> str | None:
    """A question's id as text (some files write numbers), or None."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value.strip() else None


def _row(raw: RawQuestion, name: str | None, table: QaTable, found: list[str]) -> QaRow | None:
    """A question with its answers at their starts, or None with what is wrong."""
    where = f"{table.file} {raw.where}" if name is None else f"{table.file} question {quote(name)}"
    wrong = [] if name else ["no id"]
    wrong += [w for part in ("context", "question") if (w := _text(getattr(raw, part), part))]
    answers = raw.answers if isinstance(raw.answers, list) else []
    if not answers:
        uneven = "the answers are no list, or lists that do not match"
        wrong.append("no answer" if raw.answers in (None, []) else uneven)
    read = [_answer(answer) for answer in answers]
    wrong += dict.fromkeys(answer for answer in read if isinstance(answer, str))
    found += [f"{where}: {problem}" for problem in wrong]
    if name is None:
        return None
    if wrong:
        table.wrong.add(name)
        return None
    right = [a for a in read if isinstance(a, Answer) and raw.context.startswith(a.text, a.start)]
    table.misplaced += [name] * (len(read) - len(right))
    if not right:
        table.lost.add(name)
        return None
    title = raw.title.strip() if isinstance(raw.title, str) else ""
    return QaRow(name, title, raw.context, raw.question, tuple(map(_stripped, right)))


def _text(value: Any, name: str) -> str | None:
    """What is wrong with a text, if anything."""
    if value is None:
        return f"no {name}"
    if not isinstance(value, str):
        return f"the {name} is no text"
    if _SURROGATE.search(value):
        return f"the {name} holds half a character (a lone surrogate)"
    return None if value.strip() else f"the {name} is empty"


def _answer(value: Any) -> Answer | str:
    """An answer as written, or what is wrong with it."""
    if not isinstance(value, dict):
        return "an answer is no JSON object"
    if wrong := _text(value.get("text"), "text of an answer"):
        return wrong
    start = value.get("answer_start")
    if isinstance(start, str) and start.strip().isdecimal():
        start = int(start)
    if not isinstance(start, int) or isinstance(start, bool) or start < 0:
        return f"the answer_start of an answer is no number from 0 ({quote(start)})"
    return Answer(value["text"], start)


def _stripped(answer: Answer) -> Answer:
    """The answer without the white space around it."""
    kept = answer.text.strip()
    return Answer(kept, answer.start + answer.text.index(kept))

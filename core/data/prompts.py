"""A user's own probing prompts: jsonl, one object per example and language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.data.formats import read_objects
from core.data.probing import MASK, LanguageProbes, ProbingDataset
from core.data.problems import Problems
from core.data.prompt_checks import prompt_problems
from core.errors import UserError
from core.languages import canonical, match_codes

NEEDED = ("language", "prompt", "candidates", "gold")
TEXTS = ("language", "prompt", "id", "group", "region", "countryless")
LISTS = ("candidates", "gold")
REMEDY = (
    f"Expected, on every line: language, prompt (with one {MASK}), candidates (a list; place j "
    "means the same in every language), gold (one of them or a list); if you like, id, group, "
    "region and countryless (the prompt without the region, for calibration)."
)


@dataclass(frozen=True)
class Row:
    """One line of the file."""

    line: int
    language: str
    """The code as written."""
    prompt: str
    candidates: tuple[str, ...]
    gold: tuple[str, ...]
    id: str = ""
    group: str = ""
    region: str = ""
    countryless: str = ""

    def right(self) -> tuple[int, ...]:
        """The right candidates by their places, ascending."""
        return tuple(sorted(self.candidates.index(text) for text in self.gold))


Examples = dict[str, Row]
"""Example id -> its row, in one language."""


def load(path: Path, languages: Sequence[str] | None = None) -> ProbingDataset:
    """Read a file of prompts.

    Rows of different languages belong to the same example if they have the same ``id``; in a file
    without ids, the k-th prompt of every language is example k. Candidates are aligned by their
    place. An example without a group is its own.

    Args:
        path: the file.
        languages: which ones, by any code; all by default.

    Raises:
        DataError: all problems of the file, with line numbers.
        UserError: a language is not there.
    """
    problems = Problems(path.name, REMEDY)
    objects, numbers = read_objects(path, problems)
    rows = []
    broken: list[str] = []
    for record, number in zip(objects, numbers, strict=True):
        found, row = _row(record, number)
        broken += [f"{path.name} line {number}: {problem}" for problem in found]
        rows += [row] if row else []
    problems.add_kind(broken)
    if not objects and not problems:
        problems.add("no prompts")
    _check_all_or_none(rows, problems)
    problems.raise_if_any()
    codes = match_codes({row.language for row in rows}, languages, path.name)
    examples = {
        key: _examples([row for row in rows if row.language == code], problems)
        for key, code in codes.items()
    }
    _check_aligned(examples, problems)
    problems.raise_if_any()
    return _build(path, examples)


def _row(record: Mapping[str, Any], number: int) -> tuple[list[str], Row | None]:
    """What is wrong with a line, and its row if that could be made."""
    if missing := [key for key in NEEDED if record.get(key) in (None, "", [])]:
        return [f"no {', '.join(missing)}"], None
    texts: dict[str, str] = {}
    for key in TEXTS:
        value = record.get(key)
        if isinstance(value, list | dict | bool):
            return [f"{key} is no text"], None
        texts[key] = "" if value is None else str(value)
    lists: dict[str, tuple[str, ...]] = {}
    for key in LISTS:
        value = record[key]
        entries = [value] if key == "gold" and isinstance(value, str) else value
        if not isinstance(entries, list) or not all(isinstance(text, str) for text in entries):
            return [f"{key} is no list of texts"], None
        lists[key] = tuple(entries)
    row = Row(line=number, candidates=lists["candidates"], gold=lists["gold"], **texts)
    try:
        "".join((*texts.values(), *row.candidates, *row.gold)).encode()
    except UnicodeEncodeError:
        return ["half a character (a lone surrogate)"], None
    return _row_problems(row), row


def _row_problems(row: Row) -> list[str]:
    """Problems a line has by itself."""
    found = prompt_problems(row.prompt, row.candidates, row.gold)
    if twice := [text for text, count in Counter(row.candidates).items() if count > 1]:
        found.append(f"candidate {twice[0]!r} stands twice")
    if row.countryless and row.countryless.count(MASK) != 1:
        found.append(f"countryless needs one {MASK}, it has {row.countryless.count(MASK)}")
    try:
        canonical(row.language)
    except UserError as error:
        found.append(str(error))
    return found


def _check_all_or_none(rows: Sequence[Row], problems: Problems) -> None:
    """What is optional is given on every line or on none."""
    for key in ("id", "group", "region", "countryless"):
        without = [row.line for row in rows if not getattr(row, key)]
        if without and len(without) < len(rows):
            problems.add(
                f"{problems.source} line {without[0]}: no {key}, but other lines have one "
                f"({len(without):,} of {len(rows):,} lines lack it)"
            )


def _examples(rows: Sequence[Row], problems: Problems) -> Examples:
    """The rows of one language by example; an id or a prompt there before is a problem."""
    found: Examples = {}
    prompts: dict[str, int] = {}
    twice = []
    for place, row in enumerate(rows, start=1):
        key = row.id or str(place)
        if key in found:
            twice.append(f"line {row.line}: id {key!r} was on line {found[key].line} already")
        elif row.prompt in prompts:
            twice.append(f"line {row.line}: the prompt of line {prompts[row.prompt]} again")
        found.setdefault(key, row)
        prompts.setdefault(row.prompt, row.line)
    problems.add_kind(f"{problems.source} {text} ({rows[0].language})" for text in twice)
    return found


def _check_aligned(examples: Mapping[str, Examples], problems: Problems) -> None:
    """Every example stands in every language, with as many candidates and the same answers."""
    pivot, first = next(iter(examples.items()))
    for language, rows in examples.items():
        for one, other, where in ((first, rows, language), (rows, first, pivot)):
            problems.add_kind(
                f"{problems.source} line {row.line}: example {key} has no row in {where}"
                for key, row in one.items()
                if key not in other
            )
        pairs = [(first[key], row) for key, row in rows.items() if key in first]
        problems.add_kind(
            f"{problems.source} line {row.line}: {difference}"
            for one, row in pairs
            if (difference := _difference(one, row))
        )


def _difference(one: Row, other: Row) -> str | None:
    """How two rows of one example contradict each other."""
    if len(other.candidates) != len(one.candidates):
        return (
            f"{len(other.candidates)} candidates in {other.language}, but {len(one.candidates)} "
            f"in {one.language} (line {one.line})"
        )
    if other.right() != one.right():
        places = ", ".join(str(place + 1) for place in other.right())
        usual = ", ".join(str(place + 1) for place in one.right())
        return (
            f"gold is candidate {places} in {other.language}, but {usual} in {one.language} "
            f"(line {one.line})"
        )
    for key in ("group", "region"):
        here, there = getattr(other, key), getattr(one, key)
        if here != there:
            return f"{key} {here!r}, but {there!r} in {one.language} (line {one.line})"
    return None


def _build(path: Path, examples: Mapping[str, Examples]) -> ProbingDataset:
    """The dataset of checked rows, in the first language's order."""
    first = next(iter(examples.values()))
    probes = {}
    for language, rows in examples.items():
        ordered = [rows[key] for key in first]
        probes[language] = LanguageProbes(
            prompts=tuple(row.prompt for row in ordered),
            candidates=tuple(row.candidates for row in ordered),
            classes=tuple(tuple(range(len(row.candidates))) for row in ordered),
            gold=tuple(row.right() for row in ordered),
            countryless=tuple(row.countryless for row in ordered if row.countryless),
            names=tuple(f"{path.name} line {row.line}" for row in ordered),
        )
    return ProbingDataset(
        name=path.stem,
        example_ids=tuple(first),
        groups=tuple(row.group or key for key, row in first.items()),
        regions=tuple(row.region for row in first.values() if row.region),
        gold=tuple(row.right() for row in first.values()),
        probes=probes,
        source={
            language: next(iter(rows.values())).language for language, rows in examples.items()
        },
    )

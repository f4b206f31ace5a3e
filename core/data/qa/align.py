"""Tables of questions in several languages, put together by question id."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence

from core.data.problems import Problems
from core.data.qa.dataset import LanguageQa, QaDataset
from core.data.qa.squad_file import QaRow, QaTable
from core.languages import match_codes
from core.quoting import quote


def align(
    name: str,
    tables: Mapping[str, QaTable],
    problems: Problems,
    *,
    complete: bool = True,
    source: Mapping[str, str] | None = None,
) -> QaDataset:
    """One item per question id, in the order of the first language, then of the others.

    Args:
        name: of the dataset.
        tables: language -> its questions.
        problems: every question that a language lacks is added, where none may.
        complete: whether every language must have every question. A question whose answers were
            all misplaced in one language is then left out in all of them.
        source: what to keep with the dataset; counts of what was left out are added.

    Returns:
        The dataset; of no use if problems were added.
    """
    by_id = {language: {row.id: row for row in t.rows} for language, t in tables.items()}
    everything = dict.fromkeys(item for rows in by_id.values() for item in rows)
    if complete:
        problems.found.extend(_missing(tables, by_id))
        away = {item for table in tables.values() for item in table.lost}
        everything = {item: None for item in everything if item not in away}
    ids = tuple(everything)
    return QaDataset(
        name=name,
        ids=ids,
        clusters=_articles([[rows.get(item) for rows in by_id.values()] for item in ids]),
        sides={language: _side(ids, rows) for language, rows in by_id.items()},
        source={**(source or {}), **_left_out(tables)},
    )


def by_language(
    tables: Sequence[QaTable],
    language_of: Callable[[str], str | None],
    languages: Sequence[str] | None,
    where: str,
    problems: Problems,
) -> dict[str, QaTable]:
    """The questions of files that hold several languages, by language.

    Args:
        tables: what the files hold.
        language_of: id of a question -> its language.
        languages: which ones, by any code; all by default.
        where: the files' place, for messages.
        problems: ids that name no language are added.
    """
    found: dict[str, QaTable] = {}
    for table in tables:
        known = {}
        for identifier in [*(row.id for row in table.rows), *table.misplaced]:
            known[identifier] = language = language_of(identifier)
            if language is None:
                problems.add(f"{table.file} question {identifier}: its id names no language")
            else:
                found.setdefault(language, QaTable(table.file))
        for language, part in found.items():
            part.rows += [row for row in table.rows if known[row.id] == language]
            part.misplaced += [item for item in table.misplaced if known[item] == language]
            part.lost |= {item for item in table.lost if known[item] == language}
    if not found:
        return {}
    return {key: found[code] for key, code in match_codes(found, languages, where).items()}


def _missing(tables: Mapping[str, QaTable], by_id: Mapping[str, Mapping[str, QaRow]]) -> list[str]:
    """The questions each file lacks and another one has."""
    holder: dict[str, str] = {}
    for language, rows in by_id.items():
        for item in rows:
            holder.setdefault(item, tables[language].file)
    return [
        f"{table.file} question {quote(item)}: missing; {file} has it"
        for language, table in tables.items()
        for item, file in holder.items()
        if item not in by_id[language] and item not in table.lost | table.wrong
    ]


def _side(ids: Iterable[str], rows: Mapping[str, QaRow]) -> LanguageQa:
    """One language's texts; None where it lacks the item."""
    found = [rows.get(item) for item in ids]
    return LanguageQa(
        questions=tuple(row.question if row else None for row in found),
        contexts=tuple(row.context if row else None for row in found),
        answers=tuple(row.answers if row else () for row in found),
    )


def _articles(items: list[list[QaRow | None]]) -> tuple[str, ...]:
    """Per item its article: items that share a title or a context, in any language, share it.

    Files repeat a context under another title, and name an article in the language of the file.
    """
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        parent.setdefault(key, key)
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    firsts = []
    for rows in items:
        keys = [key for row in rows if row for key in _keys(row)]
        firsts.append(keys[0])
        for key in keys[1:]:
            parent[root(key)] = root(keys[0])
    names: dict[str, str] = {}
    for key in firsts:
        names.setdefault(root(key), key[1:])
    return tuple(names[root(key)] for key in firsts)


def _keys(row: QaRow) -> list[str]:
    """Title, where there is one, and context, told apart by their first letter."""
    text = " ".join(row.context.split())
    context = "c" + hashlib.sha256(text.encode()).hexdigest()[:12]
    return [f"t{row.title}", context] if row.title else [context]


def _left_out(tables: Mapping[str, QaTable]) -> dict[str, str]:
    """Counts and ids of the answers that are not at their start."""
    wrong = [table for table in tables.values() if table.misplaced]
    if not wrong:
        return {}
    count = sum(len(table.misplaced) for table in wrong)
    total = sum(table.answers for table in tables.values())
    listed = "; ".join(f"{table.file}: {', '.join(table.misplaced)}" for table in wrong)
    lost = len({item for table in wrong for item in table.lost})
    return {
        "answers_left_out": str(count),
        "questions_left_out": str(lost),
        "left_out": listed,
        "note": f"{count:,} of {total:,} answers are not at their answer_start and were left out, "
        f"and with them {lost:,} questions that have no other: {listed}",
    }

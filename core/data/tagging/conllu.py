"""CoNLL-U, the format of Universal Dependencies: words with their universal part of speech."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from core.data.compressed import plain_name
from core.data.problems import Problems, read_lines
from core.data.tagging.dataset import TaggedSentences
from core.quoting import quote

UPOS = (
    "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN",
    "PUNCT", "SCONJ", "SYM", "VERB", "X",
)  # fmt: skip
"""The 17 universal parts of speech (https://universaldependencies.org/u/pos/)."""
COLUMNS = 10
_NAME = re.compile(
    r"(?P<treebank>(?P<language>[a-z]{2,3})(?:_[a-z0-9]+)?)(?:-ud)?-(?P<split>train|dev|test)"
    r"(?:-[a-z0-9-]+)?\.conllu"
)
_WORD, _BESIDE = re.compile(r"[1-9][0-9]*"), re.compile(r"[0-9]+[-.][0-9]+")
_SENT_ID = re.compile(r"#\s*sent_id\s*=\s*(\S.*)")


@dataclass(frozen=True)
class FileName:
    """What the name of a treebank's file says."""

    language: str
    """Its code, as the treebank writes it."""
    treebank: str
    """E.g. ``en_ewt``."""
    split: str


def parse_name(path: Path) -> FileName | None:
    """``en_ewt-ud-train.conllu.xz`` -> en, en_ewt, train; None for a file named otherwise."""
    match = _NAME.fullmatch(plain_name(path.name))
    return FileName(match["language"], match["treebank"], match["split"]) if match else None


@dataclass
class _Sentence:
    """What was read of the sentence so far."""

    name: str = ""
    words: list[str] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)


def read_conllu(path: Path, treebank: str, problems: Problems) -> TaggedSentences:
    """The sentences of one file.

    Syntactic words are read; the lines of multiword tokens (``3-4``), whose words follow, and of
    empty nodes (``5.1``) are not. Ids are ``treebank/sent_id``, or the number of the sentence in
    its file where it has none.

    Args:
        path: a ``.conllu``, perhaps packed.
        treebank: before the ids.
        problems: gets all problems of the file, with their line numbers.
    """
    wrong: list[str] = []
    done: list[_Sentence] = []
    current = _Sentence()
    seen: dict[str, int] = {}
    for number, line in enumerate([*read_lines(path, problems), ""], start=1):
        if line.startswith("#"):
            if found := _SENT_ID.match(line):
                current.name = found[1].strip()
                first = seen.setdefault(current.name, number)
                if first != number:
                    wrong.append(f"line {number}: sent_id {quote(current.name)} as on line {first}")
        elif line.strip():
            if problem := _read_word(line, current):
                wrong.append(f"line {number}: {problem}")
        else:
            done += [current] if current.words else []
            current = _Sentence()
    problems.add_kind(f"{path.name} {problem}" for problem in wrong)
    names = [sentence.name or f"{path.name}:{n}" for n, sentence in enumerate(done, start=1)]
    return TaggedSentences(
        ids=tuple(f"{treebank}/{name}" for name in names),
        words=tuple(tuple(sentence.words) for sentence in done),
        tags=tuple(tuple(sentence.tags) for sentence in done),
    )


def _read_word(line: str, sentence: _Sentence) -> str | None:
    """Add the word of a line to its sentence; what is wrong with it, if anything."""
    cells = line.split("\t")
    if len(cells) != COLUMNS:
        return f"{len(cells)} column{'s' * (len(cells) != 1)}, {COLUMNS} separated by tabs expected"
    place, form, tag = cells[0], cells[1], cells[3]
    if _BESIDE.fullmatch(place):
        return None
    expected = len(sentence.words) + 1
    sentence.words.append(form.strip())
    sentence.tags.append(UPOS.index(tag) if tag in UPOS else 0)
    if not _WORD.fullmatch(place) or int(place) != expected:
        return f"word id {quote(place)}, {expected} expected (1, 2, ... in every sentence)"
    if not form.strip():
        return "no word in the column FORM"
    if tag not in UPOS:
        return f"tag {quote(tag)} is none of the 17 of UPOS ({', '.join(UPOS)})"
    return None

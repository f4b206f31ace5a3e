"""WikiANN (Pan et al. 2017; splits of Rahimi et al. 2019): words with names of three kinds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.data.compressed import plain_name
from core.data.problems import Problems, read_lines
from core.data.tagging.dataset import SPLITS, TaggedSentences
from core.errors import UserError
from core.quoting import quote

TAGS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")
"""In the order in which the hub's copy counts them."""
HUB_ID = "unimelb-nlp/wikiann"
HUB_SPLITS = {"train": "train", "validation": "dev", "test": "test"}
COLUMNS = ("tokens", "ner_tags")
SPLIT = "|".join(SPLITS)
_IN_FOLDER = re.compile(rf"({SPLIT})(?:\.(?:txt|tsv|conll|bio))?")
_NAMES = (
    re.compile(rf"(?P<split>{SPLIT})-(?P<language>[A-Za-z-]+)\.(?:txt|tsv|conll|bio)"),
    re.compile(rf"(?P<language>[A-Za-z-]+)-(?P<split>{SPLIT})\.(?:txt|tsv|conll|bio)"),
)


def parse_name(path: Path) -> tuple[str, str] | None:
    """(language, split) of ``en/train``, ``train-en.tsv`` or ``en-train.txt``, else None."""
    name = plain_name(path.name)
    if found := _IN_FOLDER.fullmatch(name):
        return path.parent.name, found[1]
    matches = (pattern.fullmatch(name) for pattern in _NAMES)
    return next(((found["language"], found["split"]) for found in matches if found), None)


def read_wikiann(path: Path, language: str, split: str, problems: Problems) -> TaggedSentences:
    """The sentences of one file: a word and its tag a line, a blank line after each sentence.

    The language before each word (``en:``) is taken off, where the file has it. Ids are
    ``en/train/17``.

    Args:
        path: perhaps packed.
        language: its code in the prefixes.
        split: for the ids.
        problems: gets all problems of the file, with their line numbers.
    """
    name = "/".join(path.parts[-2:])
    wrong: list[str] = []
    sentences: list[list[tuple[str, int]]] = [[]]
    lines = read_lines(path, problems, name)
    prefix = f"{language}:" if any(line.startswith(f"{language}:") for line in lines) else ""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            sentences.append([])
            continue
        problem, word = _word(line, prefix)
        sentences[-1].append(word)
        wrong += [f"{name} line {number}: {problem}"] if problem else []
    problems.add_kind(wrong)
    kept = [sentence for sentence in sentences if sentence]
    return TaggedSentences(
        ids=tuple(f"{language}/{split}/{i}" for i in range(1, len(kept) + 1)),
        words=tuple(tuple(word for word, _ in sentence) for sentence in kept),
        tags=tuple(tuple(tag for _, tag in sentence) for sentence in kept),
    )


def _word(line: str, prefix: str) -> tuple[str | None, tuple[str, int]]:
    """What is wrong with a line, if anything, and its word and tag."""
    cells = line.split("\t")
    if len(cells) != 2:
        count = f"{len(cells)} column{'s' * (len(cells) != 1)}"
        return f"{count}, a word and its tag separated by a tab expected", ("", 0)
    text, tag = cells[0], cells[1].strip()
    if tag not in TAGS:
        return f"tag {quote(tag)} is none of {', '.join(TAGS)}", (text, 0)
    if not text.startswith(prefix):
        return f"{quote(text)} does not begin with {prefix}, as other words do", (text, 0)
    return None, (text.removeprefix(prefix), TAGS.index(tag))


def from_rows(rows: Any, language: str, split: str, where: str) -> TaggedSentences:
    """The sentences of one split of the hub's copy.

    Raises:
        UserError: it has other columns or tags.
    """
    if missing := set(COLUMNS) - set(rows.column_names):
        raise UserError(
            f"{where}: no column {', '.join(sorted(missing))}; there are "
            f"{', '.join(rows.column_names)}"
        )
    words, tags = rows["tokens"], rows["ner_tags"]
    if any(not 0 <= tag < len(TAGS) for sentence in tags for tag in sentence):
        raise UserError(f"{where}: other tags than {', '.join(TAGS)}")
    kept = [i for i, sentence in enumerate(words) if len(sentence)]
    return TaggedSentences(
        ids=tuple(f"{language}/{split}/{i + 1}" for i in kept),
        words=tuple(tuple(map(str, words[i])) for i in kept),
        tags=tuple(tuple(map(int, tags[i])) for i in kept),
    )


def of_hub(loaded: Mapping[str, Any], language: str, where: str) -> dict[str, TaggedSentences]:
    """The splits of one configuration of the hub's copy."""
    return {
        ours: from_rows(loaded[theirs], language, ours, f"{where}/{theirs}")
        for theirs, ours in HUB_SPLITS.items()
        if theirs in loaded
    }

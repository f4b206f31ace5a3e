"""Small treebanks and WikiANN files, written as the public ones are."""

from __future__ import annotations

import gzip
import lzma
from collections.abc import Sequence
from pathlib import Path

Words = Sequence[tuple[str, str]]


def conllu(sentences: Sequence[Words], ids: bool = True) -> str:
    """Sentences of (word, tag) in ten columns."""
    lines = []
    for number, sentence in enumerate(sentences, start=1):
        lines += [f"# sent_id = s{number}"] if ids else []
        lines += [
            f"{place}\t{word}\t_\t{tag}\t_\t_\t0\t_\t_\t_"
            for place, (word, tag) in enumerate(sentence, start=1)
        ]
        lines.append("")
    return "\n".join(lines) + "\n"


def wikiann(sentences: Sequence[Words], language: str = "") -> str:
    """Sentences of (word, tag), a prefix before each word where a language is given."""
    prefix = f"{language}:" if language else ""
    return "\n".join("".join(f"{prefix}{w}\t{t}\n" for w, t in rows) for rows in sentences)


def write(path: Path, text: str) -> Path:
    """The text, packed as the name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    raw = text.encode()
    packed = {".xz": lzma.compress, ".gz": gzip.compress}.get(path.suffix)
    path.write_bytes(packed(raw) if packed else raw)
    return path

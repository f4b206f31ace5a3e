"""Small benchmark files of our own, in the public formats."""

import json
from collections.abc import Mapping
from pathlib import Path

from core.data.geomlama_alignment import COUNTRIES, LANGUAGES, alignment
from core.data.sib200 import CLASS_NAMES

WORDS = {"en": "It is", "fr": "C'est", "sw": "Ni"}
FLORES = {"en": "eng_Latn", "fr": "fra_Latn", "sw": "swh_Latn"}


def write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def sib(folder: Path, sizes: Mapping[str, int] | None = None) -> Path:
    sizes = sizes or {"train": 21, "dev": 4, "test": 6}
    for language, code in FLORES.items():
        start = 0
        for split, size in sizes.items():
            rows = ["index_id\tcategory\ttext"]
            for i in range(start, start + size):
                rows.append(f"{i}\t{CLASS_NAMES[i % 7]}\t{WORDS[language]} {i}.")
            write(folder / code / f"{split}.tsv", "\n".join(rows) + "\n")
            start += size
    return folder


def xnli(folder: Path, sizes: Mapping[str, int] | None = None) -> Path:
    labels = ("neutral", "contradiction", "entailment")
    for split, size in (sizes or {"train": 12, "dev": 6}).items():
        for language, word in WORDS.items():
            rows = [
                {
                    "id": i,
                    "premise": f"{word} {split} {i // 3}.",
                    "hypothesis": f"{word} {split} {i}?",
                    "label": labels[i % 3],
                }
                for i in range(size)
            ]
            lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            write(folder / f"{split}.{language}.jsonl", lines)
    return folder


def pawsx(folder: Path) -> Path:
    for language, word in WORDS.items():
        train = "train.tsv" if language == "en" else "translated_train.tsv"
        for file, size in ((train, 8), ("dev_2k.tsv", 6), ("test_2k.tsv", 6)):
            rows = ["id\tsentence1\tsentence2\tlabel"]
            rows += [f'{i}\t{word} "{file[:3]} {i}\tNot {word} {i}\t{i % 2}' for i in range(size)]
            write(folder / language / file, "\n".join(rows) + "\n")
    return folder


def lines(folder: Path, count: int = 10) -> Path:
    for language, code in {"en": "eng-US", "zh": "zho-CN", "sw": "swa"}.items():
        text = "".join(f"{language} line {i}\r\n" for i in range(1, count + 1))
        write(folder / f"{code}.txt", text)
    return folder


def geomlama(folder: Path) -> Path:
    """GeoMLAMA's format with words of our own; candidates stand in each language's own order."""
    for language in LANGUAGES:
        rows = ["Prompt\tCorresponding Questions\tAns\tCandidate Ans\tContext"]
        paraphrases = []
        for g, group in enumerate(alignment()):
            classes = group.classes[language]
            # The second of two candidates of one class has its own word, except the listed twice.
            words = [f"{language}{g}c{k}" for k in classes]
            if language != "hi":
                words = [w + "b" * words[:i].count(w) for i, w in enumerate(words)]
            for c, country in enumerate(COUNTRIES):
                gold = group.gold[c]
                if language in group.exchanged:
                    gold = tuple(set(classes) - set(gold))
                answers = ", ".join(words[classes.index(k)] for k in gold)
                cells = [f"{g} in {country}: <mask>", "?", answers, ", ".join(words), ""]
                rows.append("\t".join(cells))
            rows += ["\t" * 4]
            paraphrases += [f"{g} {v} in {c}: <mask>" for v in "1234" for c in COUNTRIES]
        write(folder / f"gd_prompt_{language}.tsv", "\r\n".join(rows[:-1]))
        write(folder / f"gd_prompt_{language}_aug.tsv", "\r\n".join(paraphrases) + "\r\n")
    return folder

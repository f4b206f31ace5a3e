"""Small files in SQuAD's format, with words of our own."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "es", "tr")


def asked(identifier: Any, context: str, *answers: str, start: Any = None) -> dict[str, Any]:
    """A question on a context; each answer at its first place, or all at one."""
    return {
        "id": identifier,
        "question": f"What is {identifier}?",
        "answers": [
            {"text": text, "answer_start": context.index(text) if start is None else start}
            for text in answers
        ],
    }


def article(title: str | None, *paragraphs: tuple[str, list[dict[str, Any]]]) -> dict[str, Any]:
    named = {} if title is None else {"title": title}
    return {**named, "paragraphs": [{"context": c, "qas": qas} for c, qas in paragraphs]}


def write(path: Path, articles: Sequence[Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"version": "1.1", "data": articles}, ensure_ascii=False))
    return path


def articles(
    language: str, count: int, *, questions: int = 3, prefix: str = "q", titles: str = ""
) -> list[dict[str, Any]]:
    """So many articles of two paragraphs; ids ``q<article>-<paragraph>-<question>``."""
    made = []
    for a in range(count):
        paragraphs = []
        for p in range(2):
            context = f"{language} {titles}{a}.{p}: one, two and three."
            words = ("one", "two", "three")
            qas = [asked(f"{prefix}{a}-{p}-{q}", context, words[q % 3]) for q in range(questions)]
            paragraphs.append((context, qas))
        made.append(article(f"Article {titles}{a}", *paragraphs))
    return made


def xquad(folder: Path, count: int = 8, languages: Sequence[str] = LANGUAGES) -> Path:
    for language in languages:
        write(folder / f"xquad.{language}.json", articles(language, count))
    return folder


def mlqa(folder: Path) -> Path:
    """Every language lacks another article; titles are in the language of the file."""
    for split in ("dev", "test"):
        for lacking, language in enumerate(("de", "en", "hi")):
            made = articles(language, 6, prefix=split, titles=split)
            for one in made:
                one["title"] += f" ({language})"
            name = f"{split}-context-{language}-question-{language}.json"
            write(folder / split / name, made[:lacking] + made[lacking + 1 :])
        # Another pair of languages: it holds nothing that the two files above do not.
        write(folder / split / f"{split}-context-de-question-en.json", articles("de", 1))
    return folder


def tydi(folder: Path) -> Path:
    def of(names: Sequence[str], split: str) -> list[dict[str, Any]]:
        return [
            one
            for name in names
            for one in articles(name, 2, prefix=f"{name}-{split}", titles=f"{name} {split}")
        ]

    names = ("english", "swahili")
    write(folder / "tydiqa-goldp-v1.1-train.json", of(names, "train"))
    for name in names:
        dev = folder / "tydiqa-goldp-v1.1-dev" / f"tydiqa-goldp-dev-{name}.json"
        write(dev, of([name], "dev"))
    return folder


def squad(folder: Path, train: int = 6, dev: int = 3) -> Path:
    write(folder / "train-v1.1.json", articles("train", train, prefix="train"))
    write(folder / "dev-v1.1.json", articles("dev", dev, prefix="dev", titles="dev"))
    return folder

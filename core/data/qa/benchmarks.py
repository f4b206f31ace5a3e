"""The public question-answering benchmarks: where their files and their hub copies lie."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.data.hub_sources import PARQUET, codes_of

CODE = "{code}"
"""Stands for a language in a file's name."""
ALL = "all"
"""The one split of data that names none."""
COLUMNS = ("id", "context", "question", "answers")
"""What the hub calls the parts of a question, in every benchmark; some have a ``title`` too."""


@dataclass(frozen=True)
class QaHubSource:
    """Where a benchmark is on the hub."""

    hub_id: str
    configurations: Mapping[str, str]
    """Code of a language -> the configuration that holds it; ``*`` -> one that holds them all."""
    splits: Mapping[str, str]
    """The hub's splits -> ours."""
    revision: str = "main"
    by_folder: bool = False
    """Whether a configuration is a folder of the revision."""
    paragraphs: int | None = None
    """Paragraphs of an article, one after the other, where the hub left the titles out."""
    tried_online: bool = False
    """Whether anybody ran this entry against the hub itself, not only against saved data."""


@dataclass(frozen=True)
class QaBenchmark:
    """How a benchmark's public files lie in a folder, and where it is on the hub."""

    files: Mapping[str, Sequence[str]]
    """Split -> where its files may lie; the first place that has any is read."""
    language: str | None = None
    """Of files that hold one language and do not say which."""
    language_of: Callable[[str], str | None] | None = None
    """Id of a question -> its language, where a file holds several."""
    complete: bool = False
    """Whether every language has every question."""
    hub: QaHubSource | None = None


TYDI = {
    "arabic": "ar",
    "bengali": "bn",
    "english": "en",
    "finnish": "fi",
    "indonesian": "id",
    "korean": "ko",
    "russian": "ru",
    "swahili": "sw",
    "telugu": "te",
}
"""TyDiQA-GoldP's names of its languages, which begin its ids."""


def tydi_language(identifier: str) -> str | None:
    """The language of ``swahili-7234-2``; None where the id names none."""
    return TYDI.get(identifier.partition("-")[0])


BENCHMARKS: Mapping[str, QaBenchmark] = {
    "squad": QaBenchmark(
        {"train": ("train-v1.1.json",), "dev": ("dev-v1.1.json",)},
        language="en",
        hub=QaHubSource(
            "rajpurkar/squad", {"en": "plain_text"}, {"train": "train", "validation": "dev"}
        ),
    ),
    "xquad": QaBenchmark(
        {ALL: ("xquad.{code}.json",)},
        complete=True,
        hub=QaHubSource(
            "google/xquad",
            {x: f"xquad.{x}" for x in codes_of("ar de el en es hi ro ru th tr vi zh")},
            {"validation": ALL},
            paragraphs=5,
        ),
    ),
    # Every item that a language has is in the file whose question and context are both in it.
    "mlqa": QaBenchmark(
        {
            split: tuple(
                f"{folder}{split}-context-{{code}}-question-{{code}}.json"
                for folder in (f"{split}/", f"MLQA_V1/{split}/", "")
            )
            for split in ("dev", "test")
        },
        hub=QaHubSource(
            "facebook/mlqa",
            {x: f"mlqa.{x}.{x}" for x in codes_of("ar de en es hi vi zh")},
            {"validation": "dev", "test": "test"},
            revision=PARQUET,
            by_folder=True,
        ),
    ),
    "tydiqa-goldp": QaBenchmark(
        {
            "train": ("tydiqa-goldp-v1.1-train.json",),
            "dev": (
                "tydiqa-goldp-v1.1-dev.json",
                "tydiqa-goldp-v1.1-dev/tydiqa-goldp-dev-*.json",
                "tydiqa-goldp-dev-*.json",
            ),
        },
        language_of=tydi_language,
        hub=QaHubSource(
            "google-research-datasets/tydiqa",
            {"*": "secondary_task"},
            {"train": "train", "validation": "dev"},
        ),
    ),
    "tquad": QaBenchmark(
        {"train": ("tquad-train-v0.1.json",), "dev": ("tquad-dev-v0.1.json",)},
        language="tr",
    ),
    "arcd": QaBenchmark(
        {"train": ("arcd-train.json",), "test": ("arcd-test.json",)}, language="ar"
    ),
}
"""None has been tried online."""


def split_of(name: str) -> tuple[str, str | None]:
    """A benchmark and its split, where the name says one: ``mlqa-dev`` -> (``mlqa``, ``dev``)."""
    base, _, split = name.rpartition("-")
    if name not in BENCHMARKS and base in BENCHMARKS and split in BENCHMARKS[base].files:
        return base, split
    return name, None


def needed(available: Sequence[str], preferences: Sequence[Sequence[str]]) -> list[str]:
    """The splits to read.

    Args:
        available: those that are there.
        preferences: per use its splits, the first one there is taken, or any; all of them if
            there are no uses.
    """
    if not preferences:
        return list(available)
    chosen = [next((x for x in names if x in available), available[0]) for names in preferences]
    return list(dict.fromkeys(chosen))

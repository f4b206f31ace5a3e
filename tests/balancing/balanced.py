"""A tiny text in three languages, and what a comparison makes of it."""

from __future__ import annotations

from pathlib import Path

from core.balancing.architecture import fresh_model
from core.balancing.comparison import Texts, prepare_texts
from core.config import BalanceConfig
from core.data.corpora.corpus import Corpus, Passage
from core.data.corpora.division import Amounts, Division, divide
from tests.tiny import rows


def corpus(items: int = 120) -> Corpus:
    """Item i says the same in every language; ten items are a section."""
    found: dict[str, list[Passage]] = {}
    for row in rows(items):
        number = int(row["id"][1:])
        one = Passage(f"s{number // 10:03}", row["id"], row["text"])
        found.setdefault(row["language"], []).append(one)
    return Corpus("tiny", {language: tuple(own) for language, own in found.items()})


AMOUNTS = Amounts(shares={"en": 1.0, "fr": 0.5, "sw": 0.25})


def tiny(**changes: object) -> BalanceConfig:
    """Settings of a comparison that takes a second."""
    values: dict[str, object] = {
        "vocabulary": 300, "layers": 1, "hidden": 16, "heads": 2, "ffn": 32, "positions": 24,
        "batch": 8, "steps": 6, "check_every": 3, "learning_rate": 3e-3, "masked_share": 0.3,
        "checkpoint_seconds": 0.0, "device": "cpu",
    }  # fmt: skip
    return BalanceConfig.model_validate({**values, **changes})


def division() -> Division:
    """The corpus, divided."""
    return divide(corpus(), AMOUNTS, seed=0)


def texts(config: BalanceConfig | None = None) -> Texts:
    """The division as the models read it."""
    return prepare_texts(division(), config or tiny())


def model(found: Texts, seed: int = 0, config: BalanceConfig | None = None):
    """A model with random weights."""
    return fresh_model(config or tiny(), found.tokenizer, seed)


def write_folder(place: Path) -> Path:
    """The corpus as one text file per language."""
    place.mkdir(exist_ok=True)
    for language, passages in corpus().passages.items():
        lines = "\n".join(one.text for one in passages)
        (place / f"{language}.txt").write_text(lines + "\n", encoding="utf-8")
    return place

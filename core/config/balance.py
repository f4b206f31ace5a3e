"""Balanced multilingual training from monolingual teachers: text, models, training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from pydantic import Field

from core.config.base import TYPED, Config, EngineConfig, Names

Budget = Literal["steps", "epochs"]
BUDGETS: tuple[Budget, ...] = ("steps", "epochs")


@dataclass(frozen=True)
class Multilingual:
    """One way to train a multilingual model."""

    data: Literal["all", "balanced", "sampled"]
    """All the data; truncated to the smallest language; all, the languages drawn at a
    temperature."""
    soft: bool
    """Whether the labels are the teachers' distributions."""
    title: str


MULTILINGUAL: Mapping[str, Multilingual] = MappingProxyType(
    {
        "hl": Multilingual("all", False, "HL"),
        "balanced": Multilingual("balanced", False, "HL balanced"),
        "sampled": Multilingual("sampled", False, "HL temperature-sampled"),
        "distilled": Multilingual("balanced", True, "Distilled"),
        "distilled-all": Multilingual("all", True, "Distilled, all data"),
        "distilled-sampled": Multilingual("sampled", True, "Distilled, temperature-sampled"),
    }
)
"""Name of a model -> how it is trained; the paper's are hl, balanced and distilled."""
TEACHER = "teacher-"
"""Begins the name of each teacher: teacher-de."""


def parse_model(name: str) -> tuple[str, Budget | None]:
    """``hl-epochs`` as its way to be trained and its own budget; ``hl`` has none of its own.

    Raises:
        ValueError: there is no such model.
    """
    if name in MULTILINGUAL:
        return name, None
    for budget in BUDGETS:
        way = name.removesuffix(f"-{budget}")
        if way != name and way in MULTILINGUAL:
            return way, budget
    raise ValueError(name)


class TextsConfig(Config):
    """Which text, and how much of it in each language."""

    dataset: str = Field(
        "fact-world",
        description="Text to train on: fact-world, bible, a folder with one text file per language "
        "(en.txt), or the hub id of a dataset with a text column.",
    )
    data: str | None = Field(
        None,
        description="Folder of the bible's files (CODE.TRANSLATION.tsv.xz), or of a hub dataset "
        "saved by datasets, a folder per configuration.",
    )
    languages: Names = Field(
        (), description="Languages to train on, e.g. en,de,eu; empty means all the text has."
    )
    configuration: str = Field(
        "{language}",
        description="Hub: the configuration of each language, such as 20231101.{language}.",
    )
    text_column: str = Field("text", description="Hub: the column that holds a document's text.")
    sizes: Names = Field(
        (),
        description="Text of each language as a share of the largest, e.g. de:1,es:0.5,eu:0.1; "
        "table-1 stands for the paper's own. Empty: all there is.",
    )
    characters: int | None = Field(
        None,
        ge=1,
        description="Characters of a language of size 1; unset: as many as all the sizes allow.",
    )
    balanced_characters: int | None = Field(
        None,
        ge=1,
        description="Characters of each language in the balanced data; unset: those of the "
        "smallest language.",
    )
    tokenizer_characters: int = Field(
        1_000_000,
        ge=1,
        description="Characters of each language that the tokenizer is trained on, at most; as "
        "many of each, whatever their sizes.",
    )
    high: Names = Field(
        (),
        description="High-resource languages; empty: those of half the largest size or more. The "
        "others are low-resource.",
    )
    test_share: float = Field(
        0.1,
        gt=0,
        lt=1,
        description="Share of the chapters (documents, territories) that are held out for the "
        "test, the same ones in every language.",
    )
    dev_share: float = Field(
        0.05, gt=0, lt=1, description="Share of them that is held out to stop the training."
    )
    test_texts: int = Field(500, ge=1, description="Test texts of each language, at most.")
    dev_texts: int = Field(
        100, ge=1, description="Texts of each language that stop the training, at most."
    )


class ShapeConfig(Config):
    """The shape of every model: a BERT with a tied decoder, and one tokenizer for all."""

    vocabulary: int = Field(6000, ge=300, description="Pieces of the shared tokenizer.")
    uncased: bool = Field(
        False, description="The tokenizer lower-cases and strips accents, as the paper's does."
    )
    layers: int = Field(2, ge=1, description="Transformer layers.")
    hidden: int = Field(128, ge=16, description="Width of the encoder.")
    heads: int = Field(4, ge=1, description="Attention heads.")
    ffn: int = Field(512, ge=16, description="Width of the feed-forward layers.")
    positions: int = Field(64, ge=16, description="Longest text, in pieces; longer ones are cut.")
    dropout: float = Field(0.0, ge=0, lt=1, description="Of the encoder and its attention.")


class BalanceConfig(TextsConfig, ShapeConfig, EngineConfig):
    """Train monolingual teachers, multilingual baselines and a balanced student from scratch."""

    models: Names = Field(
        ("hl", "balanced", "distilled"),
        description="Models beside the teachers: hl (all data), balanced (truncated to the "
        "smallest language), sampled (all data, languages drawn at a temperature), distilled "
        "(balanced data, the teachers' soft labels), distilled-all, distilled-sampled. With "
        "-steps or -epochs behind it a model is trained by that budget instead: hl-epochs.",
    )
    budget: Literal["steps", "epochs"] = Field(
        "steps",
        description="What is the same for every model: steps, or epochs over its own data (the "
        "paper's).",
    )
    steps: int = Field(2000, ge=1, description="Training steps of a model.")
    epochs: float | None = Field(
        None,
        gt=0,
        description="Passes over its own data of a model trained by epochs; unset: as many as "
        "--steps are over the balanced data.",
    )
    batch: int = Field(16, ge=1, description="Texts in one step, all in one language.")
    learning_rate: float = Field(
        1e-3, gt=0, description="Peak learning rate.", json_schema_extra=TYPED
    )
    soft_learning_rate: float | None = Field(
        None,
        gt=0,
        description="Peak learning rate with soft labels; unset: the same.",
        json_schema_extra=TYPED,
    )
    warmup: float = Field(0.05, ge=0, le=1, description="Share of the steps with a rising rate.")
    weight_decay: float = Field(0.01, ge=0, description="AdamW weight decay.")
    masked_share: float = Field(0.15, gt=0, lt=1, description="Share of the pieces masked.")
    sampling_temperature: float = Field(
        3.0,
        gt=0,
        description="sampled: a language is drawn in proportion to its size to the power of one "
        "over this; 1 is as the data are, larger is more even.",
    )
    teacher_precision: Literal["auto", "float32", "bfloat16"] = Field(
        "auto", description="Arithmetic of the teachers' soft labels; auto: that of the student."
    )
    check_every: int = Field(
        200, ge=1, description="Steps between two looks at the balanced dev set."
    )
    patience: int = Field(
        5,
        ge=1,
        description="Looks without a better dev MRR before a training ends; the best stays.",
    )
    resume: str | None = Field(
        None, description="Continue this cancelled or interrupted run from its last checkpoint."
    )

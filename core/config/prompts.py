"""A language model and prompts: asking, and distilling on them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from core.config.base import EngineConfig, Lines, Names
from core.config.distill import TeachersConfig, TeachingConfig


class LanguageModelConfig(EngineConfig):
    """Which language model."""

    model: str = Field(
        "built-in",
        description="Hub id or folder of a masked, encoder-decoder or causal language model with "
        "safetensors weights; built-in is the small fact-world model; a run id takes its model.",
    )
    revision: str | None = Field(None, description="Revision of a model on the hub.")


class PromptsConfig(LanguageModelConfig):
    """A language model, prompts, and how candidates are scored."""

    dataset: str = Field(
        "fact-world",
        description="fact-world, geomlama, or a jsonl file of your own prompts (prompt with a "
        "<mask>, candidates, gold, language; optional id, group, region, countryless).",
    )
    data: str | None = Field(None, description="Folder with GeoMLAMA's public files.")
    languages: Names = Field(
        (), description="Languages to ask in, e.g. en,fa,sw; empty means all the data has."
    )
    paraphrases: bool = Field(
        True, description="GeoMLAMA: the 500 paraphrases besides the 125 base prompts."
    )
    scorer: Literal["left-to-right", "one-forward"] = Field(
        "left-to-right",
        description="Masked models: a candidate of k pieces takes k forwards, each piece seeing "
        "those before it; or one forward with k masks.",
    )
    fill: Literal["ids", "text"] = Field(
        "ids",
        description="Left to right: the next piece sees the ids of those before it, or, as the "
        "public scorer has it, the text with their strings tokenized again.",
    )
    calibration: Literal["calibrated", "raw", "country-less"] | None = Field(
        None,
        description="calibrated: scores less those of the prompt without its country; raw: as "
        "they are; country-less: those without alone. Unset: calibrated where the data have such "
        "prompts, else raw.",
    )


class ProbeConfig(PromptsConfig):
    """Ask a language model what each language knows (GeoMLAMA, Yin et al. 2022)."""

    facts: Literal["all", "labelled", "unlabelled", "test"] = Field(
        "all", description="Fact world: the facts of this split only."
    )
    wordings: Literal["seen", "held-out"] = Field(
        "seen", description="Fact world: wordings that training texts have, or that none has."
    )


class DistillProbeConfig(TeachingConfig, TeachersConfig, PromptsConfig):
    """Cross-lingual self-distillation on prompts: the classes are an example's candidates."""

    teachers_by: Literal["all", "region"] = Field(
        "all",
        description="all: the same teachers for every example; region: those that are confident "
        "about the region an example asks about.",
    )
    facts: Literal["all", "labelled", "unlabelled"] = Field(
        "all",
        description="Fact world: the facts that may be distilled; all but the test facts, or "
        "those of one split.",
    )
    shots: int = Field(
        250,
        ge=2,
        description="Fact world: facts to distil on, about (territories stay whole); teachers are "
        "chosen, and collapse is watched, on those that are left over, 300 at most.",
    )
    folds: int | None = Field(
        None,
        ge=0,
        description="Evaluate by cross-validation over the question groups, in so many folds; 0: "
        "on the very prompts that are distilled (transductive, and labelled so). Unset: 5, but "
        "none for the fact world, which has facts and wordings of its own to evaluate on.",
    )
    selection_share: float = Field(
        0.25,
        gt=0,
        lt=1,
        description="Cross-validation: share of a fold's other groups on which the teachers are "
        "chosen and collapse is watched, and that are not distilled.",
    )
    distilled_scorer: Literal["left-to-right", "one-forward"] = Field(
        "one-forward",
        description="Whose distributions are distilled; results are told with --scorer.",
    )
    dropout: float | None = Field(
        None, ge=0, lt=1, description="Sets every dropout field of the model while training."
    )


class AskConfig(LanguageModelConfig):
    """Ask a language model about prompts of one's own, typed in: no right answers needed."""

    questions: Lines = Field(
        ...,
        description="One line a language: language | prompt with a <mask> | candidates, separated "
        "by commas.",
    )
    scorer: Literal["left-to-right", "one-forward"] = Field(
        "left-to-right",
        description="Masked models: a candidate of k pieces takes k forwards, or one.",
    )

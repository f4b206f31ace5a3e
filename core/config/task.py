"""A model on a labelled task: data, encoder, fine-tuning on the source language."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from core.config.base import TYPED, AdapterConfig, Config, EncoderConfig, EngineConfig, Names

HeadName = Literal["auto", "classification", "prompt", "first-step", "multiple-choice", "causal"]


class DataConfig(Config):
    """Which data, and which items are used for what (always disjoint)."""

    dataset: str = Field(
        "fact-world",
        description="fact-world, sib200, xnli, paws-x, xcopa, belebele, global-mmlu, copa or siqa "
        "(in English only, to fine-tune on first), or a file or folder of your own (csv, tsv, "
        "jsonl).",
    )
    data: str | None = Field(
        None, description="Folder with the benchmark's public files; without it, the hub."
    )
    text_columns: Names = Field(
        (), description="Your own file: the one or two text columns, e.g. premise,hypothesis."
    )
    label_column: str | None = Field(None, description="Your own file: the label column.")
    id_column: str | None = Field(None, description="Your own file: the item id column.")
    language_column: str | None = Field(None, description="Your own file: the language column.")
    split_column: str | None = Field(None, description="Your own file: the split column.")
    languages: Names = Field(
        (), description="Languages to use, e.g. en,fr,sw; empty means all the data has."
    )
    source: str = Field(
        "en",
        description="Language whose labels are used, to fine-tune, to stop and as the anchor, and "
        "from which the gap is measured where there is no English.",
    )
    subjects: Names = Field(
        (),
        description="Global-MMLU: subjects (astronomy) or categories of them (STEM) to use; empty "
        "means all.",
    )
    parallel: str | None = Field(
        None,
        description="Unlabelled parallel text to distil on instead of unlabelled items of the "
        "dataset: ntrex, lines, a dataset or a file of your own, or a generate run.",
    )
    parallel_data: str | None = Field(None, description="Folder of the unlabelled parallel text.")
    parallel_first: int = Field(1, ge=1, description="First line of the parallel text to use.")
    labelled: int | None = Field(
        None,
        ge=0,
        description="Exactly so many items with labels in the source language (K-shot); 0 for a "
        "fine-tuned model without an anchor. Unset: five sevenths of the training items, or all "
        "when the unlabelled ones are apart.",
    )
    stopping_share: float = Field(
        0.1,
        ge=0,
        lt=1,
        description="Share of the labelled items that only stop the fine-tuning, about (clusters "
        "stay whole); 0: none, all epochs are done and the last one is kept.",
    )
    shots: int = Field(
        500,
        ge=2,
        description="Unlabelled parallel items to distil on, about (clusters stay whole); fewer "
        "where there are fewer.",
    )
    selection_items: int | None = Field(
        None,
        ge=2,
        description="Unlabelled items the teacher choice is made on (never distilled); unset: a "
        "quarter of the unlabelled items, or those that are left over, 300 at most.",
    )
    allow_overlap: bool = Field(
        False,
        description="Go on when items are used for two purposes; every figure then says so.",
    )


class ModelConfig(AdapterConfig, EncoderConfig):
    """Which encoder, and its fine-tuning on the source language."""

    head: HeadName = Field(
        "auto",
        description="How an answer is read: classification or multiple-choice, by an encoder's "
        "trained head; prompt, by a masked model's words in a template; first-step, by an "
        "encoder-decoder's first word; causal, by a decoder-only model's words after a prompt. "
        "auto: as the model was fine-tuned; else causal for a decoder-only model, multiple-choice "
        "where the data have choices, first-step for an encoder-decoder, classification otherwise.",
    )
    templates: str | None = Field(
        None,
        description="Templates and label words of the heads prompt, first-step and causal: "
        "english for all languages, own-language, or a toml file of your own with [en] template = "
        '"{1} ... {answer}" and answers = { class = "word" }. Unset: those the model was '
        "fine-tuned with, else english.",
    )
    max_length: int = Field(128, ge=8, description="Longest sequence, in tokens.")
    finetune: Literal["auto", "always", "never"] = Field(
        "auto",
        description="Fine-tuning on the source language first: auto does it for a model without a "
        "trained head and reuses an equal earlier run; always trains anew; never takes the model "
        "as it is.",
    )
    finetune_epochs: int = Field(10, ge=1, description="Epochs of the fine-tuning, at most.")
    finetune_batch: int = Field(32, ge=1, description="Batch of the fine-tuning.")
    finetune_learning_rate: float | None = Field(
        None,
        gt=0,
        description="Peak learning rate of the fine-tuning; unset: by the encoder's "
        "width, 5e-4 up to 256 hidden units, 2e-4 up to 512, else 2e-5.",
        json_schema_extra=TYPED,
    )
    finetune_patience: int = Field(
        4, ge=1, description="Epochs without a better stopping accuracy before it ends."
    )


class TaskConfig(DataConfig, ModelConfig, EngineConfig):
    """A model on a task: what fine-tuning, predicting, selecting and distilling share."""


class FinetuneConfig(TaskConfig):
    """Fine-tune an encoder with labels in one language only (early stopping on a tenth of them)."""


class PredictConfig(TaskConfig):
    """Predict the evaluation items in every language."""

"""Extractive question answering across languages: data, model, the two stages of training."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from core.config.base import TYPED, AdapterConfig, Config, EncoderConfig, EngineConfig, Names

WEIGHTED = ("kl-map", "skd-map")
"""Objectives that weigh the KL by what the teacher knows."""


class QaDataConfig(Config):
    """Which questions, and which of them are used for what (always disjoint)."""

    dataset: str = Field(
        "fact-world",
        description="Aligned questions, for stage 2 and the evaluation: fact-world, squad, xquad, "
        "mlqa (or one split, mlqa-dev), tydiqa-goldp, tquad, arcd, or a file or folder of your own "
        "in SQuAD's format (NAME.LANG.json).",
    )
    data: str | None = Field(
        None, description="Folder with the benchmark's public files; without it, the hub."
    )
    languages: Names = Field(
        (), description="Languages to use, e.g. en,es,zh; empty means all the data has."
    )
    evaluation: str | None = Field(
        None,
        description="Another dataset to evaluate on; unset: held-out articles of the same one.",
    )
    evaluation_data: str | None = Field(
        None, description="Folder with the public files of the evaluation dataset."
    )
    evaluation_languages: Names = Field(
        (),
        description="Languages to evaluate in; empty means those of the training, as far as there.",
    )
    evaluation_questions: int | None = Field(
        None,
        ge=1,
        description="Questions to evaluate on, about (articles stay whole); unset: 120 of the fact "
        "world's 272, all of another split of their own, or a quarter of the articles (all, where "
        "nothing is trained).",
    )
    allow_overlap: bool = Field(
        False,
        description="Go on when questions are used for two purposes; every figure then says so.",
    )


class QaModelConfig(EncoderConfig):
    """Which encoder, and how it reads a question and its context."""

    max_length: int = Field(
        384, ge=16, description="Longest question and context, in tokens; longer ones are windowed."
    )
    stride: int = Field(
        128, ge=0, description="Tokens of the context that two neighbouring windows share."
    )


class QaStage1Config(QaDataConfig, AdapterConfig, QaModelConfig, EngineConfig):
    """Stage 1: fine-tuning on questions and contexts of one language, or of several."""

    source: Names = Field(
        ("en",),
        description="Languages of stage 1; question and context are in the same one.",
    )
    stage1_dataset: str | None = Field(
        None,
        description="Questions of stage 1, e.g. squad or a file; unset: those the dataset has for "
        "it (the fact world has).",
    )
    stage1_data: str | None = Field(
        None, description="Folder with the public files of the stage 1 dataset."
    )
    stage1_questions: int | None = Field(
        None, ge=1, description="So many questions for stage 1, at most; unset: all."
    )
    stage1_epochs: int | None = Field(
        None,
        ge=1,
        description="Epochs of stage 1; unset: by the encoder's width, 8 up to 256 hidden units, "
        "else 3.",
    )
    stage1_batch: int = Field(24, ge=1, description="Windows in one step of stage 1.")
    stage1_learning_rate: float | None = Field(
        None,
        gt=0,
        description="Peak learning rate of stage 1; unset: by the encoder's width, 1e-3 up to 256 "
        "hidden units, 2e-4 up to 512, else 3e-5.",
        json_schema_extra=TYPED,
    )


class QaFinetuneConfig(QaStage1Config):
    """Fine-tune a span head on questions of one language (stage 1 of cross-lingual QA)."""


class DecodingConfig(Config):
    """How answers are read off the logits, and compared with the right ones."""

    best_positions: int = Field(
        20, ge=1, description="Starts and ends of each window that are combined to answers."
    )
    answer_tokens: int = Field(30, ge=1, description="Longest answer, in tokens.")
    ranks: int = Field(10, ge=1, le=100, description="Distinct answers kept for each question.")
    normalization: Literal["mlqa", "squad"] = Field(
        "mlqa",
        description="How answers are compared: mlqa, by the language of the context; squad, "
        "English for all (as the paper scored XQuAD and TyDiQA).",
    )
    shown_questions: int = Field(
        8,
        ge=0,
        description="Questions whose ten best answers and start and end curves are kept, in every "
        "pair of languages, to be looked at.",
    )


class QaEvaluateConfig(DecodingConfig, QaDataConfig, QaModelConfig, EngineConfig):
    """Evaluate a model with a span head on every pair of question and context languages."""


class QaTrainConfig(DecodingConfig, QaStage1Config):
    """Cross-lingual QA self-distillation in generations (Carrino et al., Eq. 3-6)."""

    stage1: Literal["auto", "always", "never"] = Field(
        "auto",
        description="auto fine-tunes a model without a span head and reuses an equal earlier run; "
        "always trains anew; never takes the model as it is.",
    )
    objective: Literal["ce", "kl", "kl-map", "skd", "skd-map"] = Field(
        "skd-map",
        description="ce: cross-entropy of the right spans alone; kl: KL from the teacher alone; "
        "skd: both, the KL with weight 1; kl-map and skd-map: the same, with the KL weighted by "
        "the teacher's mAP@k on the batch.",
    )
    coefficient: Literal["map", "reciprocal-rank"] = Field(
        "map",
        description="kl-map, skd-map: map is the paper's Eq. 5; reciprocal-rank is what the public "
        "code computes (1 / rank of the first of the k best positions inside the window).",
    )
    k: int = Field(10, ge=1, description="Best positions of the teacher that are looked at.")
    window: int = Field(
        5, ge=1, description="Half width of the window around the right position (Δ), in tokens."
    )
    temperature: float = Field(2.0, gt=0, description="Softmax temperature of the KL (t).")
    targets: int = Field(
        3,
        ge=1,
        description="Languages drawn for each question beside the source (ntl); all pairs of them "
        "are trained on.",
    )
    stage2_questions: int | None = Field(
        None, ge=1, description="So many seed questions for stage 2, at most; unset: all."
    )
    epochs: int = Field(3, ge=1, description="Epochs of stage 2; the teacher is renewed in each.")
    batch: int = Field(24, ge=1, description="Windows in one step of stage 2.")
    learning_rate: float | None = Field(
        None,
        gt=0,
        description="Peak learning rate of stage 2; unset: by the encoder's width, 2e-3 up to 256 "
        "hidden units, 2e-4 up to 512, else 5e-5.",
        json_schema_extra=TYPED,
    )
    weight_decay: float = Field(0.01, ge=0, description="AdamW weight decay.")
    warmup: float = Field(0.1, ge=0, le=1, description="Share of the steps with a rising rate.")
    clip: float = Field(1.0, gt=0, description="Largest gradient norm.")
    resume: str | None = Field(
        None, description="Continue this cancelled or interrupted run from its last checkpoint."
    )

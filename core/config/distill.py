"""Choosing teachers, and what they teach."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from core.config.base import TYPED, Config, EngineConfig, Names
from core.config.methods import MethodName, methods_help
from core.config.strategies import strategies_help
from core.config.task import TaskConfig


class TeachersConfig(Config):
    """Which languages teach (ALSACE, Eq. 1-3)."""

    strategy: Literal[
        "alsace",
        "none",
        "random",
        "scale",
        "exclude-weak-students",
        "exclude-weak-teachers",
        "student-student",
        "max-probability",
        "same-family",
        "same-script",
        "proximity",
        "by-region",
        "by-hand",
    ] = Field("alsace", description=strategies_help())
    threshold: float | None = Field(
        None,
        description="Least normalised confidence of a teacher; unset: the mean, which is "
        "1 / number of languages.",
    )
    teachers: Names = Field((), description="Teacher languages chosen by hand.")
    corpus: Literal["cc100", "mc4"] = Field(
        "cc100",
        description="scale: whose pre-training text counts, CC-100 (XLM-R; GiB) or mC4 (mT5; "
        "billion tokens). GiB favours scripts that need three bytes a character, such as Thai's.",
    )
    weak_share: float = Field(
        0.5,
        gt=0,
        le=1,
        description="exclude-weak-students, exclude-weak-teachers: the share of them, rounded up, "
        "with the least confidence.",
    )
    neighbours: int = Field(
        3, ge=1, description="proximity: so many teachers each language learns from, at most."
    )


class SelectConfig(TeachersConfig, TaskConfig):
    """Choose teacher languages by majority vote and confidence (ALSACE, Eq. 1-3)."""

    predictions: str | None = Field(
        None,
        description="Choose from these predictions instead of a model: a file (csv or parquet: "
        "language, example, p_0, p_1, ..., optional label), or the per-sample logs of "
        "lm-evaluation-harness (their folder or a zip of it).",
    )
    log_task: str | None = Field(
        None,
        description="Logs of several tasks: which one, the name without its language (xnli).",
    )
    length_normalised: bool = Field(
        False,
        description="Logs: divide each choice's log-likelihood by its number of characters before "
        "the softmax (as acc_norm does).",
    )


BROUGHT = ("predictions", "log_task", "length_normalised")
"""Fields about predictions that are brought; a distillation has none."""


class TeachingConfig(EngineConfig):
    """How teachers teach: what distillation on a task and on prompts share (ALSACE, Eq. 4-5)."""

    teacher_mode: Literal["frozen", "live", "ema"] = Field(
        "frozen",
        description="frozen: the teachers' distributions before distillation (recommended); live: "
        "the paper's loss, gradients into both sides (literally so with --anchor 0, where there is "
        "one, and --teacher-weights equal); ema: a slowly moving average of the model teaches.",
    )
    direction: Literal["auto", "student-teacher", "teacher-student"] = Field(
        "auto",
        description="student-teacher is KL(student || teacher), the paper's literal form and the "
        "default of live; teacher-student is KL(teacher || student), the default of frozen and "
        "ema.",
    )
    teacher_weights: Literal["equal", "confidence"] = Field(
        "confidence", description="Weight the teachers equally or by confidence."
    )
    weight_power: float = Field(
        4.0, ge=0, description="Confidence is raised to this power before it weights a teacher."
    )
    sharpen: float = Field(
        2.0,
        gt=0,
        description="The teachers' mean is raised to this power and renormalised; 1 leaves it "
        "(frozen and ema modes only).",
    )
    kl_weight: float = Field(
        1.0, ge=0, description="Weight of the KL to the teachers; 0 leaves the anchor alone."
    )
    temperature: float = Field(
        1.0, gt=0, description="Softmax temperature of both sides of the loss."
    )
    ema_decay: float = Field(0.99, ge=0, lt=1, description="Decay of the moving-average teacher.")
    steps: int = Field(150, ge=1, description="Distillation steps.")
    batch: int = Field(
        8, ge=1, description="Parallel items in one step, each encoded once in every language."
    )
    learning_rate: float | None = Field(
        None,
        gt=0,
        description="Peak learning rate of the distillation; unset: by the encoder's width, 1e-3 "
        "up to 256 hidden units, 1e-4 up to 512, else 2e-5.",
        json_schema_extra=TYPED,
    )
    weight_decay: float = Field(5e-4, ge=0, description="AdamW weight decay.")
    warmup: float = Field(0.1, ge=0, le=1, description="Share of the steps with a rising rate.")
    clip: float = Field(1.0, gt=0, description="Largest gradient norm.")
    check_every: int = Field(
        20, ge=1, description="Steps between checks for collapse and the best checkpoint."
    )
    keep: Literal["auto", "best", "last"] = Field(
        "auto",
        description="Which step's model is kept: the best by the label-free criterion (agreement "
        "with the initial teachers), or the last check before a collapse. auto: the best; in "
        "self-training, which learns from no teachers, the last.",
    )
    stop_on_collapse: bool = Field(
        True, description="Stop when the collapse watch fires; the best checkpoint is kept anyway."
    )
    resume: str | None = Field(
        None, description="Continue this cancelled or interrupted run from its last checkpoint."
    )


class DistillConfig(TeachingConfig, SelectConfig):
    """Cross-lingual self-distillation from the teacher languages (ALSACE, Eq. 4-5)."""

    method: MethodName = Field("distillation", description=methods_help())
    confident_share: float | None = Field(
        None,
        gt=0,
        le=1,
        description="Train only on this share of the unlabelled texts, the most confident ones: "
        "of the items of each predicted class by the teachers, in self-training of all texts by "
        "themselves. Unset: all, in self-training 0.5.",
    )
    anchor: float = Field(
        1.0,
        ge=0,
        description="Weight of a supervised loss on the source language beside it; 0 turns it off.",
    )
    anchor_batch: int = Field(16, ge=1, description="Labelled items in one anchor batch.")
    shown_items: int = Field(
        48,
        ge=0,
        description="Evaluation items whose accuracy is shown while training (it decides nothing).",
    )


class DemoConfig(DistillConfig):
    """The whole ALSACE job on the fact world with the built-in model, in two minutes."""

    finetune_epochs: int = Field(8, ge=1, description="Epochs of the English fine-tuning, at most.")

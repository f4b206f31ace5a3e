"""One frozen config per kind of run. It drives the form, the command line and the record.

A field's description is its help text everywhere; its default is the recommended value.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


Names = Annotated[tuple[str, ...], BeforeValidator(_split)]
"""A list given as ``en,sw,fa`` on the command line."""


def _plain_lines(value: object) -> object:
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").strip()
    return value


Lines = Annotated[str, BeforeValidator(_plain_lines)]
"""Text of several lines; it holds no tab and one kind of line end, so that a shell takes it."""


TYPED: dict[str, JsonValue] = {"typed": True}
"""Marks a number too small for a form's stepper: it is typed (5e-05)."""


class Config(BaseModel):
    """Base of all configs: frozen, no unknown fields, no infinite numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class EngineConfig(Config):
    """Where and how a model runs."""

    device: Literal["auto", "cpu", "cuda", "mps"] = Field(
        "auto", description="Where to compute; auto takes a GPU if there is one."
    )
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        "auto",
        description="Arithmetic of the forward pass (weights stay float32); auto is bfloat16 on "
        "CUDA and float32 elsewhere.",
    )
    seed: int = Field(0, ge=0, description="Seed of splits, batches, dropout and the new head.")
    prediction_batch: int = Field(
        128, ge=1, description="Sequences in one forward pass when predicting."
    )
    checkpoint_seconds: float = Field(
        60.0,
        ge=0,
        description="Seconds between two checkpoints, at least; a cancelled or lost run goes on "
        "from the last one.",
    )


class DataConfig(Config):
    """Which data, and which items are used for what (always disjoint)."""

    dataset: str = Field(
        "fact-world",
        description="fact-world, sib200, xnli, paws-x, or a file or folder of your own "
        "(csv, tsv, jsonl).",
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
    parallel: str | None = Field(
        None,
        description="Unlabelled parallel text to distil on instead of unlabelled items of the "
        "dataset: ntrex, lines, a dataset or a file of your own.",
    )
    parallel_data: str | None = Field(None, description="Folder of the unlabelled parallel text.")
    parallel_first: int = Field(1, ge=1, description="First line of the parallel text to use.")
    labelled: int | None = Field(
        None,
        ge=2,
        description="Items with English labels, about (clusters stay whole), a tenth of which "
        "only stop the fine-tuning; unset: five sevenths of the training items, or all when the "
        "unlabelled ones are apart.",
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


class ModelConfig(Config):
    """Which encoder, and its English fine-tuning."""

    model: str = Field(
        "built-in",
        description="Hub id or folder of any encoder with safetensors weights; built-in is the "
        "small fact-world model; a run id takes that run's model.",
    )
    revision: str | None = Field(None, description="Revision of a model on the hub.")
    max_length: int = Field(128, ge=8, description="Longest sequence, in tokens.")
    dropout: float | None = Field(
        None,
        ge=0,
        lt=1,
        description="Sets every dropout field of the model while training; unset: by the "
        "encoder's width, 0 up to 256 hidden units, else 0.1.",
    )
    finetune: Literal["auto", "always", "never"] = Field(
        "auto",
        description="English fine-tuning first: auto does it for a model without a trained head "
        "and reuses an equal earlier run; always trains anew; never takes the model as it is.",
    )
    gradient_checkpointing: bool = Field(
        False,
        description="For large encoders: compute activations again in the backward pass; less "
        "memory, about a third slower.",
    )
    finetune_epochs: int = Field(
        10, ge=1, description="Epochs of the English fine-tuning, at most."
    )
    finetune_batch: int = Field(32, ge=1, description="Batch of the English fine-tuning.")
    finetune_learning_rate: float | None = Field(
        None,
        gt=0,
        description="Peak learning rate of the English fine-tuning; unset: by the encoder's "
        "width, 5e-4 up to 256 hidden units, 2e-4 up to 512, else 2e-5.",
        json_schema_extra=TYPED,
    )
    finetune_patience: int = Field(
        4, ge=1, description="Epochs without a better English stopping accuracy before it ends."
    )


class TaskConfig(DataConfig, ModelConfig, EngineConfig):
    """A model on a task: what fine-tuning, predicting, selecting and distilling share."""


class FinetuneConfig(TaskConfig):
    """Fine-tune an encoder with labels in English only (early stopping on a tenth of them)."""


class PredictConfig(TaskConfig):
    """Predict the evaluation items in every language."""


class TeachersConfig(Config):
    """Which languages teach (ALSACE, Eq. 1-3)."""

    strategy: Literal["alsace", "none", "by-hand"] = Field(
        "alsace",
        description="alsace: vote and confidence; none: every language teaches; by-hand: the "
        "languages in `teachers`.",
    )
    threshold: float | None = Field(
        None,
        description="Least normalised confidence of a teacher; unset: the mean, which is "
        "1 / number of languages.",
    )
    teachers: Names = Field((), description="Teacher languages chosen by hand.")


class SelectConfig(TeachersConfig, TaskConfig):
    """Choose teacher languages by majority vote and confidence (ALSACE, Eq. 1-3)."""

    predictions: str | None = Field(
        None,
        description="Choose from this predictions file (csv or parquet: language, example, p_0, "
        "p_1, ..., optional label) instead of a model.",
    )


class TeachingConfig(EngineConfig):
    """How teachers teach: what distillation on a task and on prompts share (ALSACE, Eq. 4-5)."""

    teacher_mode: Literal["frozen", "live", "ema"] = Field(
        "frozen",
        description="frozen: the teachers' distributions before distillation (recommended); live: "
        "the paper's loss, gradients into both sides (literally so with --anchor 0, where there is "
        "one, and --teacher-weights equal); ema: a slowly moving average of the model teaches.",
    )
    student_student: bool = Field(
        False, description="Also pair students with students (live mode only)."
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
    stop_on_collapse: bool = Field(
        True, description="Stop when the collapse watch fires; the best checkpoint is kept anyway."
    )
    resume: str | None = Field(
        None, description="Continue this cancelled or interrupted run from its last checkpoint."
    )


class DistillConfig(TeachingConfig, SelectConfig):
    """Cross-lingual self-distillation from the teacher languages (ALSACE, Eq. 4-5)."""

    confident_share: float = Field(
        1.0,
        gt=0,
        le=1,
        description="Distil only on this share of the unlabelled items of each predicted class, "
        "the teachers' most confident ones.",
    )
    anchor: float = Field(
        1.0, ge=0, description="Weight of a supervised English loss beside the KL; 0 turns it off."
    )
    anchor_batch: int = Field(16, ge=1, description="English-labelled items in one anchor batch.")
    shown_items: int = Field(
        48,
        ge=0,
        description="Evaluation items whose accuracy is shown while training (it decides nothing).",
    )


class DemoConfig(DistillConfig):
    """The whole ALSACE job on the fact world with the built-in model, in two minutes."""

    finetune_epochs: int = Field(8, ge=1, description="Epochs of the English fine-tuning, at most.")
    prediction_batch: int = Field(
        256, ge=1, description="Sequences in one forward pass when predicting."
    )


class PretrainConfig(EngineConfig):
    """Train a small multilingual masked language model on the fact world's text."""

    languages: Names = Field((), description="Languages; empty means all twelve.")
    vocabulary: int = Field(6000, ge=300, description="Pieces of the shared tokenizer.")
    layers: int = Field(4, ge=1, description="Transformer layers.")
    hidden: int = Field(128, ge=16, description="Width of the encoder.")
    heads: int = Field(4, ge=1, description="Attention heads.")
    steps: int = Field(2000, ge=1, description="Training steps.")
    batch: int = Field(96, ge=1, description="Masked sequences in one step.")
    learning_rate: float = Field(2e-3, gt=0, description="Peak learning rate.")
    masked_share: float = Field(0.25, gt=0, lt=1, description="Share of the pieces masked.")
    max_length: int = Field(64, ge=16, description="Longest text, in tokens; pairs: twice that.")
    restatements: int = Field(
        12000,
        ge=0,
        description="Sentence pairs that say one fact twice, in one language or two (facts of the "
        "labelled split only).",
    )
    name_pairs: int = Field(6000, ge=0, description="Pairs of the same few names in two languages.")
    parallel_texts: int = Field(
        60000,
        ge=0,
        description="Texts in two languages for the contrast (facts of the labelled split only).",
    )
    contrast: float = Field(
        1.0,
        ge=0,
        description="Weight of the contrast that draws a text and its translation together; 0 "
        "turns it off.",
    )
    contrast_batch: int = Field(48, ge=2, description="Parallel texts in one contrast.")


class PromptsConfig(EngineConfig):
    """A language model, prompts, and how candidates are scored."""

    model: str = Field(
        "built-in",
        description="Hub id or folder of a masked, encoder-decoder or causal language model with "
        "safetensors weights; built-in is the small fact-world model; a run id takes its model.",
    )
    revision: str | None = Field(None, description="Revision of a model on the hub.")
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


class AskConfig(EngineConfig):
    """Ask a language model about prompts of one's own, typed in: no right answers needed."""

    model: str = Field(
        "built-in",
        description="Hub id or folder of a masked, encoder-decoder or causal language model with "
        "safetensors weights; built-in is the small fact-world model; a run id takes its model.",
    )
    revision: str | None = Field(None, description="Revision of a model on the hub.")
    questions: Lines = Field(
        ...,
        description="One line a language: language | prompt with a <mask> | candidates, separated "
        "by commas.",
    )
    scorer: Literal["left-to-right", "one-forward"] = Field(
        "left-to-right",
        description="Masked models: a candidate of k pieces takes k forwards, or one.",
    )

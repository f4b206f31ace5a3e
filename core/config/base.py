"""What all configs have: frozen, checked, a description for every field."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, model_validator


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


def flag(name: str) -> str:
    """The option of a field: ``learning_rate`` -> ``--learning-rate``, ``from_`` -> ``--from``."""
    return "--" + name.rstrip("_").replace("_", "-")


RETIRED: dict[str, JsonValue] = {"student_student": False}
"""Fields that configs no longer have, and the only value with which today's code does the same:
older records hold them."""


class Config(BaseModel):
    """Base of all configs: frozen, no unknown fields, no infinite numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _without_retired(cls, given: Any) -> Any:
        """Settings of an older record are today's settings, where they mean the same."""
        if not isinstance(given, dict):
            return given
        return {
            name: value
            for name, value in given.items()
            if name not in RETIRED or value != RETIRED[name]
        }


class EngineConfig(Config):
    """Where and how a model runs."""

    device: Literal["auto", "cpu", "cuda", "mps"] = Field(
        "auto", description="Where to compute; auto takes a GPU if there is one."
    )
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        "auto",
        description="Arithmetic of the forward pass (weights stay float32); auto is bfloat16 on "
        "CUDA and float32 elsewhere. A CPU with bfloat16 of its own (AVX512-BF16, AMX) predicts "
        "nearly twice as fast in it; probabilities then differ by up to 0.01.",
    )
    threads: int | None = Field(
        None,
        ge=1,
        description="Threads of the CPU that compute; unset: one a core, or what OMP_NUM_THREADS "
        "says. On a busy machine fewer are faster: threads wait for each other.",
    )
    seed: int = Field(0, ge=0, description="Seed of splits, batches, dropout and the new head.")
    attention: Literal["auto", "padded", "packed"] = Field(
        "auto",
        description="Attention of an encoder: padded, over batches of similar length; packed, "
        "without padding, one sequence behind the other. auto is packed in bfloat16 on CUDA where "
        "the model can, padded elsewhere.",
    )
    compile_layers: bool = Field(
        False,
        description="Compile the model's layers (torch.compile): a minute at first, then faster "
        "steps on a GPU; needs a C++ compiler.",
    )
    batch_tokens: int | None = Field(
        None,
        ge=1,
        description="Tokens in one forward pass, padding included; sequences of similar length go "
        "together. Unset: 2,048 on the CPU, 32,768 on CUDA.",
    )
    prediction_batch: int = Field(
        1024,
        ge=1,
        description="Sequences in one forward pass when predicting, at most (--batch-tokens cuts "
        "sooner).",
    )
    training_tokens: int | None = Field(
        None,
        ge=1,
        description="Tokens whose activations are in memory at once in training; a batch with more "
        "goes through in parts whose gradients add up. Unset: a whole batch, in parts when memory "
        "runs out.",
    )
    checkpoint_seconds: float = Field(
        60.0,
        ge=0,
        description="Seconds between two checkpoints, at least; a cancelled or lost run goes on "
        "from the last one.",
    )


class AdapterConfig(Config):
    """Whether all of a model is trained."""

    lora: int | None = Field(
        None,
        ge=1,
        description="For large encoders: train adapters of this rank in every layer (and a new "
        "head) instead of all weights, in about a quarter of the memory; 8 or 16. The saved model "
        "has them merged in, as an ordinary model. Learning rates that are unset are then 2e-4 at "
        "least. Unset: all weights.",
    )


class EncoderConfig(Config):
    """Which encoder, and how it is trained."""

    model: str = Field(
        "built-in",
        description="Hub id or folder of any encoder with safetensors weights; built-in is the "
        "small fact-world model; a run id takes that run's model.",
    )
    revision: str | None = Field(None, description="Revision of a model on the hub.")
    dropout: float | None = Field(
        None,
        ge=0,
        lt=1,
        description="Sets every dropout field of the model while training; unset: by the "
        "encoder's width, 0 up to 256 hidden units, else 0.1.",
    )
    gradient_checkpointing: bool = Field(
        False,
        description="For large encoders: compute activations again in the backward pass; less "
        "memory, about a third slower.",
    )

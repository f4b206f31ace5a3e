"""Learning rates and dropout that suit an encoder's width, where the user sets none."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TypeVar

from core.config import EngineConfig, QaModelConfig
from core.errors import CoreError
from core.models.find import ModelSource

LORA_RATE = 2e-4
"""Least learning rate of adapters, where the user sets none."""
AnyConfig = TypeVar("AnyConfig", bound=EngineConfig)


@dataclass(frozen=True)
class Recipe:
    """The settings of `core.config` that depend on the encoder."""

    dropout: float
    finetune_learning_rate: float
    learning_rate: float
    """Of the distillation."""


@dataclass(frozen=True)
class QaRecipe:
    """The settings of `core.config.answering` that depend on the encoder."""

    dropout: float
    stage1_epochs: int
    stage1_learning_rate: float
    learning_rate: float
    """Of stage 2."""


NARROW, MIDDLE = 256, 512
"""Widest encoder, in hidden units, that the first and the second recipe are for."""
RECIPES = (
    (NARROW, Recipe(dropout=0.0, finetune_learning_rate=5e-4, learning_rate=1e-3)),
    (MIDDLE, Recipe(dropout=0.1, finetune_learning_rate=2e-4, learning_rate=1e-4)),
)
WIDE = Recipe(dropout=0.1, finetune_learning_rate=2e-5, learning_rate=2e-5)
"""For XLM-R-base (768 units) and wider."""
QA_RECIPES = (
    (NARROW, QaRecipe(dropout=0.0, stage1_epochs=8, stage1_learning_rate=1e-3, learning_rate=2e-3)),
    (MIDDLE, QaRecipe(dropout=0.1, stage1_epochs=3, stage1_learning_rate=2e-4, learning_rate=2e-4)),
)
QA_WIDE = QaRecipe(dropout=0.1, stage1_epochs=3, stage1_learning_rate=3e-5, learning_rate=5e-5)
"""For mBERT, XLM-R-base and wider: what the paper's public code has."""


def recipe_for(width: int | None) -> Recipe:
    """The recipe for an encoder of this width; that of wide ones where it is unknown."""
    fitting = (recipe for limit, recipe in RECIPES if width is not None and width <= limit)
    return next(fitting, WIDE)


def qa_recipe_for(width: int | None) -> QaRecipe:
    """The recipe of question answering for an encoder of this width."""
    fitting = (recipe for limit, recipe in QA_RECIPES if width is not None and width <= limit)
    return next(fitting, QA_WIDE)


def settle(config: AnyConfig, source: ModelSource) -> AnyConfig:
    """The config with every open setting filled in for this model."""
    answers = isinstance(config, QaModelConfig)
    suited = asdict((qa_recipe_for if answers else recipe_for)(source.width))
    open_ = {name for name in suited if getattr(config, name, 0) is None}
    found = {name: suited[name] for name in open_}
    if getattr(config, "lora", None) is not None:  # few weights are trained: larger steps
        rates = {name: max(LORA_RATE, value) for name, value in found.items() if "rate" in name}
        found |= rates
    return config.model_copy(update=found)


def settled(value: float | None) -> float:
    """A setting that `settle` has filled in.

    Raises:
        CoreError: it has not.
    """
    if value is None:
        raise CoreError("a setting is still open; call core.models.recipe.settle first")
    return value

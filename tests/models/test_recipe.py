import re

import pytest

from core.config import DistillConfig, QaEvaluateConfig, QaTrainConfig
from core.errors import CoreError
from core.models.find import ModelSource
from core.models.recipe import (
    MIDDLE,
    NARROW,
    QA_WIDE,
    WIDE,
    qa_recipe_for,
    recipe_for,
    settle,
    settled,
)

OPEN = ("dropout", "finetune_learning_rate", "learning_rate")
QA_OPEN = ("dropout", "stage1_epochs", "stage1_learning_rate", "learning_rate")


def source(width):
    return ModelSource("m", "m", "f", has_head=False, class_names=(), width=width)


@pytest.mark.parametrize("width", [NARROW, MIDDLE, 768, None])
def test_open_settings_are_filled_by_width(width):
    found = settle(DistillConfig(), source(width))
    recipe = recipe_for(width)
    assert all(getattr(found, name) == getattr(recipe, name) for name in OPEN)


def test_wider_encoders_learn_more_slowly_and_an_unknown_width_is_wide():
    rates = [recipe_for(width).learning_rate for width in (NARROW, MIDDLE, MIDDLE + 1)]
    assert rates == sorted(rates, reverse=True)
    assert recipe_for(None) == recipe_for(MIDDLE + 1) == WIDE


def test_what_the_user_set_stays():
    config = DistillConfig(dropout=0.3, learning_rate=1e-5, finetune_learning_rate=2e-3)
    assert settle(config, source(NARROW)) == config


def test_an_open_setting_is_not_used():
    with pytest.raises(CoreError, match="settle"):
        settled(None)


@pytest.mark.parametrize("width", [NARROW, MIDDLE, 768, None])
def test_question_answering_has_rates_of_its_own(width):
    found, recipe = settle(QaTrainConfig(), source(width)), qa_recipe_for(width)
    assert all(getattr(found, name) == getattr(recipe, name) for name in QA_OPEN)
    assert settle(QaEvaluateConfig(), source(width)).dropout == recipe.dropout
    assert qa_recipe_for(None) == QA_WIDE and QA_WIDE.stage1_learning_rate == 3e-5


@pytest.mark.parametrize(
    ("config", "recipe", "name"),
    [
        *((DistillConfig, recipe_for, name) for name in OPEN),
        *((QaTrainConfig, qa_recipe_for, name) for name in QA_OPEN),
    ],
)
def test_the_help_text_names_the_values_of_the_recipes(config, recipe, name):
    text = config.model_fields[name].description or ""
    said = [float(word) for word in re.findall(r"\d+(?:\.\d+)?(?:e-\d+)?", text) if word != "1"]
    values = [getattr(recipe(width), name) for width in (NARROW, MIDDLE, None)]
    assert set(values) <= set(said) <= {*values, NARROW, MIDDLE, 2}

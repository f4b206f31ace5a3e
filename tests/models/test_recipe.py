import re

import pytest

from core.config import DistillConfig
from core.errors import CoreError
from core.models.find import ModelSource
from core.models.recipe import MIDDLE, NARROW, WIDE, recipe_for, settle, settled

OPEN = ("dropout", "finetune_learning_rate", "learning_rate")


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


@pytest.mark.parametrize("name", OPEN)
def test_the_help_text_names_the_values_of_the_recipes(name):
    text = DistillConfig.model_fields[name].description or ""
    said = [float(word) for word in re.findall(r"\d+(?:\.\d+)?(?:e-\d+)?", text)]
    values = [getattr(recipe_for(width), name) for width in (NARROW, MIDDLE, None)]
    assert set(values) <= set(said) <= {*values, NARROW, MIDDLE}

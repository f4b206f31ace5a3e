"""A form built from a config class: main fields in groups, the others under "Advanced"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st
from pydantic import BaseModel, ValidationError

from core.config import (
    BROUGHT,
    Config,
    DataConfig,
    DecodingConfig,
    EngineConfig,
    LanguageModelConfig,
    ModelConfig,
    PromptsConfig,
    QaDataConfig,
    QaModelConfig,
    QaStage1Config,
    TeachersConfig,
    TeachingConfig,
)
from core.config.balance import ShapeConfig, TextsConfig
from core.config.strategies import OPTIONS, STRATEGIES
from core.jobs.settings import problems_of
from core.quoting import presentable
from dashboard.form_fields import draw
from dashboard.labels import escape

AnyConfig = TypeVar("AnyConfig", bound=Config)
Groups = Mapping[str, Sequence[str]]

DISTILL_GROUPS: Groups = {
    "Model": ("model", "head", "finetune"),
    "Data": ("dataset", "data", "languages", "parallel", "parallel_data"),
    "Teachers": ("method", "strategy", *OPTIONS, "threshold", "teacher_mode"),
    "Training": ("labelled", "shots", "steps", "learning_rate", "anchor", "seed"),
}
"""The fields of a distillation that most users set."""
HIDDEN = (*BROUGHT, "resume")
"""Not for a form: what is brought is chosen on its own page, a resume by its run."""
COLUMNS = 3
HEADINGS: Mapping[type[Config], str] = {
    TextsConfig: "Text",
    ShapeConfig: "Shape of the models",
    EngineConfig: "Computing",
    DataConfig: "Data",
    ModelConfig: "Model and fine-tuning",
    LanguageModelConfig: "Model",
    PromptsConfig: "Prompts",
    TeachersConfig: "Teachers",
    TeachingConfig: "Teaching",
    QaDataConfig: "Questions",
    QaModelConfig: "Model",
    QaStage1Config: "Stage 1",
    DecodingConfig: "Answers",
}
"""What the settings of a class are about; those of the others are the run's own."""


def config_form(
    model: type[AnyConfig], groups: Groups, *, key: str, start: Mapping[str, Any] | None = None
) -> AnyConfig | None:
    """Draw all fields of a config and check them together.

    Args:
        model: the config class; descriptions are the help texts, defaults the first values.
        groups: the main fields, by heading.
        key: prefix of the widgets' keys.
        start: first values other than the defaults, e.g. those of an earlier run.

    Returns:
        The config, or None while a field is wrong; the reason then stands below that field.
    """
    values: dict[str, Any] = {}
    notes: dict[str, Any] = {}
    first = {name: field.default for name, field in model.model_fields.items()} | dict(start or {})
    for column, (heading, names) in zip(
        st.columns(len(groups), gap="medium"), groups.items(), strict=True
    ):
        with column:
            st.markdown(f"**{heading}**")
            for name in names:
                _field(model, name, first, key, values, notes)
    main = {name for names in groups.values() for name in names}
    rest = [name for name in model.model_fields if name not in main and name not in HIDDEN]
    with st.expander(f"Advanced ({len(rest)} more settings, all with a default)"):
        for heading, names in _by_subject(model, rest).items():
            st.markdown(f"**{heading}**")
            for begin in range(0, len(names), COLUMNS):
                row = names[begin : begin + COLUMNS]
                for column, name in zip(st.columns(COLUMNS, gap="medium"), row, strict=False):
                    with column:
                        _field(model, name, first, key, values, notes)
    return _checked(model, values, notes)


def _by_subject(model: type[Config], names: Sequence[str]) -> dict[str, list[str]]:
    """Fields by what the class that brings them in is about."""
    found: dict[str, list[str]] = {}
    for name in names:
        home = next(
            x for x in reversed(model.__mro__) if name in vars(x).get("__annotations__", ())
        )
        found.setdefault(HEADINGS.get(home, "This kind of run"), []).append(name)
    return found


def _field(
    model: type[BaseModel],
    name: str,
    first: Mapping[str, Any],
    key: str,
    values: dict[str, Any],
    notes: dict[str, Any],
) -> None:
    """Draw one field and keep a place below it for what is wrong with it.

    The options of a strategy are drawn with that strategy only.
    """
    strategy = STRATEGIES.get(str(values.get("strategy")))
    if name in OPTIONS and strategy is not None and name not in strategy.options:
        values[name] = model.model_fields[name].default
        return
    values[name] = draw(name, model.model_fields[name], first.get(name), f"{key}.{name}")
    notes[name] = st.empty()


def _checked(
    model: type[AnyConfig], values: Mapping[str, Any], notes: Mapping[str, Any]
) -> AnyConfig | None:
    """The config, or None with each error written below its field."""
    config = None
    try:
        config = model.model_validate(dict(values))
        found = list(problems_of(config).items())
    except ValidationError as error:
        found = [(str((*e["loc"], "")[0]), e["msg"]) for e in error.errors()]
    if not found:
        return config
    for name, problem in found:
        place = notes.get(name, st)
        place.error(escape(presentable(problem)), icon=":material/error:")
    count = "1 setting is" if len(found) == 1 else f"{len(found)} settings are"
    st.error(f"{count} not usable yet; the reason stands below each.")
    return None

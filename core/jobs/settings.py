"""Settings that can be seen to be wrong before any data or model is read.

The command line refuses them, the form says so below the field; neither needs torch for it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import UnionType
from typing import Any

from core.config import (
    AskConfig,
    BalanceConfig,
    BalanceProbeConfig,
    Config,
    DataConfig,
    DistillConfig,
    GenerateConfig,
    ModelConfig,
    PromptsConfig,
    QaDataConfig,
    QaModelConfig,
    QaTrainConfig,
    SelectConfig,
    TeachersConfig,
    TeachingConfig,
    flag,
)
from core.config.methods import METHODS
from core.config.strategies import OPTIONS, STRATEGIES, takes
from core.data import global_mmlu, load_probing, questions
from core.data.load import LABELLED, NAMES, UNLABELLED
from core.data.templates.read import SETS
from core.errors import UserError
from core.jobs.balance_settings import problems_of_balance, problems_of_probes
from core.jobs.places import Found, folder_problems, model_problems
from core.jobs.qa_settings import problems_of_answering, problems_of_questions
from core.jobs.text_settings import problems_of_texts
from core.jobs.without_effect import problems_of_unused
from core.languages import canonical
from core.quoting import did_you_mean, quote, quote_all
from core.runs.record import may_be_run


def problems_of(config: Config) -> dict[str, str]:
    """What is wrong with the settings: field -> problem; a field's first one only."""
    found: dict[str, str] = {}
    for field, problem in _found(config):
        found.setdefault(field, problem)
    return found


def refuse(config: Config, store: Path) -> None:
    """Refuse settings and a store that no run can be made with.

    Raises:
        UserError: all problems at once, each with its option.
    """
    lines = [f"{flag(name)}: {text}" for name, text in problems_of(config).items()]
    place = next((path for path in (store, *store.absolute().parents) if path.exists()), store)
    if place.exists() and not place.is_dir():
        lines.append(f"--store {store}: {place.name} is a file, a folder is expected")
    if lines:
        raise UserError("\n".join(lines))


def _found(config: Config) -> Found:
    yield from problems_of_unused(config)
    for kinds, check in CHECKS:
        if isinstance(config, kinds):
            yield from check(config)
        brought = isinstance(config, SelectConfig) and config.predictions is not None
        if brought and not isinstance(config, DistillConfig):
            return  # then neither data nor a model is used


def _strategy(config: TeachersConfig) -> Found:
    """By-hand needs teachers; a strategy takes its own options, and a task has no regions."""
    if config.strategy == "by-hand" and not config.teachers:
        yield "teachers", "missing; the strategy by-hand needs some, such as en,fr"
    for name in OPTIONS:
        value, unset = getattr(config, name), type(config).model_fields[name].default
        if value == unset or name in STRATEGIES[config.strategy].options:
            continue
        given = quote_all(value) if isinstance(value, tuple) else value
        yield (
            name,
            f"{given} given, and only the strategy {' or '.join(takes(name))} takes it; it is "
            f"{config.strategy}",
        )
    if STRATEGIES[config.strategy].prompts_only and isinstance(config, SelectConfig):
        yield (
            "strategy",
            f"{config.strategy} needs examples with regions, which only prompts have: distil with "
            "distill-probe, or choose another",
        )
    if config.threshold is not None and not 0 <= config.threshold <= 1:
        yield "threshold", f"{config.threshold:g}; normalised confidences lie in 0..1"


def _data(config: DataConfig) -> Found:
    """Names that are none, and folders that are not there."""
    for name, place in (("dataset", "data"), ("parallel", "parallel_data")):
        value, folder = getattr(config, name), getattr(config, place)
        if value in load_probing.NAMES and value not in NAMES:
            yield name, f"{value} holds prompts: ask with probe, distil with distill-probe"
        elif name == "dataset" and value in UNLABELLED:
            yield name, f"{value} has no labels; say --parallel {value} beside a labelled dataset"
        elif name == "parallel" and value is not None and may_be_run(value):
            pass  # the store is asked for it
        elif value is not None and value not in NAMES and not Path(value).exists():
            known = LABELLED if name == "dataset" else NAMES
            yield (
                name,
                f"unknown dataset '{quote(value)}', and no such file or folder; choose "
                f"{', '.join(known)}, or give the path of a csv, tsv or jsonl file, or of a folder "
                f"with one such file per language{did_you_mean(value, known)}",
            )
        yield from folder_problems(place, folder)
    try:
        canonical(config.source)
    except UserError as error:
        yield "source", str(error)
    if config.subjects and config.dataset != global_mmlu.NAME:
        yield "subjects", f"for {global_mmlu.NAME} only, and the dataset is {config.dataset}"
    if len(config.languages) == 1 and isinstance(config, SelectConfig):
        yield (
            "languages",
            f"only {quote(config.languages[0])}; languages teach each other, so give two or more, "
            "such as en,sw",
        )


def _prompts(config: PromptsConfig) -> Found:
    """Names that are no prompts, files and folders that are not there, and unknown languages."""
    name, path = config.dataset, Path(config.dataset)
    if name not in load_probing.NAMES:
        if path.suffix != ".jsonl":
            yield (
                "dataset",
                f"unknown dataset '{quote(name)}'; choose {', '.join(load_probing.NAMES)}, or give "
                "the path of a jsonl file of prompts",
            )
        elif not path.is_file():
            what = "is a folder, a file is expected" if path.is_dir() else "no such file"
            yield "dataset", f"'{quote(name)}': {what}"
    elif name != "fact-world" and config.data is None:
        yield "data", f"missing; {name} is read from a folder of its public files: say --data DIR"
    yield from folder_problems("data", config.data)
    yield from _without_effect(config)
    for language in config.languages:
        try:
            canonical(language)
        except UserError as error:
            yield "languages", str(error)


def _without_effect(config: PromptsConfig) -> Found:
    """Options that would change nothing."""
    if config.data is not None and config.dataset != "geomlama":
        yield "data", f"only geomlama is read from a folder, and the dataset is {config.dataset}"
    if config.fill == "text" and config.scorer == "one-forward":
        yield "fill", "text is a way to go from left to right; the scorer is one-forward"
    of = {"paraphrases": "geomlama", "facts": "fact-world", "wordings": "fact-world"}
    of["shots"] = "fact-world"
    for name, dataset in of.items():
        field = type(config).model_fields.get(name)
        if field is None or config.dataset == dataset:
            continue
        if getattr(config, name) != field.default:
            yield name, f"for {dataset} only, and the dataset is {config.dataset}"


def _questions(config: AskConfig) -> Found:
    """Questions that can't be asked."""
    try:
        questions.parse(config.questions)
    except UserError as error:
        yield "questions", str(error).removeprefix(f"{questions.SOURCE}: ")


def _head(config: ModelConfig) -> Found:
    """Templates that are no file, or that the head has no use for."""
    given = config.templates
    if given is None:
        return
    if config.head in ("classification", "multiple-choice"):
        yield "templates", f"the head is {config.head}, which asks in no words of its own"
    elif given not in SETS and not Path(given).is_file():
        yield (
            "templates",
            f"'{quote(given)}': no such file; say {' or '.join(SETS)}, or give the path of a toml "
            "file",
        )


def _weights(config: TeachingConfig) -> Found:
    """A loss of nothing; prompts have no anchor."""
    if config.kl_weight == 0 and getattr(config, "anchor", 0) == 0:
        yield "kl_weight", "0, and there is no anchor: nothing would be learned"


def _method(config: DistillConfig) -> Found:
    """Options that have no effect on the method."""
    for name in METHODS[config.method].without:
        value = getattr(config, name)
        if value != type(config).model_fields[name].default:
            yield name, f"{value} has no effect on the method {config.method}; leave it out"


def _texts(config: GenerateConfig) -> Found:
    """Texts that can't be had, and a language model that is none."""
    yield from problems_of_texts(config)
    if config.model:
        yield from model_problems(config.model)


CHECKS: tuple[tuple[type[Config] | UnionType, Callable[[Any], Found]], ...] = (
    (TeachersConfig, _strategy),
    (DataConfig, _data),
    (PromptsConfig, _prompts),
    (AskConfig, _questions),
    (QaDataConfig, problems_of_questions),
    (QaTrainConfig, problems_of_answering),
    (BalanceProbeConfig, problems_of_probes),
    (
        ModelConfig | PromptsConfig | AskConfig | QaModelConfig,
        lambda config: model_problems(config.model),
    ),
    (ModelConfig, _head),
    (DistillConfig, _method),
    (GenerateConfig, _texts),
    (BalanceConfig, problems_of_balance),
    (TeachingConfig, _weights),
)
"""What is checked of which configs; the teachers first, the only ones that a file of predictions
leaves open."""

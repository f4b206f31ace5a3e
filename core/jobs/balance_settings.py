"""Settings of balanced training, as far as they can be seen to be wrong at once."""

from __future__ import annotations

from pathlib import Path

from core.config import BalanceConfig, BalanceProbeConfig
from core.config.balance import BUDGETS, MULTILINGUAL, parse_model
from core.config.paths import HUB_ID
from core.data.corpora import bible
from core.data.corpora.hub import SLOT
from core.data.corpora.load import NAMES
from core.data.corpora.sizes import parse_sizes
from core.errors import UserError
from core.jobs.places import Found, folder_problems, model_problems
from core.languages import canonical
from core.quoting import quote, quote_all


def problems_of_balance(config: BalanceConfig) -> Found:
    """Text that can't be had, unknown models and sizes, and options that have no effect."""
    yield from _text(config)
    yield from _models(config)
    yield from _amounts(config)
    if config.hidden % config.heads:
        yield "heads", f"{config.heads}; the width, {config.hidden}, must be a multiple of it"


def of_hub(config: BalanceConfig) -> bool:
    """Whether the text is a dataset on the hub."""
    return config.dataset not in NAMES and not Path(config.dataset).exists()


def _text(config: BalanceConfig) -> Found:
    name = config.dataset
    if Path(name).is_file() and name not in NAMES:
        yield "dataset", f"'{quote(name)}' is a file; give a folder with one text file per language"
    elif of_hub(config):
        if "/" not in name or not HUB_ID.fullmatch(name):
            yield (
                "dataset",
                f"unknown text '{quote(name)}', and no such folder; choose {', '.join(NAMES)}, or "
                "give a folder with one text file per language, or a hub id (org/name)",
            )
        else:
            yield from _hub(config)
    if name == bible.NAME and config.data is None:
        yield "data", "missing; the bible is read from a folder of its files: say --data DIR"
    if config.data is not None and not Path(config.data).is_dir():
        what = "is a file, a folder is expected" if Path(config.data).exists() else "no such folder"
        yield "data", f"'{quote(config.data)}': {what}"
    for field in ("languages", "high"):
        for language in getattr(config, field):
            try:
                canonical(language)
            except UserError as error:
                yield field, str(error)


def _hub(config: BalanceConfig) -> Found:
    """What only a dataset on the hub needs."""
    if not config.languages:
        yield "languages", "missing; a hub dataset has no list of them: name some, such as en,sw"
    if config.characters is None:
        yield "characters", "missing; a hub dataset is read until there are so many"
    if SLOT not in config.configuration and len(config.languages) > 1:
        yield (
            "configuration",
            f"'{quote(config.configuration)}' is the same for every language; {SLOT} stands for "
            "the code of each",
        )


def _models(config: BalanceConfig) -> Found:
    seen: set[str] = set()
    for name in config.models:
        try:
            _, budget = parse_model(name)
        except ValueError:
            yield (
                "models",
                f"no model is called '{quote(name)}'; there are {', '.join(MULTILINGUAL)}, each "
                f"also with -{' or -'.join(BUDGETS)} behind it",
            )
            continue
        if budget == config.budget:
            yield "models", f"{name} is {name.removesuffix(f'-{budget}')}: the budget is {budget}"
        if name in seen:
            yield "models", f"{name} is named twice"
        seen.add(name)


def _amounts(config: BalanceConfig) -> Found:
    try:
        parse_sizes(config.sizes)
    except UserError as error:
        yield "sizes", str(error)
    if config.test_share + config.dev_share >= 1:
        yield (
            "dev_share",
            f"{config.dev_share:g} and a test share of {config.test_share:g} leave no text to "
            "train on",
        )


def problems_of_probes(config: BalanceProbeConfig) -> Found:
    """Sentences that are not there, unknown languages, and options that have no effect."""
    yield from model_problems(config.model)
    there = config.data is not None and Path(config.data).exists()
    if config.task == "pos":
        if config.data is None:
            yield "data", "missing; pos is read from a folder of CoNLL-U files: say --data DIR"
        yield from folder_problems("data", config.data)
    elif config.data is not None and not there and not HUB_ID.fullmatch(config.data):
        yield "data", f"'{quote(config.data)}': no such folder, and no hub id (name or org/name)"
    elif not there and not config.languages:
        yield "languages", "missing; WikiANN has more than 170, so name those to use, such as en,de"
    if config.treebanks and config.task != "pos":
        yield "treebanks", f"{quote_all(config.treebanks)} given, and the task is {config.task}"
    for language in config.languages:
        try:
            canonical(language)
        except UserError as error:
            yield "languages", str(error)

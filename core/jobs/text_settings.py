"""Settings of a run that makes parallel text, as far as they can be seen to be wrong at once."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from core.config import FILTERS, GenerateConfig
from core.config.generate import SLOT
from core.config.paths import HUB_ID
from core.errors import UserError
from core.generation.prompting import load_prompts
from core.jobs.places import Found
from core.languages import canonical
from core.quoting import quote, quote_all


def problems_of_texts(config: GenerateConfig) -> Found:
    """Texts from nowhere or from two places, unknown names, and options without effect."""
    yield from _origin(config)
    for language in config.languages:
        yield from _language("languages", language)
    yield from _language("source", config.source)
    unknown = [name for name in config.filters if name not in FILTERS]
    if unknown:
        yield "filters", f"no filter is called {quote_all(unknown)}; there are {', '.join(FILTERS)}"
    if config.last is not None and config.last < config.first:
        yield "last", f"{config.last}, before the first line, {config.first}"
    if config.model is not None:
        yield from _prompts(config.prompts)


def _origin(config: GenerateConfig) -> Found:
    """Where the texts come from, and how they get into the other languages."""
    if config.from_ is None:
        if config.model is None:
            yield (
                "from_",
                "missing; give texts (a folder of CODE.txt files, or a text file to translate), or "
                "a language model that writes some (--model)",
            )
    elif not Path(config.from_).exists():
        yield "from_", f"'{quote(config.from_)}': no such file or folder"
        return
    elif Path(config.from_).is_dir():
        for name in ("model", "translator"):
            if getattr(config, name) is not None:
                yield (
                    name,
                    "the texts of a folder (--from) are aligned already, so nothing is written or "
                    "translated; leave it out, or give one file",
                )
        return
    yield from _targets(config)


def _targets(config: GenerateConfig) -> Found:
    """Languages to translate into, and a translator for them."""
    others = [x for x in config.languages if x != config.source]
    if not others:
        yield "languages", "missing; name those to translate into, such as fr,sw"
    elif config.translator is None:
        yield (
            "translator",
            f"missing; the texts are in {quote(config.source)} only. Give a translation model "
            "(M2M100, NLLB or Marian)",
        )
    else:
        yield from _translators(config.translator, others)


def _translators(given: str, languages: Sequence[str]) -> Found:
    """Translation models that are neither there nor can be on the hub."""
    targets = []
    for language in languages:
        with suppress(UserError):  # an unknown language is told at its own field
            targets.append(canonical(language))
    names = dict.fromkeys(given.replace(SLOT, target) for target in targets)
    gone = [name for name in names if not Path(name).exists() and not HUB_ID.fullmatch(name)]
    if gone:
        yield (
            "translator",
            f"{quote_all(gone)}: no such folder, and no hub id (name or org/name). Give a folder "
            "or the hub id of a translation model (M2M100, NLLB or Marian)",
        )


def _language(field: str, name: str) -> Found:
    try:
        canonical(name)
    except UserError as error:
        yield field, str(error)


def _prompts(given: str) -> Found:
    try:
        load_prompts(given)
    except UserError as error:
        yield "prompts", str(error).removeprefix("--prompts: ")

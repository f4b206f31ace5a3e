"""Settings of runs on questions, as far as they can be seen to be wrong at once."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from core.config import QaDataConfig, QaStage1Config, QaTrainConfig
from core.config.answering import WEIGHTED
from core.data.qa.benchmarks import split_of
from core.data.qa.limits import k_too_large, source_missing, too_few_languages, too_many_targets
from core.data.qa.load import NAMES
from core.errors import UserError
from core.jobs.places import Found, folder_problems
from core.languages import canonical
from core.quoting import quote


def problems_of_questions(config: QaDataConfig) -> Found:
    """Names that are no questions, folders that are not there, and unknown languages."""
    named = {"dataset": config.dataset, "evaluation": config.evaluation}
    folders = {"data": config.data, "evaluation_data": config.evaluation_data}
    codes = {"languages": config.languages, "evaluation_languages": config.evaluation_languages}
    if isinstance(config, QaStage1Config):
        named["stage1_dataset"] = config.stage1_dataset
        folders["stage1_data"] = config.stage1_data
        codes["source"] = config.source
        if not config.source:
            yield "source", "missing; name the language of stage 1, such as en"
    for field, name in named.items():
        yield from _dataset(field, name)
    for field, folder in folders.items():
        yield from folder_problems(field, folder)
    for field, languages in codes.items():
        yield from _languages(field, languages)


def _dataset(field: str, name: str | None) -> Found:
    """A name that is none."""
    if name is None or split_of(name)[0] in NAMES or Path(name).exists():
        return
    yield (
        field,
        f"unknown dataset '{quote(name)}', and no such file or folder; choose {', '.join(NAMES)}, "
        "or give the path of a json file in SQuAD's format, or of a folder with one such file per "
        "language",
    )


def _languages(field: str, languages: Sequence[str]) -> Found:
    """Languages that nobody knows, or that are named twice."""
    known = []
    for language in languages:
        try:
            known.append(canonical(language))
        except UserError as error:
            yield field, str(error)
    if len(set(known)) != len(known):
        yield field, f"{', '.join(languages)} names a language twice"


def problems_of_answering(config: QaTrainConfig) -> Found:
    """Languages and numbers that self-distillation can't do anything with."""
    if config.languages:
        with suppress(UserError):  # an unknown language is told at its own field
            languages = [canonical(language) for language in config.languages]
            source = [canonical(language) for language in config.source]
            for field, problem in (
                ("languages", too_few_languages(languages)),
                ("source", source_missing(source, languages)),
                ("targets", too_many_targets(config.targets, languages)),
            ):
                if problem is not None:
                    yield field, problem
                    break
    if config.objective in WEIGHTED and config.coefficient == "map":
        problem = k_too_large(config.k, config.window)
        if problem is not None:
            yield "k", problem

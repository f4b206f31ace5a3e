"""What a comparison of balanced training reads: text, its division, the groups of languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.config import BalanceConfig
from core.config.balance import MULTILINGUAL, parse_model
from core.data.corpora.corpus import Corpus, characters
from core.data.corpora.division import Amounts, Division, divide
from core.data.corpora.load import HubText, load_corpus
from core.data.corpora.sizes import high_resource, shares_of
from core.errors import UserError
from core.jobs.checks import check_languages
from core.languages import canonical

HELD_OUT = 1.5
"""Text of a hub dataset that is read beside what is trained on: some of it is held out."""


@dataclass(frozen=True)
class BalanceInputs:
    """Everything read before a run begins."""

    corpus: Corpus
    division: Division
    groups: dict[str, list[str]]
    """``high`` and ``low``: languages by the size of their text."""
    warnings: tuple[str, ...] = ()

    @property
    def languages(self) -> tuple[str, ...]:
        """All languages, in order."""
        return self.corpus.languages


def read_inputs(config: BalanceConfig) -> BalanceInputs:
    """Read the text and give every passage its use.

    Raises:
        UserError: anything wrong with the text, the languages or the sizes.
    """
    check_languages(config.languages)
    corpus = load_corpus(
        config.dataset,
        None if config.data is None else Path(config.data),
        config.languages,
        HubText(config.configuration, config.text_column, _wanted(config)),
    )
    _check_models(config, corpus.languages)
    amounts = Amounts(
        shares=shares_of(config.sizes, corpus.languages),
        characters=config.characters,
        balanced_characters=config.balanced_characters,
        tokenizer_characters=config.tokenizer_characters,
        test_share=config.test_share,
        dev_share=config.dev_share,
        test_texts=config.test_texts,
        dev_texts=config.dev_texts,
    )
    division = divide(corpus, amounts, config.seed)
    short = [
        f"{language} should have {wanted:,} characters to train on and has {there:,}."
        for language, (wanted, there) in division.short.items()
    ]
    sizes = amounts.shares or {
        language: float(characters(own)) for language, own in division.train.items()
    }
    return BalanceInputs(corpus, division, _groups(config, sizes), tuple(short))


def _wanted(config: BalanceConfig) -> dict[str, int]:
    """Characters to read of a dataset on the hub: what is held out depends on no size."""
    whole = int((config.characters or 0) * HELD_OUT)
    return {canonical(code): whole for code in config.languages}


def _check_models(config: BalanceConfig, languages: tuple[str, ...]) -> None:
    """A model that would be another one's twin is not trained.

    Raises:
        UserError: one is.
    """
    if len(languages) > 1:
        return
    for name in config.models:
        way, budget = parse_model(name)
        if MULTILINGUAL[way].data != "balanced" and not MULTILINGUAL[way].soft and not budget:
            raise UserError(
                f"--models {name}: with {languages[0]} alone it is the teacher; leave it out (a "
                "student of one language is distilled, its baseline balanced)"
            )


def _groups(config: BalanceConfig, sizes: Mapping[str, float]) -> dict[str, list[str]]:
    """High- and low-resource languages, by their sizes or as they are named.

    Raises:
        UserError: one named as high-resource is not there.
    """
    high = [canonical(code) for code in config.high] or list(high_resource(sizes))
    if unknown := [language for language in high if language not in sizes]:
        raise UserError(f"--high: {', '.join(unknown)} not among the languages {', '.join(sizes)}")
    return {
        "high": [language for language in sizes if language in high],
        "low": [language for language in sizes if language not in high],
    }

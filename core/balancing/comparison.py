"""The models of one comparison: what each reads, for how long, and whose labels it learns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from transformers import PreTrainedTokenizerFast

from core.balancing.order import epoch_steps, language_batches, sampled_batches
from core.balancing.ranks import MaskedTexts, fixed_masks
from core.balancing.tokenizer import train_tokenizer
from core.balancing.training import Task
from core.config import BalanceConfig
from core.config.balance import MULTILINGUAL, TEACHER, Budget, parse_model
from core.data.corpora.division import Division
from core.models.encode import Ids, encode_texts

TEST, DEV = 1, 2
"""Parts of the seed that draws the masks."""
SPECIALS = 2
"""Pieces around every text: <s> ... </s>."""
UNREAD = 0.1
"""Share of a language's text that is cut off and worth a warning."""


@dataclass(frozen=True)
class Texts:
    """The text of a comparison as all its models read it."""

    tokenizer: PreTrainedTokenizerFast
    train: Mapping[str, Sequence[Ids]]
    balanced: Mapping[str, Sequence[Ids]]
    dev: Mapping[str, MaskedTexts]
    test: Mapping[str, MaskedTexts]
    pieces: Mapping[str, int]
    """language -> pieces of its training text, those beyond the longest length with it."""
    cut: Mapping[str, int]
    """language -> training texts longer than that, of which only the beginning is read."""


def prepare_texts(division: Division, config: BalanceConfig) -> Texts:
    """Train the tokenizer, on as much text of each language, and cut all texts with it."""
    tokenizer = train_tokenizer(
        (one.text for passages in division.tokenizer.values() for one in passages),
        config.vocabulary,
        config.positions,
        uncased=config.uncased,
    )
    whole = {
        language: encode_texts([(one.text,) for one in passages], tokenizer, None)
        for language, passages in division.train.items()
    }
    train = {
        language: [_beginning(row, config.positions) for row in rows]
        for language, rows in whole.items()
    }
    balanced = {
        language: train[language][: len(own)] for language, own in division.balanced.items()
    }
    masked = {
        part: {
            language: fixed_masks(
                own,
                tokenizer,
                config.masked_share,
                config.positions,
                [config.seed, part, *language.encode()],
            )
            for language, own in passages.items()
        }
        for part, passages in ((DEV, division.dev), (TEST, division.test))
    }
    return Texts(
        tokenizer,
        train,
        balanced,
        masked[DEV],
        masked[TEST],
        pieces={x: sum(len(row) - SPECIALS for row in rows) for x, rows in whole.items()},
        cut={x: sum(len(row) > config.positions for row in rows) for x, rows in whole.items()},
    )


def _beginning(row: Ids, longest: int) -> Ids:
    """A text as long as a model reads, its last piece the one that ends it."""
    return row if len(row) <= longest else [*row[: longest - 1], row[-1]]


def warnings_of(texts: Texts, config: BalanceConfig) -> list[str]:
    """What of the text makes the numbers mean something else than they seem to."""
    found = []
    if len(texts.tokenizer) > config.vocabulary:
        found.append(
            f"The text has more different characters than --vocabulary {config.vocabulary} has "
            f"room for: all {len(texts.tokenizer):,} pieces are single characters. Say "
            f"--vocabulary {2 * len(texts.tokenizer)} or more for longer ones."
        )
    unread = {
        x: 1 - sum(len(row) - SPECIALS for row in rows) / max(1, texts.pieces[x])
        for x, rows in texts.train.items()
    }
    if much := [f"{x} {share:.0%}" for x, share in unread.items() if share >= UNREAD]:
        found.append(
            f"Texts are cut after --positions {config.positions} pieces; of the training text "
            f"nobody reads {', '.join(much)}."
        )
    return found


def model_names(config: BalanceConfig, languages: Sequence[str]) -> list[str]:
    """All models in the order they are trained: teachers first."""
    return [*(f"{TEACHER}{language}" for language in languages), *config.models]


def task_of(name: str, texts: Texts, config: BalanceConfig) -> Task:
    """What a model of this name is trained on, without its teachers."""
    if name.startswith(TEACHER):
        language = name.removeprefix(TEACHER)
        rows, dev = {language: texts.train[language]}, {language: texts.dev[language]}
        data, soft, budget = "all", False, config.budget
    else:
        way, own = parse_model(name)
        data, soft = MULTILINGUAL[way].data, MULTILINGUAL[way].soft
        rows = dict(texts.balanced if data == "balanced" else texts.train)
        dev, budget = dict(texts.dev), own or config.budget
    lengths = {language: [len(row) for row in own] for language, own in rows.items()}
    order = partial(language_batches, lengths, config.batch, config.seed)
    if data == "sampled":
        order = partial(
            sampled_batches, lengths, config.batch, config.seed, config.sampling_temperature
        )
    once = _steps_once(rows, config)
    rate = (config.soft_learning_rate if soft else None) or config.learning_rate
    steps = _steps(once, texts, config, budget)
    return Task(name, rows, order, dev, steps, once, rate)


def is_taught(name: str) -> bool:
    """Whether a model learns the soft labels of teachers."""
    return not name.startswith(TEACHER) and MULTILINGUAL[parse_model(name)[0]].soft


def _steps(once: int, texts: Texts, config: BalanceConfig, budget: Budget) -> int:
    """How long a model is trained whose data are so many batches."""
    if budget == "steps":
        return config.steps
    epochs = config.epochs
    if epochs is None:
        epochs = config.steps / _steps_once(texts.balanced, config)
    return math.ceil(epochs * once)


def _steps_once(rows: Mapping[str, Sequence[Ids]], config: BalanceConfig) -> int:
    return epoch_steps({language: len(own) for language, own in rows.items()}, config.batch)

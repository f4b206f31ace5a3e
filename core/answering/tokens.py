"""Tokens of one text with their places in it, and how a tokenizer puts two texts together."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

from core.data.qa.dataset import Answer
from core.errors import UserError
from core.models.encode import word_start

Ids = NDArray[np.int64]


class Tokens(NamedTuple):
    """A text's tokens, without special ones."""

    ids: Ids
    """[tokens]."""
    offsets: NDArray[np.int32]
    """[tokens, 2]: first character and the one after the last that a token covers, without blanks
    at its borders and with the combining marks that follow it, so that slices of the text are
    exact; both the same where it covers none."""

    @property
    def visible(self) -> NDArray[np.bool_]:
        """[tokens]: whether a token covers a character; an answer starts and ends with such."""
        return self.offsets[:, 0] < self.offsets[:, 1]

    def span(self, answer: Answer) -> tuple[int, int] | None:
        """First and last token that an answer touches; None where no token does."""
        starts = self.visible & (self.offsets[:, 1] > answer.start)
        ends = self.visible & (self.offsets[:, 0] < answer.start + len(answer.text))
        touched = np.flatnonzero(starts & ends)
        return (int(touched[0]), int(touched[-1])) if len(touched) else None


def tokens_of(tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]) -> list[Tokens]:
    """Encode texts, each on its own, as they stand in a pair.

    Args:
        tokenizer: a fast one; see `pair_template`.
        texts: not cut, however long.
    """
    if not texts:
        return []
    found = tokenizer(
        list(texts),
        add_special_tokens=False,
        return_offsets_mapping=True,
        return_attention_mask=False,
        truncation=False,
        verbose=False,
    )
    lead = word_start(tokenizer)
    tokens = []
    for text, ids, pairs in zip(texts, found["input_ids"], found["offset_mapping"], strict=True):
        followers = [start for start, _ in pairs[1:]] + [len(text)]
        offsets = [
            (start, start) if token == lead else _exact(text, start, end, follower)
            for token, (start, end), follower in zip(ids, pairs, followers, strict=True)
        ]
        array = np.array(offsets, dtype=np.int32).reshape(-1, 2)
        tokens.append(Tokens(np.array(ids, dtype=np.int64), array))
    return tokens


def _exact(text: str, start: int, end: int, follower: int) -> tuple[int, int]:
    """The characters without blanks at the borders, with marks that no token covers."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    while start < end < follower and unicodedata.category(text[end])[0] == "M":
        end += 1
    return start, end


@dataclass(frozen=True)
class Template:
    """What a tokenizer puts before a question, between it and its context, and after both."""

    before: tuple[int, ...]
    between: tuple[int, ...]
    after: tuple[int, ...]
    kinds: tuple[int, ...]
    """Token types of the five parts, question and context among them."""
    typed: bool
    """Whether the model wants token types."""

    @property
    def added(self) -> int:
        """Number of special tokens."""
        return len(self.before) + len(self.between) + len(self.after)

    def context_start(self, question: int) -> int:
        """Place of the context's first token after a question of so many tokens."""
        return len(self.before) + question + len(self.between)

    def ids(self, question: Ids, context: Ids) -> Ids:
        """Token ids of the pair."""
        return np.concatenate((self.before, question, self.between, context, self.after))

    def types(self, question: int, context: int) -> Ids:
        """Token types of a pair of so many tokens."""
        sizes = (len(self.before), question, len(self.between), context, len(self.after))
        return np.repeat(self.kinds, sizes)


def pair_template(tokenizer: PreTrainedTokenizerBase, typed: bool = False) -> Template:
    """How this tokenizer puts two texts together, seen from what it makes of a pair.

    Args:
        tokenizer: any fast one.
        typed: whether the model wants token types.

    Raises:
        UserError: it does not tell where its tokens stand in the text, or puts texts together in
            another way.
    """
    if not tokenizer.is_fast:
        raise UserError(
            "the model's tokenizer does not tell where its tokens stand in the text; answers can "
            "be read off with a fast tokenizer only (a tokenizer.json in the model's folder)"
        )
    probe = tokenizer("a 1", "a 1", return_token_type_ids=True)
    owners = probe.sequence_ids(0)
    places = {n: [i for i, owner in enumerate(owners) if owner == n] for n in (0, 1)}
    ids, types = probe["input_ids"], probe["token_type_ids"]
    if not (places[0] and places[1] and places[0][-1] < places[1][0]):
        raise UserError("the model's tokenizer does not put a question before its context")
    cuts = (0, places[0][0], places[0][-1] + 1, places[1][0], places[1][-1] + 1, len(ids))
    parts = [slice(first, stop) for first, stop in pairwise(cuts)]
    return Template(
        before=tuple(ids[parts[0]]),
        between=tuple(ids[parts[2]]),
        after=tuple(ids[parts[4]]),
        kinds=tuple(types[part][0] if types[part] else 0 for part in parts),
        typed=typed,
    )

"""Windows of a question and a part of its context; every text is encoded once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

from core.answering.cuts import Cut, cuts
from core.answering.tokens import Ids, Template, Tokens, pair_template, tokens_of
from core.data.qa.dataset import QaDataset
from core.data.qa.shown import NONE
from core.errors import UserError
from core.models.batches import marked
from core.models.device import Device

LEAST = 8
"""Tokens of question and context together that a window must have room for."""


class Asked(NamedTuple):
    """An item, asked in one language about its context in another (or the same)."""

    item: int
    """Its position in the dataset."""
    question: str
    """Language of the question."""
    context: str
    """Language of the context, and of the answers."""


def every_pair(dataset: QaDataset) -> tuple[Asked, ...]:
    """All that can be asked: items by pair of languages, question language by question language."""
    return tuple(
        Asked(item, question, context)
        for question, context in dataset.pairs()
        for item in range(len(dataset))
        if dataset.has(item, question, context)
    )


class Places(NamedTuple):
    """Which tokens of n windows can be in an answer; L is the longest window's length."""

    offsets: NDArray[np.int32]
    """[n, L, 2]: characters of the context a token covers; `NONE` outside the context."""
    may_start: NDArray[np.bool_]
    """[n, L]: tokens of the context that cover a character and have most context in this window;
    so each span is looked at in exactly one window."""
    may_end: NDArray[np.bool_]
    """[n, L]: tokens of the context that cover a character."""


@dataclass(frozen=True)
class Windows:
    """W windows of P asked pairs, in order; their token ids are put together when asked for."""

    asked: tuple[Asked, ...]
    """The P pairs."""
    owner: NDArray[np.int64]
    """[W]: position of the pair in ``asked``; ascending, every pair has one window or more."""
    cuts: tuple[Cut, ...]
    """[W]: its part of the context."""
    lengths: NDArray[np.int64]
    """[W]: tokens, special ones included."""
    start: NDArray[np.int64]
    """[W]: token of the window with which the first right answer starts; 0, the first token, where
    the window does not hold the whole answer."""
    end: NDArray[np.int64]
    """[W]: token with which it ends (not the one after); 0 likewise."""
    answered: NDArray[np.bool_]
    """[W]: whether the window holds the whole answer."""
    questions: tuple[Ids, ...]
    """[P]: token ids of the question, cut if need be."""
    contexts: tuple[Tokens, ...]
    """[P]: the whole context."""
    template: Template
    """Special tokens around the two."""
    pad_id: int
    """Fills up shorter rows, on the right."""

    def __len__(self) -> int:
        """Number of windows."""
        return len(self.cuts)

    def inputs(self, positions: Sequence[int], device: Device) -> dict[str, torch.Tensor]:
        """The model's inputs for these windows, each [windows, longest].

        Returns:
            ``input_ids``, ``attention_mask``, and ``token_type_ids`` where the template is typed.
        """
        longest = int(self.lengths[list(positions)].max())
        ids = np.full((len(positions), longest), self.pad_id, dtype=np.int64)
        mask, types = np.zeros_like(ids), np.zeros_like(ids)
        for row, position in enumerate(positions):
            question, cut = self.questions[self.owner[position]], self.cuts[position]
            context = self.contexts[self.owner[position]].ids[cut.first : cut.stop]
            length = self.lengths[position]
            ids[row, :length] = self.template.ids(question, context)
            mask[row, :length] = 1
            types[row, :length] = self.template.types(len(question), len(context))
        arrays = {"input_ids": ids, "attention_mask": mask}
        if self.template.typed:
            arrays["token_type_ids"] = types
        found = {name: device.take(torch.from_numpy(array)) for name, array in arrays.items()}
        marked(found["attention_mask"], self.lengths[list(positions)])
        return found

    def context_places(self, position: int) -> tuple[int, int]:
        """First token of the context in a window, and the one after its last."""
        cut = self.cuts[position]
        first = self.template.context_start(len(self.questions[self.owner[position]]))
        return first, first + cut.stop - cut.first

    def places(self, positions: Sequence[int]) -> Places:
        """Where answers may start and end in these windows, and what they would cover."""
        longest = int(self.lengths[list(positions)].max())
        offsets = np.full((len(positions), longest, 2), NONE, dtype=np.int32)
        may_start = np.zeros((len(positions), longest), dtype=bool)
        for row, position in enumerate(positions):
            cut = self.cuts[position]
            first, stop = self.context_places(position)
            offsets[row, first:stop] = self.contexts[self.owner[position]].offsets[
                cut.first : cut.stop
            ]
            shift = first - cut.first
            may_start[row, cut.best_first + shift : cut.best_stop + shift] = True
        may_end = offsets[..., 0] < offsets[..., 1]
        return Places(offsets, may_start & may_end, may_end)


class Reader:
    """Makes windows; a text is encoded once, whatever it is paired with and however often.

    Only the context is cut into windows. A question may take up half of the tokens and loses its
    end where it is longer. Neighbouring windows share ``stride`` tokens, but never more than half
    of what a window holds of the context.

    Args:
        tokenizer: a fast one.
        max_length: of a window, special tokens included; never more than the tokenizer allows.
        stride: see above.
        typed: whether the model wants token types; see `core.models.encode.wants_types`.

    Raises:
        UserError: the tokenizer does not tell where its tokens stand in the text, or there is no
            room.
    """

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerBase,
        max_length: int,
        stride: int,
        *,
        typed: bool = False,
    ) -> None:
        self._tokenizer, self._stride = tokenizer, stride
        self._template = pair_template(tokenizer, typed)
        limit = min(max_length, tokenizer.model_max_length)
        self._room = limit - self._template.added
        if self._room < LEAST:
            raise UserError(
                f"--max-length {limit} leaves no room for a question and its context; give "
                f"{LEAST + self._template.added} or more"
            )
        self._known: dict[str, Tokens] = {}
        self.cut: set[str] = set()
        """Questions that lost their end, so far."""

    def windows(self, dataset: QaDataset, asked: Sequence[Asked]) -> Windows:
        """The windows of these pairs, each pair's from the beginning of its context on.

        Args:
            dataset: with the texts.
            asked: what of it; all must be there (`QaDataset.has`).
        """
        texts = [
            (dataset.sides[one].questions[item] or "", dataset.sides[other].contexts[item] or "")
            for item, one, other in asked
        ]
        self._learn([text for pair in texts for text in pair])
        questions = tuple(self._question(question) for question, _ in texts)
        contexts = tuple(self._known[context] for _, context in texts)
        found = [
            self._cuts(len(context.ids), len(question))
            for question, context in zip(questions, contexts, strict=True)
        ]
        owner = np.repeat(np.arange(len(found)), [len(some) for some in found])
        parts = tuple(cut for some in found for cut in some)
        bounds = np.array(parts, dtype=np.int64).reshape(-1, 4)
        sizes = np.array([len(question) for question in questions], dtype=np.int64)[owner]
        gold = _gold(dataset, asked, contexts)[owner]
        held = (gold[:, 0] >= bounds[:, 0]) & (gold[:, 1] < bounds[:, 1]) & (gold[:, 0] >= 0)
        shift = self._template.context_start(0) + sizes - bounds[:, 0]
        return Windows(
            asked=tuple(asked),
            owner=owner,
            cuts=parts,
            lengths=self._template.added + sizes + bounds[:, 1] - bounds[:, 0],
            start=np.where(held, gold[:, 0] + shift, 0),
            end=np.where(held, gold[:, 1] + shift, 0),
            answered=held,
            questions=questions,
            contexts=contexts,
            template=self._template,
            pad_id=int(self._tokenizer.pad_token_id),
        )

    def _learn(self, texts: Sequence[str]) -> None:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known |= zip(new, tokens_of(self._tokenizer, new), strict=True)

    def _question(self, text: str) -> Ids:
        ids = self._known[text].ids
        if len(ids) > self._room // 2:
            self.cut.add(text)
        return ids[: self._room // 2]

    def _cuts(self, context: int, question: int) -> tuple[Cut, ...]:
        room = self._room - question
        return cuts(context, room, min(self._stride, room // 2))


def _gold(
    dataset: QaDataset, asked: Sequence[Asked], contexts: Sequence[Tokens]
) -> NDArray[np.int64]:
    """First and last context token of the first right answer, [pairs, 2]; `NONE` without one."""
    known: dict[tuple[int, str], tuple[int, int]] = {}
    for (item, _, language), context in zip(asked, contexts, strict=True):
        answers = dataset.sides[language].answers[item]
        if (item, language) not in known:
            span = context.span(answers[0]) if answers else None
            known[item, language] = span or (NONE, NONE)
    spans = [known[item, language] for item, _, language in asked]
    return np.array(spans, dtype=np.int64).reshape(-1, 2)

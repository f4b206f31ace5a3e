"""Heads that ask a language model for the log-probability of answers: prompt and causal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from core.data.parallel import ParallelDataset
from core.errors import UserError
from core.models.device import Device
from core.models.encode import Encoded
from core.models.heads.asker import Asker, Standing
from core.models.language_model import LanguageModel
from core.models.places import can_narrow, evaluating, inputs_of
from core.models.surprisal import Question, live_surprisals
from core.quoting import quote

Reading = Callable[[Standing], list[Question]]
"""What to ask for the log-probability of an answer's pieces."""


@dataclass(frozen=True)
class AskedRow:
    """One item in one language: its classes' answers, each in its sentence."""

    answers: tuple[Standing, ...]

    def __len__(self) -> int:
        """Pieces of the longest sentence."""
        return max(len(answer.ids) for answer in self.answers)


@dataclass(frozen=True)
class AskedHead:
    """P(class) = softmax over the classes of the mean log-probability of the answer's pieces."""

    tokenizer: PreTrainedTokenizerBase
    class_names: tuple[str, ...]
    asker: Asker
    reading: Reading
    narrow: bool
    """Whether the model's head may be given single places (`core.models.places.can_narrow`)."""

    def encode(self, data: ParallelDataset, max_length: int) -> Encoded:
        """The answers of every item in their sentences.

        Raises:
            UserError: an item can't be asked, or two label words can't be told apart.
        """
        rows = []
        for language in data.languages:
            found = self.asker.ask(data, language, max_length)
            if found and self.asker.words(language):
                self._refuse_alike(found[0], language)
            rows.append(tuple(AskedRow(answers) for answers in found))
        return Encoded(data.languages, tuple(rows))

    def check(self, data: ParallelDataset, max_length: int) -> None:
        """Refuse what `encode` would."""
        for language in data.languages:
            found = self.asker.check(data, language, max_length)
            if found and self.asker.words(language):
                self._refuse_alike(found[0], language)

    def logits(
        self,
        model: PreTrainedModel,
        rows: Sequence[AskedRow],
        device: Device,
    ) -> torch.Tensor:
        """Mean log-probabilities [rows, classes]; equal sequences are encoded once."""
        questions: list[Question] = []
        owners: list[int] = []
        shares: list[float] = []
        for answer in (answer for row in rows for answer in row.answers):
            asked = self.reading(answer)
            questions += asked
            owners += [len(shares)] * len(asked)
            shares.append(1 / len(asked))
        asked_model = LanguageModel(model, self.tokenizer)
        values, _ = live_surprisals(asked_model, questions, device, self.narrow)
        sums = torch.zeros(len(shares), dtype=values.dtype)
        sums = sums.index_add(0, torch.tensor(owners), -values)
        means = sums * torch.tensor(shares, dtype=values.dtype)
        return means.float().to(device.place).view(len(rows), -1)

    def encodings(self, rows: Sequence[AskedRow]) -> int:
        """Distinct sequences of each row."""
        return sum(
            len({question.ids for answer in row.answers for question in self.reading(answer)})
            for row in rows
        )

    def _refuse_alike(self, answers: Sequence[Standing], language: str) -> None:
        """Label words with the same pieces would always be equally likely."""
        pieces = [answer.ids[answer.start : answer.end] for answer in answers]
        refuse_same(pieces, self.asker, language, "the same pieces")


def refuse_same(
    pieces: Sequence[tuple[int, ...] | int],
    asker: Asker,
    language: str,
    what: Literal["the same pieces", "the same first piece"],
) -> None:
    """Refuse label words that the model can't tell apart.

    Raises:
        UserError: naming the words.
    """
    words = asker.words(language)
    for place, one in enumerate(pieces):
        if one in pieces[:place]:
            first, second = words[pieces.index(one)], words[place]
            raise UserError(
                f"the label words '{quote(first)}' and '{quote(second)}' (asked in {language}) "
                f"have {what} in the model's tokenizer, so they can't be told apart; give others "
                "with --templates FILE, or use another --head"
            )


def narrowed(model: LanguageModel, device: Device) -> bool:
    """Whether the model's head may be given single places; not known of one without weights."""
    if model.model.device.type == "meta":
        return False
    some = tuple(int(i) for i in model.tokenizer("a")["input_ids"]) or (0,)
    with evaluating(model.model, device):
        return can_narrow(model.model, inputs_of(model, [some], device))

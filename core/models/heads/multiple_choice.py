"""Multiple choice: an encoder scores each choice beside what is asked about.

A sequence classifier with a single label reads (context, question + choice), or (question,
choice) where there is no context, once for each choice; P(choice) is the softmax of its scores
over the choices. So any encoder that can be a sequence classifier can choose, among any number of
choices, and is saved in the standard form. Checkpoints saved as ``...ForMultipleChoice`` are read
with their own head.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from core.data.parallel import Fields, ParallelDataset
from core.models.device import Device
from core.models.encode import Encoded, Ids, class_logits, encode_texts
from core.models.heads.cutting import Limit, cut_to_fit


@dataclass(frozen=True)
class ChoiceRow:
    """One item in one language: one sequence a choice."""

    ids: tuple[Ids, ...]

    def __len__(self) -> int:
        """Pieces of the longest sequence."""
        return max(map(len, self.ids))


@dataclass(frozen=True)
class MultipleChoiceHead:
    """P(choice) = softmax over the choices of their scores."""

    tokenizer: PreTrainedTokenizerBase
    class_names: tuple[str, ...]
    stacked: bool = False
    """Whether the model is a ``...ForMultipleChoice``."""

    def encode(self, data: ParallelDataset, max_length: int) -> Encoded:
        """One sequence for each choice; what is asked about is cut where it is too long.

        Raises:
            UserError: a choice alone is too long.
        """
        limit, rows = Limit(max_length, self.tokenizer.model_max_length), []
        for language in data.languages:
            texts, choices = _split(data, language)
            measure = partial(self._measure, choices)
            short = cut_to_fit(texts, measure, limit, f"{data.name} in {language}")
            rows.append(tuple(self._rows(range(len(texts)), short, choices)))
        return Encoded(data.languages, tuple(rows))

    def check(self, data: ParallelDataset, max_length: int) -> None:
        """Refuse what `encode` would."""
        limit = Limit(max_length, self.tokenizer.model_max_length)
        for language in data.languages:
            texts, choices = _split(data, language)
            blank = [("",) * len(fields) for fields in texts]
            most = max(self._measure(choices, range(len(texts)), blank), default=0)
            limit.check(most, f"{data.name} in {language}")

    def logits(
        self,
        model: PreTrainedModel,
        rows: Sequence[ChoiceRow],
        device: Device,
    ) -> torch.Tensor:
        """Scores [rows, choices]."""
        flat = [ids for row in rows for ids in row.ids]
        scores = class_logits(model, flat, self.tokenizer, device, stacked=self.stacked)
        return scores.view(len(rows), -1)

    def encodings(self, rows: Sequence[ChoiceRow]) -> int:
        """One sequence a choice."""
        return sum(len(row.ids) for row in rows)

    def _rows(
        self, items: Sequence[int], texts: Sequence[Fields], choices: Sequence[Fields]
    ) -> list[ChoiceRow]:
        pairs = [
            pair_of(fields, choice)
            for item, fields in zip(items, texts, strict=True)
            for choice in choices[item]
        ]
        flat = iter(encode_texts(pairs, self.tokenizer, None))
        return [ChoiceRow(tuple(next(flat) for _ in choices[item])) for item in items]

    def _measure(
        self, choices: Sequence[Fields], items: Sequence[int], texts: Sequence[Fields]
    ) -> list[int]:
        return [len(row) for row in self._rows(items, texts, choices)]


def _split(data: ParallelDataset, language: str) -> tuple[list[Fields], list[Fields]]:
    """What is asked about, and the choices, of each item."""
    items = data.texts[language]
    ahead = [len(fields) - data.choices for fields in items]
    return (
        [fields[:n] for fields, n in zip(items, ahead, strict=True)],
        [fields[n:] for fields, n in zip(items, ahead, strict=True)],
    )


def pair_of(texts: Fields, choice: str) -> tuple[str, str]:
    """What the encoder reads for one choice: (context, question + choice) or (question, choice)."""
    context, *questions = texts
    return context, " ".join([*questions, choice])

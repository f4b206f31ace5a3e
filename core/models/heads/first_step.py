"""Encoder-decoder (mT5): the label words' first pieces at the first step of the decoder."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from dataclasses import dataclass

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from core.data.parallel import ParallelDataset
from core.data.templates.wording import Templates
from core.errors import UserError
from core.models.batches import bucketed, pad
from core.models.device import Device
from core.models.encode import Encoded, word_start
from core.models.heads.asked import refuse_same
from core.models.heads.asker import Asker, Item, Standing, check_offsets, no_pieces
from core.models.heads.gap import around
from core.models.language_model import LanguageModel

GAP = "<extra_id_0>"
"""What T5 and mT5 read where something is left out."""


@dataclass(frozen=True)
class FirstStepRow:
    """One item in one language."""

    ids: tuple[int, ...]
    """What the encoder reads."""
    pieces: tuple[int, ...]
    """First piece of each class's label word."""

    def __len__(self) -> int:
        """Pieces of the encoder's sequence."""
        return len(self.ids)


class GapAsker(Asker):
    """Sentences with the answer's place marked, where the model knows a mark, or left out."""

    @property
    def gap(self) -> str:
        """The mark."""
        known = GAP in self.tokenizer.get_vocab()
        return GAP if known else str(self.tokenizer.mask_token or "")

    def stand(self, items: Sequence[Item]) -> list[tuple[Standing, ...]]:
        """One sentence an item; no answer stands in it."""
        if not self.gap:
            filled = [item.fill("").text for item in items]
            sentences = self.tokenized(filled)
            return [(Standing(tuple(sentences[text][0]), 0, 0),) for text in filled]
        mark = int(self.tokenizer.convert_tokens_to_ids(self.gap))
        gaps = around(self, items, self.gap)
        return [(Standing((*gap.ahead, mark, *gap.behind), 0, 0),) for gap in gaps]


@dataclass(frozen=True)
class FirstStepHead:
    """P(class) = softmax over the classes of the first pieces' logits at the first step."""

    tokenizer: PreTrainedTokenizerBase
    class_names: tuple[str, ...]
    asker: GapAsker
    pad_id: int
    start_id: int
    """What the decoder starts with."""

    def encode(self, data: ParallelDataset, max_length: int) -> Encoded:
        """The encoder's sentences, the answer's place marked where the model knows a mark.

        Raises:
            UserError: an item can't be asked, or two label words begin with the same piece.
        """
        rows = []
        for language in data.languages:
            pieces = self._first_pieces(language)
            found = self.asker.ask(data, language, max_length)
            rows.append(tuple(FirstStepRow(sentence.ids, pieces) for (sentence,) in found))
        return Encoded(data.languages, tuple(rows))

    def check(self, data: ParallelDataset, max_length: int) -> None:
        """Refuse what `encode` would."""
        for language in data.languages:
            self._first_pieces(language)
            self.asker.check(data, language, max_length)

    def logits(
        self,
        model: PreTrainedModel,
        rows: Sequence[FirstStepRow],
        device: Device,
    ) -> torch.Tensor:
        """Logits [rows, classes] of the first pieces."""

        def forward(positions: list[int]) -> torch.Tensor:
            batch = pad([list(rows[i].ids) for i in positions], self.pad_id, device)
            first = torch.full((len(positions), 1), self.start_id, device=device.place)
            wanted = torch.tensor([rows[i].pieces for i in positions], device=device.place)
            with device.autocast():
                output = model(**batch, decoder_input_ids=first, use_cache=False)
            return output.logits[:, 0].float().gather(1, wanted)

        return bucketed(rows, device, forward)

    def encodings(self, rows: Sequence[Sized]) -> int:
        """One sequence a row."""
        return len(rows)

    def _first_pieces(self, language: str) -> tuple[int, ...]:
        """The first piece of each label word, a word start that stands alone aside."""
        words = self.asker.words(language)
        lead = word_start(self.tokenizer)
        pieces = []
        for word in words:
            ids = self.tokenizer(word, add_special_tokens=False)["input_ids"]
            own = [int(piece) for piece in ids if piece != lead]
            if not own:
                raise no_pieces(word)
            pieces.append(own[0])
        refuse_same(pieces, self.asker, language, "the same first piece")
        return tuple(pieces)


def first_step_head(model: LanguageModel, templates: Templates, given: str) -> FirstStepHead:
    """The head of an encoder-decoder.

    Args:
        model: whose configuration says what its decoder starts with.
        templates: with label words.
        given: what messages call the model.

    Raises:
        UserError: nothing says what the decoder starts with, or the choices have no label words.
    """
    check_offsets(model.tokenizer, given)
    start = getattr(model.model.config, "decoder_start_token_id", None)
    if start is None:
        start = getattr(model.model.generation_config, "decoder_start_token_id", None)
    if start is None:
        raise UserError(
            f"--model {given}: its configuration does not say what the decoder starts with "
            "(decoder_start_token_id), so it has no first step to read"
        )
    asker = GapAsker(model.tokenizer, templates, "template")
    names = templates.task.class_names
    return FirstStepHead(model.tokenizer, names, asker, model.pad_id, int(start))

"""Reciprocal ranks of masked pieces, the same positions for every model (MRR)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import BertForMaskedLM, PreTrainedTokenizerFast

from core import processes
from core.balancing.labels import CELLS
from core.data.corpora.corpus import Passage
from core.models.batches import batches, pad
from core.models.device import Device
from core.models.encode import Ids, encode_texts


@dataclass(frozen=True)
class MaskedTexts:
    """Texts with fixed masks: what is asked does not depend on who is asked."""

    rows: tuple[Ids, ...]
    """Token ids with the mask in place of what is asked."""
    places: tuple[tuple[int, ...], ...]
    """Masked positions of each row, ascending."""
    gold: tuple[tuple[int, ...], ...]
    """The pieces that stood there; never the mask itself."""
    items: tuple[str, ...]
    """What each row says (see `core.data.corpora.corpus.Passage.item`)."""

    @property
    def positions(self) -> int:
        """Masked positions in all."""
        return sum(map(len, self.places))


def fixed_masks(
    passages: Sequence[Passage],
    tokenizer: PreTrainedTokenizerFast,
    share: float,
    max_length: int,
    seed: Sequence[int],
) -> MaskedTexts:
    """Mask a share of every text's pieces, one at least, each by the mask.

    Args:
        passages: texts of one language; those without a piece to mask are left out.
        tokenizer: of all models.
        share: of the pieces that are not special.
        max_length: in pieces.
        seed: of the choice.
    """
    rng = np.random.default_rng(list(seed))
    special = set(tokenizer.all_special_ids)
    rows, places, gold, items = [], [], [], []
    encoded = encode_texts([(one.text,) for one in passages], tokenizer, max_length)
    for one, row in zip(passages, encoded, strict=True):
        free = [place for place, piece in enumerate(row) if piece not in special]
        if not free:
            continue
        count = max(1, round(share * len(free)))
        chosen = sorted(free[i] for i in rng.permutation(len(free))[:count])
        places.append(tuple(chosen))
        gold.append(tuple(row[place] for place in chosen))
        rows.append([tokenizer.mask_token_id if i in chosen else x for i, x in enumerate(row)])
        items.append(one.item)
    return MaskedTexts(tuple(rows), tuple(places), tuple(gold), tuple(items))


@torch.inference_mode()
def reciprocal_ranks(
    model: BertForMaskedLM, texts: MaskedTexts, pad_id: int, device: Device, batch: int
) -> NDArray[np.float32]:
    """One over the rank of every masked piece; rank = 1 + number of strictly greater logits.

    In float32 whatever the device computes in: equal logits of fewer bits would flatter a model.

    Args:
        model: on the device.
        texts: what is asked.
        pad_id: id of the padding piece.
        device: where to compute.
        batch: rows at once, at most.

    Returns:
        [masked positions], row after row.
    """
    was, _ = model.training, model.eval()
    found: dict[int, NDArray[np.float32]] = {}
    cuts = batches([len(row) for row in texts.rows], device.budget, batch)
    for chosen, _ in processes.dealt(cuts):
        if not chosen:
            continue
        inputs = pad([texts.rows[i] for i in chosen], pad_id, device)
        hidden = model.base_model(**inputs).last_hidden_state
        where = [(row, place) for row, i in enumerate(chosen) for place in texts.places[i]]
        at = torch.tensor(where, device=hidden.device).T
        gold = torch.tensor([x for i in chosen for x in texts.gold[i]], device=hidden.device)
        ranks = _ranks(model, hidden[at[0], at[1]], gold).cpu().numpy()
        ends = np.cumsum([len(texts.places[i]) for i in chosen])
        for i, part in zip(chosen, np.split(ranks, ends[:-1]), strict=True):
            found[i] = (1 / part).astype(np.float32)
    model.train(was)
    every = {row: own for one in processes.everyones(found) for row, own in one.items()}
    return np.concatenate([np.empty(0, np.float32), *(every[row] for row in sorted(every))])


def _ranks(model: BertForMaskedLM, hidden: torch.Tensor, gold: torch.Tensor) -> torch.Tensor:
    """[masked] ranks; no more logits at once than fit."""
    size = max(1, CELLS // model.config.vocab_size)
    parts = []
    for states, pieces in zip(hidden.split(size), gold.split(size), strict=True):
        logits = model.cls(states)
        own = logits.gather(-1, pieces.unsqueeze(-1))
        parts.append(1 + (logits > own).sum(-1))
    return torch.cat(parts)


def mean_reciprocal_rank(
    model: BertForMaskedLM,
    texts: Mapping[str, MaskedTexts],
    pad_id: int,
    device: Device,
    batch: int,
) -> dict[str, float]:
    """Language -> MRR over all its masked positions, in percent."""
    return {
        language: 100 * float(reciprocal_ranks(model, own, pad_id, device, batch).mean())
        for language, own in texts.items()
    }

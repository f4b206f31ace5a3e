"""MRR equals a plain loop over positions, and asks every model the same."""

import numpy as np
import pytest
import torch

from core.balancing import ranks
from core.balancing.ranks import fixed_masks, mean_reciprocal_rank, reciprocal_ranks
from core.data.corpora.corpus import Passage
from core.models.device import Device
from tests.balancing.balanced import corpus, model, texts

CPU = Device(torch.device("cpu"), torch.float32)


def plain_reciprocal_ranks(one, asked):
    """One row, one position, one piece of the vocabulary at a time."""
    found = []
    for row, places, gold in zip(asked.rows, asked.places, asked.gold, strict=True):
        with torch.no_grad():
            logits = one(input_ids=torch.tensor([row])).logits[0]
        for place, piece in zip(places, gold, strict=True):
            rank = 1
            for other in range(logits.shape[-1]):
                if logits[place, other] > logits[place, piece]:
                    rank += 1
            found.append(1 / rank)
    return found


@pytest.mark.parametrize("cells", [ranks.CELLS, 1])
@pytest.mark.parametrize("batch", [1, 7, 64])
def test_ranks_equal_a_plain_loop_over_positions(batch, cells, monkeypatch):
    monkeypatch.setattr(ranks, "CELLS", cells)
    found = texts()
    one, asked = model(found).eval(), found.test["fr"]
    pad = found.tokenizer.pad_token_id
    values = reciprocal_ranks(one, asked, pad, CPU, batch)
    expected = plain_reciprocal_ranks(one, asked)
    assert len(values) == asked.positions == len(expected) >= 20
    assert list(values) == pytest.approx(expected, rel=1e-6)
    mrr = mean_reciprocal_rank(one, {"fr": asked}, pad, CPU, batch)
    assert mrr["fr"] == pytest.approx(100 * sum(expected) / len(expected), rel=1e-5)


def test_every_batch_is_asked_its_own_lines():
    """The fault of re-reading the first batch: its rows would stand for all others."""
    found = texts()
    one, asked = model(found).eval(), found.test["en"]
    pad = found.tokenizer.pad_token_id
    whole = reciprocal_ranks(one, asked, pad, CPU, 4)
    ends = np.cumsum([len(places) for places in asked.places])
    for number, end in enumerate(ends):
        alone = ranks.MaskedTexts(
            (asked.rows[number],),
            (asked.places[number],),
            (asked.gold[number],),
            (asked.items[number],),
        )
        own = reciprocal_ranks(one, alone, pad, CPU, 4)
        assert list(whole[end - len(own) : end]) == pytest.approx(list(own), rel=1e-6)
    assert len({tuple(row) for row in asked.rows}) > 8


def test_labels_are_never_the_mask():
    """The fault of masking twice: what is asked would be the mask itself."""
    found = texts()
    mask_id, special = found.tokenizer.mask_token_id, set(found.tokenizer.all_special_ids)
    for asked in (*found.test.values(), *found.dev.values()):
        for row, places, gold in zip(asked.rows, asked.places, asked.gold, strict=True):
            assert not special & set(gold)
            assert [place for place, piece in enumerate(row) if piece == mask_id] == list(places)


def test_masks_are_of_the_text_and_fixed_by_the_seed():
    tokenizer = texts().tokenizer
    passages = corpus().passages["en"][:30]
    first, again, other = (fixed_masks(passages, tokenizer, 0.15, 24, [seed]) for seed in (0, 0, 1))
    assert first == again
    assert first.places != other.places
    for passage, row, places, gold in zip(
        passages, first.rows, first.places, first.gold, strict=True
    ):
        whole = list(row)
        for place, piece in zip(places, gold, strict=True):
            whole[place] = piece
        assert whole == tokenizer(passage.text, truncation=True, max_length=24)["input_ids"]
        assert len(places) == max(1, round(0.15 * (len(row) - 2)))


def test_a_text_without_pieces_is_not_asked():
    tokenizer = texts().tokenizer
    found = fixed_masks(
        [Passage("s", "i", ""), Passage("s", "j", "ka lo")], tokenizer, 0.15, 24, [0]
    )
    assert found.items == ("j",)


def test_equal_logits_are_not_greater():
    found = texts()
    one = model(found)
    with torch.no_grad():
        for parameter in one.parameters():
            parameter.zero_()
    values = reciprocal_ranks(one, found.test["en"], found.tokenizer.pad_token_id, CPU, 8)
    assert set(values) == {1.0}


def test_asking_changes_nothing_in_the_model():
    found = texts()
    one = model(found).train()
    before = {name: value.clone() for name, value in one.state_dict().items()}
    reciprocal_ranks(one, found.test["en"], found.tokenizer.pad_token_id, CPU, 8)
    assert one.training
    assert all((before[name] == value).all() for name, value in one.state_dict().items())

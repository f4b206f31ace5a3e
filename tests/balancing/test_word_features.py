"""Word features against one sentence at a time through the model."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch

from core.balancing.word_features import WordFeatures, word_features, word_rows
from core.config import ModelConfig
from core.data.tagging.dataset import TaggedSentences
from core.errors import UserError
from core.models.device import Device
from core.models.encoder import Encoder, load_encoder
from core.models.find import find_model
from core.models.memory import Fitting
from core.runs.store import RunStore
from tests.probing.language_models import write

CPU = Device(torch.device("cpu"), torch.float32)
WORDS = (
    ("apple", "iron", "rain"),
    ("theluji", "x", "dhahabu", "upepo", "étain"),
    ("红色", "和", "mango zink"),
    ("mvua",),
)
PART = TaggedSentences(
    ("a", "b", "c", "d"), WORDS, tuple(tuple(range(len(words))) for words in WORDS)
)
KINDS = ("xlm-r", "bert", "modernbert", "mt5", "gpt-2")


@cache
def encoder(kind: str, folder: str) -> Encoder:
    place = write(kind, Path(folder))
    return load_encoder(find_model(ModelConfig(model=str(place)), RunStore(place)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


def plain(found: Encoder, words: tuple[str, ...], layer: int) -> dict[int, torch.Tensor]:
    """Cut each word by itself, join the pieces, and read the state at each first piece."""
    tokenizer = found.tokenizer
    empty = tokenizer([], is_split_into_words=True)["input_ids"]
    whole = tokenizer(list(words), is_split_into_words=True)["input_ids"]
    pieces = [
        [i for i in tokenizer([word], is_split_into_words=True)["input_ids"] if i not in empty]
        for word in words
    ]
    start = whole.index(pieces[0][0])
    assert whole[start : start + sum(map(len, pieces))] == [i for part in pieces for i in part]
    with torch.no_grad():
        output = found.model(torch.tensor([whole]), output_hidden_states=True)
    states = {}
    for number, part in enumerate(pieces):
        lead = len(part) > 1 and tokenizer.convert_ids_to_tokens(part[0]) == "▁"
        if tokenizer.convert_ids_to_tokens(part) != ["▁"]:
            states[number] = output.hidden_states[layer][0, start + lead]
        start += len(part)
    return states


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layer", [None, 0, 1])
def test_features_are_the_states_of_first_sub_words(
    kind: str, layer: int | None, folder: Path
) -> None:
    found = encoder(kind, str(folder / kind))
    features = word_features(found, PART, CPU, layer=layer, fitting=Fitting(2, "sentences"))
    expected, tags, numbers = [], [], []
    for number, words in enumerate(WORDS):
        for place, state in plain(found, words, -1 if layer is None else layer).items():
            expected.append(state.numpy())
            tags.append(place)
            numbers.append(number)
    assert len(expected) > 8
    np.testing.assert_array_equal(features.tags, tags)
    np.testing.assert_array_equal(features.sentences, numbers)
    np.testing.assert_allclose(features.values, np.array(expected), rtol=2e-3, atol=2e-3)
    assert features.lost == sum(map(len, WORDS)) - len(tags)


def test_first_sub_words_are_no_special_tokens(folder: Path) -> None:
    found = encoder("xlm-r", str(folder / "xlm-r"))
    rows = word_rows(found, WORDS, None)
    for ids, starts, words in zip(rows.ids, rows.starts, WORDS, strict=True):
        pieces = found.tokenizer.convert_ids_to_tokens(ids)
        assert pieces[0] == "<s>" and pieces[-1] == "</s>"
        assert 0 not in starts and len(ids) - 1 not in starts
        assert len(starts) == len(words) and starts == sorted(starts)
        assert "▁" not in [pieces[place] for place in starts]


def test_words_beyond_the_longest_length_are_counted(folder: Path) -> None:
    found = encoder("bert", str(folder / "bert"))
    long = tuple("apple" for _ in range(100))
    part = TaggedSentences(("l", "s"), (long, ("rain",)), ((1,) * 100, (2,)))
    for limit in (8, 30, None):
        features = word_features(found, part, CPU, max_length=limit)
        pieces = len(found.tokenizer(["apple"], is_split_into_words=True)["input_ids"]) - 2
        room = min(limit or 60, 60) - 2  # its table has 60 positions; [CLS] and [SEP] take two
        kept = -(-room // pieces)
        assert len(features.tags) == kept + 1 and features.lost == 100 - kept
        assert features.tags.tolist() == [1] * kept + [2]


def test_what_is_kept_on_the_disk(folder: Path, tmp_path: Path) -> None:
    features = word_features(encoder("bert", str(folder / "bert")), PART, CPU)
    path = tmp_path / "deep" / "x.npz"
    features.save(path)
    again = WordFeatures.load(path)
    for name in ("values", "tags", "sentences"):
        np.testing.assert_array_equal(getattr(again, name), getattr(features, name))
    assert again.lost == features.lost and again.values.dtype == np.float16
    assert [x.name for x in path.parent.iterdir()] == ["x.npz"]


def test_numbers_too_large_for_half_precision_stay_whole(folder: Path) -> None:
    found = encoder("bert", str(folder / "bert-large-numbers"))
    with torch.no_grad():
        found.model.encoder.layer[-1].output.LayerNorm.weight.fill_(1e6)
    features = word_features(found, PART, CPU)
    assert features.values.dtype == np.float32 and np.isfinite(features.values).all()


def test_no_such_layer(folder: Path) -> None:
    found = encoder("bert", str(folder / "bert"))
    assert found.layers == 2
    with pytest.raises(UserError, match=r"--layer 3: the encoder has 2 layers"):
        word_features(found, PART, CPU, layer=3)

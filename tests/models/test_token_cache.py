"""The second time token ids come from the disk, the same ones; a damaged entry is made again."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from transformers import PreTrainedTokenizerBase

from core.models import token_cache
from core.models.encode import encode_rows, encode_texts
from core.models.token_cache import FEWEST
from tests.tiny import write_model

TEXTS = [(f"ka lo apple {number}",) for number in range(FEWEST)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("models") / "encoder")


@pytest.fixture
def tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(token_cache.FOLDER, str(tmp_path / "cache"))
    return tmp_path / "cache"


def rows_of(tokenizer: PreTrainedTokenizerBase, texts=TEXTS, length: int | None = 16) -> list:
    return [row.tolist() for row in encode_rows(texts, tokenizer, length)]


def fresh(tokenizer: PreTrainedTokenizerBase, texts=TEXTS, length: int | None = 16) -> list:
    cut = {"truncation": True, "max_length": length} if length else {}
    return [tokenizer(*fields, **cut)["input_ids"] for fields in texts]


def test_a_hit_is_what_the_tokenizer_says(
    tokenizer: PreTrainedTokenizerBase, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = fresh(tokenizer)
    assert rows_of(tokenizer) == expected
    (entry,) = cache.iterdir()
    assert entry.suffix == ".npy"

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("tokenized again")

    monkeypatch.setattr(type(tokenizer), "__call__", fail)
    assert rows_of(tokenizer) == expected
    assert encode_texts(TEXTS, tokenizer, 16) == expected
    rows = encode_rows(TEXTS, tokenizer, 16)
    assert rows[0].dtype == np.int32 and isinstance(rows.ids.base, np.memmap)


def test_each_length_text_and_tokenizer_is_its_own_entry(
    tokenizer: PreTrainedTokenizerBase, cache: Path, folder: Path
) -> None:
    from transformers import AutoTokenizer

    assert rows_of(tokenizer, length=4) == fresh(tokenizer, length=4)
    assert rows_of(tokenizer, length=None) == fresh(tokenizer, length=None)
    pairs = [(*fields, "tin rain") for fields in TEXTS]
    assert rows_of(tokenizer, pairs) == fresh(tokenizer, pairs)
    joined = [(" ".join(fields),) for fields in pairs]
    assert rows_of(tokenizer, joined) == fresh(tokenizer, joined)
    other = AutoTokenizer.from_pretrained(folder)
    other.add_tokens(["apple"])
    assert rows_of(other) == fresh(other) != fresh(tokenizer)
    assert len(list(cache.iterdir())) == 5


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "other"])
def test_a_damaged_entry_is_made_again(
    tokenizer: PreTrainedTokenizerBase, cache: Path, damage: str
) -> None:
    expected = rows_of(tokenizer)
    (entry,) = cache.iterdir()
    whole = entry.read_bytes()
    wrong = bytearray(whole)
    wrong[-2] ^= 1
    entry.write_bytes(
        {"cut": whole[:-9], "flip": bytes(wrong), "empty": b"", "other": b"not an array"}[damage]
    )
    assert rows_of(tokenizer) == expected
    assert entry.read_bytes() == whole and len(list(cache.iterdir())) == 1


def test_few_texts_make_no_file_and_no_folder_is_no_fault(
    tokenizer: PreTrainedTokenizerBase, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rows_of(tokenizer, TEXTS[:-1]) == fresh(tokenizer, TEXTS[:-1])
    assert not cache.exists()
    cache.write_text("a file where the folder should be")
    assert rows_of(tokenizer) == fresh(tokenizer)
    monkeypatch.setenv(token_cache.FOLDER, "")
    assert rows_of(tokenizer) == fresh(tokenizer)


def test_writers_side_by_side_leave_one_whole_entry(
    tokenizer: PreTrainedTokenizerBase, cache: Path, folder: Path
) -> None:
    from transformers import AutoTokenizer

    expected, found = fresh(tokenizer), []

    def work() -> None:
        own = AutoTokenizer.from_pretrained(folder)
        found.append(rows_of(own))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4 and len(list(cache.iterdir())) == 1

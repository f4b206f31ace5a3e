"""Token ids on the disk, tokenized once and memory-mapped: as fast as the disk the second time.

An entry is made for a tokenizer, the texts and a length, beside the data sets' own cache. It is
one ``.npy`` file: a checksum of all that follows, the number of texts, their lengths, their ids. It
is written under another name and renamed, so that processes side by side see all of it or nothing;
one that is damaged is made again.
"""

from __future__ import annotations

import hashlib
import os
import threading
import zlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import BinaryIO, overload
from weakref import WeakKeyDictionary

import numpy as np
from huggingface_hub.constants import HF_HOME
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

FEWEST = 1000
"""Texts from which on an entry is worth its file."""
FOLDER = "CORE_TOKENS"
"""Environment variable with the folder of the cache; empty: no cache."""
VERSION = "1"
"""Of what is written; another one is another entry."""
HEAD = 2
"""Numbers before the lengths: the checksum and how many texts there are."""

Batches = Iterable[Sequence[Sequence[int]]]
"""Rows, some after some."""
DIGESTS: WeakKeyDictionary[PreTrainedTokenizerBase, str] = WeakKeyDictionary()
"""Of the tokenizers that were met."""


class Rows(Sequence[NDArray[np.int32]]):
    """Token ids of many texts, one behind the other in one array; a row is a view of it.

    Args:
        ids: of all texts.
        lengths: [texts] how many each has.
    """

    def __init__(self, ids: NDArray[np.int32], lengths: NDArray[np.int32]) -> None:
        self.ids, self.lengths = ids, lengths
        self._ends = np.concatenate([[0], lengths.cumsum(dtype=np.int64)])

    def __len__(self) -> int:
        return len(self.lengths)

    @overload
    def __getitem__(self, place: int) -> NDArray[np.int32]: ...
    @overload
    def __getitem__(self, place: slice) -> list[NDArray[np.int32]]: ...
    def __getitem__(self, place: int | slice) -> NDArray[np.int32] | list[NDArray[np.int32]]:
        at = range(len(self))[place]
        if isinstance(at, range):
            return [self[i] for i in at]
        return self.ids[self._ends[at] : self._ends[at + 1]]


def cached(
    texts: Sequence[Sequence[str]],
    tokenizer: PreTrainedTokenizerBase,
    limit: int | None,
    tokenize: Callable[[], Batches],
) -> Rows:
    """Token ids of texts, from the cache if they are there, else into it.

    Args:
        texts: each of one or two fields.
        tokenizer: which cuts them.
        limit: longest row, in pieces; None: not cut.
        tokenize: makes the rows, some at a time.

    Returns:
        [texts] rows; views of the file on the disk, which memory holds as far as they are read.
        A cache that can't be written is done without.
    """
    folder = cache_folder()
    if folder is None or len(texts) < FEWEST or not tokenizer.is_fast:
        return _in_memory(tokenize())
    path = folder / f"{_key(texts, tokenizer, limit)}.npy"
    found = _load(path, len(texts))
    if found is None and _save(path, len(texts), tokenize):
        found = _load(path, len(texts))
    return _in_memory(tokenize()) if found is None else found


def _in_memory(found: Batches) -> Rows:
    none = np.empty(0, dtype=np.int32)
    ids, lengths = zip((none, none), *map(_flat, found), strict=True)
    return Rows(np.concatenate(ids), np.concatenate(lengths))


def _flat(some: Sequence[Sequence[int]]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The ids of some rows one behind the other, and their lengths."""
    lengths = np.fromiter(map(len, some), np.int32, len(some))
    return np.fromiter(chain.from_iterable(some), np.int32, int(lengths.sum())), lengths


def cache_folder() -> Path | None:
    """Where entries are kept; None: nowhere."""
    given = os.environ.get(FOLDER)
    if given is not None:
        return Path(given) if given else None
    data_sets = os.environ.get("HF_DATASETS_CACHE")  # as `datasets` does, whose import takes 90 MB
    return (Path(data_sets) if data_sets else Path(HF_HOME) / "datasets") / "token-ids"


def _key(
    texts: Sequence[Sequence[str]], tokenizer: PreTrainedTokenizerBase, limit: int | None
) -> str:
    """A digest of everything that the rows depend on."""
    told = f"{VERSION} {_digest(tokenizer)} {len(tokenizer)} {tokenizer.truncation_side} {limit}"
    whole = hashlib.sha256(told.encode())
    for fields in texts:
        for field in fields:
            data = field.encode("utf-8", "surrogatepass")
            whole.update(len(data).to_bytes(8, "little"))
            whole.update(data)
        whole.update(b"\xff")
    return whole.hexdigest()


def _digest(tokenizer: PreTrainedTokenizerBase) -> str:
    """Of all that a tokenizer does; a large one takes a while to write down."""
    if tokenizer not in DIGESTS:
        backend = tokenizer.backend_tokenizer
        backend.no_truncation()  # left over from an earlier call
        backend.no_padding()
        text = f"{type(tokenizer).__name__} {backend.to_str()}"
        DIGESTS[tokenizer] = hashlib.sha256(text.encode()).hexdigest()
    return DIGESTS[tokenizer]


def _load(path: Path, count: int) -> Rows | None:
    """The rows of an entry; None where there is none, or a damaged one."""
    try:
        numbers = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    if numbers.dtype != np.int32 or numbers.ndim != 1 or len(numbers) < HEAD + count:
        return None
    if numbers[1] != count or _checksum(numbers[1:]) != numbers[0]:
        return None
    lengths = np.array(numbers[HEAD : HEAD + count])
    if lengths.sum(dtype=np.int64) != len(numbers) - HEAD - count:
        return None
    return Rows(numbers[HEAD + count :].view(np.ndarray), lengths)


def _save(path: Path, count: int, tokenize: Callable[[], Batches]) -> bool:
    """Write an entry some rows at a time, by a temporary file and a rename; whether it is there."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as handle:
            _write_entry(handle, count, tokenize())
            handle.flush()
            whole = np.load(temporary, mmap_mode="r", allow_pickle=False)
            handle.seek(-4 * len(whole), os.SEEK_END)
            handle.write(_checksum(whole[1:]).tobytes())
        temporary.replace(path)
    except OSError:  # a cache is not needed: the disk is full, or may not be written to
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        return False
    return True


def _write_entry(handle: BinaryIO, count: int, found: Batches) -> None:
    """All but the checksum; what comes before the ids is known when they are written."""
    head = np.zeros(HEAD + count, dtype=np.int32)
    start = _write_shape(handle, 0)
    handle.write(head.tobytes())
    head[1], at, total = count, HEAD, len(head)
    for ids, lengths in map(_flat, found):
        handle.write(ids.tobytes())
        head[at : at + len(lengths)] = lengths
        at, total = at + len(lengths), total + len(ids)
    handle.seek(0)
    if _write_shape(handle, total) != start:
        raise OSError("the header of an array grew")
    handle.write(head.tobytes())


def _write_shape(handle: BinaryIO, total: int) -> int:
    """The header of an array of so many ids, which leaves room for any number; its length."""
    shape = {"descr": "<i4", "fortran_order": False, "shape": (total,)}
    np.lib.format.write_array_header_1_0(handle, shape)
    return handle.tell()


def _checksum(numbers: NDArray[np.int32]) -> np.int32:
    return np.uint32(zlib.crc32(np.ascontiguousarray(numbers).data)).view(np.int32)

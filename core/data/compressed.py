"""The bytes of a file that may be compressed: ``.xz`` and ``.gz``, told by its name."""

from __future__ import annotations

import gzip
import io
import lzma
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

OPENERS: dict[str, Callable[..., Any]] = {".xz": lzma.open, ".gz": gzip.open}
MOST_BYTES = 1 << 31
"""Unpacked; a small file can hold any number of zeros."""


def read_bytes(path: Path) -> bytes:
    """The content of a file, unpacked where its name says that it is packed.

    Raises:
        OSError: it can't be read, is damaged, or is too large; `strerror` says what.
    """
    opener = OPENERS.get(path.suffix)
    if opener is None:
        return path.read_bytes()
    try:
        with opener(path, "rb") as handle:
            content: bytes = handle.read(MOST_BYTES + 1)
    except (lzma.LZMAError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise OSError(0, f"damaged or cut off ({error})") from error
    if len(content) > MOST_BYTES:
        raise OSError(0, f"more than {MOST_BYTES:,} bytes once it is unpacked")
    return content


def opened(path: Path) -> BinaryIO:
    """The same to be read bit by bit; what is packed is unpacked as a whole.

    Raises:
        OSError: as `read_bytes`.
    """
    return io.BytesIO(read_bytes(path)) if path.suffix in OPENERS else path.open("rb")


def plain_name(name: str) -> str:
    """The name of a file without the ending of its packing."""
    return next((name.removesuffix(end) for end in OPENERS if name.endswith(end)), name)

"""Gathers every problem of an input, so that a person fixes a file once, not line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from core.data.compressed import opened
from core.errors import DataError

MAX_LINE_BYTES = 1 << 20
"""A longer line is refused: it is no sentence, and usually a missing line break or a wrong file."""
EACH_KIND = 5
"""Problems of one kind written out in full; the rest are counted."""


class Problems:
    """A list of problems under one source.

    Args:
        source: name of the file, folder or hub dataset, as the messages call it.
        remedy: what the user can do about any of them.
    """

    def __init__(self, source: str, remedy: str = "") -> None:
        self.source, self.remedy = source, remedy
        self.found: list[str] = []

    def __bool__(self) -> bool:
        """Whether anything was found."""
        return bool(self.found)

    def add(self, problem: str) -> None:
        """One problem, naming its own line or language."""
        if problem not in self.found:  # each split of a file may have the same
            self.found.append(problem)

    def add_kind(self, problems: Iterable[str], more: str = "more like these") -> None:
        """Problems of one kind: the first five, then how many more."""
        listed = list(problems)
        self.found.extend(listed[:EACH_KIND])
        if len(listed) > EACH_KIND:
            self.found.append(f"{len(listed) - EACH_KIND:,} {more}")

    def raise_if_any(self) -> None:
        """Raise what was found.

        Raises:
            DataError: all problems in one message.
        """
        if self.found:
            raise DataError(self.source, self.found, self.remedy)


def shown(path: Path, parts: int = 1) -> str:
    """The last parts of a path: messages name files, never a machine's folders."""
    return "/".join(path.parts[-parts:])


def check_file(path: Path, problems: Problems, name: str | None = None) -> bool:
    """Whether the path is a file that holds something; otherwise a problem is added."""
    name = name or path.name
    if path.is_dir():
        problems.add(f"{name} is a folder, a file is expected")
    elif not path.is_file():
        problems.add(f"{name} is missing")
    elif path.stat().st_size == 0:
        problems.add(f"{name} is empty")
    else:
        return True
    return False


def check_folder(path: Path, remedy: str) -> None:
    """Refuse a data folder that is missing or is a file.

    Raises:
        DataError: with the remedy.
    """
    problems = Problems(shown(path), remedy)
    if path.is_file():
        problems.add("is a file, a folder is expected")
    elif not path.is_dir():
        problems.add("no such folder")
    problems.raise_if_any()


def other_encoding(raw: bytes) -> str | None:
    """The encoding that the beginning of a file shows not to be UTF-8, where it is known by it."""
    if raw.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return "UTF-32"
    start = raw[:200]
    # Without a byte order mark, every other byte of Latin letters is 0.
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or start.count(0) > len(start) // 3:
        return "UTF-16"
    return None


def other_separator(header: str, separator: str) -> str | None:
    """What seems to separate the columns of a header that holds no separator, in words."""
    marks = {";": "semicolons", "\t": "tabs", ",": "commas", "|": "bars"}
    found = {mark: header.count(mark) for mark in marks if mark != separator}
    likely = max(found, key=lambda mark: found[mark])
    return marks[likely] if found[likely] and separator not in header else None


def read_lines(path: Path, problems: Problems, name: str | None = None) -> list[str]:
    r"""The lines of a UTF-8 file without their ends (``\n`` or ``\r\n``); a BOM is dropped.

    Only a line feed ends a line: texts may hold the other Unicode line separators. Lines that
    are no UTF-8 or too long are added to the problems, with their numbers, and come back empty.
    A file whose name ends in ``.xz`` or ``.gz`` is unpacked.
    """
    return list(each_line(path, problems, name))


def each_line(path: Path, problems: Problems, name: str | None = None) -> Iterator[str]:
    """The same one by one, for large files; the problems are added behind the last line."""
    name = name or path.name
    if not check_file(path, problems, name):
        return
    long: list[str] = []
    broken: list[str] = []
    blank: list[str] | None = []  # lines before the first that is not
    try:
        with opened(path) as handle:
            if encoding := other_encoding(_without_mark(handle, 200)):
                problems.add(f"{name} is not UTF-8; it looks like {encoding}: save it as UTF-8")
                return
            for number, piece in enumerate(handle, start=1):
                line = piece.removesuffix(b"\n")
                text = _decoded(line, (name, number), long, broken)
                if blank is None:
                    yield text
                elif not line.strip() or len(line) > MAX_LINE_BYTES:
                    blank.append(text)
                else:
                    yield from (*blank, text)
                    blank = None
    except OSError as error:
        problems.add(f"{name} can't be read: {error.strerror}")
        return
    problems.add_kind(long)
    if blank is not None and not long:
        problems.add(f"{name} holds only blank lines")
    problems.add_kind(broken, f"lines of {name} are no UTF-8")


def _without_mark(handle: BinaryIO, count: int) -> bytes:
    """The first bytes of a file behind its byte order mark; from there on it is read."""
    mark = b"\xef\xbb\xbf"
    start = handle.read(len(mark))
    handle.seek(0 if start != mark else len(mark))
    at, found = handle.tell(), handle.read(count)
    handle.seek(at)
    return found


def _decoded(piece: bytes, place: tuple[str, int], long: list[str], broken: list[str]) -> str:
    """A line as text; one that is too long or no UTF-8 becomes empty and a problem."""
    if len(piece) > MAX_LINE_BYTES:
        long.append(
            f"{place[0]} line {place[1]}: {len(piece):,} bytes, at most {MAX_LINE_BYTES:,} are read"
        )
        return ""
    try:
        return piece.removesuffix(b"\r").decode("utf-8")
    except UnicodeDecodeError as error:
        found = piece[error.start : error.start + 1].hex()
        broken.append(f"{place[0]} line {place[1]}: no UTF-8 at byte {error.start + 1} (0x{found})")
        return ""

"""What may be in an archive of a run: checked name by name before anything is unpacked."""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import IO

from core.errors import UserError
from core.runs.checkpoints import FOLDERS
from core.runs.claims import FOLDER as CLAIMS
from core.runs.live import CANCEL
from core.runs.remote import NOTE as CLUSTER

MANIFEST = "manifest.json"
KINDS = (
    ".json", ".jsonl", ".npz", ".txt", ".md", ".safetensors", ".model", ".vocab", ".jinja",
    ".codes", ".tiktoken",
)  # fmt: skip
"""Endings of the files of a run, its model's tokenizer among them. None can hold code."""
MOST_ENTRIES, LONGEST_NAME, DEEPEST_FOLDER = 2000, 200, 4
MOST_AT_ONCE = 8_000_000
"""Bytes read in one piece: more than the directory of an archive of so many entries takes."""
RESERVED = {CANCEL, CLAIMS, CLUSTER, MANIFEST, *FOLDERS}
"""Names at the top of a run's folder that belong to the computer it is on."""
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+=-]*")
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
"""Names that mean a device on Windows."""
_ENCRYPTED = 0x1 | 0x40
_FOLDER_ATTRIBUTE = 0x10


class Bounded:
    """A file of which nobody reads more in one piece than an honest archive needs.

    Args:
        handle: of the file; not closed with this.
    """

    def __init__(self, handle: IO[bytes]) -> None:
        self._handle = handle

    def read(self, size: int = -1, /) -> bytes:
        """Read so many bytes, or all.

        Raises:
            UserError: that is too much.
        """
        found = self._handle.read(size if 0 <= size <= MOST_AT_ONCE else MOST_AT_ONCE + 1)
        if len(found) > MOST_AT_ONCE:
            raise UserError("it has too many entries")
        return found

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to a place in the file."""
        return self._handle.seek(offset, whence)

    def tell(self) -> int:
        """The place in the file."""
        return self._handle.tell()

    def seekable(self) -> bool:
        """Always: an archive is read from its end."""
        return True


def check_entries(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse an archive with anything in it that a run can't have.

    Raises:
        UserError: the first such entry, and why.
    """
    if len(entries) > MOST_ENTRIES:
        raise UserError(f"it has {len(entries)} entries; {MOST_ENTRIES} is the most")
    for entry in entries:
        name = entry.orig_filename  # filename is cut off at a NUL
        reason = problem_of_entry(entry) or (problem_of(name) if name != MANIFEST else None)
        if reason:
            raise UserError(f"entry {name[:LONGEST_NAME]!r} {reason}")
    check_together(entry.orig_filename for entry in entries)


def problem_of_entry(entry: zipfile.ZipInfo) -> str | None:
    """Why an entry is not a plain file, or None."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "is a link"
    if kind == stat.S_IFDIR or entry.external_attr & _FOLDER_ATTRIBUTE:
        return "is a folder; only files are read"
    if kind not in (0, stat.S_IFREG):
        return "is a special file"
    if entry.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is compressed in a way that is not read (only deflate is)"
    return None


def problem_of(name: str) -> str | None:
    """Why a run can't have a file of this name, relative to its folder, or None."""
    reason = _problem_of_path(name)
    if reason:
        return reason
    parts = name.split("/")
    if parts[0].casefold() in RESERVED:
        return f"has a reserved name ({parts[0]})"
    if len(parts) > DEEPEST_FOLDER:
        return f"lies more than {DEEPEST_FOLDER} folders deep"
    ending = PurePosixPath(name).suffix
    if ending not in KINDS:
        return f"is of a kind that is not allowed; allowed are {' '.join(KINDS)}"
    return None


def _problem_of_path(name: str) -> str | None:
    """Why a name is no plain relative path, or None."""
    if len(name) > LONGEST_NAME:
        return f"has a name of more than {LONGEST_NAME} characters"
    if any(ord(character) < 32 or ord(character) == 127 for character in name):
        return "has a control character in its name"
    if "\\" in name:
        return "has a backslash in its name"
    if name.startswith("/"):
        return "has an absolute path"
    if re.match(r"[A-Za-z]:", name):
        return "has a drive letter in its name"
    found = (_problem_of_part(part) for part in name.split("/"))
    return next((reason for reason in found if reason), None)


def _problem_of_part(part: str) -> str | None:
    """Why a file or folder can't have this name, or None."""
    if not part:
        return "has an empty part in its name"
    if part == "..":
        return "leaves its folder by '..'"
    if part.startswith("."):
        return "has a hidden part in its name"
    if _DEVICE.fullmatch(part):
        return f"has a reserved name ({part})"
    if not _PART.fullmatch(part) or part.endswith("."):
        return f"has a name with unusual characters ({part!r})"
    return None


def check_together(names: Iterable[str]) -> None:
    """Refuse names that would be one file, or a file and a folder at once, on some computer.

    Raises:
        UserError: the first two such names.
    """
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    for name in names:
        key = name.casefold()
        if key in files:
            what = "stands twice" if files[key] == name else f"differs from {files[key]!r} in case"
            raise UserError(f"entry {name!r} {what}")
        files[key] = name
        for above in list(PurePosixPath(name).parents)[:-1]:
            known = folders.setdefault(str(above).casefold(), str(above))
            if known != str(above):
                raise UserError(f"entry {name!r} lies in a folder that differs from {known!r}")
    if both := sorted(files.keys() & folders.keys()):
        raise UserError(f"entry {files[both[0]]!r} is a file and a folder")

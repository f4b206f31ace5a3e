"""What people say about a run: a name, tags and a note, in ``notes.json`` beside the record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import UserError
from core.runs.files import read_json, write_json

NOTES = "notes.json"
LONGEST_NAME, LONGEST_TAG, LONGEST_NOTE = 120, 60, 4000


@dataclass(frozen=True)
class Notes:
    """Name, tags and note of one run; all empty where nobody wrote any."""

    name: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""
    damaged: str | None = None
    """Why the file can't be read; the other fields are empty then."""


def read_notes(folder: Path) -> Notes:
    """The notes of the run in this folder; never raises for a missing or damaged file."""
    try:
        content = read_json(folder / NOTES)
    except FileNotFoundError:
        return Notes()
    except (OSError, ValueError) as error:
        return Notes(damaged=f"{NOTES} can't be read: {error}")
    if not isinstance(content, dict):
        return Notes(damaged=f"{NOTES} holds no object")
    name, tags, note = (content.get(key) for key in ("name", "tags", "note"))
    wrong = [key for key, value in (("name", name), ("note", note)) if not _is_text(value)]
    if tags is not None and not (isinstance(tags, list) and all(isinstance(x, str) for x in tags)):
        wrong.append("tags")
    if wrong:
        return Notes(damaged=f"{NOTES}: {', '.join(wrong)} not of the right type")
    return Notes(_line(name or "", LONGEST_NAME), _clean(tags or ()), (note or "")[:LONGEST_NOTE])


def write_notes(folder: Path, notes: Notes) -> None:
    """Replace the notes of the run in this folder in one step.

    Raises:
        UserError: a text that is too long, or a folder that can't be written to.
    """
    texts = [("name", notes.name, LONGEST_NAME), ("note", notes.note, LONGEST_NOTE)]
    for what, text, most in (*texts, *(("tag", tag, LONGEST_TAG) for tag in notes.tags)):
        if len(text) > most:
            raise UserError(f"a {what} has {most} characters at most, not {len(text)}")
    content = {
        "name": _line(notes.name, LONGEST_NAME),
        "tags": list(_clean(notes.tags)),
        "note": notes.note.strip(),
    }
    try:
        write_json(folder / NOTES, content)
    except OSError as error:
        raise UserError(f"can't write {NOTES} of {folder.name}: {error.strerror}") from error
    except UnicodeEncodeError as error:
        raise UserError(f"can't write {NOTES} of {folder.name}: {error.reason}") from error


def annotate(
    folder: Path,
    *,
    name: str | None = None,
    add: Iterable[str] = (),
    remove: Iterable[str] = (),
    note: str | None = None,
) -> Notes:
    """Change the notes of a run and keep the rest of them.

    Args:
        folder: of the run.
        name: the new name; empty for none.
        add: tags to add.
        remove: tags to take away.
        note: the new note; empty for none.

    Returns:
        The notes as they are now.

    Raises:
        UserError: the notes there are can't be read, or can't be written.
    """
    old = read_notes(folder)
    if old.damaged:
        raise UserError(f"{old.damaged}; repair or delete that file of {folder.name} first")
    gone = set(_clean(remove))
    new = Notes(
        name=old.name if name is None else name,
        tags=tuple(tag for tag in (*old.tags, *_clean(add, None)) if tag not in gone),
        note=old.note if note is None else note,
    )
    write_notes(folder, new)
    return read_notes(folder)


def _is_text(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _line(text: str, most: int | None) -> str:
    """The text on one line."""
    return " ".join(text.split())[:most]


def _clean(tags: Iterable[str], most: int | None = LONGEST_TAG) -> tuple[str, ...]:
    """Each tag once, on one line, in order; empty ones left out."""
    return tuple(dict.fromkeys(tag for tag in (_line(x, most) for x in tags) if tag))

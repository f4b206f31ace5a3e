"""Which task and language each log file of lm-evaluation-harness holds, by its name.

One file is one task in one language: ``samples_xnli_sw_2025-01-31T10-00-00.000000.jsonl`` since
0.4.3, ``{model arguments}_xnli_sw.jsonl`` in 0.4.0 to 0.4.2. What comes last in the task's name is
the language (``xcopa_et``, ``belebele_swh_Latn``), what stands before it is the task.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from core.data.problems import Problems, check_file
from core.errors import UserError
from core.languages import canonical
from core.quoting import quote, quote_all

REMEDY = (
    "Expected: the samples_TASK_LANGUAGE_DATE.jsonl files that lm_eval writes with --log_samples "
    "for a multiple-choice task, one file a language."
)
LARGEST = 2_000_000_000
"""Unpacked bytes of an archive that is read."""
_DATE = re.compile(r"_\d{4}-\d\d-\d\dT[\d.:-]+$")
_TASK = re.compile(
    r"(?P<task>.*[A-Za-z0-9])_(?P<language>[a-z]{2,3}(?:[_-](?:[A-Z][a-z]{3}|[A-Z]{2}))?)"
)
_OLD = re.compile(r".*?__.*?_((?:xnli|xcopa|belebele)_\w+)")
"""Before 0.4.3 the model's arguments stand before the task, and only a known task ends them."""


@dataclass(frozen=True)
class Log:
    """One file."""

    path: Path
    task: str
    language: str
    """BCP-47 key."""


def logs_in(path: Path, name: str | None = None) -> dict[str, list[Log]]:
    """The logs of a file or folder (all its subfolders too), by task, English first.

    Files whose name ends in no language are left out, and so is a task in one language where
    another has more.

    Args:
        path: the file or folder.
        name: what messages call it.

    Raises:
        UserError: there is none, or a language stands in two files of a task.
    """
    files = sorted(path.rglob("*.jsonl")) if path.is_dir() else [path]
    found: dict[str, list[Log]] = {}
    for log in (_named(file) for file in files):
        if log is not None:
            found.setdefault(log.task, []).append(log)
    several = {task: logs for task, logs in found.items() if len(logs) > 1}
    problems = Problems(name or path.name, REMEDY)
    if not found:
        problems.add(_none(files))
    for task, logs in several.items():
        logs.sort(key=lambda log: (log.language != "en", log.language))
        problems.add_kind(
            f"{quote(one.path.name)} and {quote(other.path.name)} are both {task} in "
            f"{one.language}; keep one"
            for one, other in pairwise(logs)
            if one.language == other.language
        )
    problems.raise_if_any()
    return several or found


def _none(files: Sequence[Path]) -> str:
    """Why there are no logs."""
    if not files:
        return "no file such as samples_xnli_en_2025-01-31T10-00-00.000000.jsonl"
    names = quote_all((file.name for file in files), 5)
    return f"no name of a file ends in a task and its language, as samples_xnli_en: {names}"


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """The path itself, or a folder with the jsonl files of an archive while the block lasts.

    Raises:
        UserError: no readable archive, or too large a one.
    """
    if path.suffix.lower() != ".zip" or path.is_dir():
        yield path
        return
    problems = Problems(path.name, REMEDY)
    check_file(path, problems)
    problems.raise_if_any()
    with tempfile.TemporaryDirectory() as folder:
        try:
            _unpack(path, Path(folder))
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
            # zipfile's last two: encrypted, and packed by a method it does not know
            raise UserError(f"{path.name}: no readable zip archive ({quote(error)})") from error
        yield Path(folder)


def _unpack(path: Path, folder: Path) -> None:
    """The jsonl files, each in a folder of its own; names of folders are not used."""
    with zipfile.ZipFile(path) as archive:
        entries = [x for x in archive.infolist() if Path(x.filename).suffix == ".jsonl"]
        entries = [x for x in entries if not x.filename.startswith("__MACOSX")]
        if sum(entry.file_size for entry in entries) > LARGEST:
            raise UserError(f"{path.name}: more than {LARGEST:,} bytes unpacked; give a folder")
        for number, entry in enumerate(entries):
            place = folder / str(number)
            place.mkdir()
            with (
                archive.open(entry) as source,
                (place / Path(entry.filename).name).open("wb") as to,
            ):
                shutil.copyfileobj(source, to)


def _named(file: Path) -> Log | None:
    """What a file's name says, or None where it names no language."""
    stem = _DATE.sub("", file.stem).removeprefix("samples_")
    old = _OLD.fullmatch(stem)
    match = _TASK.fullmatch(old[1] if old else stem)
    if match is None:
        return None
    try:
        return Log(file, match["task"], canonical(match["language"]))
    except UserError:
        return None

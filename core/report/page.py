"""A report: one web page that holds everything, and opens without a network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.errors import UserError
from core.figures.bundle import TOGETHER
from core.figures.export import write
from core.report.html import element, text
from core.report.sections import name_of, section, together
from core.runs.environment import commit, version
from core.runs.record import now
from core.runs.store import RunStore, StoredRun

PAGE = "index.html"
STYLE = Path(__file__).with_name("page.css")


def write_report(runs: Sequence[StoredRun], store: RunStore, folder: Path) -> Path:
    """Write the report of some runs into a new folder.

    Args:
        runs: in the order to show.
        store: where other runs like them are looked for.
        folder: made here; it may exist if it is empty.

    Returns:
        The page.

    Raises:
        UserError: there is something in the folder already, or it can't be made.
    """
    if folder.is_file():
        raise UserError(f"-o {folder}: is a file, a folder is expected")
    if folder.is_dir() and any(folder.iterdir()):
        raise UserError(
            f"-o {folder}: there is something in it, and a report overwrites nothing; name a new "
            "folder"
        )
    return write(report(runs, store).encode(), folder / PAGE)


def report(runs: Sequence[StoredRun], store: RunStore) -> str:
    """The page of some runs, as HTML.

    Args:
        runs: in the order to show.
        store: where other runs like them are looked for.
    """
    title = name_of(runs[0]) if len(runs) == 1 else f"{len(runs)} runs"
    sections = [section(run, store) for run in runs]
    if len(runs) > 1:
        sections.insert(0, together(runs, store))
    head = element(
        "head",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        element("title", text(f"Report: {title}")),
        element("style", STYLE.read_text(encoding="utf-8")),
    )
    body = element(
        "body",
        element("main", element("h1", text(title)), _made(), _contents(runs), *sections),
    )
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _made() -> str:
    return element(
        "p",
        text(f"Language teachers {version()}, commit {commit()}, written {now()}."),
        class_="quiet",
    )


def _contents(runs: Sequence[StoredRun]) -> str:
    """Links to the sections, where there are several."""
    if len(runs) == 1:
        return ""
    places = {TOGETHER: "Side by side", **{run.id: name_of(run) for run in runs}}
    links = (
        element("li", element("a", text(name), href=f"#{place}")) for place, name in places.items()
    )
    return element("nav", element("ul", *links))

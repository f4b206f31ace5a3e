"""Everything a paper needs of a figure in one zip file; and all figures of runs in one."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from core.errors import UserError
from core.figures.caption import caption
from core.figures.export import FORMATS, Builder, rendered
from core.figures.family_figures import FAMILY_FIGURES, family_builder
from core.figures.of_runs import RUN_FIGURES
from core.figures.provenance import provenance, run_origin
from core.figures.registry import FIGURES, builder
from core.figures.style import DEFAULT, PaperStyle
from core.figures.theme import Chart
from core.runs.record import RunRecord
from core.runs.store import RunStore, StoredRun
from core.runs.view import RunView

EPOCH = (1980, 1, 1, 0, 0, 0)
"""Date of the files in a zip: equal figures make equal files."""
TOGETHER = "comparison"
"""Folder of the figures of several runs."""


def figure_files(
    name: str,
    source: Builder,
    width: int,
    style: PaperStyle = DEFAULT,
    *,
    runs: Sequence[RunRecord] = (),
    view: Mapping[str, Any] | None = None,
) -> dict[str, bytes]:
    """File -> content: the figure in all formats, its caption and its provenance.

    Args:
        name: of the figure, and of its files.
        source: draws it.
        width: in points.
        style: the look.
        runs: those it shows.
        view: filters and other choices that were made on a page.

    Raises:
        UserError: the figure can't be drawn.
    """
    found = {f"{name}.{kind}": x for kind, x in rendered(source, FORMATS, width, style).items()}
    found["caption.txt"] = (caption(source, width, style, runs) + "\n").encode()
    origin = provenance(name, runs, width=width, style=style, view=view)
    found["provenance.json"] = _json(origin)
    return found


def bundle(
    name: str,
    source: Builder,
    width: int,
    style: PaperStyle = DEFAULT,
    *,
    runs: Sequence[RunRecord] = (),
    view: Mapping[str, Any] | None = None,
) -> bytes:
    """One figure as a zip file; see :func:`figure_files`."""
    return zipped(figure_files(name, source, width, style, runs=runs, view=view))


def everything(
    runs: Sequence[StoredRun], store: RunStore, width: int, style: PaperStyle = DEFAULT
) -> bytes:
    """All figures of some runs as a zip file: a folder a run, with a folder a figure in it.

    Figures that a run has no data for, or that don't fit, are named in ``left-out.txt`` with the
    reason.

    Raises:
        UserError: there is not a single figure to draw.
    """
    found: dict[str, bytes] = {}
    left_out: list[str] = []
    for folder, name, draw, of in figures_of(runs, store):
        records = [run.record for run in of]
        try:
            files = figure_files(name, draw, width, style, runs=records)
        except UserError as error:
            left_out.append(f"{folder}/{name}: {error}")
            continue
        found |= {f"{folder}/{name}/{file}": content for file, content in files.items()}
    if not found:
        raise UserError("none of these runs has anything to draw:\n" + "\n".join(left_out))
    found |= {f"{run.id}/run.json": _json(run_origin(run.record)) for run in runs}
    found["left-out.txt"] = "".join(f"{line}\n" for line in left_out).encode()
    return zipped(found)


def figures_of(
    runs: Sequence[StoredRun], store: RunStore
) -> Iterator[tuple[str, str, Builder, list[StoredRun]]]:
    """Folder, name and builder of every figure that runs may have, and the runs it shows.

    Drawing one raises a UserError where the data for it are missing.
    """
    stored = list(store.readable())
    for run in runs:
        for name in FIGURES:
            yield run.id, name, builder(name, RunView.of(run, stored)), [run]
        for name in FAMILY_FIGURES:
            yield run.id, name, partial(_of_family, name, run, store), [run]
    if len(runs) > 1:
        views = [RunView.of(run, stored) for run in runs]
        for name, draw in RUN_FIGURES.items():
            yield TOGETHER, name, partial(draw, views), list(runs)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip file, the same for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, files[name])
    return buffer.getvalue()


def _of_family(name: str, run: StoredRun, store: RunStore, **look: Any) -> Chart:
    """A figure of the runs that a run belongs to, which are looked for when it is drawn."""
    return family_builder(name, run, store)(**look)


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()

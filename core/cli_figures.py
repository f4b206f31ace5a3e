"""The verbs that hand results on: ``figure`` for a paper, ``report`` for a co-author."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.cli_runs import DEFAULT_STORE, Run, Store
from core.errors import UserError
from core.runs.store import RunStore, StoredRun

if TYPE_CHECKING:
    from core.figures.export import Builder
    from core.figures.style import PaperStyle

ZIP = "zip"
NAMES = (
    "confidence, agreement, ensembles, lessons, history, gap-change, before-after, "
    "transfer-gap, languages-right, language-changes or score-ranges; of a teacher choice "
    "stability, stability-size, teacher-threshold, reliability, disagreement, data-map or "
    "distance-agreement; of prompts probing, probing-bars, "
    "regional-teachers, answers or truth; of questions answer-ranks, g-xlt, g-xlt-change, "
    "kl-weight or answer-curves; of balanced training mrr, balance, data-size or "
    "balance-history; of linear probes probe-scores or probe-transfer; of all runs with "
    "its settings but other strategies ablation, ablation-gap or ablation-languages, but other "
    "seeds gap-changes or seed-changes; of several "
    "runs (--with) accuracies or gaps. Not with --all."
)


def figure(
    run: Run,
    name: Annotated[str | None, typer.Argument(help=NAMES)] = None,
    *,
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write.")],
    store: Store = DEFAULT_STORE,
    every: Annotated[
        bool, typer.Option("--all", help="All figures of the run, as one zip file.")
    ] = False,
    others: Annotated[
        list[str] | None,
        typer.Option("--with", metavar="RUN", help="Another run to compare with (repeatable)."),
    ] = None,
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="pdf, svg, png, csv, tex, or zip: all of these with the caption and where the "
            "figure comes from; else by file name.",
        ),
    ] = None,
    width: Annotated[
        str,
        typer.Option(
            "--width", help="acl-column, acl-page, icml-column, icml-page, neurips or NNpt."
        ),
    ] = "acl-column",
    font: Annotated[
        str, typer.Option("--font", help="sans, or serif (as Times); embedded.")
    ] = "sans",
    size: Annotated[int, typer.Option("--size", help="Of the text: 6 to 10 points.")] = 8,
    palette: Annotated[
        str, typer.Option("--palette", help="okabe-ito (for the colour-blind) or greyscale.")
    ] = "okabe-ito",
    labels: Annotated[
        str, typer.Option("--labels", help="codes, or names: of languages, in English.")
    ] = "codes",
    order: Annotated[
        str,
        typer.Option(
            "--order",
            help="Of the languages on an axis: score (as the figure has them), resource (GiB in "
            "CC-100), family, name or code.",
        ),
    ] = "score",
    title: Annotated[
        bool, typer.Option("--title/--no-title", help="Without, only the badges stay above it.")
    ] = True,
) -> None:
    """Write one figure of a run, or all of them, at the final size."""
    from core.figures.style import PaperStyle, parse_width

    style = PaperStyle(
        font=font, size=size, palette=palette, labels=labels, order=order, title=title
    )
    points = parse_width(width)
    if every == (name is not None):
        raise UserError(
            "--all writes every figure: leave out the name" if every else "name a figure, or --all"
        )
    form = _format(output, format, every)
    runs = RunStore(store)
    found = _runs(runs, [run, *(others or [])])
    if name is None:
        from core.figures.bundle import everything
        from core.figures.export import write

        print(write(everything(found, runs, points, style), output))
        return
    _write_one(name, found, runs, output, form, points, style)


def report(
    run: Annotated[list[str], typer.Argument(help="Run ids or unique prefixes of them.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder to make.")],
    store: Store = DEFAULT_STORE,
) -> None:
    """Write one self-contained web page about some runs, to send to a co-author."""
    from core.report.page import write_report

    runs = RunStore(store)
    print(write_report(_runs(runs, run), runs, output))


def _runs(store: RunStore, names: Sequence[str]) -> list[StoredRun]:
    """The runs that are meant, none twice."""
    from core.published.runs import find_run

    found = [find_run(store, name) for name in names]
    return list({run.id: run for run in found}.values())


def _format(output: Path, asked: str | None, every: bool) -> str:
    """The format of the file.

    Raises:
        UserError: the place or its name can't be meant.
    """
    from core.figures.export import format_of

    if not output.parent.is_dir():
        raise UserError(f"-o {output}: there is no folder {output.parent}; make it first")
    form = format_of(output, asked, (ZIP,))
    if every and form != ZIP:
        raise UserError(f"-o {output}: --all writes a zip file; end its name in .zip")
    return form


def _write_one(
    name: str,
    runs: Sequence[StoredRun],
    store: RunStore,
    output: Path,
    form: str,
    points: int,
    style: PaperStyle,
) -> None:
    """Write one figure."""
    from core.figures.bundle import bundle
    from core.figures.export import export, write

    draw = _builder(name, runs, store)
    if form == ZIP:
        records = [run.record for run in runs]
        print(write(bundle(name, draw, points, style, runs=records), output))
        return
    print(export(draw, output, form, points, style))


def _builder(name: str, runs: Sequence[StoredRun], store: RunStore) -> Builder:
    """What draws a figure of one run, of its family, or of several runs.

    Raises:
        UserError: an unknown name, or a figure of another number of runs.
    """
    from core.figures.family_figures import FAMILY_FIGURES, family_builder
    from core.figures.of_runs import RUN_FIGURES
    from core.figures.registry import builder
    from core.runs.view import RunView

    if name in RUN_FIGURES:
        return partial(RUN_FIGURES[name], [RunView.of(run, store.readable()) for run in runs])
    if len(runs) > 1:
        raise UserError(
            f"{name} is a figure of one run; with --with choose {' or '.join(RUN_FIGURES)}, or "
            "--all"
        )
    if name in FAMILY_FIGURES:
        return family_builder(name, runs[0], store)
    return builder(name, RunView.of(runs[0], store.readable()))

"""The verbs of ``python -m core runs``: looking at stored runs, handing them on, clearing up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from core.runs.notes import annotate, read_notes
from core.runs.store import DEFAULT, BrokenRun, RunStore, StoredRun

runs_app = typer.Typer(
    help="Look at stored runs, hand them on, clear up.", no_args_is_help=True, rich_markup_mode=None
)
Store = Annotated[Path, typer.Option("--store", help="Folder of the runs.")]
Json = Annotated[bool, typer.Option("--json", help="Print the run record as JSON.")]
DEFAULT_STORE = DEFAULT
Run = Annotated[str, typer.Argument(help="Run id or a unique prefix of one.")]


def print_run(run: StoredRun, as_json: bool) -> None:
    """Print one run, as text or as JSON."""
    from core.runs.describe import describe

    record = run.record
    print(record.model_dump_json(indent=1) if as_json else describe(record, read_notes(run.path)))


@runs_app.command("list")
def list_runs(
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
    published: Annotated[
        bool, typer.Option("--published", help="The papers' rows instead; they are in no store.")
    ] = False,
) -> None:
    """List the runs, newest first."""
    from core.published.runs import published_runs
    from core.runs.describe import listing

    runs: list[StoredRun | BrokenRun] = [*(published_runs() if published else RunStore(store))]
    if as_json:
        rows = [
            {"id": run.id, "status": "broken", "reason": run.reason}
            if isinstance(run, BrokenRun)
            else _listed(run)
            for run in runs
        ]
        print(json.dumps(rows, indent=1))
    else:
        print(listing(runs))


def _listed(run: StoredRun) -> dict[str, Any]:
    """One row of ``runs list --json``."""
    notes = read_notes(run.path)
    row = {"id": run.id, "kind": run.record.kind, "status": str(run.status)}
    return {**row, "name": notes.name, "tags": list(notes.tags)}


@runs_app.command("show")
def show_run(
    run: Run,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Show one run, or a row of a paper (`published-...`)."""
    from core.published.runs import find_run

    print_run(find_run(RunStore(store), run), as_json)


@runs_app.command("note")
def note_run(
    run: Run,
    store: Store = DEFAULT_STORE,
    name: Annotated[str | None, typer.Option("--name", help="Shown for the run.")] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="Add a tag (repeatable).")] = None,
    untag: Annotated[
        list[str] | None, typer.Option("--untag", help="Remove a tag (repeatable).")
    ] = None,
    note: Annotated[str | None, typer.Option("--note", help="A few sentences.")] = None,
) -> None:
    """Name, tag or annotate one run; an empty name or note removes it."""
    found = RunStore(store).find(run)
    notes = annotate(found.path, name=name, add=tag or (), remove=untag or (), note=note)
    print(f"{found.id}  {notes.name}".rstrip())
    for line in (*(f"tag: {text}" for text in notes.tags), notes.note):
        if line:
            print(f"  {line}")


@runs_app.command("export")
def export_run(
    run: Run,
    output: Annotated[Path, typer.Option("-o", "--output", help="Zip file to write.")],
    store: Store = DEFAULT_STORE,
) -> None:
    """Write one run that is over into one file, with checksums; checkpoints are left out."""
    from core.runs.archive import export

    print(export(RunStore(store).find(run), output))


@runs_app.command("import")
def import_archive(
    archive: Annotated[Path, typer.Argument(help="File that `runs export` wrote.")],
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Read a run from a file into the store; nothing of it is kept unless all of it is right."""
    from core.runs.archive import import_run

    print_run(import_run(archive, RunStore(store)), as_json)


@runs_app.command("cancel")
def cancel_runs(
    run: Annotated[list[str], typer.Argument(help="Run ids or unique prefixes of them.")],
    store: Store = DEFAULT_STORE,
) -> None:
    """Stop runs at their next step, on whatever machine; a job that waits for its turn ends."""
    from core.runs.liveness import OPEN, cancel

    runs = RunStore(store)
    for found in [runs.find(name) for name in dict.fromkeys(run)]:
        if found.status not in OPEN:
            print(f"{found.id}  is {found.status} already")
            continue
        cancel(found)
        now = runs.find(found.id).status
        print(f"{found.id}  {now if now not in OPEN else 'stops at its next step'}")


@runs_app.command("delete")
def delete_runs(
    run: Annotated[list[str], typer.Argument(help="Run ids or unique prefixes of them.")],
    store: Store = DEFAULT_STORE,
) -> None:
    """Move runs to the trash; one that waits leaves the queue."""
    from core.runs.trash import delete

    runs = RunStore(store)
    for name in dict.fromkeys([runs.locate(given).name for given in run]):
        print(f"{delete(runs, name).name}  in the trash")


@runs_app.command("restore")
def restore_run(
    run: Annotated[str, typer.Argument(help="Name in the trash or a unique prefix of one.")],
    store: Store = DEFAULT_STORE,
) -> None:
    """Move one run from the trash back into the store."""
    from core.runs.trash import restore

    print(f"{restore(RunStore(store), run).id}  restored")


@runs_app.command("trash")
def show_trash(
    store: Store = DEFAULT_STORE,
    empty: Annotated[bool, typer.Option("--empty", help="Delete all of it for good.")] = False,
) -> None:
    """List the runs in the trash, newest first, or delete them for good."""
    from core.runs import trash
    from core.runs.describe import headline

    runs = RunStore(store)
    if empty:
        count = trash.empty(runs)
        print(f"{count} run{'' if count == 1 else 's'} deleted for good")
        return
    found = trash.trashed(runs)
    if not found:
        print("the trash is empty")
    for run in found:
        words = run.reason if isinstance(run, BrokenRun) else headline(run.record)
        print(f"{run.path.name:<40} {run.status:<13} {words}".rstrip())


@runs_app.command("usage")
def show_usage(
    store: Store = DEFAULT_STORE,
    as_json: Annotated[bool, typer.Option("--json", help="Print bytes, as JSON.")] = False,
) -> None:
    """What every run takes on the disk, largest first."""
    from dataclasses import asdict

    from core.runs.usage import size_text, usage

    found = [(path.name, usage(path)) for path in RunStore(store).paths()]
    found.sort(key=lambda item: -item[1].total)
    if as_json:
        print(json.dumps([{"id": name, **asdict(used)} for name, used in found], indent=1))
        return
    for name, used in found:
        parts = (("model", used.model), ("checkpoints", used.checkpoints))
        words = ", ".join(f"{what} {size_text(size)}" for what, size in parts if size)
        print(f"{name:<40} {size_text(used.total):>12}  {words}".rstrip())


@runs_app.command("tidy")
def tidy_run(run: Run, store: Store = DEFAULT_STORE) -> None:
    """Delete the checkpoints of one run for good: a resume would begin it again."""
    from core.runs.usage import size_text, tidy

    found = RunStore(store).find(run)
    print(f"{found.id}  {size_text(tidy(found))} given back")

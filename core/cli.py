"""The command line: ``python -m core <verb>``.

Standard output holds only what was asked for (with ``--json`` one record); everything else goes to
standard error. Exit status: 0 done, 2 bad input, 1 failed, 130 cancelled.
"""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from core import processes
from core.cli_figures import figure, report
from core.cli_qa import qa_app
from core.cli_runs import DEFAULT_STORE, Json, Store, print_run, runs_app
from core.cli_sweep import sweep
from core.config import BROUGHT, Config, DistillConfig, flag
from core.config.paths import as_typed
from core.errors import CoreError, RunCancelledError, UserError
from core.jobs.kinds import KINDS, Kind, command_for
from core.options import build_config, with_options
from core.quoting import presentable
from core.runs.environment import version
from core.runs.store import RunStore, StoredRun
from core.runs.waiting import HIGHEST, LOWEST

app = typer.Typer(
    help="Teacher languages and cross-lingual self-distillation, from text to figure.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(runs_app, name="runs")
app.add_typer(qa_app, name="qa")
app.command()(sweep)
app.command()(figure)
app.command()(report)

TOGETHER = """

Several GPUs: accelerate launch -m core ... Each process has a share of every step's rows; the
result is that of one process up to the order of sums. Dropout is drawn by each process anew, so
with dropout it is another draw.
"""
"""Help of the verbs that several processes can compute."""
Dry = Annotated[
    bool,
    typer.Option(
        "--dry-run",
        help="Check all input, say what the run will cost (encodings, FLOPs, time, memory), stop.",
    ),
]
Queue = Annotated[
    int | None,
    typer.Option(
        "--queue",
        metavar="PRIORITY",
        min=LOWEST,
        max=HIGHEST,
        help="Leave the run to a worker and return at once; a higher priority goes first (0).",
    ),
]


def _version(asked: bool) -> None:
    if asked:
        print(f"language-teachers {version()}")
        raise typer.Exit


@app.callback()
def common(
    context: typer.Context,
    show_version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print it and stop."),
    ] = False,
) -> None:
    """Teacher languages and cross-lingual self-distillation, from text to figure."""
    verbs = {kind.verb[0] for kind in KINDS.values()}
    if processes.place().total > 1 and context.invoked_subcommand not in verbs:
        raise UserError(
            "several processes compute one run together, and "
            f"{context.invoked_subcommand} computes none; leave out accelerate launch"
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; every error becomes one message and an exit status.

    Of several processes that a launcher started the main one speaks.
    """
    processes.follow()
    try:
        _main(arguments)
    except SystemExit as end:
        processes.part(failed=bool(end.code))
        raise


def _main(arguments: Sequence[str] | None) -> None:
    try:
        status = app(args=arguments, standalone_mode=False)
    except (typer.Abort, KeyboardInterrupt, RunCancelledError) as error:
        _fail(str(error) or "cancelled", 130)
    except UserError as error:
        _fail(str(error), 2)
    except CoreError as error:
        _fail(str(error), 1)
    except Exception as error:  # noqa: BLE001  the last door: no traceback reaches a user
        if hasattr(error, "format_message"):  # a usage error of the command line's parser
            _fail(error.format_message().replace(": Value error, ", ": ", 1), 2)
        _fail(f"{type(error).__name__}: {error}", 1)
    sys.exit(status if isinstance(status, int) else 0)


def _fail(message: str, status: int) -> None:
    processes.report(message)
    print(presentable(message), file=sys.stderr)
    sys.exit(status)


def _compute(
    kind: str, values: dict[str, Any], store: Path, as_json: bool, dry: bool, queue: int | None
) -> None:
    try:
        _started(kind, build_config(KINDS[kind].config, values), store, as_json, dry, queue)
    except UserError as error:
        raise UserError(as_typed(str(error), values)) from error


def _started(
    kind: str, config: Config, store: Path, as_json: bool, dry: bool, queue: int | None
) -> None:
    """Check, queue or compute a run."""
    if processes.place().total > 1:
        _check_together(kind, queue)
    runs = RunStore(store)
    resume = getattr(config, "resume", None)
    if resume is not None:
        _check_alone(config, dry)
    if dry:
        _dry_run(kind, config, runs, as_json)
        return
    print_run(_run_of(kind, config, runs, resume, queue), as_json)


def _dry_run(kind: str, config: Config, store: RunStore, as_json: bool) -> None:
    """Check all input of a run; its command goes to stdout, and to stderr what it will cost."""
    from core.jobs.estimate import estimate, on_stderr

    KINDS[kind].prepare(config, store)
    command, cost = shlex.join(command_for(kind, config)), estimate(kind, config, store, on_stderr)
    if as_json:
        print(json.dumps({"command": command, "cost": cost.to_json()}, indent=1))
        return
    print(command)
    print(cost.words, file=sys.stderr)


def _run_of(
    kind: str, config: Config, store: RunStore, resume: str | None, queue: int | None
) -> StoredRun:
    """Compute a run, or queue it; a new one, or one to go on with."""
    if queue is not None:
        from core.jobs import submit

        if resume is None:
            KINDS[kind].prepare(config, store)
            return submit.submit(store, kind, config, queue)
        return submit.resume(store, store.find(resume), priority=queue)
    from core.jobs.runner import run_now
    from core.jobs.worker import resume as go_on

    live = (
        run_now(kind, config, store, echo=True)
        if resume is None
        else go_on(store, resume, echo=True)
    )
    return StoredRun(live.path, live.record)


def _check_together(kind: str, queue: int | None) -> None:
    """Several processes can compute this.

    Raises:
        UserError: they can't.
    """
    if not KINDS[kind].together:
        able = ", ".join(" ".join(one.verb) for one in KINDS.values() if one.together)
        raise UserError(
            f"{' '.join(KINDS[kind].verb)} is computed by one process; leave out accelerate "
            f"launch. Several processes can compute {able}"
        )
    if queue is not None:
        raise UserError("--queue leaves the run to a worker; leave it out, or accelerate launch")


def _check_alone(config: Config, dry: bool) -> None:
    """A resumed run keeps its own options.

    Raises:
        UserError: others are given.
    """
    given = [*config.model_dump(exclude_defaults=True), *(["dry_run"] if dry else [])]
    others = [flag(name) for name in given if name != "resume"]
    if others:
        raise UserError(
            f"--resume goes on with the run's own options; leave out {', '.join(others)}, or "
            "start a new run"
        )


def _add_verb(kind: Kind) -> None:
    """A verb that computes a run of a kind; its options and its help are those of the config."""

    def verb(
        store: Store = DEFAULT_STORE,
        as_json: Json = False,
        dry_run: Dry = False,
        queue: Queue = None,
        **values: Any,
    ) -> None:
        _compute(kind.name, values, store, as_json, dry_run, queue)

    skip = BROUGHT if issubclass(kind.config, DistillConfig) else ()
    *group, word = kind.verb
    about = f"{kind.config.__doc__}{TOGETHER if kind.together else ''}"
    add = (qa_app if group else app).command(word, help=about)
    add(with_options(kind.config, skip=skip)(verb))


for _kind in KINDS.values():
    _add_verb(_kind)


@app.command()
def worker(
    store: Store = DEFAULT_STORE,
    device: Annotated[
        str, typer.Option("--device", help="auto, cpu, or one GPU: cuda:0, cuda:1, ...")
    ] = "auto",
    wait: Annotated[
        bool, typer.Option("--wait", help="Stay when the queue is empty, and wait for more.")
    ] = False,
    on_demand: Annotated[bool, typer.Option("--on-demand", hidden=True)] = False,
    note: Annotated[Path | None, typer.Option("--note", hidden=True)] = None,
) -> int:
    """Compute the queued runs of a store, one after the other (what the dashboard starts)."""
    if note is None:
        from core.jobs.workers import supervise

        return supervise(RunStore(store), device, wait=wait, on_demand=on_demand)
    from core.jobs.worker import serve

    return serve(RunStore(store), device, wait=wait, note=note)

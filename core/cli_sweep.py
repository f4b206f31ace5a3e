"""The verb ``python -m core sweep``: all runs of a file, those that are done left out."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.cli_runs import DEFAULT_STORE, Store
from core.errors import CoreError, RunCancelledError, UserError
from core.quoting import quote
from core.runs.remote import CLUSTERS
from core.runs.store import RunStore
from core.runs.waiting import HIGHEST, LOWEST

if TYPE_CHECKING:
    from core.jobs.sweep_plan import Planned


def sweep(
    config: Annotated[
        Path,
        typer.Option(
            "--config",
            help="toml or json: blocks [[sweep]] with kind, base, grid, runs, seeds, name, tags.",
        ),
    ],
    store: Store = DEFAULT_STORE,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print how every run stands as JSON.")
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            help="List the runs and which are done; compute none. Checks the settings, not the "
            "data and models they name (a run's own --dry-run does).",
        ),
    ] = False,
    queue: Annotated[
        int | None,
        typer.Option(
            "--queue",
            metavar="PRIORITY",
            min=LOWEST,
            max=HIGHEST,
            help="Leave the runs to a worker and return at once; a higher priority goes first.",
        ),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster",
            metavar="slurm|local",
            help="Submit each run as a job and return at once. slurm: from a login node, the "
            "store on a disk that all nodes share; local: processes of this machine.",
        ),
    ] = None,
    cluster_option: Annotated[
        list[str] | None,
        typer.Option(
            "--cluster-option",
            metavar="NAME=VALUE",
            help="What a job asks for, instead of the file's [cluster]: partition, account, qos, "
            "constraint, time, gpus, cpus, memory, parallel, setup, sbatch.NAME (repeatable).",
        ),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Runs to compute or queue, at most.")
    ] = None,
    stop_on_failure: Annotated[
        bool, typer.Option("--stop-on-failure", help="Stop at the first run that fails.")
    ] = False,
) -> None:
    """Compute all runs of a file, resume those that were stopped, and skip those that are done.

    A run is done if the store has a finished one of its kind with its settings. Several processes
    may sweep a file at once; each run is computed by one of them.
    """
    from core.jobs.sweep import enqueue, report, sweep
    from core.jobs.sweep_plan import plan

    _check_options(cluster, cluster_option, queue)
    planned, runs, outcome, said = plan(config), RunStore(store), None, None
    if cluster is not None:
        said = _to_cluster(config, planned, runs, cluster, cluster_option or (), limit, dry_run)
    elif queue is not None and not dry_run:
        outcome = enqueue(planned, runs, queue, limit)
    elif not dry_run:
        outcome = sweep(planned, runs, limit=limit, stop_on_failure=stop_on_failure)
    found = report(planned, runs, outcome)
    print(json.dumps(found, indent=1, ensure_ascii=False) if as_json else _text(found))
    if said is not None:
        print(said, file=sys.stderr)
    if outcome is not None and outcome.interrupted:
        raise RunCancelledError("the sweep was stopped; the same command goes on with it")
    failed = [row for row in found["runs"] if "error" in row]
    if failed:
        lines = [f"  {row['command']}: {row['error']}" for row in failed]
        raise CoreError("\n".join([f"{len(failed)} of {len(planned)} runs failed:", *lines]))


def _check_options(cluster: str | None, given: Sequence[str] | None, queue: int | None) -> None:
    """Refuse options that contradict each other.

    Raises:
        UserError: the first that do.
    """
    if cluster is not None and cluster not in CLUSTERS:
        raise UserError(f"--cluster {quote(cluster)}: choose {' or '.join(CLUSTERS)}")
    if cluster is not None and queue is not None:
        raise UserError("--queue leaves runs to a worker, --cluster to jobs; say one of them")
    if given and cluster is None:
        raise UserError("--cluster-option says what jobs ask for; say --cluster slurm or local too")


def _to_cluster(
    path: Path,
    planned: Sequence[Planned],
    store: RunStore,
    cluster: str,
    options: Sequence[str],
    limit: int | None,
    dry: bool,
) -> str | None:
    """Submit what is left, or only check that it could be; how to follow it, in words."""
    from core.jobs.cluster import check, follow, submit
    from core.jobs.cluster_settings import settings_of

    settings = settings_of(path, options)
    if dry:
        check(cluster)
        return None
    return follow(submit(planned, store, cluster, settings, limit), store.root)


def _text(found: dict[str, Any]) -> str:
    """One line a run, and the counts."""
    rows = [f"{row['state']:<10} {row['id'] or '-':<40} {row['command']}" for row in found["runs"]]
    counts = ", ".join(f"{count} {state}" for state, count in found["counts"].items())
    planned = "1 run" if len(rows) == 1 else f"{len(rows)} runs"
    return "\n".join([*rows, f"{planned}: {counts}; {found['left']} left"])

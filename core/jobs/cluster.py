"""Handing the runs of a sweep to a cluster through submitit: a job each, the store in between.

A job holds nothing but the name of its run (`core.jobs.cluster_job`), so that what submitit
pickles is a class of this program with a few texts in it. Its files, with what a job prints, lie
in the store's folder ``.cluster``, one folder for each submission.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import submitit
from submitit.core.utils import FailedSubmissionError, UncompletedJobError

from core.config.cluster import ClusterConfig
from core.errors import UserError
from core.jobs.cluster_job import FOLDER, RUNS, ClusterJob
from core.jobs.cluster_settings import slurm_parameters
from core.jobs.sweep import not_done, take
from core.jobs.sweep_plan import Planned
from core.jobs.worker import output_to
from core.runs import remote, slurm
from core.runs.environment import ROOT
from core.runs.files import write_text
from core.runs.live import LiveRun
from core.runs.record import Status
from core.runs.remote import SLURM
from core.runs.store import RunStore, StoredRun

LARGEST_ARRAY = 1000
"""Jobs of one SLURM array: one less than most clusters allow."""
FOREVER = 60 * 24 * 365
"""Minutes a local job may take, its waiting for a turn included."""


@dataclass(frozen=True)
class Submission:
    """What was handed to a cluster."""

    cluster: str
    folder: Path | None = None
    """Of the jobs' files; None where nothing was left to submit."""
    jobs: tuple[str, ...] = ()
    """Their numbers, in the order of the runs."""
    runs: tuple[str, ...] = ()


def submit(
    planned: Sequence[Planned],
    store: RunStore,
    cluster: str,
    settings: ClusterConfig,
    limit: int | None = None,
) -> Submission:
    """Submit the runs that are left, and those that were stopped, each as a job; returns at once.

    Args:
        planned: see `core.jobs.sweep_plan.plan`.
        store: a folder that the machines of the cluster share.
        cluster: one of `core.runs.remote.CLUSTERS`.
        settings: what a job asks for.
        limit: so many runs, at most.

    Raises:
        UserError: there is no such cluster here, it refuses the jobs, or the store can't be
            written to. No new run is left behind.
    """
    check(cluster)
    store = RunStore(store.root.absolute())
    held: list[LiveRun] = []
    try:
        for _, one in not_done(planned, store):
            if limit is not None and len(held) >= limit:
                break
            run = take(one, store)
            if run is not None:
                held.append(run)
                _wait_for_a_job(run, cluster)
        if not held:
            return Submission(cluster)
        return _submitted(held, store, cluster, settings)
    except BaseException:
        for run in held:
            _give_up(run, store)
        raise


def check(cluster: str) -> None:
    """Refuse a cluster that can't be reached from here.

    Raises:
        UserError: it is SLURM, and its programs are not there.
    """
    missing = [name for name in ("sbatch", "srun") if shutil.which(name) is None]
    if cluster == SLURM and missing:
        raise UserError(
            f"--cluster slurm: {' and '.join(missing)} not found; say this where jobs are "
            "submitted (a login node), or --cluster local"
        )


def follow(submission: Submission, store: Path) -> str:
    """How to see what becomes of the jobs."""
    if submission.folder is None:
        return "nothing was left to submit"
    count = len(submission.jobs)
    ask = "squeue --me" if submission.cluster == SLURM else "python -m core runs list"
    return (
        f"{count} job{'s' if count > 1 else ''} submitted ({submission.cluster}). Follow them on "
        f"the page Runs, with `{ask}`, or with the same command and --dry-run; stop one with "
        f"`python -m core runs cancel RUN`. The same command again submits what was lost. The "
        f"jobs' own output: {store / FOLDER / submission.folder.name}"
    )


def _wait_for_a_job(run: LiveRun, cluster: str) -> None:
    """A run that this process holds waits, as anybody can see, for a job that it will get."""
    if run.record.status is not Status.QUEUED:
        run.update(started=None)
    remote.note(run.path, remote.submitted(cluster))


def _give_up(run: LiveRun, store: RunStore) -> None:
    """Leave no run behind that was made for a job, and others as they can be gone on with."""
    if run.claim is None:
        return  # it has its job
    if run.record.attempts == 0:
        store.discard(StoredRun(run.path, run.record))
        return
    remote.forget(run.path)
    run.cancel()


def _submitted(
    held: Sequence[LiveRun], store: RunStore, cluster: str, settings: ClusterConfig
) -> Submission:
    """Submit a job for each run that this process holds, and let go of the run."""
    folder = store.root / FOLDER / f"{held[0].id[:15]}-{secrets.token_hex(3)}"
    folder.mkdir(parents=True)
    write_text(folder / RUNS, "".join(f"{run.id}\n" for run in held))
    gpus = () if cluster == SLURM else gpus_here()
    job = ClusterJob(
        str(store.root), folder.name, gpus, _at_once(settings, cluster, len(gpus)), settings.notice
    )
    numbers: list[str] = []
    try:
        for start in range(0, len(held), LARGEST_ARRAY):
            part = held[start : start + LARGEST_ARRAY]
            with _readable_errors(), output_to(folder / "submission.txt"), _findable():
                executor = _executor(cluster, folder, settings)
                jobs = executor.map_array(job, [run.id for run in part])
            for run, submitted in zip(part, jobs, strict=True):
                remote.note(run.path, remote.submitted(cluster, submitted.job_id))
                run.let_go()
                numbers.append(submitted.job_id)
    except BaseException:
        if not numbers:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    slurm.forget()
    return Submission(cluster, folder, tuple(numbers), tuple(run.id for run in held))


def _executor(cluster: str, folder: Path, settings: ClusterConfig) -> Any:
    if cluster != SLURM:
        local = submitit.LocalExecutor(folder)
        setup = {"setup": list(settings.setup)} if settings.setup else {}
        local.update_parameters(timeout_min=FOREVER, stderr_to_stdout=True, **setup)
        return local
    executor = submitit.SlurmExecutor(folder, max_num_timeout=settings.restarts)
    executor.update_parameters(**slurm_parameters(settings))
    return executor


def gpus_here() -> tuple[str, ...]:
    """The GPUs of this machine that this process may use, as ``CUDA_VISIBLE_DEVICES`` has them."""
    named = os.environ.get("CUDA_VISIBLE_DEVICES")
    if named is not None:
        return tuple(part for part in named.split(",") if part)
    if shutil.which("nvidia-smi") is None:
        return ()
    try:
        told = subprocess.run(
            ["nvidia-smi", "--list-gpus"], capture_output=True, text=True, check=True, timeout=20
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(str(number) for number, _ in enumerate(told.splitlines()))


def _at_once(settings: ClusterConfig, cluster: str, gpus: int) -> int:
    """Local jobs that compute at once; 0: SLURM sees to it."""
    if cluster == SLURM:
        return 0
    return settings.parallel or gpus or max(1, (os.cpu_count() or 1) // 2)


@contextmanager
def _findable() -> Iterator[None]:
    """Let the jobs find this program, wherever they begin."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), *([before] if before else [])])
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before


@contextmanager
def _readable_errors() -> Iterator[None]:
    """One message for a cluster that refuses.

    Raises:
        UserError: instead of submitit's errors.
    """
    try:
        yield
    except (FailedSubmissionError, UncompletedJobError, subprocess.SubprocessError) as error:
        said = " ".join(str(error).split())
        raise UserError(f"the cluster refuses the jobs: {said}") from error

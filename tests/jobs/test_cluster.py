"""Sweeps on a cluster: a job each, every run done once, whatever is killed or refused."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from core.cli import main
from core.config.cluster import ClusterConfig
from core.errors import DataError, UserError
from core.jobs.cluster import check, gpus_here, submit
from core.jobs.cluster_settings import settings_of, slurm_parameters
from core.jobs.sweep import sweep
from core.jobs.sweep_plan import State, plan
from core.runs import process, remote, slurm
from core.runs.live import LiveRun
from core.runs.liveness import requeue, standing
from core.runs.record import Status
from core.runs.remote import LOCAL, SLURM
from core.runs.store import RunStore, StoredRun
from tests.jobs import small_slurm
from tests.jobs.test_sweep import distilling, of_kind, predictions, states, store, write
from tests.processes import needs_proc

__all__ = ["predictions", "store"]  # fixtures
PATIENCE = 240.0


@pytest.fixture(autouse=True)
def _threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The small SLURM on the PATH; its state."""
    folder = small_slurm.install(tmp_path / "slurm")
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(slurm, "FRESH", 0.0)
    slurm.forget()
    yield folder
    for path in folder.glob("*.pid"):
        small_slurm.scancel(folder, path.stem)
    slurm.forget()


def until(done: Callable[[], bool], patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not done():
        assert time.monotonic() < deadline, "it takes too long"
        time.sleep(0.05)


def runs_of(store: RunStore) -> list[StoredRun]:
    return [run for run in store if isinstance(run, StoredRun)]


def all_over(store: RunStore) -> bool:
    return all(run.status is Status.FINISHED for run in runs_of(store))


def assert_each_once(store: RunStore, count: int) -> None:
    """So many runs, all finished, and none of them twice: also its log tells of one end."""
    runs = runs_of(store)
    assert len(runs) == len({run.record.config["seed"] for run in runs}) == count
    for run in runs:
        assert run.status is Status.FINISHED
        lines = (run.path / "log.txt").read_text(encoding="utf-8").splitlines()
        assert sum(line.endswith(" finished") for line in lines) == 1


def kill_some(store: RunStore, count: int, rng: random.Random) -> None:
    """Kill the processes of jobs that wait or compute: at once, and not two at one moment."""
    killed = 0
    while killed < count:
        jobs = [remote.read(run.path) for run in runs_of(store) if run.status is Status.QUEUED]
        jobs += [remote.read(run.path) for run in runs_of(store) if run.status is Status.RUNNING]
        alive = [job for job in jobs if job and job.job and job.state() == "RUNNING"]
        assert alive, "the jobs were over before they could be killed"
        controller = psutil.Process(int(rng.choice(alive).job))
        tasks = controller.children()
        for victim in [*tasks, *([controller] if rng.random() < 0.5 else [])]:
            victim.kill()
        killed += bool(tasks)
        time.sleep(rng.uniform(0.0, 0.5))


@needs_proc
@pytest.mark.parametrize(
    ("count", "kills"),
    [(8, 2), pytest.param(100, 10, marks=[pytest.mark.slow, pytest.mark.timeout(1500)])],
)
def test_what_is_killed_the_other_jobs_do(
    tmp_path: Path, predictions: Path, store: RunStore, count: int, kills: int
) -> None:
    planned = plan(write(tmp_path, predictions, grid={}, seeds=list(range(count))))
    done = submit(planned, store, LOCAL, ClusterConfig(parallel=2))
    assert len(done.jobs) == len(done.runs) == count
    assert states(planned, store).count(State.LEFT) == 0
    assert submit(planned, store, LOCAL, ClusterConfig()).jobs == ()  # all have their job
    kill_some(store, kills, random.Random(0))
    until(lambda: all_over(store), 1400)
    assert_each_once(store, count)
    assert all(remote.read(run.path) for run in runs_of(store))


@needs_proc
def test_the_same_command_goes_on_with_what_was_killed(
    tmp_path: Path, predictions: Path, store: RunStore
) -> None:
    planned = plan(write(tmp_path, predictions, grid={}, seeds=[0]))
    (job,) = submit(planned, store, LOCAL, ClusterConfig()).jobs
    for victim in [psutil.Process(int(job)), *psutil.Process(int(job)).children()]:
        victim.kill()
        victim.wait()
    (run,) = runs_of(store)
    assert states(planned, store) == [State.STOPPED]
    assert standing(run) in ("never started", "lost")
    submit(planned, store, LOCAL, ClusterConfig())
    until(lambda: all_over(store))
    assert_each_once(store, 1)
    assert store.find(run.id).id == run.id


def test_an_array_of_slurm(
    tmp_path: Path, predictions: Path, store: RunStore, cluster: Path
) -> None:
    path = write(tmp_path, predictions, grid={}, seeds=[0, 1, 2])
    asked = {"partition": "gpu", "time": "1:30:00", "gpus": "1", "memory": "8GB"}
    settings = ClusterConfig(**asked, parallel=2, sbatch={"mail-type": "FAIL"})
    done = submit(plan(path), store, SLURM, settings)
    assert done.jobs == ("1000_0", "1000_1", "1000_2")
    options = json.loads((cluster / "1000.options").read_text())
    assert {name: options[name] for name in ("partition", "time", "mem", "array", "signal")} == {
        "partition": "gpu", "time": "90", "mem": "8GB", "array": "0-2%2", "signal": "USR2@120",
    }  # fmt: skip
    assert options["gpus-per-node"] == "1" and options["mail-type"] == "FAIL"
    assert "requeue" in options and "account" not in options
    until(lambda: all_over(store))
    assert_each_once(store, 3)
    until(lambda: not list((cluster / "jobs").iterdir()))
    told = [remote.read(run.path) for run in runs_of(store)]
    assert {job.job for job in told if job} == set(done.jobs)
    assert all(job and job.host and job.state() == remote.GONE for job in told)


@needs_proc
@pytest.mark.parametrize(
    "warned",
    [
        pytest.param(True, id="time is up"),
        pytest.param(False, id="pre-empted", marks=pytest.mark.slow),
    ],
)
def test_a_requeued_job_goes_on_with_its_run(
    tmp_path: Path, store: RunStore, cluster: Path, warned: bool
) -> None:
    path = distilling(tmp_path, [0], steps=100, check_every=50, checkpoint_seconds=0.0)
    planned = plan(path)[1:]
    submit(planned, store, SLURM, ClusterConfig())
    until(lambda: bool(list(store.root.glob("*-distill-*/checkpoint/state.json"))))
    (cut,) = of_kind(store, "distill")
    if warned:
        small_slurm.notify(cluster, "1000", signal.SIGUSR2)
        until(lambda: store.find(cut.id).record.started is None)
        assert standing(store.find(cut.id)) == "queued" and states(planned, store) == [State.QUEUED]
    else:
        small_slurm.preempt(cluster, "1000")
    rows = (cut.path / "history.jsonl").read_text().splitlines()
    until(lambda: all_over(store))
    (run,) = of_kind(store, "distill")
    assert run.id == cut.id and run.record.attempts == 2
    again = (run.path / "history.jsonl").read_text().splitlines()
    assert len(rows) > 1 and again[: len(rows) - 1] == rows[:-1]  # not from its beginning
    assert len(of_kind(store, "finetune")) == 1


def test_a_run_is_cancelled_before_its_job_begins(
    tmp_path: Path,
    predictions: Path,
    store: RunStore,
    cluster: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    planned = plan(write(tmp_path, predictions, grid={}, seeds=[0, 1, 2]))
    submit(planned, store, SLURM, ClusterConfig(parallel=1))
    waits = next(run for run in runs_of(store) if _job_of(run) == "1000_2")
    assert standing(waits) == "queued"
    with pytest.raises(SystemExit) as stop:
        main(["runs", "cancel", waits.id, "--store", str(store.root)])
    assert stop.value.code == 0 and capsys.readouterr().out == f"{waits.id}  cancelled\n"
    assert (cluster / "scancel.txt").read_text() == "1000_2\n"
    until(lambda: sum(run.status is Status.FINISHED for run in runs_of(store)) == 2)
    assert store.find(waits.id).status is Status.CANCELLED
    assert store.find(waits.id).record.attempts == 0
    with pytest.raises(SystemExit):
        main(["runs", "cancel", waits.id, "--store", str(store.root)])
    assert "is cancelled already" in capsys.readouterr().out


def _job_of(run: StoredRun) -> str:
    found = remote.read(run.path)
    return found.job if found else ""


def test_a_refused_submission_leaves_nothing(
    tmp_path: Path, predictions: Path, store: RunStore, cluster: Path
) -> None:
    planned = plan(write(tmp_path, predictions, grid={}, seeds=[0, 1]))
    stopped = store.create(
        "select", planned[0].config.model_dump(mode="json"), planned[0].command, priority=0
    )
    live = LiveRun(stopped)
    live.start()
    live.cancel()
    with pytest.raises(UserError, match=r"refuses the jobs.*invalid partition specified: lon"):
        submit(planned, store, SLURM, ClusterConfig(partition="lon"))
    (left,) = runs_of(store)
    assert left.id == stopped.id and left.status is Status.CANCELLED
    assert remote.read(left.path) is None
    assert not list((store.root / ".cluster").iterdir())


def test_without_slurm(
    tmp_path: Path, predictions: Path, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    planned = plan(write(tmp_path, predictions))
    with pytest.raises(UserError, match=r"sbatch and srun not found.*login node"):
        submit(planned, store, SLURM, ClusterConfig())
    assert not store.root.exists()
    check(LOCAL)


@needs_proc
def test_a_job_that_is_gone_is_not_waited_for(
    tmp_path: Path, predictions: Path, store: RunStore, cluster: Path
) -> None:
    """A plain sweep leaves alone what waits for its job, and takes what waits for none."""
    planned = plan(write(tmp_path, predictions, grid={}, seeds=[0, 1, 2]))
    runs = [
        store.create("select", one.config.model_dump(mode="json"), one.command) for one in planned
    ]
    (cluster / "jobs" / "77_0").write_text("PENDING")
    for run, job in zip(runs, ("77_0", "77_1"), strict=False):
        remote.note(run.path, remote.submitted(SLURM, job))
    assert [standing(run) for run in runs] == ["queued", "never started", "never started"]
    assert states(planned, store) == [State.QUEUED, State.STOPPED, State.STOPPED]
    assert sweep(planned, store).taken == 2
    assert [store.find(run.id).status for run in runs] == [
        Status.QUEUED, Status.FINISHED, Status.FINISHED,
    ]  # fmt: skip
    (cluster / "squeue").unlink()  # as seen from a machine without SLURM
    assert standing(runs[0]) == "queued"
    remote.note(runs[0].path, remote.RemoteJob(SLURM, "78", user="somebody else"))
    assert standing(runs[0]) == "queued"
    requeue_run = requeue(store.find(store.create("select", {}, []).id))
    assert remote.read(requeue_run.path) is None


def test_the_note_of_who_submits_stands_while_he_lives(tmp_path: Path) -> None:
    run = RunStore(tmp_path).create("select", {}, [])
    mine = remote.submitted(SLURM)
    assert mine.process["pid"] == os.getpid() and mine.state() == "RUNNING"
    remote.note(run.path, mine)
    assert remote.read(run.path) == mine and remote.is_there(run.path, waits=True) is True
    elsewhere = {**process.identity(), "boot_id": "another", "machine": "another"}
    remote.note(run.path, remote.RemoteJob(LOCAL, "5", process=elsewhere))
    assert remote.is_there(run.path, waits=True) is True
    assert remote.is_there(run.path, waits=False) is None
    (run.path / remote.NOTE).write_text('{"cluster": 5, "no": "field"}')
    assert remote.read(run.path) is None and remote.is_there(run.path, waits=True) is None


def test_the_file_says_what_jobs_ask_for_and_options_say_otherwise(
    tmp_path: Path, predictions: Path
) -> None:
    path = tmp_path / "sweep.toml"
    path.write_text(
        f'kind = "select"\nbase = {{ predictions = "{predictions}" }}\n[cluster]\n'
        'partition = "cpu"\ntime = 90\nsetup = ["module load a"]\nsbatch = { nice = 5 }\n'
    )
    found = settings_of(path, ["partition=gpu", "gpus=a100:2", "sbatch.mail-type=END"])
    assert (found.partition, found.minutes, found.gpus) == ("gpu", 90, "a100:2")
    assert found.setup == ("module load a",)
    assert found.sbatch == {"nice": 5, "mail-type": "END"}
    assert len(plan(path)) == 1
    asked = slurm_parameters(found)
    assert asked["additional_parameters"] == {"requeue": True, "nice": 5, "mail-type": "END"}
    assert "mem" not in asked and asked["time"] == 90


@pytest.mark.parametrize(
    ("time", "minutes"),
    [("90", 90), ("1:30:00", 90), ("0:00:30", 1), ("2:15", 135), ("1-00:00:00", 1440)],
)
def test_times(time: str, minutes: int) -> None:
    assert ClusterConfig(time=time).minutes == minutes


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("partiton=x", "did you mean partition"),
        ("partition", "say NAME=VALUE"),
        ("sbatch=x", "say NAME=VALUE"),
        ("time=soon", "time: .*minutes, H:MM:SS"),
        ("memory=8", "memory: .*with its unit"),
        ("gpus=two", "gpus: .*as a100:1"),
        ("parallel=0", "parallel: .*greater than or equal to 1"),
    ],
)
def test_wrong_options(tmp_path: Path, predictions: Path, option: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        settings_of(write(tmp_path, predictions), [option])


def test_a_wrong_table_is_told_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "sweep.toml"
    path.write_text('[cluster]\npartiton = "x"\n[[sweep]]\nkind = "select"\n')
    with pytest.raises(DataError, match=r"cluster, partiton: no such key; did you mean partition"):
        settings_of(path, [])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--cluster", "pbs"], "choose slurm or local"),
        (["--cluster", "local", "--queue", "1"], "say one of them"),
        (["--cluster-option", "time=5"], "say --cluster"),
    ],
)
def test_options_that_do_not_fit(
    tmp_path: Path,
    predictions: Path,
    words: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = write(tmp_path, predictions)
    with pytest.raises(SystemExit) as stop:
        main(["sweep", "--config", str(path), "--store", str(tmp_path / "store"), *words])
    assert stop.value.code == 2 and said in capsys.readouterr().err
    assert not (tmp_path / "store").exists()


def test_gpus_that_may_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2,5")
    assert gpus_here() == ("2", "5")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert gpus_here() == ()

"""A very small SLURM for tests: sbatch, srun, squeue, scancel and scontrol requeue, on one machine.

It reads the options of a submission file as SLURM does, runs the members of an array so many at a
time, kills and restarts. `install` writes the five commands into a folder for the PATH.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil

COMMANDS = ("sbatch", "srun", "squeue", "scancel", "scontrol")
PARTITIONS = ("cpu", "gpu")


def install(folder: Path) -> Path:
    """Write the commands and the place of their state; to be put in front of the PATH."""
    (folder / "jobs").mkdir(parents=True)
    for name in COMMANDS:
        path = folder / name
        own = shlex.join([sys.executable, str(Path(__file__).resolve()), str(folder), name])
        path.write_text(f'#!/bin/sh\nexec {own} "$@"\n')
        path.chmod(0o755)
    return folder


def options_of(file: Path) -> dict[str, str]:
    """The #SBATCH lines."""
    found = {}
    for line in file.read_text().splitlines():
        if line.startswith("#SBATCH --"):
            name, _, value = line.removeprefix("#SBATCH --").partition("=")
            found[name] = "".join(shlex.split(value))
    return found


def sbatch(root: Path, file: str) -> None:
    options = options_of(Path(file))
    if options.get("partition", "cpu") not in PARTITIONS:
        sys.exit("sbatch: error: invalid partition specified: " + options["partition"])
    number = str(1000 + len(list(root.glob("*.options"))))
    (root / f"{number}.options").write_text(json.dumps(options))
    members = [number]
    if "array" in options:
        last = re.fullmatch(r"0-(\d+)%(\d+)", options["array"])
        assert last is not None
        members = [f"{number}_{index}" for index in range(int(last[1]) + 1)]
    for member in members:
        (root / "jobs" / member).write_text("PENDING")
    subprocess.Popen(
        [sys.executable, __file__, str(root), "controller", file, *members],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=(root / "controller.txt").open("a"),
        start_new_session=True,
    )
    print(f"Submitted batch job {number}")


def controller(root: Path, file: str, *members: str) -> None:
    """Run the members of an array, so many at a time."""
    array = options_of(Path(file)).get("array", "0-0%1")
    places = threading.Semaphore(int(array.partition("%")[2]))
    threads = [threading.Thread(target=_member, args=(root, file, x, places)) for x in members]
    for thread in threads:
        thread.start()


def _member(root: Path, file: str, member: str, places: threading.Semaphore) -> None:
    state = root / "jobs" / member
    array, _, index = member.partition("_")
    own = {"SLURM_JOB_ID": member.replace("_", "0"), "SLURM_PROCID": "0"}
    if index:
        own |= {"SLURM_ARRAY_JOB_ID": array, "SLURM_ARRAY_TASK_ID": index}
    while True:
        with places:
            if not state.exists():
                return
            child = subprocess.Popen(
                ["bash", file], env={**os.environ, **own}, start_new_session=True
            )
            (root / f"{member}.pid").write_text(str(child.pid))
            state.write_text("RUNNING")
            child.wait()
        again = root / f"{member}.requeue"
        if not again.exists():
            state.unlink(missing_ok=True)
            return
        again.unlink()
        state.write_text("PENDING")


def srun(root: Path, *arguments: str) -> None:
    output, rest = None, list(arguments)
    while rest[0].startswith("--"):
        option = rest.pop(0)
        output = rest.pop(0) if option == "--output" else output
    array, index = (os.environ.get(f"SLURM_ARRAY_{x}_ID", "") for x in ("JOB", "TASK"))
    path = (output or "%j").replace("%A", array).replace("%a", index).replace("%t", "0")
    with Path(path.replace("%j", os.environ["SLURM_JOB_ID"])).open("ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    os.execvp(rest[0], rest)


def squeue(root: Path, *arguments: str) -> None:
    assert arguments == ("--array", "--noheader", "--format=%i|%T"), arguments
    for path in sorted((root / "jobs").iterdir()):
        print(f"{path.name}|{path.read_text()}")


def scancel(root: Path, member: str) -> None:
    with (root / "scancel.txt").open("a") as log:
        log.write(f"{member}\n")
    (root / "jobs" / member).unlink(missing_ok=True)
    _end(root, member, 2.0)


def scontrol(root: Path, verb: str, member: str) -> None:
    assert verb == "requeue"
    (root / f"{member}.requeue").touch()


def notify(root: Path, member: str, number: signal.Signals) -> None:
    """Send a signal to the steps of a job, as SLURM does: not to the script around them."""
    for step in psutil.Process(int((root / f"{member}.pid").read_text())).children():
        step.send_signal(number)


def preempt(root: Path, member: str) -> None:
    """Take the machine from a job without a word, and put it in the queue again."""
    scontrol(root, "requeue", member)
    notify(root, member, signal.SIGKILL)


def _end(root: Path, member: str, patience: float) -> None:
    pid = root / f"{member}.pid"
    if pid.exists():
        for number, wait in ((signal.SIGTERM, patience), (signal.SIGKILL, 0)):
            try:
                os.killpg(int(pid.read_text()), number)
            except ProcessLookupError:
                return
            time.sleep(wait)


if __name__ == "__main__":
    place, command, *given = sys.argv[1:]
    globals()[command](Path(place), *given)

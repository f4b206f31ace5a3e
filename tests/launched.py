"""Runs that several processes compute, started as a user starts them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def started(words: Sequence[str], store: Path, processes: int = 2) -> subprocess.Popen[str]:
    """``accelerate launch -m core ...`` on the CPU; its words go to stderr, the record to stdout.

    Args:
        words: the verb and its options.
        store: where the run goes.
        processes: so many.
    """
    launch = ["launch", "--multi_gpu", "--num_processes", str(processes)]
    alone = ["--num_machines", "1", "--main_process_port", "0", "--mixed_precision", "no"]
    module = ["--dynamo_backend", "no", "-m", "core", *words, "--store", str(store), "--json"]
    return subprocess.Popen(
        [sys.executable, "-m", "accelerate.commands.accelerate_cli", *launch, *alone, *module],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"},
    )


def ranks(launcher: int) -> dict[int, int]:
    """Rank -> process id of the processes that a launcher started (needs /proc)."""
    found: dict[int, int] = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((place / "stat").read_text().rsplit(")", 1)[1].split()[1])
            lines = (place / "environ").read_bytes().split(b"\0")
        except (OSError, IndexError):
            continue
        if parent == launcher:
            found |= {int(x[5:]): int(place.name) for x in lines if x.startswith(b"RANK=")}
    return found

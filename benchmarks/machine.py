"""The machine a figure was measured on, and a fair timer."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import psutil
import torch

from core.runs.environment import environment


def machine() -> str:
    """One line: processor, cores, threads, GPU, torch, and how busy it is already."""
    facts = environment()
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
    return (
        f"{facts['processor']}, {facts['cores']} cores, {torch.get_num_threads()} threads, {gpu}, "
        f"torch {torch.__version__}, commit {facts['commit']}, load {psutil.getloadavg()[0]:.1f}"
    )


def seconds(work: Callable[[], object], repeats: int, device: torch.device) -> float:
    """Median wall-clock seconds of one call, after one that does not count."""
    work()
    times = []
    for _ in range(repeats):
        wait(device)
        start = time.perf_counter()
        work()
        wait(device)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def wait(device: torch.device) -> None:
    """Let a GPU finish what it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)

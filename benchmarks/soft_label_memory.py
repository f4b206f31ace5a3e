"""Peak memory of the soft-label loss at 15 % masked positions against the full computation.

    python -m benchmarks.soft_label_memory [--vocabulary 250002] [--device cuda]

The full computation has the distributions of teacher and student over the whole vocabulary at every
position. Each side runs, with its gradients, in a process of its own; what one position alone takes
(the heads and their gradients) is counted for neither.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from typing import Annotated

import torch
import typer
from torch.nn import functional

from benchmarks.machine import machine
from benchmarks.rows import Row, tell
from core.balancing.labels import soft_loss
from core.config import EngineConfig
from core.models.device import pick_device

SHARE = 0.15
ONE, MASKED, FULL = "one position", "masked positions", "all positions"


def main(
    device: Annotated[str, typer.Option(help="cpu, cuda or auto.")] = "cpu",
    vocabulary: Annotated[int, typer.Option(help="Pieces of the vocabulary.")] = 250_002,
    hidden: Annotated[int, typer.Option(help="Width of both models.")] = 512,
    batch: Annotated[int, typer.Option(help="Texts.")] = 8,
    positions: Annotated[int, typer.Option(help="Positions of each.")] = 128,
    side: Annotated[str | None, typer.Option(hidden=True)] = None,
) -> None:
    """Print the peak of both and their ratio."""
    if side is not None:
        print(_peak(side, device, vocabulary, hidden, (batch, positions)))
        return
    given: dict[str, str | int] = {
        "device": device, "vocabulary": vocabulary, "hidden": hidden, "batch": batch,
        "positions": positions,
    }  # fmt: skip
    peaks = {name: _in_own_process(name, given) for name in (ONE, MASKED, FULL)}
    print(machine())
    print(f"{batch} x {positions} positions, {SHARE:.0%} masked, {vocabulary:,} pieces, {device}")
    above = {name: peaks[name] - peaks[ONE] for name in (MASKED, FULL)}
    for name, size in above.items():
        whole = peaks[name] / 2**20
        print(f"  {name:<18}{size / 2**20:10.0f} MiB more than one position ({whole:.0f} in all)")
    print(f"  ratio: {above[MASKED] / above[FULL]:.3f}")
    what = f"15 % of {batch} x {positions} positions, {vocabulary:,} pieces; MiB at the peak"
    tell(Row("soft-label loss", what, above[MASKED] / 2**20, above[FULL] / 2**20))


def _in_own_process(side: str, given: dict[str, str | int]) -> int:
    options = [part for name, value in given.items() for part in (f"--{name}", str(value))]
    command = [sys.executable, "-m", "benchmarks.soft_label_memory", "--side", side, *options]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(done.stdout)


def _peak(side: str, device: str, vocabulary: int, hidden: int, shape: tuple[int, int]) -> int:
    """Most bytes this process, or its GPU, ever held."""
    place = pick_device(EngineConfig(device=device)).place
    torch.manual_seed(0)
    heads = [torch.nn.Linear(hidden, vocabulary).to(place) for _ in range(2)]
    for parameter in heads[0].parameters():
        parameter.grad = torch.zeros_like(parameter)
    known, found = (torch.randn(*shape, hidden, device=place) for _ in range(2))
    found.requires_grad_()
    asked = torch.rand(shape, device=place) < SHARE
    if side == ONE:
        asked = torch.zeros(shape, dtype=torch.bool, device=place)
        asked[0, 0] = True
    if side != FULL:
        loss = soft_loss(heads[0], found[asked], heads[1], known[asked], vocabulary)
        loss.backward()
    else:
        with torch.no_grad():
            target = heads[1](known).log_softmax(-1)
        own = heads[0](found).log_softmax(-1)
        each = functional.kl_div(own, target, reduction="none", log_target=True).sum(-1)
        ((each * asked).sum() / asked.sum()).backward()
    if place.type == "cuda":
        return torch.cuda.max_memory_allocated(place)
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


if __name__ == "__main__":
    typer.run(main)

"""One distillation step: each (example, language) encoded once, against pair by pair.

    python -m benchmarks.distillation_step [--device cpu|cuda] [--shape small|base|large]

Both sides run the same randomly initialised encoder on the same batch of texts of 16 to 48 tokens
(speed does not depend on the weights) and take the gradients of the same loss; the pair-by-pair
side encodes both sentences of every pair, as the paper's public code does, one pair after the
other. The losses are compared. On a busy machine read the CPU seconds: waiting for a core is not in
them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Annotated

import numpy as np
import torch
import typer
from numpy.typing import NDArray
from transformers import PreTrainedModel

from benchmarks.machine import machine, wait
from benchmarks.rows import Row, tell
from benchmarks.shapes import TOKENIZER, random_model, random_rows
from benchmarks.utilisation import flops, utilisation
from core.config import EngineConfig
from core.distillation.losses import pair_loss
from core.distillation.pairs import pair_weights, teacher_weights, who_learns
from core.models.device import Device, pick_device
from core.models.encode import Ids, class_logits
from core.models.optimizer import adamw
from core.models.ready import ready


def main(
    device: Annotated[str, typer.Option(help="cpu, cuda or auto.")] = "auto",
    shape: Annotated[str, typer.Option(help="small, or XLM-R's base or large.")] = "small",
    languages: Annotated[int, typer.Option(help="Number of languages.")] = 12,
    batch: Annotated[int, typer.Option(help="Parallel examples in one step.")] = 8,
    repeats: Annotated[int, typer.Option(help="Timed steps of each side.")] = 5,
    precision: Annotated[str, typer.Option(help="float32, bfloat16 or auto.")] = "auto",
    attention: Annotated[str, typer.Option(help="padded, packed or auto.")] = "auto",
    compiled: Annotated[bool, typer.Option(help="Compile the layers of the fast side.")] = False,
) -> None:
    """Print both times and their ratio."""
    options = {"device": device, "precision": precision, "attention": attention}
    place = pick_device(EngineConfig.model_validate({**options, "compile_layers": compiled}))
    plain = Device(place.place, place.dtype)
    fast, slow = ready(random_model(shape), place), ready(random_model(shape), plain)
    flat = random_rows(languages * batch, 16, 48)
    rows = [flat[start : start + batch] for start in range(0, len(flat), batch)]
    names = tuple(str(i) for i in range(languages))
    teachers = names[: (languages + 1) // 2]
    pairs = torch.as_tensor(
        pair_weights(who_learns(names, teachers), teacher_weights(names, teachers)),
        dtype=torch.float32,
    ).to(place.place)
    count = int((pairs > 0).sum())
    needed = flops(fast, [len(row) for row in flat], training=True)
    print(machine())
    print(f"{languages} languages x {batch} examples, {count} pairs, XLM-R, {shape} shape")
    print(f"  encodings a step: {languages * batch} against {2 * count * batch}")
    once = _timed(fast, partial(_once, fast, rows, pairs, place), repeats, place)
    paired = _timed(slow, partial(_pair_by_pair, slow, rows, pairs, plain), repeats, place)
    for name, (wall, cpu, loss) in {"encoded once": once, "pair by pair": paired}.items():
        print(f"  {name}: {1000 * wall:9.1f} ms, CPU {1000 * cpu:9.1f} ms   loss {loss:.6f}")
    print(f"  ratio: {paired[0] / once[0]:.1f}x (CPU {paired[1] / once[1]:.1f}x)")
    used = utilisation(needed, float(once[0]))
    print(f"  encoded once: {used}")
    what = f"{languages} languages x {batch}, {shape}; ms a step"
    ours, plainly = 1000 * once[0], 1000 * paired[0]
    tell(Row("distillation step", what, ours, plainly, paired[1] / once[1], used))
    print(machine())


def _timed(
    model: PreTrainedModel, work: Callable[[], torch.Tensor], repeats: int, device: Device
) -> NDArray[np.float64]:
    """Median seconds of an optimizer step by the clock and of all cores, and the first loss."""
    optimizer = adamw(model, 1e-9, 0.0)
    found = []
    for turn in range(repeats + 1):
        wait(device.place)
        start = np.array([time.perf_counter(), time.process_time()])
        loss = work()
        if loss.requires_grad:  # a pair-by-pair loss has taken its gradients on the way
            loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        wait(device.place)
        clocks = np.array([time.perf_counter(), time.process_time()]) - start
        if turn == 0:
            first = float(loss.detach())
            continue  # warms up
        found.append(clocks)
    return np.array([*np.median(found, axis=0), first])


def _once(
    model: PreTrainedModel, rows: list[list[Ids]], pairs: torch.Tensor, device: Device
) -> torch.Tensor:
    flat = [row for language in rows for row in language]
    logits = class_logits(model, flat, TOKENIZER, device).view(len(rows), len(rows[0]), -1)
    return pair_loss(logits.log_softmax(-1), pairs)


def _pair_by_pair(
    model: PreTrainedModel, rows: list[list[Ids]], pairs: torch.Tensor, device: Device
) -> torch.Tensor:
    total = torch.zeros((), device=device.place)
    for learner, teacher in pairs.nonzero().tolist():
        p = class_logits(model, rows[learner], TOKENIZER, device).log_softmax(-1)
        q = class_logits(model, rows[teacher], TOKENIZER, device).log_softmax(-1)
        loss = pairs[learner, teacher] * (p.exp() * (p - q)).sum(-1).mean()
        loss.backward()
        total = total + loss.detach()
    return total


if __name__ == "__main__":
    typer.run(main)

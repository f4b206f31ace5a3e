"""P(teacher) of every language on resamples, and what a threshold's move costs afterwards.

    python -m benchmarks.stability [--languages 15 --examples 5010 --classes 3 --resamples 1000]

The plain alternative beside it makes the whole choice anew on the examples of each resample.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated

import numpy as np
import torch
import typer

from benchmarks.machine import machine, seconds
from benchmarks.rows import Row, tell
from core.data.predictions import Predictions
from core.selection.stability import (
    RESAMPLES,
    resampled_confidences,
    stability,
    stability_by_size,
)
from core.selection.strategies import choose

PLAIN = 20
"""Resamples of the plain alternative, whose time is scaled up."""


def main(
    languages: Annotated[int, typer.Option(help="Languages.")] = 15,
    examples: Annotated[int, typer.Option(help="Examples per language.")] = 5010,
    classes: Annotated[int, typer.Option(help="Classes.")] = 3,
    resamples: Annotated[int, typer.Option(help="Resamples.")] = RESAMPLES,
    repeats: Annotated[int, typer.Option(help="Timed runs of each.")] = 5,
) -> None:
    """Print the times."""
    p = np.random.default_rng(0).dirichlet(np.ones(classes), size=(languages, examples))
    names = tuple(f"l{k}" for k in range(languages))
    found = Predictions(names, tuple(map(str, range(examples))), p.astype(np.float32))
    chosen = choose(found)
    known = resampled_confidences(found, chosen, resamples=resamples)
    scale = resamples / PLAIN
    works: dict[str, tuple[Callable[[], object], float]] = {
        "stability": (partial(stability, found, chosen, resamples=resamples), 1.0),
        "after a move of the threshold": (
            partial(stability, found, chosen, confidences=known),
            1.0,
        ),
        "at six sizes": (partial(stability_by_size, found, chosen, resamples=resamples), 1.0),
        "plain loop": (partial(_plain, found), scale),
    }
    print(machine())
    print(f"{languages} x {examples:,} x {classes}, {resamples:,} resamples")
    times = {}
    for name, (work, factor) in works.items():
        times[name] = factor * seconds(work, repeats, torch.device("cpu"))
        print(f"  {name}: {times[name]:.4f} s")
    what = f"{languages} x {examples:,} x {classes}, {resamples:,} resamples; s"
    tell(Row("stability", what, times["stability"], times["plain loop"]))


def _plain(found: Predictions) -> None:
    """The choice on some resamples, one after the other."""
    generator, count = np.random.default_rng(0), len(found.examples)
    for _ in range(PLAIN):
        choose(found.take(generator.integers(count, size=count)))


if __name__ == "__main__":
    typer.run(main)

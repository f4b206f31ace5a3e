"""The cluster bootstrap of all languages, the tests and the equity measures on a page's data.

python -m benchmarks.bootstrap [--languages 15 --examples 5010 --classes 3 --resamples 10000]
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
from core.metrics.equity_intervals import measure_changes, measures
from core.metrics.paired_bootstrap import paired_bootstrap
from core.metrics.significance import paired_tests


def main(
    languages: Annotated[int, typer.Option(help="Languages.")] = 15,
    examples: Annotated[int, typer.Option(help="Examples per language.")] = 5010,
    classes: Annotated[int, typer.Option(help="Classes.")] = 3,
    resamples: Annotated[int, typer.Option(help="Resamples.")] = 10_000,
    per_cluster: Annotated[int, typer.Option(help="Examples that share a cluster.")] = 1,
    repeats: Annotated[int, typer.Option(help="Timed runs.")] = 3,
) -> None:
    """Print the median seconds of each part."""
    before, after = (_made(languages, examples, classes, per_cluster, seed) for seed in (0, 1))
    intervals = paired_bootstrap(before, after, resamples=resamples)
    chosen = measures(before.languages, chance=100 / classes)
    work: dict[str, Callable[[], object]] = {
        "paired bootstrap": partial(paired_bootstrap, before, after, resamples=resamples),
        "tests with Holm": partial(paired_tests, before, after, intervals),
        "equity, before, after and change": partial(
            measure_changes, before, after, chosen, resamples=resamples
        ),
    }
    print(machine())
    print(f"{languages} x {examples:,} x {classes}, {resamples:,} resamples")
    for name, part in work.items():
        took = seconds(part, repeats, torch.device("cpu"))
        print(f"  {name}: {took:.2f} s")
        tell(Row("statistics", f"{name}, {languages} x {examples:,} x {classes}; s", took))


def _made(languages: int, examples: int, classes: int, per_cluster: int, seed: int) -> Predictions:
    rng = np.random.default_rng(seed)
    return Predictions(
        languages=("en", *(f"l{i}" for i in range(1, languages))),
        examples=tuple(map(str, range(examples))),
        probabilities=rng.dirichlet(np.ones(classes), (languages, examples)),
        gold=np.eye(classes, dtype=bool)[np.arange(examples) % classes],
        clusters=tuple(str(i // per_cluster) for i in range(examples)),
    )


if __name__ == "__main__":
    typer.run(main)

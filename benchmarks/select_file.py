"""``python -m core select --predictions FILE``: the whole process, from a cold interpreter.

    python -m benchmarks.select_file [--languages 15 --examples 5010 --classes 3]

The plain alternative beside it does the same in pandas and numpy without checking anything.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer

from benchmarks.machine import machine, seconds
from benchmarks.rows import Row, tell

PLAIN = """
import sys
import numpy as np
import pandas as pd
frame = pd.read_csv(sys.argv[1])
wide = frame.pivot(index="example", columns="language")
p = np.stack([wide[c].to_numpy() for c in frame.columns[2:]], -1)
vote = [np.bincount(row).argmax() for row in p.argmax(-1)]
s = p[np.arange(len(p)), :, vote].mean(0)
print(np.exp(s) / np.exp(s).sum())
"""


def main(
    languages: Annotated[int, typer.Option(help="Languages.")] = 15,
    examples: Annotated[int, typer.Option(help="Examples per language.")] = 5010,
    classes: Annotated[int, typer.Option(help="Classes.")] = 3,
    repeats: Annotated[int, typer.Option(help="Timed runs of each side.")] = 5,
) -> None:
    """Print both times."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "predictions.csv"
        _write(path, languages, examples, classes)
        core = [sys.executable, "-m", "core", "select", "--predictions", str(path)]
        commands = {
            "core select": [*core, "--store", f"{folder}/store", "--json"],
            "plain pandas": [sys.executable, "-c", PLAIN, str(path)],
        }
        print(machine())
        print(f"{languages} x {examples:,} x {classes}, csv, whole process")
        times = {}
        for name, command in commands.items():
            work = partial(subprocess.run, command, check=True, capture_output=True)
            times[name] = seconds(work, repeats, torch.device("cpu"))
            print(f"  {name}: {times[name]:.2f} s")
        what = f"{languages} x {examples:,} x {classes}, csv, whole process; s"
        tell(Row("teacher choice", what, times["core select"], times["plain pandas"]))


def _write(path: Path, languages: int, examples: int, classes: int) -> None:
    rng = np.random.default_rng(0)
    with path.open("w", encoding="utf-8") as handle:
        names = ",".join(f"p_{k}" for k in range(classes))
        handle.write(f"language,example,{names}\n")
        for language in range(languages):
            for example, row in enumerate(rng.dirichlet(np.ones(classes), examples)):
                values = ",".join(map(repr, map(float, row)))
                handle.write(f"l{language},{example},{values}\n")


if __name__ == "__main__":
    typer.run(main)

"""All benchmarks one after the other, as one table, kept with the machine's name.

    python -m benchmarks.table [--model FOLDER --sib200 FOLDER] [--only scoring ...]

Each runs in a process of its own and compares with its plain alternative there, so that both meet
the same machine. The table and what every benchmark printed go to `benchmarks/results`, named by
day, device and commit. Without a model folder the built-in one and random shapes are taken.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import torch
import typer

from benchmarks.machine import machine
from benchmarks.rows import FILE, Row, told
from core.runs.environment import environment
from core.runs.files import write_text
from core.runs.record import now

RESULTS = Path("benchmarks/results")
HEAD = ("stage", "measured", "ours", "plain", "ratio", "ratio of CPU time", "note")
Commands = Mapping[str, Sequence[str]]


def main(
    model: Annotated[str | None, typer.Option(help="Folder of an encoder with a mask.")] = None,
    sib200: Annotated[str | None, typer.Option(help="Folder of SIB-200's files.")] = None,
    geomlama: Annotated[str | None, typer.Option(help="Folder of GeoMLAMA's files.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="Names; all if none is given.")] = None,
    output: Annotated[Path, typer.Option("-o", help="Where the table goes.")] = RESULTS,
) -> None:
    """Run them, print the table and keep it."""
    every = commands(model, sib200, geomlama)
    if unknown := sorted(set(only or ()) - set(every)):
        raise typer.BadParameter(f"{', '.join(unknown)}; there are {', '.join(every)}")
    wanted = {name: command for name, command in every.items() if not only or name in only}
    start = machine()
    rows: list[Row] = []
    printed: list[str] = []
    for name, command in wanted.items():
        found, text = _run(name, command)
        rows += found
        printed.append(f"== {' '.join(command)}\n{text}")
    lines = [f"begun: {start}", f"ended: {machine()}", "", *table(rows)]
    print("\n".join(lines))
    path = output / f"{_name()}.md"
    output.mkdir(parents=True, exist_ok=True)
    whole = [*lines, "", "```", *printed, "```", ""]
    write_text(path, "\n".join(whole))
    print(f"kept in {path}")


def commands(model: str | None, sib200: str | None, geomlama: str | None) -> Commands:
    """Name of each benchmark -> its arguments, for what data there are."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    real = ["--model", model, "--data", sib200] if model and sib200 else None
    shapes = {"cuda": ("base", "large")}.get(device, ("small",))
    probed = ["--model", model, "--data", geomlama] if model and geomlama else []
    found = {"scoring": ["scoring", *real, "--device", device]} if real else {}
    for shape in shapes:
        of_shape = ["--shape", shape, "--device", device]
        found[f"scoring-{shape}"] = ["scoring", *of_shape]
        sizes = ["--languages", "15", "--batch", "32"] if device == "cuda" else []
        found[f"distillation-{shape}"] = ["distillation_step", *of_shape, *sizes]
    return found | {
        "probing": ["probing", *probed, "--device", device],
        "qa-decoding": ["qa_decoding", "--device", device],
        "soft-labels": ["soft_label_memory", "--device", device],
        "teacher-choice": ["select_file"],
        "stability": ["stability"],
        "bootstrap": ["bootstrap"],
        "examples": ["example_browser"],
        "dashboard": ["start_up"],
    }


def table(rows: Sequence[Row]) -> list[str]:
    """The rows in Markdown."""
    cells = [
        (
            row.stage,
            row.what,
            f"{row.ours:,.3g}",
            _number(row.plain),
            _times(row.ratio),
            _times(row.cpu_ratio),
            row.note,
        )
        for row in rows
    ]
    lines = [HEAD, ("---",) * len(HEAD), *cells]
    return [f"| {' | '.join(line)} |" for line in lines]


def _run(name: str, command: Sequence[str]) -> tuple[list[Row], str]:
    """What a benchmark tells and prints; one that fails says so and does not stop the others."""
    module, *options = command
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows"
        begun = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{module}", *options],
            env={**os.environ, FILE: str(path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        print(f"{name}: {time.monotonic() - begun:.0f} s, exit {done.returncode}", file=sys.stderr)
        rows = told(path)
    if done.returncode:
        rows.append(Row(name, f"FAILED with exit {done.returncode}", float("nan")))
    return rows, done.stdout.strip()


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.3g}"


def _times(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}x"


def _name() -> str:
    """Day, device and commit."""
    facts = environment()
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else facts["processor"]
    words = re.sub(r"\W+", "-", str(device).lower()).strip("-")
    return f"{now()[:10]}-{words}-{str(facts['commit'])[:7]}"


if __name__ == "__main__":
    typer.run(main)

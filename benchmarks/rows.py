"""What a benchmark found, as a row of the table of all (`benchmarks.table`)."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import NamedTuple

FILE = "BENCHMARK_ROWS"
"""Environment variable: the file that rows are added to; without it nothing is written."""


class Row(NamedTuple):
    """One figure, with the plain alternative's of the same run where there is one."""

    stage: str
    """Scoring, distillation step, ..."""
    what: str
    """Data, shapes and unit."""
    ours: float
    plain: float | None = None
    """Of the alternative; less is better in both."""
    cpu_ratio: float | None = None
    """The plain one's seconds of all cores in those of ours."""
    note: str = ""
    """What else belongs to the figure: FLOPs utilisation, how far results differ."""

    @property
    def ratio(self) -> float | None:
        """How many times the plain alternative takes."""
        return None if self.plain is None else self.plain / self.ours


def tell(row: Row) -> None:
    """Add a row for whoever collects them."""
    if (path := os.environ.get(FILE)) is not None:
        with Path(path).open("a", encoding="utf-8") as handle:
            handle.write(json.dumps(row._asdict()) + "\n")


def told(path: Path) -> list[Row]:
    """The rows that were added to a file."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Row(**json.loads(line)) for line in lines]

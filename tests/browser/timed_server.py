"""`streamlit run`, which also writes down how long each run of the app's script took.

SCRIPT_TIMES=FILE python -m tests.browser.timed_server run dashboard/app.py
"""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import streamlit
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.web import cli

TIMES = "SCRIPT_TIMES"
"""Names the file in the environment: a line a run."""


@dataclass(frozen=True)
class ScriptTime:
    """One run of the script, or of one of its fragments: from the request to the last element."""

    seconds: float
    """By the clock."""
    busy: float
    """Of the processor, in the thread of this session."""
    charted: float
    """By the clock, from the request to its last chart; 0 without any."""


def read_times(path: Path) -> list[ScriptTime]:
    """The runs so far, the oldest first; none where the file is not there yet."""
    lines = path.read_text().splitlines() if path.exists() else []
    return [ScriptTime(*map(float, line.split())) for line in lines]


def serve() -> None:
    """Do what ``streamlit`` does, with a watch on every run of the script."""
    run_script, draw = ScriptRunner._run_script, DeltaGenerator.vega_lite_chart
    charted = threading.local()

    @wraps(draw)
    def noted(*args: Any, **options: Any) -> Any:
        try:
            return draw(*args, **options)
        finally:
            charted.last = time.perf_counter()

    @wraps(run_script)
    def timed(*args: Any, **options: Any) -> None:
        clock, busy = time.perf_counter(), time.thread_time()
        charted.last = clock
        try:
            run_script(*args, **options)
        finally:
            took = time.perf_counter() - clock, time.thread_time() - busy, charted.last - clock
            with Path(os.environ[TIMES]).open("a") as file:
                file.write("{} {} {}\n".format(*took))

    DeltaGenerator.vega_lite_chart = noted  # type: ignore[method-assign]
    streamlit.vega_lite_chart = streamlit._main.vega_lite_chart
    ScriptRunner._run_script = timed  # type: ignore[method-assign]
    cli.main(prog_name="streamlit")


if __name__ == "__main__":
    serve()

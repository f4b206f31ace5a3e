"""One run in a process of its own, and what it took: a child of `benchmarks.estimate`.

Seconds count from the start of the run to its end, as in its record: imports and the checks of the
input come before. They are the processor's, which other programs do not lengthen by waiting.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from core.jobs.estimate import estimate, resident
from core.jobs.kinds import KINDS
from core.jobs.runner import run_now
from core.options import build_config
from core.runs.store import RunStore


def measured(kind: str, settings: dict[str, Any], store: RunStore) -> dict[str, Any]:
    """Make a run; its id, its processor and wall-clock seconds, its bytes before and at the peak.

    Args:
        kind: of the run.
        settings: that differ from its defaults.
        store: where it goes.
    """
    config = build_config(KINDS[kind].config, settings)
    before, began = resident(), [0.0, 0.0]

    def started(_: object) -> None:
        began[:] = time.process_time(), time.perf_counter()

    live = run_now(kind, config, store, started=started)
    return {
        "id": live.id,
        "cpu": (time.process_time() - began[0]) / torch.get_num_threads(),
        "wall": time.perf_counter() - began[1],
        "before": before,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def estimated(kind: str, settings: dict[str, Any], store: RunStore) -> dict[str, Any]:
    """The estimate of the same run, and what making it took, its imports not counted."""
    config = build_config(KINDS[kind].config, settings)
    began = time.perf_counter()
    return estimate(kind, config, store).to_json() | {"wall": time.perf_counter() - began}


def main(arguments: Sequence[str]) -> None:
    """``measured|estimated KIND SETTINGS STORE``: print what was found as one line of JSON."""
    what, kind, settings, store = arguments
    made = measured if what == "measured" else estimated
    sys.stdout.flush()
    own = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints
    found = made(kind, json.loads(settings), RunStore(Path(store)))
    os.write(own, (json.dumps(found) + "\n").encode())


if __name__ == "__main__":
    main(sys.argv[1:])

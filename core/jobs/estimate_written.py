"""What a run that writes parallel text will cost: a few items are written to know it."""

from __future__ import annotations

import resource
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from core.config import Config, GenerateConfig
from core.errors import CoreError
from core.estimate.cost import Stage
from core.jobs.estimate import Plan
from core.jobs.generate import prepare
from core.jobs.kinds import command_for
from core.jobs.runner import compute
from core.jobs.text_inputs import TextInputs, read_inputs
from core.models.calibrate import clock
from core.models.device import Device, pick_device
from core.runs.claims import first
from core.runs.live import LiveRun
from core.runs.store import RunStore

SECONDS = 1.0
"""That writing a sample should take."""
GROWTH = 8
"""Of a sample that took less."""
SAMPLE = 16
"""Items that are written at first, or a batch of them if it is smaller."""


def plan(kind: str, config: Config, store: RunStore) -> Plan:
    """Write a few items of a run in a folder that is removed; the rest takes as long an item.

    Raises:
        UserError: bad input.
    """
    assert isinstance(config, GenerateConfig)
    inputs, device = read_inputs(config, store), pick_device(config)
    count, most = _items(config, inputs), min(SAMPLE, config.prediction_batch)
    cold, warm = (_written(config, 1, store, device) for _ in range(2))  # one loads the models
    took, size = warm, 1
    while size < count and (size == 1 or took < SECONDS):
        size = min(count, max(most, GROWTH * size))
        took = _written(config, size, store, device)
    each = max(0.0, took - warm) / max(1, size - 1)
    seconds = cold + (count - 1) * each
    return Plan([Stage("writing", 0, 0, seconds=seconds)], base=_peak())


def _items(config: GenerateConfig, inputs: TextInputs) -> int:
    if inputs.folder is not None:
        return len(inputs.folder)
    return len(inputs.given) or config.items


def _written(config: GenerateConfig, items: int, store: RunStore, device: Device) -> float:
    """Seconds of a run of so many items."""
    few: dict[str, object] = {"items": items}
    if config.from_ is not None:
        few["last"] = config.first + items - 1
    small = config.model_copy(update=few)
    work = prepare(small, store)
    with tempfile.TemporaryDirectory() as place:
        settings, command = small.model_dump(mode="json"), command_for("generate", small)
        made = RunStore(Path(place)).create("generate", settings, command, hold=True)
        began = clock(device)
        with suppress(CoreError):  # the filters may drop all of so few
            compute(LiveRun(made, first(made.path)), work)
        return clock(device) - began


def _peak() -> int:
    """Bytes of this process at its peak so far."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit

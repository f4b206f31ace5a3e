"""Distillations that differ in one thing: what the page that compares runs is tried on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.config import DistillConfig
from core.data.predictions import Predictions
from core.metrics.transfer_gap import summarize
from core.runs.live import LiveRun
from core.runs.record import RunRecord
from core.runs.store import RunStore, StoredRun

LANGUAGES = ("en", "fr", "sw", "yo")
TIME = "2026-01-01T00:00:00+00:00"
ITEMS = 100


def trial_run(
    before: Mapping[str, float],
    after: Mapping[str, float],
    *,
    number: int = 0,
    chosen: Sequence[str] = (),
    kind: str = "distill",
    record: Mapping[str, Any] | None = None,
    **settings: Any,
) -> StoredRun:
    """A finished distillation with these accuracies and chosen teachers, in memory only."""
    config = DistillConfig(**settings).model_dump(mode="json")
    fields: dict[str, Any] = {
        "id": f"20260101T000000-{kind}-{number:06x}",
        "kind": kind,
        "config": config,
        "fingerprints": {"model": "m0", "data": f"d{config['seed']}"},
        "submitted": TIME,
        "started": TIME,
        "finished": TIME,
        "metrics": {"before": {"accuracy": dict(before)}, "after": {"accuracy": dict(after)}},
        "selection": {"teachers": list(chosen)} if chosen else None,
        **(record or {}),
    }
    return StoredRun(Path("runs") / fields["id"], RunRecord(**fields))


def answers(right: Mapping[str, int]) -> Predictions:
    """So many of the first items answered right in each language, of 100 with two classes."""
    counts = np.array(list(right.values()))
    correct = np.arange(ITEMS)[None] < counts[:, None]
    gold = np.eye(2, dtype=bool)[np.zeros(ITEMS, dtype=int)]
    p = np.where(correct, 0.9, 0.1)
    return Predictions(
        tuple(right), tuple(map(str, range(ITEMS))), np.stack([p, 1 - p], axis=2), gold=gold
    )


def fill(root: Path, rows: Mapping[str, Sequence[int]], **settings: Any) -> list[StoredRun]:
    """Runs of these strategies at seeds 0, 1, ...; each number is what they gain, in points.

    A strategy is written as in the config, a teacher that is alone as ``by-hand:fr``.
    """
    store = RunStore(root)
    made = []
    for row, gains in rows.items():
        strategy, _, teacher = row.partition(":")
        named = {"teachers": (teacher,)} if teacher else {}
        for seed, gain in enumerate(gains):
            config = DistillConfig(
                strategy=strategy, seed=seed, languages=LANGUAGES, **named, **settings
            )
            made.append(run(store, config, dict.fromkeys(LANGUAGES, gain), seed))
    return made


def run(store: RunStore, config: DistillConfig, gains: Mapping[str, int], seed: int) -> StoredRun:
    """A finished run in which these languages gain so many points, and the others nothing."""
    command = ["python", "-m", "core", "distill", "--seed", str(seed)]
    live = LiveRun(store.create("distill", config.model_dump(mode="json"), command))
    live.start()
    whole = {"en": 70 + seed, "fr": 60, "sw": 50, "yo": 40}
    start = {x: n for x, n in whole.items() if x in (config.languages or whole)}
    before, after = answers(start), answers({x: n + gains.get(x, 0) for x, n in start.items()})
    before.save(live.path / "predictions_before.npz")
    after.save(live.path / "predictions_after.npz")
    live.update(
        metrics={"before": summarize(before).to_json(), "after": summarize(after).to_json()},
        selection={
            "teachers": list(config.teachers or ("en", "fr")),
            "confidence": {x: n / 100 for x, n in start.items()},
        },
        fingerprints={"model": "m0", "data": f"d{seed}"},
    )
    live.finish()
    return StoredRun(live.path, live.record)

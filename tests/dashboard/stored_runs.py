"""A store of made-up runs, and one of damaged folders: what the pages are tried on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from core.config import DemoConfig, DistillConfig, SelectConfig
from core.data.predictions import Predictions
from core.metrics.transfer_gap import summarize
from core.runs import claims
from core.runs.files import write_json
from core.runs.live import LiveRun
from core.runs.notes import annotate
from core.runs.record import Status
from core.runs.store import RunStore, StoredRun
from core.selection.teachers import select_teachers
from tests import processes

LANGUAGES = ("en", "fr", "es", "de", "ru", "tr", "ar", "zh", "hi", "sw", "fa", "vi")
SKILL_BEFORE = (2.4, 1.7, 1.6, 1.5, 1.1, 0.8, 0.7, 0.9, 0.5, 0.2, 0.6, 0.9)
SKILL_AFTER = (2.4, 2.1, 2.1, 2.0, 1.9, 1.6, 1.5, 1.7, 1.4, 1.1, 1.5, 1.7)
MISCHIEF = "<script>alert(1)</script> **bold** :red[x] $y$"
"""Text as data may hold it; no page may interpret it."""


def predictions(
    skill: tuple[float, ...],
    *,
    items: int = 150,
    classes: int = 3,
    gold: bool = True,
    prefix: str = "item",
) -> Predictions:
    """Answers whose accuracy grows with the language's skill; the same items for one prefix."""
    world = np.random.default_rng(len(prefix))
    right = world.integers(classes, size=items)
    noise = np.random.default_rng(7).normal(size=(len(LANGUAGES), items, classes))
    logits = noise + np.array(skill)[:, None, None] * np.eye(classes)[right][None]
    shares = np.exp(1.5 * logits)
    shares /= shares.sum(axis=2, keepdims=True)
    return Predictions(
        languages=LANGUAGES,
        examples=tuple(f"{prefix}-{i}" for i in range(items)),
        probabilities=shares.astype(np.float32),
        class_names=("entailment", "neutral", "contradiction")[:classes],
        gold=np.eye(classes, dtype=bool)[right] if gold else None,
    )


def history(steps: int = 100, *, dead: bool = False) -> list[dict[str, Any]]:
    """Rows as a distillation writes them."""
    rows = []
    for step in range(5, steps + 1, 5):
        done = step / steps
        row: dict[str, Any] = {
            "step": step,
            "loss": 0.6 * np.exp(-3 * done) + 0.02,
            "learning_rate": 5e-5 * (1 - done),
        }
        if step % 20 == 0:
            level = {
                x: a + (b - a) * done
                for x, a, b in zip(LANGUAGES, SKILL_BEFORE, SKILL_AFTER, strict=True)
            }
            row |= {
                "entropy": 1.0 - (0.9 * done if dead else 0),
                "mutual_information": 0.3 * (1 - done if dead else 1),
                "agreement": 0.7 + 0.2 * done,
                "kappa": (0.5 * (1 - done) if dead else 0.5 + 0.3 * done),
                "criterion": 0.4,
                "kept": step == (20 if dead else 80),
                "agreement_by_language": {x: min(1.0, 0.5 + v / 6) for x, v in level.items()},
                "accuracy": {x: min(98.0, 35 + 22 * v) for x, v in level.items()},
            }
        rows.append(row)
    return rows


def fill(root: Path) -> dict[str, StoredRun]:
    """A demo, a selection, a collapsed distillation and one that runs, by a name each."""
    store = RunStore(root)
    made = {
        "demo": _demo(store),
        "select": _select(store),
        "collapse": _collapse(store),
        "running": _running(store),
    }
    return made


def at_rest(root: Path) -> None:
    """Take the runs out that are being computed, which pages poll."""
    for run in RunStore(root):
        if run.status is Status.RUNNING:
            shutil.rmtree(run.path)


def _start(store: RunStore, kind: str, config: Any, **fields: Any) -> LiveRun:
    command = ["python", "-m", "core", kind, "--seed", str(config.seed)]
    live = LiveRun(store.create(kind, config.model_dump(mode="json"), command, **fields))
    live.start()
    return live


def _metrics(before: Predictions, after: Predictions) -> dict[str, Any]:
    return {"before": summarize(before).to_json(), "after": summarize(after).to_json()}


def _demo(store: RunStore) -> StoredRun:
    live = _start(store, "demo", DemoConfig())
    complete(live)
    return StoredRun(live.path, live.record)


def complete(live: LiveRun) -> None:
    """Give a started run what a distillation leaves behind, and end it."""
    before, after = predictions(SKILL_BEFORE), predictions(SKILL_AFTER)
    unlabelled = predictions(SKILL_BEFORE, prefix="unlabelled", gold=False)
    before.save(live.path / "predictions_before.npz")
    after.save(live.path / "predictions_after.npz")
    unlabelled.save(live.path / "predictions_selection.npz")
    for row in history():
        live.add_history(row)
    live.update(metrics=_metrics(before, after), selection=select_teachers(unlabelled).to_json())
    live.finish()


def _select(store: RunStore) -> StoredRun:
    config = SelectConfig(dataset="sib200", model="../models/mini-encoder", seed=1)
    live = _start(store, "select", config)
    found = predictions(SKILL_BEFORE, items=80)
    found.save(live.path / "predictions_before.npz")
    live.update(
        metrics={"before": summarize(found).to_json()},
        selection=select_teachers(found).to_json(),
        badges=["transductive", "same items as the English labels"],
    )
    live.finish()
    return StoredRun(live.path, live.record)


def _collapse(store: RunStore) -> StoredRun:
    config = DistillConfig(dataset=MISCHIEF, teacher_mode="live", seed=2)
    live = _start(store, "distill", config)
    before, after = predictions(SKILL_BEFORE), predictions((0.0,) * len(LANGUAGES))
    before.save(live.path / "predictions_before.npz")
    after.save(live.path / "predictions_after.npz")
    for row in history(dead=True):
        live.add_history(row)
    live.update(
        metrics=_metrics(before, after),
        selection=select_teachers(before).to_json(),
        warnings=[f"collapse at step 60; the checkpoint of step 20 was kept {MISCHIEF}"],
        artifacts={"model": "model"},
    )
    live.finish()
    annotate(live.path, add=["lesson: collapse"], note=f"Kept as a lesson {MISCHIEF}")
    return StoredRun(live.path, live.record)


def _running(store: RunStore) -> StoredRun:
    live = _start(store, "distill", DistillConfig(dataset="sib200", seed=3))
    live.progress("fine-tuning on English", 0, 40)
    for row in history(40):
        live.add_history(row)
    status = {"stage": "distilling", "step": 40, "total": 100, "steps_per_second": 0.8}
    values = {"loss": 0.2134, "agreement": 0.81}
    write_json(live.path / "status.json", {**status, "seconds_left": 75.0, "values": values})
    live.log("distilling: step 40")
    return StoredRun(live.path, live.record)


def lose(run: StoredRun) -> None:
    """Let an open run be held by a process that has ended."""
    held = claims.newest(run.path)
    if not held.released:
        claims.Claim(run.path / "claims" / str(held.number)).release()
    claims.take(run.path, claims.newest(run.path), processes.ended())


def damage(root: Path) -> None:
    """Folders damaged in every way the pages must survive (all their names are in the store)."""
    good = fill(root)["demo"].path
    text = (good / "record.json").read_text(encoding="utf-8")
    for name, content in {
        "20200101T000000-demo-000001": None,
        "20200101T000000-demo-000002": "{ not json",
        "20200101T000000-demo-000003": "[]",
        "20200101T000000-demo-000004": "",
        "20200101T000000-demo-000005": text,
        "20200101T000000-demo-000006": json.dumps({**json.loads(text), "metrics": 3}),
        "20200101T000000-demo-000007": "\x00\xff" * 50,
    }.items():
        folder = root / name
        folder.mkdir()
        if content is not None:
            (folder / "record.json").write_text(content, encoding="utf-8")
    copy(good, "20300101T000000-demo-00000a", predictions_before=b"not an archive")
    copy(good, "20300101T000001-demo-00000b", predictions_after=b"", predictions_selection=b"PK")
    odd = {
        "metrics": {"before": {"accuracy": {"en": "high"}}, "after": [1, 2]},
        "selection": {"teachers": 5},
        "config": {"dataset": None, "model": 7, "seed": []},
        "environment": {},
        "submitted": "yesterday",
    }
    path = copy(good, "20300101T000002-demo-00000c", change=odd)
    (path / "history.jsonl").write_text('{"step": 1, "loss": "x"}\n[1]\n{"loss\n', encoding="utf-8")
    (path / "status.json").write_text("{", encoding="utf-8")
    (path / "notes.json").write_text('{"name": 3, "tags": "x"}', encoding="utf-8")
    started = {"finished": None, "error": None}
    path = copy(good, "20300101T000003-distill-00000d", change={**started, "kind": "distill"})
    (path / "status.json").write_text('{"step": "many", "total": null, "values": 3}', "utf-8")
    one = {"before": {"accuracy": {"sw": 40.0}}, "after": {"accuracy": {"en": 50.0}}}
    copy(good, "20300101T000004-distill-00000e", change={"metrics": one, "kind": "distill"})
    copy(good, "20300101T000005-distill-00000f", change={"error": MISCHIEF, "kind": "distill"})


def copy(good: Path, name: str, change: dict[str, Any] | None = None, **files: bytes) -> Path:
    """A copy of a good run, with changed fields of its record and replaced array files."""
    path = good.parent / name
    shutil.copytree(good, path)
    record = json.loads((path / "record.json").read_text(encoding="utf-8"))
    record |= {"id": name, **(change or {})}
    (path / "record.json").write_text(json.dumps(record), encoding="utf-8")
    for file, content in files.items():
        (path / f"{file}.npz").write_bytes(content)
    return path

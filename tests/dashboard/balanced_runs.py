"""Made-up runs of balanced training and of linear probes on its models."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.config import BalanceConfig, BalanceProbeConfig, Config
from core.data.reciprocal_ranks import NAME, ReciprocalRanks, save_ranks
from core.metrics.balance import differences, group_means
from core.metrics.probe_means import PairScores
from core.runs.live import LiveRun
from core.runs.store import RunStore, StoredRun

LANGUAGES = ("en", "de", "fr", "hu", "eu")
MODELS = ("hl", "balanced", "distilled")
LEVEL = {"teachers": 0.42, "hl": 0.36, "balanced": 0.32, "distilled": 0.34}
LIFT = {"teachers": -0.05, "hl": -0.12, "balanced": 0.02, "distilled": 0.0}
"""What a low-resource language adds to a model's chance of a right first guess."""


def groups_of(languages: Sequence[str]) -> dict[str, list[str]]:
    """The first half has much data."""
    half = (len(languages) + 1) // 2
    return {"high": list(languages[:half]), "low": list(languages[half:])}


def ranks_of(
    languages: Sequence[str] = LANGUAGES, models: Sequence[str] = MODELS, seed: int = 0
) -> ReciprocalRanks:
    """Three masked positions a verse, about three hundred verses."""
    rng = np.random.default_rng(seed)
    low = groups_of(languages)["low"]
    clusters = {x: np.repeat(np.arange(300, dtype=np.int32), 3) for x in languages}
    ranks: dict[str, dict[str, Any]] = {}
    for x in languages:
        for model in ("teachers", *models):
            share = LEVEL.get(model, 0.35) + LIFT.get(model, 0.0) * (x in low)
            first = rng.random(900) < share
            guesses = np.where(first, 1.0, 1 / rng.integers(2, 400, 900))
            name = f"teacher-{x}" if model == "teachers" else model
            ranks.setdefault(name, {})[x] = guesses
    return ReciprocalRanks(ranks, clusters)


def metrics_of(ranks: ReciprocalRanks) -> dict[str, Any]:
    """What the record of a balance run holds."""
    mrr = {
        name: {x: 100 * float(own.mean()) for x, own in by_language.items()}
        for name, by_language in ranks.ranks.items()
    }
    languages = list(ranks.clusters)
    teachers = {x: mrr.pop(f"teacher-{x}")[x] for x in languages}
    groups = groups_of(languages)
    whole = {x: 1_000_000 // (1 + i) for i, x in enumerate(languages)}
    least = min(whole.values())
    return {
        "mrr": mrr,
        "teachers": teachers,
        "groups": groups,
        "means": {n: group_means(own, groups) for n, own in {"teachers": teachers, **mrr}.items()},
        "difference": {name: differences(own, teachers, groups) for name, own in mrr.items()},
        "characters": whole,
        "balanced_characters": dict.fromkeys(languages, least),
        "tokens": {x: n // 4 for x, n in whole.items()},
        "balanced_tokens": dict.fromkeys(languages, least // 4),
        "sentences": {x: n // 100 for x, n in whole.items()},
        "unique_sentences": {x: n // 110 for x, n in whole.items()},
        "balanced_sentences": dict.fromkeys(languages, least // 100),
        "test_sentences": dict.fromkeys(languages, 300),
        "test_positions": {x: len(own) for x, own in ranks.clusters.items()},
        "repeated": 0,
        "parameters": 1_234_567,
        "vocabulary": 6000,
        "steps": dict.fromkeys(ranks.ranks, 400),
        "kept_steps": dict.fromkeys(ranks.ranks, 300),
        "epochs": dict.fromkeys(ranks.ranks, 2.5),
        "dev_mrr": dict.fromkeys(ranks.ranks, 30.0),
    }


def history_of(ranks: ReciprocalRanks) -> list[dict[str, Any]]:
    """Four looks at the dev set a model."""
    return [
        {
            "model": name,
            "step": step,
            "epoch": step / 160,
            "loss": 8 - step / 100 + number / 10,
            "dev_mrr": 5 + step / 20 + number,
            "learning_rate": 1e-3,
        }
        for number, name in enumerate(ranks.ranks)
        for step in range(100, 401, 100)
    ]


def probe_metrics(
    languages: Sequence[str] = LANGUAGES,
    models: Sequence[str] = MODELS,
    task: str = "pos",
    seed: int = 0,
) -> dict[str, Any]:
    """What the record of a run of linear probes holds."""
    rng = np.random.default_rng(seed)
    count = len(languages)
    found = {}
    for place, model in enumerate(models):
        values = rng.normal(45 + place, 6, (5, count, count))
        values[:, range(count), range(count)] += 30
        found[model] = PairScores(tuple(languages), tuple(languages), values.clip(0, 100))
    for x in languages:
        found[f"teacher-{x}"] = PairScores((x,), (x,), rng.normal(82, 1, (5, 1, 1)))
    groups = {**groups_of(languages), "all": list(languages)}
    return {
        "task": task,
        "measure": "accuracy" if task == "pos" else "macro-F1",
        "seeds": 5,
        "scores": {name: scores.pairs() for name, scores in found.items()},
        "in_lang": {name: scores.in_language() for name, scores in found.items()},
        "zero_shot": {name: scores.zero_shot() for name, scores in found.items()},
        "groups": groups,
        "group_scores": {
            name: {g: found[name].of_group(part) for g, part in groups.items()} for name in models
        },
        "majority": dict.fromkeys(languages, 21.5),
        "fitted_on": {x: "dev" if i == 1 else "train" for i, x in enumerate(languages)},
        "sentences": {x: {"fit": 1000, "test": 500} for x in languages},
        "words": {x: {"fit": 15000, "test": 7000} for x in languages},
        "words_lost": dict.fromkeys(languages, 0),
    }


def fill(root: Path) -> dict[str, StoredRun]:
    """Runs by a name each: a comparison, probes of its models, one that is not over."""
    store = RunStore(root)
    balance = compared(store)
    return {
        "balance": balance,
        "pos": probed(store, balance),
        "ner": probed(store, balance, task="ner"),
        "cancelled": cancelled(store),
    }


def compared(store: RunStore, languages: Sequence[str] = LANGUAGES, seed: int = 0) -> StoredRun:
    """A finished comparison."""
    config = BalanceConfig(languages=tuple(languages), seed=seed, sizes=("en:1", "eu:0.1"))
    live, ranks = _start(store, "balance", config), ranks_of(languages, seed=seed)
    save_ranks(live.path / NAME, ranks)
    for row in history_of(ranks):
        live.add_history(row)
    live.update(
        metrics=metrics_of(ranks),
        artifacts={"history": "history.jsonl", "reciprocal_ranks": NAME, "models": "models"},
        warnings=["eu should have 1,000 characters to train on and has 900."],
    )
    live.finish()
    return StoredRun(live.path, live.record)


def sized(store: RunStore, teacher: int, student: int, seed: int = 0) -> StoredRun:
    """A comparison in German whose teacher and student read as many characters."""
    config = BalanceConfig(
        languages=("de",),
        models=("balanced", "distilled"),
        characters=teacher,
        balanced_characters=student,
        seed=seed,
    )
    live = _start(store, "balance", config)
    ranks = ranks_of(("de",), ("balanced", "distilled"), seed=teacher + 7 * student + seed)
    sizes = {"characters": {"de": teacher - 3}, "balanced_characters": {"de": student}}
    live.update(metrics=metrics_of(ranks) | sizes)
    live.finish()
    return StoredRun(live.path, live.record)


def cancelled(store: RunStore) -> StoredRun:
    """A comparison that was stopped before it measured anything."""
    live = _start(store, "balance", BalanceConfig(seed=3))
    for row in history_of(ranks_of())[:5]:
        live.add_history(row)
    live.cancel()
    return StoredRun(live.path, live.record)


def probed(store: RunStore, run: StoredRun, task: str = "pos") -> StoredRun:
    """Linear probes on the models of a comparison."""
    config = BalanceProbeConfig(model=run.id, task=task, data="ud", languages=LANGUAGES)
    live = _start(store, "balance_probe", config)
    live.update(
        metrics=probe_metrics(task=task),
        parents=[run.id],
        warnings=["Without a train split, probes are fitted on dev (*): de."],
    )
    live.finish()
    return StoredRun(live.path, live.record)


def _start(store: RunStore, kind: str, config: Config) -> LiveRun:
    live = LiveRun(store.create(kind, config.model_dump(mode="json"), ["python", "-m", "core"]))
    live.start()
    return live

"""Made-up runs on questions: two trainings and more seeds of them, an evaluation, one that runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.config import Config, QaEvaluateConfig, QaTrainConfig
from core.data.qa.dataset import QaDataset
from core.data.qa.load import evaluation_of
from core.data.qa.scores import UNASKED, QaScores
from core.data.qa.shown import NONE, ShownAnswers
from core.runs.files import write_json
from core.runs.live import LiveRun
from core.runs.store import RunStore, StoredRun

LANGUAGES = ("en", "es", "ar", "zh")
BEFORE, AFTER = 0.4, 1.6
"""Skill in any pair; more of it where question and context have one language."""
RANKS = 10
CHARACTERS = ("zh", "ja", "th")
"""Languages whose tokens here are characters."""


@cache
def dataset(languages: tuple[str, ...] = LANGUAGES, seed: int = 0) -> QaDataset:
    """The questions that a run with this seed is evaluated on."""
    return evaluation_of(QaTrainConfig(languages=languages, seed=seed).model_dump(mode="json"))


def scores(
    languages: Sequence[str] = LANGUAGES,
    skill: float = BEFORE,
    *,
    items: int = 60,
    seed: int = 0,
    missing: Sequence[tuple[int, int, int]] = (),
) -> QaScores:
    """Scores that get better with the skill; every third item shares its cluster.

    Args:
        languages: of questions and contexts.
        skill: of all pairs.
        items: how many.
        seed: of the draws.
        missing: (question, context, item) that were not asked.
    """
    rng, count = np.random.default_rng(seed), len(languages)
    ease = np.random.default_rng(1).normal(size=items)
    level = skill - 0.12 * np.add.outer(np.arange(count), np.arange(count)) + 0.8 * np.eye(count)
    right = 1 / (1 + np.exp(-(level[..., None] + ease + rng.normal(0, 0.3, (count, count, items)))))
    said = rng.random((count, count, items)) < right
    later = rng.geometric(0.35, (count, count, items)) + 1
    rank = np.where(said, 1, np.where(later <= RANKS, later, 0)).astype(np.int8)
    f1 = np.where(said, 1.0, np.round(rng.random((count, count, items)) * 0.6, 1)).astype(
        np.float32
    )
    exact = said.astype(np.float32)
    for place in missing:
        f1[place], exact[place], rank[place] = np.nan, np.nan, UNASKED
    return QaScores(
        questions=tuple(languages),
        contexts=tuple(languages),
        ids=tuple(f"q{i}" for i in range(items)),
        clusters=tuple(f"article {i // 3}" for i in range(items)),
        f1=f1,
        exact=exact,
        rank=rank,
        ranks=RANKS,
        normalization="mlqa",
    )


def shown(
    data: QaDataset, ids: Sequence[str], skill: float = BEFORE, *, seed: int = 0
) -> ShownAnswers:
    """Curves that peak at the right tokens the more, the greater the skill; spans read off them."""
    rng, languages = np.random.default_rng(seed), data.languages
    shape = (len(languages), len(languages), len(ids))
    spans = np.full((*shape, RANKS, 2), NONE, np.int32)
    shares = np.zeros((*shape, RANKS), np.float32)
    right = np.zeros((*shape, RANKS), bool)
    curve, gold = np.zeros((*shape, 2), np.int64), np.full((*shape, 2), NONE, np.int32)
    offsets, starts, ends = [], [], []
    for place in np.ndindex(shape):
        side, item = data.sides[languages[place[1]]], data.ids.index(ids[place[2]])
        context, answer = side.contexts[item], side.answers[item][0]
        assert context is not None
        cut = tokens(context, languages[place[1]])
        first = next(i for i, (_, end) in enumerate(cut) if end > answer.start)
        stop = answer.start + len(answer.text)
        last = max(i for i, (begin, _) in enumerate(cut) if begin < stop)
        begin, end = (curve_of(len(cut), x, skill, rng) for x in (first, last))
        best = best_spans(begin, end)
        for rank, (i, j) in enumerate(best):
            spans[(*place, rank)] = cut[i][0], cut[j][1]
            shares[(*place, rank)] = begin[i] * end[j]
            right[(*place, rank)] = (i, j) == (first, last)
        total = sum(map(len, starts))
        curve[place], gold[place] = (total, total + len(cut)), (first, last)
        offsets.append(np.array(cut, np.int32))
        starts.append(begin)
        ends.append(end)
    return ShownAnswers(
        questions=languages,
        contexts=languages,
        ids=tuple(ids),
        spans=spans,
        probabilities=shares,
        right=right,
        curve=curve,
        offsets=np.concatenate(offsets),
        start=np.concatenate(starts).astype(np.float16),
        end=np.concatenate(ends).astype(np.float16),
        gold=gold,
    )


def tokens(text: str, language: str) -> list[tuple[int, int]]:
    """Characters of words and marks, or of every letter."""
    pattern = r"\S" if language in CHARACTERS else r"\w+|[^\w\s]"
    return [found.span() for found in re.finditer(pattern, text)]


def curve_of(size: int, peak: int, skill: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """A distribution over tokens."""
    logits = rng.normal(0, 1.2, size)
    logits[peak] += 2 * skill
    shares: NDArray[np.float64] = np.exp(logits) / np.exp(logits).sum()
    return shares


def best_spans(start: NDArray[np.float64], end: NDArray[np.float64]) -> list[tuple[int, int]]:
    """The likeliest spans of eight tokens or less."""
    pairs = [(i, j) for i in range(len(start)) for j in range(i, min(i + 8, len(end)))]
    return sorted(pairs, key=lambda pair: -start[pair[0]] * end[pair[1]])[:RANKS]


def history(steps: int = 60, epochs: int = 3, objective: str = "skd-map") -> list[dict[str, Any]]:
    """Rows as a training writes them."""
    rng, rows = np.random.default_rng(3), []
    for step in range(1, steps + 1):
        done = step / steps
        found = 0.3 + 0.4 * done + rng.normal(0, 0.03)
        first = min(1.0, 0.6 + 0.4 * done)
        alpha = {"ce": 0.0, "skd-map": found}.get(objective, 1.0)
        rows.append(
            {
                "step": step,
                "epoch": (step - 1) * epochs // steps,
                "loss": 2.5 * np.exp(-2 * done) + 0.4,
                "ce": 2.2 * np.exp(-2 * done) + 0.2,
                "kl": 0.6 * np.exp(-3 * done) + rng.random() * 0.05,
                "alpha": alpha,
                "map_at_k": found,
                "reciprocal_rank": first,
                "learning_rate": 5e-4 * (1 - done),
            }
        )
    return rows


def summary(found: QaScores) -> dict[str, Any]:
    """What a record keeps of the scores; plain means, to compare the metrics with."""
    parts: dict[str, Any] = {"questions": len(found.ids), "clusters": len(set(found.clusters))}
    parts |= {"answered": int((found.rank != UNASKED).sum()), "questions_per_second": 100.0}
    for name in ("f1", "exact"):
        cells = 100 * np.nanmean(getattr(found, name), axis=2)
        off = cells[~np.eye(len(cells), dtype=bool)]
        parts["exact_match" if name == "exact" else name] = {
            "g_xlt": float(cells.mean()),
            "xlt": float(np.diag(cells).mean()),
            "off_diagonal": float(off.mean()),
            "by_question": dict(zip(found.questions, cells.mean(1).tolist(), strict=True)),
            "by_context": dict(zip(found.contexts, cells.mean(0).tolist(), strict=True)),
        }
    return parts


def fill(root: Path) -> dict[str, StoredRun]:
    """Runs on questions by a name each."""
    store = RunStore(root)
    made = {"evaluate": evaluated(store)}
    for targets in (1, 3):
        for seed in (0, 1):
            made[f"ce {targets} {seed}"] = trained(
                store, targets=targets, seed=seed, objective="ce"
            )
            made[f"skd {targets} {seed}"] = trained(store, targets=targets, seed=seed)
    made["running"] = running(store)
    made["train"] = made["skd 3 0"]
    return made


def trained(store: RunStore, **settings: Any) -> StoredRun:
    config = QaTrainConfig(languages=LANGUAGES, **settings)
    live, data = start(store, "qa_train", config), dataset(seed=config.seed)
    better = AFTER - 0.4 * (config.objective == "ce") + 0.1 * config.targets
    before, after = scores(seed=config.seed), scores(skill=better, seed=config.seed + 50)
    before.save(live.path / "qa_scores_before.npz")
    after.save(live.path / "qa_scores_after.npz")
    for when, skill in (("before", BEFORE), ("after", better)):
        shown(data, data.ids[:3], skill).save(live.path / f"qa_shown_{when}.npz")
    for row in history(objective=config.objective):
        live.add_history(row)
    live.update(
        metrics={
            "before": summary(before),
            "after": summary(after),
            "pairs_trained": 320,
            "steps": 60,
            "normalization": "mlqa",
        },
        badges=["transductive"] if config.seed else [],
    )
    live.log("stage 2: 60 steps")
    live.finish()
    return StoredRun(live.path, live.record)


def evaluated(store: RunStore) -> StoredRun:
    config = QaEvaluateConfig(languages=LANGUAGES)
    live, data = start(store, "qa_evaluate", config), dataset()
    found = scores(missing=[(1, 2, 0), (1, 2, 1)])
    found.save(live.path / "qa_scores_after.npz")
    shown(data, data.ids[:3]).save(live.path / "qa_shown_after.npz")
    live.update(metrics={"after": summary(found), "normalization": "mlqa"})
    live.finish()
    return StoredRun(live.path, live.record)


def running(store: RunStore) -> StoredRun:
    live = start(store, "qa_train", QaTrainConfig(languages=LANGUAGES, seed=7))
    for row in history()[:25]:
        live.add_history(row)
    status = {"stage": "self-distillation", "step": 25, "total": 60, "steps_per_second": 0.8}
    write_json(live.path / "status.json", {**status, "seconds_left": 40.0, "values": {}})
    return StoredRun(live.path, live.record)


def start(store: RunStore, kind: str, config: Config) -> LiveRun:
    command = ["python", "-m", "core", *kind.split("_")]
    live = LiveRun(store.create(kind, config.model_dump(mode="json"), command))
    live.start()
    return live

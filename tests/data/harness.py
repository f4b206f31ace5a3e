"""Log files as lm-evaluation-harness writes them, of either version."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

DATE = "2025-01-31T10-00-00.000000"
LIKELIHOODS = {
    "en": [[-1.0, -2.0, -3.5], [-4.0, -0.5, -2.0], [-1.5, -1.25, -9.0]],
    "sw": [[-2.0, -2.5, -3.0], [-1.0, -1.5, -2.0], [-3.0, -1.0, -2.0]],
}
TARGETS = (0, 1, 0)
"""Choices of the three items; English gets the first two right, Swahili the first."""
PREMISES = ("p", "p", "q")


def record(
    number: int, likelihoods: Sequence[float], target: Any, *, old: bool = False, **more: Any
) -> dict[str, Any]:
    """A line of a log."""
    pairs = [("context", f" {'choice' * (k + 1)}") for k in range(len(likelihoods))]
    best = max(range(len(likelihoods)), key=lambda k: likelihoods[k])
    fields: dict[str, Any] = {
        "doc_id": number,
        "doc": {"premise": PREMISES[number % 3], "hypothesis": "h", "label": target},
        "target": target if old else str(target),
        "arguments": [list(pair) for pair in pairs]
        if old
        else {f"gen_args_{k}": {"arg_0": a, "arg_1": b} for k, (a, b) in enumerate(pairs)},
        "resps": [[[x, False]] if old else [[str(x), "False"]] for x in likelihoods],
        "filtered_resps": [[x, False] if old else [str(x), "False"] for x in likelihoods],
        "acc": float(best == target),
    }
    if not old:
        fields |= {"filter": "none", "metrics": ["acc"], "doc_hash": "0", "target_hash": "1"}
    return fields | more


def records(language: str, *, old: bool = False) -> list[dict[str, Any]]:
    """The lines of a language."""
    return [record(i, row, TARGETS[i], old=old) for i, row in enumerate(LIKELIHOODS[language])]


def write(
    folder: Path,
    samples: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    *,
    task: str = "xnli",
    old: bool = False,
) -> Path:
    """A file a language; the folder they lie in."""
    place = folder / "logs" / "org__model"
    place.mkdir(parents=True, exist_ok=True)
    for language, lines in (samples or {x: records(x, old=old) for x in LIKELIHOODS}).items():
        if old:
            path = place / f"pretrained__org__model_{task}_{language}.jsonl"
            path.write_text(json.dumps(lines, indent=2), encoding="utf-8")
        else:
            path = place / f"samples_{task}_{language}_{DATE}.jsonl"
            path.write_text("".join(json.dumps(x) + "\n" for x in lines), encoding="utf-8")
    return folder / "logs"

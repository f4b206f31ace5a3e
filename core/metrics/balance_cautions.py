"""What to keep in mind beside the numbers of a comparison of balanced training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.metrics.balance_scores import TEACHER, TEACHERS


def still_learning(metrics: Mapping[str, Any]) -> list[str]:
    """The models, `TEACHERS` among them, whose kept step is their last: they had not settled.

    Args:
        metrics: of a record.
    """
    steps, kept = (metrics.get(name) or {} for name in ("steps", "kept_steps"))
    last = [name for name, step in steps.items() if kept.get(name) == step]
    names = (TEACHERS if name.startswith(TEACHER) else name for name in last)
    return list(dict.fromkeys(names))


def stopped_early(metrics: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, int]:
    """The multilingual models that early stopping ended before their budget, and after which step.

    Args:
        metrics: of a record.
        config: of the same record: ``check_every``, ``patience`` and the budget.

    Returns:
        Model -> the step that was kept, whose dev MRR no later look exceeded.
    """
    kept = metrics.get("kept_steps") or {}
    waited = config.get("patience", 0) * config.get("check_every", 0)
    planned = config.get("steps") if config.get("budget", "steps") == "steps" else None
    return {
        name: kept[name]
        for name, step in (metrics.get("steps") or {}).items()
        if not name.startswith(TEACHER)
        and step == kept.get(name, -1) + waited
        and (step != planned or "-" in name)
    }


def piece_length(
    metrics: Mapping[str, Any], config: Mapping[str, Any], language: str
) -> float | None:
    """Characters a piece of the tokenizer takes in a language's text; None where not recorded.

    MRR is over pieces. How hard one is to guess depends on how long it is, so that neither MRR nor
    its differences compare between tokenizers.
    """
    if crowded(metrics, config):
        return 1.0  # all characters are in the vocabulary before any two are joined
    sizes = [(metrics.get(name) or {}).get(language) for name in ("characters", "pieces")]
    return sizes[0] / sizes[1] if all(sizes) else None  # type: ignore[operator]


def crowded(metrics: Mapping[str, Any], config: Mapping[str, Any]) -> bool:
    """Whether the text has more characters than the vocabulary should have pieces."""
    return (metrics.get("vocabulary") or 0) > (config.get("vocabulary") or 0) > 0

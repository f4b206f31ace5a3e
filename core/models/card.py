"""The model card: what was done, how, and what it changed."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from core.languages import english_name
from core.runs.record import RunRecord


def model_card(
    record: RunRecord, what: str, load: str, metrics: Mapping[str, Any], folder: str = "model"
) -> str:
    """Markdown for a model made by a run.

    Args:
        record: the run.
        what: one or two sentences.
        load: the class to load it with.
        metrics: with ``before`` and ``after`` where there is a change to show.
        folder: that the model is saved in.
    """
    command = shlex.join(record.command)
    parts = [
        "---\nlibrary_name: transformers\n---",
        f"# {record.kind} {record.id}\n\n{what}",
        f"```python\nfrom transformers import AutoTokenizer, {load}\n\n"
        f'model = {load}.from_pretrained("{folder}")\n'
        f'tokenizer = AutoTokenizer.from_pretrained("{folder}")\n```',
        f"Made by `{command}` at commit {record.environment.get('commit', 'unknown')}.",
    ]
    if record.badges:
        parts.append("Items were used for two purposes: " + "; ".join(record.badges) + ".")
    if record.warnings:
        parts.append("**Before use:** " + " ".join(record.warnings))
    if "before" in metrics and "after" in metrics:
        parts.append(_questions(metrics) if "f1" in metrics["after"] else _accuracy(metrics))
    parts.append(
        "## Settings\n\n```json\n"
        + json.dumps(record.config, indent=1, ensure_ascii=False)
        + "\n```"
    )
    return "\n\n".join(parts) + "\n"


def _accuracy(metrics: Mapping[str, Any]) -> str:
    return "## Accuracy on the evaluation items (percent)\n\n" + _table(metrics)


def _questions(metrics: Mapping[str, Any]) -> str:
    """F1 and exact match by the language of the question, and over pairs of languages."""
    before, after = metrics["before"], metrics["after"]
    rows = [
        f"## Answers to {after['questions']:,} evaluation questions (percent)\n",
        f"Compared as {metrics['normalization']} does. A language: its questions, on contexts in "
        "every language. G-XLT: all pairs of languages; XLT: question and context in one.\n",
        "| question | F1 before | F1 after | exact before | exact after |",
        "|---|---:|---:|---:|---:|",
    ]
    titles = {"g_xlt": "G-XLT", "xlt": "XLT", "off_diagonal": "two languages"}
    scores = [moment[name] for name in ("f1", "exact_match") for moment in (before, after)]
    for language in after["f1"]["by_question"]:
        cells = [_percent(score["by_question"][language]) for score in scores]
        rows.append(f"| {language} | {' | '.join(cells)} |")
    for key, title in titles.items():
        rows.append(f"| {title} | {' | '.join(_percent(score[key]) for score in scores)} |")
    return "\n".join(rows)


def _percent(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.1f}"


def _table(metrics: Mapping[str, Any]) -> str:
    before, after = metrics["before"], metrics["after"]
    pivot = english_name(before.get("gap_from", "en"))
    rows = ["| language | before | after |", "|---|---:|---:|"]
    for language, score in before["accuracy"].items():
        rows.append(f"| {language} | {score:.1f} | {after['accuracy'][language]:.1f} |")
    for name, key in (
        (f"average of the non-{pivot}", "average_non_english"),
        ("transfer gap", "transfer_gap"),
    ):
        if before.get(key) is not None:
            rows.append(f"| {name} | {before[key]:.1f} | {after[key]:.1f} |")
    return "\n".join(rows)

"""Runs on questions as plain text, for the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

TITLES = {"g_xlt": "G-XLT", "xlt": "XLT", "off_diagonal": "off diagonal"}
"""Means over pairs of languages, and what the text calls them."""
WHEN = ("before", "after")


def on_questions(metrics: Mapping[str, Any]) -> bool:
    """Whether a run answered questions in pairs of languages, or was fitted to do it."""
    return "normalization" in metrics or "windows" in metrics


def headline(metrics: Mapping[str, Any]) -> str:
    """The one thing to know: F1 over all pairs of languages, and over those of two languages."""
    if "windows" in metrics:
        last = metrics["epochs"][-1]["exact"]
        return (
            f"stage 1 in {', '.join(metrics['languages'])}: {metrics['questions']:,} questions, "
            f"{last:.1f} % of them found in training"
        )
    moments = _moments(metrics)
    parts = (
        f"{TITLES[key]} " + " -> ".join(_number(moment["f1"][key]) for moment in moments)
        for key in ("g_xlt", "off_diagonal")
    )
    return f"F1 {', '.join(parts)}"


def scores(metrics: Mapping[str, Any]) -> list[str]:
    """F1 and exact match: a row a language of the question, and the means over pairs."""
    moments = _moments(metrics)
    if not moments:
        return []
    times = [when for when in WHEN if when in metrics]
    names = [f"{name} {when}" for name in ("F1", "exact") for when in times]
    found = [moment[measure] for measure in ("f1", "exact_match") for moment in moments]
    asked, speed = (moments[-1].get(x) for x in ("questions", "questions_per_second"))
    counted = "questions" if asked is None else f"{asked:,} questions"  # a paper's row has no count
    lines = [
        f"  {counted}, compared as {metrics['normalization']} does"
        + ("" if speed is None else f"; {speed:,.0f} a second"),
        f"  {'question':<14}" + "".join(f"{name:>14}" for name in names),
    ]
    for language in found[0]["by_question"]:
        lines.append(_row(language, [score["by_question"][language] for score in found]))
    return lines + [_row(title, [score[key] for score in found]) for key, title in TITLES.items()]


def _moments(metrics: Mapping[str, Any]) -> list[Any]:
    return [metrics[when] for when in WHEN if when in metrics]


def _row(name: str, values: Sequence[float | None]) -> str:
    return f"  {name:<14}" + "".join(f"{_number(value):>14}" for value in values)


def _number(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.1f}"

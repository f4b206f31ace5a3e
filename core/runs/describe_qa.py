"""Runs on questions as plain text: F1 and EM over pairs of languages, before and after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MEASURES = {"F1": "f1", "EM": "exact_match"}
PARTS = {"G-XLT": "g_xlt", "off diagonal": "off_diagonal", "XLT": "xlt"}


def answers_questions(metrics: Mapping[str, Any]) -> bool:
    """Whether these are the metrics of a run on questions."""
    return any(isinstance(x, dict) and "f1" in x for x in _moments(metrics).values())


def found_on_questions(metrics: Mapping[str, Any]) -> str:
    """The one thing to know: G-XLT, and the part of it in two languages."""
    told = []
    for name, part in (("G-XLT F1", "g_xlt"), ("off the diagonal", "off_diagonal")):
        numbers = (_number(x["f1"][part]) for x in _moments(metrics).values())
        told.append(f"{name} {' -> '.join(numbers)}")
    return ", ".join(told)


def on_questions(metrics: Mapping[str, Any]) -> list[str]:
    """Every average, and F1 by the language of the question and of the context, in percent."""
    moments = _moments(metrics)
    lines = [f"  {'':<20}" + "".join(f"{when:>8}" for when in moments)]
    for measure, key in MEASURES.items():
        lines += [
            _line(f"{name} {measure}", [x[key][part] for x in moments.values()])
            for name, part in PARTS.items()
        ]
    for side in ("question", "context"):
        first = next(iter(moments.values()))["f1"][f"by_{side}"]
        lines += [
            _line(
                f"F1, {side} {language}",
                [x["f1"][f"by_{side}"][language] for x in moments.values()],
            )
            for language in first
        ]
    last = list(moments.values())[-1]
    lines.append(
        f"  {last['questions']:,} questions of {last['clusters']:,} articles, "
        f"{last['answered']:,} answered in all pairs"
    )
    if "normalization" in metrics:
        lines[-1] += f"; normalization {metrics['normalization']}"
    return lines


def _moments(metrics: Mapping[str, Any]) -> dict[str, Any]:
    return {when: metrics[when] for when in ("before", "after") if metrics.get(when)}


def _line(name: str, values: list[float | None]) -> str:
    return f"  {name:<20}" + "".join(f"{_number(value):>8}" for value in values)


def _number(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.1f}"

"""A comparison of balanced training as plain text."""

from __future__ import annotations

from typing import Any

GROUPS = ("low", "high", "all")


def balance_headline(metrics: dict[str, Any]) -> str:
    """Each model's mean distance from the monolingual teachers."""
    found = (f"{name} {gaps['all']:+.1f}" for name, gaps in metrics["difference"].items())
    return "MRR against teachers: " + ", ".join(found)


def balance_lines(metrics: dict[str, Any]) -> list[str]:
    """MRR in percent: a row a language with its text, a column a model; then D by group."""
    if "difference" not in metrics:
        return []
    models = list(metrics["difference"])
    wide = max(map(len, (*models, "teacher"))) + 2
    lines = [f"  {'':<12}{'tokens':>11}" + "".join(f"{x:>{wide}}" for x in ("teacher", *models))]
    for language, teacher in metrics["teachers"].items():
        scores = [teacher, *(metrics["mrr"][model][language] for model in models)]
        row = "".join(f"{score:>{wide}.1f}" for score in scores)
        lines.append(f"  {language:<12}{metrics['tokens'][language]:>11,}{row}")
    lines.append("  difference from the teachers (Eq. 3)")
    for group in GROUPS:
        if metrics["difference"][models[0]].get(group) is None:
            continue
        gaps = "".join(f"{metrics['difference'][model][group]:>+{wide}.1f}" for model in models)
        lines.append(f"  {group:<12}{'':>11}{'':>{wide}}{gaps}")
    return lines

"""Linear probes as plain text."""

from __future__ import annotations

from typing import Any

from core.config.balance import TEACHER

OWN = "teacher"
"""The column of the monolingual teachers, each in its own language."""


def probes_headline(metrics: dict[str, Any]) -> str:
    """Each model's mean in the language itself and across languages."""
    parts = []
    for name, groups in metrics["group_scores"].items():
        found = groups["all"]
        across = f" / {found['zero_shot']['mean']:.1f}" if "zero_shot" in found else ""
        parts.append(f"{name} {found['in_lang']['mean']:.1f}{across}")
    return f"{metrics['task']} {metrics['measure']}, in-lang / zero-shot: " + ", ".join(parts)


def probes_lines(metrics: dict[str, Any]) -> list[str]:
    """A row a language, two columns a model: in the language itself, and zero-shot."""
    if "group_scores" not in metrics:
        return []
    models = [name for name in metrics["in_lang"] if not name.startswith(TEACHER)]
    models += [OWN] * (len(models) < len(metrics["in_lang"]))
    wide = max(14, *(len(name) + 2 for name in models))
    lines = [f"  {'':<12}" + "".join(f"{name:>{wide}}" for name in models)]
    for language in metrics["groups"]["all"]:
        star = "*" * (metrics["fitted_on"].get(language) != "train")
        cells = (_cell(metrics, name, language) for name in models)
        lines.append(f"  {language + star:<12}" + "".join(f"{cell:>{wide}}" for cell in cells))
    return [*lines, "  in-lang / zero-shot; * fitted on dev" + f"; {metrics['seeds']} seeds"]


def _cell(metrics: dict[str, Any], model: str, language: str) -> str:
    name = f"{TEACHER}{language}" if model == OWN else model
    found = (metrics[part].get(name, {}).get(language) for part in ("in_lang", "zero_shot"))
    shown = [f"{part['mean']:.1f}" for part in found if part]
    return " / ".join(shown) or "-"

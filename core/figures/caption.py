"""What a figure says above itself, as sentences for the caption below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.figures.export import Builder
from core.figures.provenance import evaluated
from core.figures.style import DEFAULT, PaperStyle, using
from core.runs.record import RunRecord


def caption(
    source: Builder, width: int, style: PaperStyle = DEFAULT, runs: Sequence[RunRecord] = ()
) -> str:
    """The figure's title, its note and its badges, and which runs it shows on how many items."""
    with using(replace(style, title=True)):
        spec = source(paper=True, width=width).to_dict()
    return " ".join([*sentences(spec), *(f"{_of_run(record)}." for record in runs)])


def sentences(spec: Mapping[str, Any]) -> list[str]:
    """Title, note and badges of a figure in Vega-Lite."""
    title = spec.get("title", {})
    note, _, badges = _line(title.get("subtitle")).partition("Badges: ")
    note = note.strip()
    said = [_line(title.get("text")), note[:1].upper() + note[1:]]
    said.append(f"Badges: {badges}" if badges else "")
    return [f"{text.rstrip('.')}." for text in said if text]


def _line(text: object) -> str:
    return " ".join(map(str, text)) if isinstance(text, list) else str(text or "")


def _of_run(record: RunRecord) -> str:
    counts = sorted(set(evaluated(record).values()))
    words = " / ".join(f"{x:,}" for x in counts)
    n = f", evaluated on {words} items a language" if counts else ""
    seed = record.config.get("seed")
    return f"Run {record.id}{n}{'' if seed is None else f', seed {seed}'}"

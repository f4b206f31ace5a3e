"""The sections of a report: one a run, and one that puts the runs side by side."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import UserError
from core.figures.bundle import TOGETHER, figures_of
from core.figures.provenance import run_origin
from core.figures.run_view import accuracy_of
from core.languages import english_name
from core.metrics.accuracy import average, average_non_english
from core.metrics.transfer_gap import gap_from, transfer_gap
from core.published.runs import is_published
from core.report.findings import findings
from core.report.html import element, folded, listed, pairs, table, text
from core.report.pictures import picture_or_none
from core.runs.groups import SETTINGS_SHOWN, RunGroup, settings_told
from core.runs.notes import read_notes
from core.runs.record import RunRecord, short_id
from core.runs.store import RunStore, StoredRun
from core.runs.view import RunView

MOMENTS = ("before", "after")
ORIGIN = ("kind", "status", "seed", "threshold", "commit", "device", "model", "data", "parents")


def name_of(run: StoredRun) -> str:
    """The run's own name, else its id."""
    return read_notes(run.path).name or run.id


def together(runs: Sequence[StoredRun], store: RunStore) -> str:
    """Several runs side by side: scores, the settings that differ, figures."""
    scores = [row for run in runs for row in _scores(run)]
    drawn = [
        picture_or_none(name, draw)
        for folder, name, draw, _ in figures_of(runs, store)
        if folder == TOGETHER
    ]
    return "".join(
        [
            element("h2", "Side by side", id=TOGETHER),
            *([element("h3", "Scores (%)"), table(scores)] if scores else []),
            *_settings(runs),
            *drawn,
        ]
    )


def section(run: StoredRun, store: RunStore) -> str:
    """One run: what it found, figures, numbers, settings, items, and where it comes from."""
    record, view = run.record, RunView.of(run, store.readable())
    notes = read_notes(run.path)
    figures = [picture_or_none(name, draw) for _, name, draw, _ in figures_of([run], store)]
    cautions = [*record.badges, *record.warnings, *([record.error] if record.error else [])]
    return "".join(
        [
            element("h2", text(name_of(run)), id=run.id),
            element("p", text(" · ".join(filter(None, (run.id, *notes.tags)))), class_="quiet"),
            element("p", text(notes.note)) if notes.note else "",
            listed(cautions, class_="caution"),
            element("h3", "What it found"),
            listed(findings(view)),
            *([element("h3", "Figures"), *figures] if any(figures) else []),
            *_numbers(view),
            *_origin(record),
        ]
    )


def _settings(runs: Sequence[StoredRun]) -> list[str]:
    """The settings that differ, where two runs or more have settings."""
    own = {short_id(run.id): RunGroup((run,)) for run in runs if not is_published(run)}
    if len(own) < 2:
        return []
    rows = settings_told(own)
    said = SETTINGS_SHOWN if rows else "None: the runs have the same settings."
    return [element("h3", "Settings that differ"), table(rows), element("p", said, class_="quiet")]


def _scores(run: StoredRun) -> list[dict[str, Any]]:
    """One record a moment of a run on a task."""
    view, found = RunView.of(run), []
    pivot = gap_from(run.record.metrics)
    for when in MOMENTS:
        try:
            scores = accuracy_of(view, when)
        except UserError:
            continue
        worst = min(scores, key=lambda language: scores[language])
        found.append(
            {
                "Run": f"{short_id(run.id)} {when}",
                "Languages": len(scores),
                "Average": average(scores),
                f"Average non-{pivot}": average_non_english(scores, pivot),
                "Gap": transfer_gap(scores, pivot),
                "Worst": f"{english_name(worst)} ({scores[worst]:.1f})",
            }
        )
    return found


def _numbers(view: RunView) -> list[str]:
    """Accuracy of every language, where the run is on a task."""
    columns: dict[str, Mapping[str, float]] = {}
    for when in MOMENTS:
        try:
            columns[when] = accuracy_of(view, when)
        except UserError:
            continue
    if not columns:
        return []
    rows = []
    for language in next(iter(columns.values())):
        row: dict[str, Any] = {"Language": f"{english_name(language)} ({language})"}
        row |= {when.capitalize(): scores.get(language) for when, scores in columns.items()}
        if len(columns) == len(MOMENTS) and language in columns["after"]:
            row["Change"] = columns["after"][language] - columns["before"][language]
        rows.append(row)
    return [element("h3", "Accuracy by language (%)"), table(rows)]


def _origin(record: RunRecord) -> list[str]:
    """Items, settings and provenance."""
    found = run_origin(record)
    uses = [
        {
            "Use": use.replace("_", " "),
            "Data": used.get("dataset"),
            "Items": used.get("count"),
            "Languages": used.get("languages"),
        }
        for use, used in (record.ledger or {}).items()
        if isinstance(used, Mapping)
    ]
    return [
        *([element("h3", "Which items were used for what"), table(uses)] if uses else []),
        element("h3", "Where it comes from"),
        element("pre", text(shlex.join(record.command))),
        pairs({name: found[name] for name in ORIGIN}),
        folded("Versions", pairs(found["versions"] or {})),
        folded(f"All {len(record.config)} settings", pairs(record.config)),
    ]

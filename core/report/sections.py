"""The sections of a report: one a run, and one that puts the runs side by side."""

from __future__ import annotations

import json
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
from core.report.findings import findings
from core.report.html import element, folded, listed, pairs, table, text
from core.report.pictures import picture_or_none
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
    settings = differing([run.record for run in runs])
    return "".join(
        [
            element("h2", "Side by side", id=TOGETHER),
            *([element("h3", "Scores (%)"), table(scores)] if scores else []),
            element("h3", "Settings that differ"),
            table(settings, digits=6)
            if settings
            else element("p", "None: the runs have the same settings."),
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


def differing(records: Sequence[RunRecord]) -> list[dict[str, Any]]:
    """One record a setting that is not the same in all runs: its value in each.

    A setting that a run does not have is left blank there.
    """
    names = dict.fromkeys(name for record in records for name in record.config)
    found = []
    for name in names:
        values = [record.config.get(name) for record in records]
        if len({json.dumps(value, sort_keys=True) for value in values}) > 1:
            columns = {short_id(x.id): value for x, value in zip(records, values, strict=True)}
            found.append({"Setting": name, **columns})
    return found


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

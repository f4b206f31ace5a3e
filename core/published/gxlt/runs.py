"""The models of the cross-lingual QA paper as runs, one for each benchmark they are scored on.

A run has the metrics of a ``qa_train`` run: the zero-shot model as ``before`` and the fine-tuned
one as ``after``; the zero-shot model alone has only ``before``, the baseline of another paper only
``after``. What is not printed is None or left out. ``off_diagonal`` follows from the two averages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.published.as_run import Row, as_run
from core.published.gxlt.paper import GXLT, table
from core.published.gxlt.rules import CODES, G_XLT, XLT
from core.published.gxlt.statements import ZERO_SHOT
from core.published.tables import PublishedRow
from core.runs.store import StoredRun

SAME_ITEMS = "unseen languages, same items as training"
MEASURES = {"f1": "f1", "exact_match": "em"}
LANGUAGES = 7
"""Of MLQA."""
MLQA = ("dev", "test")


@dataclass(frozen=True)
class Benchmark:
    """One set of questions, and where its scores are printed."""

    id: str
    """What its measures' ids begin with."""
    dataset: str
    normalization: str
    tables: tuple[int, ...]
    """Tables with its scores, the first one standing for them."""
    warning: str = ""


BENCHMARKS = (
    Benchmark("dev", "mlqa-dev", "mlqa", (2, 3, 5), "the models were chosen on this set"),
    Benchmark("test", "mlqa-test", "mlqa", (2, 3, 5)),
    Benchmark("xquad", "xquad", "squad", (4, 5), SAME_ITEMS),
    Benchmark("tydiqa", "tydiqa-goldp", "squad", (4, 5)),
)


def runs() -> tuple[StoredRun, ...]:
    """All of them, benchmark by benchmark."""
    return tuple(run for one in BENCHMARKS for run in _runs(one))


def _runs(one: Benchmark) -> Iterator[StoredRun]:
    """Every model with a score on the benchmark, in the order of its tables."""
    rows = {row.id: row for number in reversed(one.tables) for row in table(number).rows}
    for name in dict.fromkeys(row.id for number in one.tables for row in table(number).rows):
        moments = {"before": ZERO_SHOT, "after": name}
        if name == ZERO_SHOT:
            moments = {"before": name}
        elif rows[name].model != rows[ZERO_SHOT].model:
            moments = {"after": name}
        if _scores(one, name):
            yield _run(one, rows[name], moments)


def _run(one: Benchmark, row: PublishedRow, moments: Mapping[str, str]) -> StoredRun:
    """One model; ``moments`` are the ids of its rows before and after."""
    first = next(n for n in one.tables if any(x.id == row.id for x in table(n).rows))
    scores = {when: _scores(one, name) for when, name in moments.items()}
    metrics: dict[str, Any] = {
        **scores,
        "printed": {when: _printed(one, name) for when, name in moments.items()},
        "normalization": one.normalization,
        "summary": _summary(scores),
    }
    return as_run(
        GXLT,
        table(first),
        Row(
            id=f"{one.dataset}-{row.id}",
            name=f"{row.short}, {one.dataset}",
            like="qa_train",
            dataset=one.dataset,
            model=row.model,
            method=row.method,
        ),
        metrics,
        [one.warning] if one.warning else [],
    )


def _scores(one: Benchmark, name: str) -> dict[str, Any]:
    """What is printed of a model on a benchmark; empty where nothing is."""
    found = {key: _measure(one, name, f"{one.id}_{end}") for key, end in MEASURES.items()}
    return found if any(any(measure.values()) for measure in found.values()) else {}


def _measure(one: Benchmark, name: str, measure: str) -> dict[str, Any]:
    """One measure of a model; an average whose languages are all printed is taken from them."""
    average, languages = _cells(one, name, measure)
    by_context = one.id in MLQA and measure.endswith("_f1")
    own = G_XLT if by_context else XLT
    if languages and None not in languages.values():
        average[own] = sum(x for x in languages.values() if x is not None) / len(languages)
    found = {CODES.get(x, x): score for x, score in languages.items() if score is not None}
    xlt, g_xlt = average.get(XLT), average.get(G_XLT)
    return {
        "g_xlt": g_xlt,
        "xlt": xlt,
        "off_diagonal": off_diagonal(g_xlt, xlt),
        "by_question": {},
        "by_context": found if by_context else {},
        "by_language": {} if by_context else found,
    }


def _cells(
    one: Benchmark, name: str, measure: str
) -> tuple[dict[str, float], dict[str, float | None]]:
    """The printed averages and languages of a model in all tables, the first one's before."""
    cells: dict[str, float | None] = {}
    for number in reversed(one.tables):
        for row in table(number).rows:
            if row.id == name:
                line = row.lines.get(measure, {})
                cells |= {x: y.number.value if y.number else None for x, y in line.items()}
    average = {x: y for x, y in cells.items() if x in (XLT, G_XLT) and y is not None}
    return average, {x: y for x, y in cells.items() if x not in (XLT, G_XLT)}


def _printed(one: Benchmark, name: str) -> dict[str, dict[str, float]]:
    """The averages that the paper itself prints."""
    found = {key: _cells(one, name, f"{one.id}_{end}")[0] for key, end in MEASURES.items()}
    return {
        key: {label: row[x] for label, x in (("g_xlt", G_XLT), ("xlt", XLT)) if x in row}
        for key, row in found.items()
    }


def off_diagonal(g_xlt: float | None, xlt: float | None) -> float | None:
    """Mean over the pairs of two languages, from those over all pairs and over the diagonal."""
    if g_xlt is None or xlt is None:
        return None
    return (LANGUAGES * g_xlt - xlt) / (LANGUAGES - 1)


def _summary(moments: Mapping[str, Any]) -> str:
    """The F1 of each moment, in one line."""
    kinds = (("G-XLT", "g_xlt"), ("XLT", "xlt"))
    parts = []
    for label, key in kinds:
        values = [scores["f1"][key] for scores in moments.values()]
        if any(x is not None for x in values):
            shown = ("n/a" if x is None else f"{x:.1f}" for x in values)
            parts.append(f"{label} F1 {' -> '.join(shown)}")
    return ", ".join(parts)

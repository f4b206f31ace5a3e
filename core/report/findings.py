"""What a run found, in plain words that follow the numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from core.config.methods import method_of
from core.errors import UserError
from core.figures.of_questions import MOMENTS, moments_of
from core.figures.run_view import recorded
from core.languages import english_name
from core.metrics.balance_findings import Finding, budget_summary, findings_of, summary_of
from core.metrics.balance_scores import BalanceScores, balance_intervals
from core.metrics.bootstrap import Interval
from core.metrics.probe_findings import probe_findings
from core.metrics.probe_record import ProbeRecord
from core.metrics.qa_transfer import transfer
from core.metrics.qa_transfer_text import state_of
from core.metrics.transfer_gap import gap_from
from core.quoting import signed
from core.runs.changes import change_of
from core.runs.describe import UNREADABLE, headline
from core.runs.view import RunView


def findings(run: RunView) -> list[str]:
    """One sentence a finding; the headline of a run that nothing more is known of."""
    found: list[str] = []
    for part in (_change, _teachers, _questions, _balance, _probes):
        with suppress(UserError, *UNREADABLE):  # the record was written by other code
            found += [line for line in part(run) if line]
    return found or [headline(run.record)]


def _change(run: RunView) -> Iterator[str]:
    """How a task's accuracies and their gap moved."""
    metrics = run.record.metrics
    found = change_of(metrics, run.predictions("before"), run.predictions("after"))
    if found is None:
        return
    before, after, change, intervals = found.before, found.after, found.change, found.intervals
    rose = sum(after[language] > before[language] for language in before)
    mean = f"{sum(before.values()) / len(before):.1f} to {sum(after.values()) / len(after):.1f} %"
    yield (
        f"Accuracy rose in {rose} of {len(before)} languages, on average from {mean} "
        f"({_points(change.delta_average, intervals.average if intervals else None)})."
    )
    if change.delta_gap is not None:
        yield (
            f"The transfer gap from {english_name(gap_from(metrics))} changed by "
            f"{_points(change.delta_gap, intervals.gap if intervals else None)}: {change.worded}. "
            f"{change.moved}"
        )
    worst = min(before, key=lambda language: before[language])
    last = min(after, key=lambda language: after[language])
    yield (
        f"The worst language was {english_name(worst)} with {before[worst]:.1f} %; it is "
        f"{english_name(last)} with {after[last]:.1f} %."
    )


def _points(value: float, interval: Interval | None) -> str:
    said = f"{signed(value)} points"
    if interval is None:
        return f"{said}; no interval: the answers before are not with this run"
    return f"{said}, 95 % interval {signed(interval.low)} to {signed(interval.high)}"


def _teachers(run: RunView) -> Iterator[str]:
    selection = recorded(run)
    names = ", ".join(english_name(language) for language in selection.teachers) or "none"
    count = f"{len(selection.teachers)} of {len(selection.languages)} languages"
    rule = f"strategy {selection.strategy}, θ = {selection.threshold:.4g}"
    role = "teach" if method_of(run.record.config).teaches else "form the group T (nobody teaches)"
    yield f"{count} {role} ({rule}): {names}."


def _questions(run: RunView) -> Iterator[str]:
    scores = moments_of(*(run.scores(when) for when in MOMENTS))
    for when, found in scores.items():
        yield f"{when.capitalize()}: {state_of(transfer(found, 'f1'))}"


def _balance(run: RunView) -> Iterator[str]:
    scores = BalanceScores.from_json(run.record.metrics)
    if scores is None:
        return
    ranks = run.reciprocal_ranks()
    found = findings_of(scores, None if ranks is None else balance_intervals(ranks))
    yield summary_of(found)
    if besides := budget_summary(scores, found):
        yield besides
    yield from map(_said, found)


def _probes(run: RunView) -> Iterator[str]:
    record = ProbeRecord.from_json(run.record.metrics)
    if record is not None:
        yield from map(_said, probe_findings(record))


def _said(finding: Finding) -> str:
    said = f"{finding.claim}: {finding.verdict} ({finding.numbers}; the paper: {finding.paper})."
    if finding.again is None:
        return said
    return f"{said} With the other budget: {finding.again.verdict} ({finding.again.numbers})."

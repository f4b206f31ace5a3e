"""Which of the paper's findings on MRR hold in a run, in plain words that follow the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.metrics.balance_scores import ALL, HIGH, LOW, TEACHERS, BalanceScores, Ranges
from core.metrics.bootstrap import Interval
from core.quoting import signed

HOLDS, FAILS, OPEN = "holds", "does not hold", "undetermined"
HL, BALANCED, DISTILLED = "hl", "balanced", "distilled"


@dataclass(frozen=True)
class Finding:
    """One of the paper's findings against a run."""

    claim: str
    verdict: str
    """`HOLDS`, `FAILS` or `OPEN`."""
    numbers: str
    """What the verdict rests on."""
    paper: str
    """What the paper measured."""
    again: Finding | None = None
    """The same against HL with the other budget (as many epochs, say, in place of as many steps);
    None where the run has none, or HL has no part in it."""


@dataclass(frozen=True)
class Claim:
    """One model against another over a group of languages."""

    words: str
    model: str
    others: tuple[str, ...]
    """Each must be beaten (or, with sign -1, be better)."""
    group: str
    sign: int
    paper: str
    """The same difference in the paper's Table 2, in its two sets."""


CLAIMS = (
    Claim(
        "Balancing the data lifts the low-resource languages",
        BALANCED, (HL,), LOW, 1, "shared script +2.8, diverse +1.3",
    ),
    Claim(
        "Balancing the data costs the high-resource languages",
        BALANCED, (HL,), HIGH, -1, "shared script −4.2, diverse −7.0",
    ),
    Claim(
        "With the same data, the teachers' soft labels win back part of that",
        DISTILLED, (BALANCED,), HIGH, 1, "shared script +2.4, diverse +5.0",
    ),
    Claim(
        "The distilled student beats HL in the low-resource languages",
        DISTILLED, (HL,), LOW, 1, "shared script +2.4, diverse +2.0",
    ),
    Claim(
        "HL stays ahead of the student in the high-resource languages",
        DISTILLED, (HL,), HIGH, -1, "shared script −1.8, diverse −2.0",
    ),
    Claim(
        "Over all languages the distilled student does best against the teachers",
        DISTILLED, (HL, BALANCED), ALL, 1,
        "shared script +0.2 and +0.3, diverse +0.3 and +2.5",
    ),
    Claim(
        "In high-resource languages even the student stays behind the teachers",
        DISTILLED, (TEACHERS,), HIGH, -1, "shared script −7.6, diverse −7.0",
    ),
)  # fmt: skip
"""In the order in which the paper tells them (its Table 2 and Figure 1)."""
OTHER_BUDGET = {f"{HL}-{budget}": f"HL (same {budget})" for budget in ("epochs", "steps")}
"""HL trained by the budget that is not the run's."""
NAMES = {
    HL: "HL", BALANCED: "HL balanced", DISTILLED: "distilled", TEACHERS: "teachers", **OTHER_BUDGET
}  # fmt: skip


def findings_of(scores: BalanceScores, intervals: Ranges | None) -> list[Finding]:
    """The claims that the run's models can speak to; none with one language alone.

    The paper leaves open whether its models are alike in steps or in epochs. Where the run has HL
    by both, what is said of it is said twice.
    """
    if len(scores.languages) < 2:
        return []
    rival = rival_of(scores)
    found = []
    for claim in CLAIMS:
        if not {claim.model, *claim.others} <= set(scores.mrr) or claim.group not in scores.groups:
            continue
        finding = _finding(claim, scores, intervals)
        if rival and HL in claim.others:
            others = tuple(rival if name == HL else name for name in claim.others)
            again = _finding(replace(claim, others=others), scores, intervals)
            finding = replace(finding, again=again)
        found.append(finding)
    return found


def rival_of(scores: BalanceScores) -> str | None:
    """HL with the other budget, if the run has it."""
    return next((name for name in OTHER_BUDGET if name in scores.mrr), None)


def verdict_of(changes: Sequence[float], intervals: Sequence[Interval | None], sign: int) -> str:
    """Whether all differences go one way.

    By their intervals: `HOLDS` if all exclude 0 on the right side, `FAILS` if one excludes it on
    the wrong side, else `OPEN`. Without intervals by the differences alone.
    """
    ways = [
        sign * (_way(interval) if interval else (change > 0) - (change < 0))
        for change, interval in zip(changes, intervals, strict=True)
    ]
    if all(way > 0 for way in ways):
        return HOLDS
    return FAILS if any(way < 0 for way in ways) else OPEN


def summary_of(findings: Sequence[Finding]) -> str:
    """How many hold, in one sentence."""
    if not findings:
        return "This run has not the models that the paper's findings are about."
    counts = {x: sum(f.verdict == x for f in findings) for x in (HOLDS, FAILS, OPEN)}
    many = f"{len(findings)} findings" if len(findings) > 1 else "one finding"
    return (
        f"Of {many} of the paper that this run can speak to, {counts[HOLDS]} "
        f"hold{'s' if counts[HOLDS] == 1 else ''} here, {counts[FAILS]} "
        f"do{'es' if counts[FAILS] == 1 else ''} not and {counts[OPEN]} "
        f"{'is' if counts[OPEN] == 1 else 'are'} undetermined."
    )


def budget_summary(scores: BalanceScores, findings: Sequence[Finding]) -> str:
    """What HL with the other budget changes, in two sentences; empty where there is none."""
    rival = rival_of(scores)
    again = [finding.again for finding in findings if finding.again is not None]
    if rival is None or not again:
        return ""
    ways, own = rival.removeprefix(f"{HL}-"), scores.difference(rival, ALL)
    usual = "steps" if ways == "epochs" else "epochs"
    held = sum(x.verdict == HOLDS for x in again)
    before = sum(x.again is not None and x.verdict == HOLDS for x in findings)
    text = (
        f"That is with as many {usual} for every model. Against HL trained for as many {ways} "
        f"instead, {held} of the {len(again)} findings in which HL takes part "
        f"hold{'s' if held == 1 else ''} ({before} with as many {usual})."
    )
    if DISTILLED not in scores.mrr:
        return text
    student = scores.difference(DISTILLED, ALL)
    way = "better" if own > student else "worse"
    return (
        f"{text} Over all languages it does {way} against the teachers than the student: "
        f"{signed(own)} against {signed(student)} points."
    )


def _way(interval: Interval) -> int:
    return {"up": 1, "down": -1}.get(interval.verdict, 0)


def _finding(claim: Claim, scores: BalanceScores, intervals: Ranges | None) -> Finding:
    languages = scores.groups[claim.group]
    changes = [scores.difference(claim.model, claim.group, other) for other in claim.others]
    found = [
        intervals.of(claim.model, languages, other) if intervals else None for other in claim.others
    ]
    said = [
        _numbers(claim, other, change, interval)
        for other, change, interval in zip(claim.others, changes, found, strict=True)
    ]
    where = {HIGH: "high-resource", LOW: "low-resource", ALL: "all"}[claim.group]
    return Finding(
        claim=claim.words,
        verdict=verdict_of(changes, found, claim.sign),
        numbers=f"{'; '.join(said)} points over {where} languages ({', '.join(languages)})",
        paper=claim.paper,
    )


def _numbers(claim: Claim, other: str, change: float, interval: Interval | None) -> str:
    """``distilled minus HL +2.4 [+1.0, +3.7]``."""
    text = f"{NAMES[claim.model]} minus {NAMES[other]} {signed(change)}"
    if interval is None:
        return text
    return f"{text} [{signed(interval.low)}, {signed(interval.high)}]"

"""Which of the paper's findings on linear probes hold in a run, in plain words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from core.metrics.balance_findings import (
    BALANCED,
    DISTILLED,
    FAILS,
    HL,
    HOLDS,
    NAMES,
    OPEN,
    Finding,
)
from core.metrics.balance_scores import ALL, HIGH, LOW
from core.metrics.probe_record import IN_LANG, ZERO_SHOT, MeanSd, ProbeRecord
from core.quoting import signed

DECISIVE = 2.0
"""Standard errors that a difference must exceed to be more than the seeds' spread."""


@dataclass(frozen=True)
class ProbeClaim:
    """One model's probes against others' in a group of languages."""

    words: str
    measure: str
    group: str
    model: str
    others: tuple[str, ...]
    sign: int
    paper: Mapping[str, str]
    """task -> the same differences in the paper's Table 3, in its two sets."""


CLAIMS = (
    ProbeClaim(
        "The distilled student's probes are the best in the language itself",
        IN_LANG, ALL, DISTILLED, (HL, BALANCED), 1,
        {
            "pos": "shared script +1.2 and +1.9, diverse +1.6 and +2.2",
            "ner": "shared script +3.3 and +2.3, diverse +4.3 and +4.2",
        },
    ),
    ProbeClaim(
        "The distilled student's probes are the best across languages",
        ZERO_SHOT, ALL, DISTILLED, (HL, BALANCED), 1,
        {
            "pos": "shared script +0.7 and +0.7, diverse +0.3 and +1.5",
            "ner": "shared script +0.6 and +0.3, diverse +1.0 and +0.3",
        },
    ),
    ProbeClaim(
        "Balancing the data lifts the probes of the low-resource languages",
        IN_LANG, LOW, BALANCED, (HL,), 1,
        {"pos": "shared script +0.3, diverse +1.5", "ner": "shared script +1.4, diverse +2.3"},
    ),
    ProbeClaim(
        "Balancing the data costs the probes of the high-resource languages",
        IN_LANG, HIGH, BALANCED, (HL,), -1,
        {"pos": "shared script −2.1, diverse −3.4"},
    ),
)  # fmt: skip
"""What the paper's Table 3 shows in both of its sets of languages."""


def probe_findings(found: ProbeRecord) -> list[Finding]:
    """The claims that the run's models and task can speak to."""
    return [
        _finding(claim, found)
        for claim in CLAIMS
        if found.task in claim.paper and _cells(claim, found) is not None
    ]


def _cells(claim: ProbeClaim, found: ProbeRecord) -> list[MeanSd] | None:
    """The scores of the model and of the others; None where one is missing."""
    by_model = found.by_group[claim.measure]
    cells = [by_model.get(name, {}).get(claim.group) for name in (claim.model, *claim.others)]
    kept = [cell for cell in cells if cell is not None]
    return kept if len(kept) == len(cells) else None


def _finding(claim: ProbeClaim, found: ProbeRecord) -> Finding:
    own, *others = _cells(claim, found) or []
    ways = [claim.sign * _way(own, other, found.seeds) for other in others]
    verdict = OPEN
    if all(way > 0 for way in ways):
        verdict = HOLDS
    elif any(way < 0 for way in ways):
        verdict = FAILS
    said = [
        f"{NAMES[claim.model]} minus {NAMES[name]} {signed(own.mean - other.mean)} ± "
        f"{_error(own, other, found.seeds):.1f}"
        for name, other in zip(claim.others, others, strict=True)
    ]
    languages = ", ".join(found.groups[claim.group])
    return Finding(
        claim=claim.words,
        verdict=verdict,
        numbers=f"{'; '.join(said)} points ({found.measure}, {languages})",
        paper=claim.paper[found.task],
    )


def _way(own: MeanSd, other: MeanSd, seeds: int) -> int:
    """1 or -1 where the difference is more than the seeds' spread explains, else 0."""
    change = own.mean - other.mean
    if abs(change) <= DECISIVE * _error(own, other, seeds):
        return 0
    return 1 if change > 0 else -1


def _error(own: MeanSd, other: MeanSd, seeds: int) -> float:
    """Standard error of the difference of two means over the seeds; 0 of a single seed."""
    return math.sqrt(((own.sd or 0.0) ** 2 + (other.sd or 0.0) ** 2) / seeds)

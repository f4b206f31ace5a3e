"""A paper with what was found in recomputing it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.published.finding import Finding
from core.published.paper import Paper
from core.published.recompute import Audit
from core.runs.store import StoredRun


@dataclass(frozen=True)
class Reviewed:
    """One paper, recomputed."""

    audit: Audit
    disagreements: Callable[[], tuple[Finding, ...]]
    """What does not follow; together they cover every number of ``audit.deviating``."""
    cautions: Callable[[], tuple[Finding, ...]]
    """What holds and is easily misread."""
    runs: Callable[[], tuple[StoredRun, ...]]
    """Its rows that can be set beside one's own runs."""
    figures: str
    """What is known of its figures, whose numbers the text does not give."""

    @property
    def paper(self) -> Paper:
        """Its tables and statements."""
        return self.audit.paper

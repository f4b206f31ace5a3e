"""How the numbers of the balanced-training paper follow from one another."""

from __future__ import annotations

from core.published.balanced import rules, statements
from core.published.balanced.paper import BALANCED
from core.published.recompute import Audit

AUDIT = Audit(BALANCED, rules.RULES, statements.RULES)

"""How the numbers of the cross-lingual QA paper follow from one another."""

from __future__ import annotations

from core.published.gxlt import rules, statements
from core.published.gxlt.paper import GXLT
from core.published.recompute import Audit, Repeat

MLQA = ("dev_f1", "dev_em", "test_f1", "test_em")
REPEATED = (
    Repeat(5, "ce", 2, "ce", MLQA),
    Repeat(5, "ce", 4, "ce", ("xquad_f1", "xquad_em", "tydiqa_f1")),
)
AUDIT = Audit(GXLT, rules.RULES, statements.RULES, REPEATED)

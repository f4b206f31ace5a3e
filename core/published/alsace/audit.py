"""How ALSACE's numbers follow from one another, and which rows it prints twice."""

from __future__ import annotations

from core.published.alsace import rules, statements
from core.published.alsace.paper import ALSACE
from core.published.recompute import Audit, Repeat

REPEATED = (
    Repeat(10, "xlm-r-large", 2, "xlm-r-large"),
    Repeat(10, "alsace", 2, "alsace-large"),
    *(
        Repeat(11, name, 2, name)
        for name in (
            "xlm-r-base", "alsace-base", "xlm-r-large", "alsace-large", "mt5-large", "alsace-mt5",
        )
    ),
)  # fmt: skip
AUDIT = Audit(ALSACE, rules.RULES, statements.RULES, REPEATED)

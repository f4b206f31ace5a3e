"""ALSACE, recomputed."""

from __future__ import annotations

from core.published.alsace.audit import AUDIT
from core.published.alsace.cautions import cautions
from core.published.alsace.disagreements import disagreements
from core.published.alsace.runs import runs
from core.published.reviewed import Reviewed

REVIEWED = Reviewed(
    AUDIT,
    disagreements,
    cautions,
    runs,
    "Of the figures the text gives no numbers but these: Figure 2 draws Table 12, and what "
    "Figure 5 compares is in Table 10; the counts of Figure 3 and the accuracies of Figure 4 are "
    "not printed.",
)

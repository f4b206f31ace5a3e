"""The paper on self-distillation for cross-lingual question answering, recomputed."""

from __future__ import annotations

from core.published.gxlt.audit import AUDIT
from core.published.gxlt.cautions import cautions
from core.published.gxlt.disagreements import disagreements
from core.published.gxlt.runs import runs
from core.published.reviewed import Reviewed

REVIEWED = Reviewed(
    AUDIT,
    disagreements,
    cautions,
    runs,
    "Of the figures the text gives a few numbers: in Figure 1 (zero-shot G-XLT F1 on MLQA) the "
    "pairs of languages lie between 29.7 and 71.0, in Figure 4 the mAP@k coefficient begins near "
    "0.6, and in Figure 7, without cross-entropy, it stays there.",
)

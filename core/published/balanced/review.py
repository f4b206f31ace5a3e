"""The paper on balanced multilingual training from monolingual teachers, recomputed."""

from __future__ import annotations

from core.published.balanced.audit import AUDIT
from core.published.balanced.cautions import cautions
from core.published.balanced.disagreements import disagreements
from core.published.balanced.runs import runs
from core.published.reviewed import Reviewed

REVIEWED = Reviewed(
    AUDIT,
    disagreements,
    cautions,
    runs,
    "The figures come without numbers: the MRR of Figures 1, 4 and 5 is printed as differences "
    "only (Tables 2 and 5), and of Figure 3, one language with teacher and student data of several "
    "sizes, nothing is.",
)

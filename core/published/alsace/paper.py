"""ALSACE's Tables 2 to 13 (Table 1 lists the tasks)."""

from __future__ import annotations

from core.published.paper import Paper

ALSACE = Paper(
    id="alsace",
    cited="ALSACE",
    name="ALSACE (Zhao et al. 2024)",
    url="https://arxiv.org/abs/2404.08491",
    submitted="2024-04",
    numbers=tuple(range(2, 14)),
)
table = ALSACE.table

"""The five tables of the paper on self-distillation for cross-lingual question answering."""

from __future__ import annotations

from core.published.paper import Paper

GXLT = Paper(
    id="gxlt",
    cited="Carrino et al.",
    name="Self-distillation for cross-lingual QA (Carrino et al. 2023)",
    url="https://arxiv.org/abs/2309.17134",
    submitted="2023-09",
    numbers=tuple(range(1, 6)),
)
table = GXLT.table

"""The seven tables of the paper on balanced multilingual training from monolingual teachers."""

from __future__ import annotations

from core.published.paper import Paper

BALANCED = Paper(
    id="balanced",
    cited="Limisiewicz et al.",
    name="Balanced distillation (Limisiewicz et al. 2022)",
    url="https://arxiv.org/abs/2210.07135",
    submitted="2022-10",
    numbers=tuple(range(1, 8)),
)
table = BALANCED.table

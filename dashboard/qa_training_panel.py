"""How a self-distillation on questions went: the weight of the KL, and both losses."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from core.figures.kl_weight import kl_weight
from core.figures.of_questions import objective_of
from core.runs.store import StoredRun
from dashboard import cache
from dashboard.figure_panel import figure_panel

STACK = 560
"""Pixels of the stacked curves, which keep their width: a narrow window holds them."""


def training_panel(run: StoredRun, *, files: bool = True) -> None:
    """The curves of the steps so far.

    Args:
        run: of kind qa_train.
        files: offer the data and the files for a paper.
    """
    rows = cache.history(run)
    if not rows:
        st.caption("The curves appear with the first step of the self-distillation.")
        return
    figure_panel(
        partial(kl_weight, rows, note=objective_of(run.record.config), badges=run.record.badges),
        key="kl_weight" if files else "live_kl_weight",
        alt="Weight of the KL with mAP@k and reciprocal rank, cross-entropy and KL over the "
        "steps; dotted lines mark epochs.",
        file=f"kl-weight-{run.id}",
        width=STACK,
        stretch=False,
        files=files,
    )
    st.caption(
        "Both values are computed at every step, whichever is the weight: mAP@k (the paper's "
        "Eq. 5) and the reciprocal rank that the public code computes, of the teacher on the "
        "batch. The broad line is the weight that was used: 0 with cross-entropy alone, 1 where "
        "the KL is not weighted." + _means(rows)
    )


def _means(rows: Sequence[Mapping[str, Any]]) -> str:
    """The weight that was used, on average in each epoch."""
    found: dict[int, list[float]] = {}
    for row in rows:
        epoch, weight = row.get("epoch"), row.get("alpha")
        if isinstance(epoch, int) and isinstance(weight, int | float) and math.isfinite(weight):
            found.setdefault(epoch, []).append(float(weight))
    if not found:
        return ""
    means = ", ".join(f"{sum(x) / len(x):.2f}" for _, x in sorted(found.items()))
    return f" Its mean, epoch by epoch: {means}."


def live_training(run: StoredRun) -> None:
    """The curves of a running job."""
    training_panel(run, files=False)

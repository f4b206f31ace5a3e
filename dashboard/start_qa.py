"""The forms that start a training on questions, or an evaluation."""

from __future__ import annotations

from core.config import QaEvaluateConfig, QaTrainConfig
from core.runs.store import StoredRun
from dashboard import cache
from dashboard.choice import pick_one
from dashboard.choice_numbers import switch
from dashboard.config_form import Groups, config_form
from dashboard.job_panel import start_here

TRAIN, EVALUATE = "Train and evaluate", "Only evaluate"
TRAIN_GROUPS: Groups = {
    "Model": ("model", "stage1", "source"),
    "Questions": ("dataset", "data", "languages", "evaluation", "evaluation_questions"),
    "Objective": ("objective", "coefficient", "k", "window", "temperature"),
    "Training": ("targets", "epochs", "batch", "learning_rate", "seed"),
}
EVALUATE_GROUPS: Groups = {
    "Model": ("model", "max_length", "stride"),
    "Questions": ("dataset", "data", "languages", "evaluation_questions"),
    "Answers": ("normalization", "shown_questions", "answer_tokens"),
}
"""The fields that most users set."""


def start_qa(base: StoredRun | None) -> None:
    """Draw the form of the kind that is asked for, and open the run that it starts.

    Args:
        base: a run whose settings the form can start from.
    """
    what = pick_one(
        (TRAIN, EVALUATE),
        label="What to do",
        key="qa_kind",
        help="Train by self-distillation on aligned questions and evaluate before and after, or "
        "only evaluate a model with a span head on every pair of languages.",
    )
    kind, model, groups = (
        ("qa_train", QaTrainConfig, TRAIN_GROUPS)
        if what == TRAIN
        else ("qa_evaluate", QaEvaluateConfig, EVALUATE_GROUPS)
    )
    start = None
    if base is not None and switch(
        False,
        label="Start from the settings of the run above",
        key="qa_from_run",
        help="Off: the recommended settings on the built-in data.",
    ):
        start = cache.config_of(base, model)
    prefix = f"{kind}.{base.id}" if start and base else kind
    start_here(
        "Start the training" if what == TRAIN else "Start the evaluation",
        kind,
        config_form(model, groups, key=prefix, start=start),
    )

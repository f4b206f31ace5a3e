"""Forms that start balanced training, or linear probes on its models."""

from __future__ import annotations

from core.config import BalanceConfig, BalanceProbeConfig
from core.runs.record import Status
from core.runs.store import StoredRun
from dashboard.choice import pick_one
from dashboard.config_form import Groups, config_form
from dashboard.job_panel import start_here

TRAIN, PROBE = "Train and compare", "Probe"
TRAIN_GROUPS: Groups = {
    "Text": ("dataset", "data", "languages", "sizes", "characters"),
    "Models": ("models", "vocabulary", "layers", "hidden", "heads"),
    "Training": ("budget", "steps", "batch", "learning_rate", "seed"),
}
PROBE_GROUPS: Groups = {
    "Model": ("model", "models", "layer"),
    "Sentences": ("task", "data", "languages", "train_sentences"),
    "Probes": ("seeds", "share", "seed"),
}
"""The fields that most users set."""


def start_balance(shown: StoredRun | None) -> None:
    """Draw the form of the kind that is asked for, and open the run that it starts.

    Args:
        shown: the comparison that the page shows, whose models are probed by default.
    """
    kind = pick_one(
        (TRAIN, PROBE),
        label="What to do",
        key="balance_kind",
        help="Train teachers, baselines and a student from scratch and compare them; or read what "
        "trained encoders know, with linear probes.",
    )
    if kind == TRAIN:
        config: BalanceConfig | BalanceProbeConfig | None = config_form(
            BalanceConfig, TRAIN_GROUPS, key="balance"
        )
        name, label = "balance", "Start the comparison"
        link = "run"
    else:
        over = shown is not None and shown.status is Status.FINISHED
        start = {"model": shown.id if shown is not None and over else "built-in"}
        config = config_form(BalanceProbeConfig, PROBE_GROUPS, key="balance_probe", start=start)
        name, label = "balance_probe", "Start the probes"
        link = "probe"
    start_here(label, name, config, picker=link)

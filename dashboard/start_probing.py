"""Forms that start a probe, or a distillation on prompts."""

from __future__ import annotations

from core.config import DistillProbeConfig, ProbeConfig
from core.config.strategies import OPTIONS
from dashboard.choice import pick_one
from dashboard.config_form import Groups, config_form
from dashboard.job_panel import start_here

ASK, DISTIL = "Ask", "Ask, distil, ask again"
PROBE_GROUPS: Groups = {
    "Model": ("model",),
    "Prompts": ("dataset", "data", "languages"),
    "Scores": ("scorer", "calibration"),
}
DISTIL_GROUPS: Groups = {
    "Model": ("model",),
    "Prompts": ("dataset", "data", "languages", "folds"),
    "Teachers": ("teachers_by", "strategy", *OPTIONS, "threshold", "teacher_mode"),
    "Training": ("steps", "batch", "learning_rate", "seed"),
}
"""The fields that most users set."""


def start_probing() -> None:
    """Draw the form of the kind that is asked for, and open the run that it starts."""
    kind = pick_one(
        (ASK, DISTIL),
        label="What to do",
        key="probing_kind",
        help="Only ask a model what each language knows, or also let the confident languages "
        "teach the others and ask again.",
    )
    if kind == ASK:
        config: ProbeConfig | DistillProbeConfig | None = config_form(
            ProbeConfig, PROBE_GROUPS, key="probe"
        )
        name, label = "probe", "Start the probe"
    else:
        start = {"scorer": "one-forward"}  # as the recorded runs: minutes instead of half an hour
        config = config_form(DistillProbeConfig, DISTIL_GROUPS, key="distill_probe", start=start)
        name, label = "distill_probe", "Start the distillation on prompts"
    start_here(label, name, config)

"""Languages that an encoder never saw: named by the user, since weights don't tell."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from core.runs.families import Trial
from dashboard.choice import pick_several

NEVER_SEEN = {"mini-mplm": ("am", "ht", "qu", "yo")}
"""Known models -> languages that were not in their pre-training text."""


def unseen_languages(trials: Sequence[Trial], here: Collection[str] | None = None) -> list[str]:
    """The languages chosen, of all those the runs have; known models fill the choice in.

    Args:
        trials: all runs of the page.
        here: the languages that can be chosen at this place; None for all.
    """
    languages = sorted({language for trial in trials for language in trial.before})
    models = [str(trial.run.record.config.get("model") or "") for trial in trials]
    known = {
        language
        for name, found in NEVER_SEEN.items()
        if any(model.rstrip("/").endswith(name) for model in models)
        for language in found
    }
    return pick_several(
        languages,
        [language for language in languages if language in known],
        key="unseen",
        shown=here,
        label="Languages that the encoder never saw",
        help="They are marked with † and stand apart, last in every figure by language. The "
        "weights do not tell which languages a model was trained on: choose them here.",
    )

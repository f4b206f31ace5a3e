"""The figures a run can give, by the name the command line uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from core.errors import UserError
from core.figures import of_balance, of_prompts, of_questions, of_tasks, of_trust
from core.figures.export import Builder
from core.figures.family_figures import FAMILY_FIGURES
from core.figures.run_view import RunView
from core.figures.theme import Chart

FIGURES: Mapping[str, Callable[..., Chart]] = MappingProxyType(
    {
        "confidence": of_tasks.of_selection,
        "agreement": of_tasks.of_agreement,
        "stability": of_trust.of_stability,
        "stability-size": of_trust.of_stability_size,
        "teacher-threshold": of_trust.of_teacher_threshold,
        "reliability": of_trust.of_reliability,
        "disagreement": of_trust.of_disagreement,
        "data-map": of_trust.of_data_map,
        "distance-agreement": of_trust.of_distance_agreement,
        "history": of_tasks.of_history,
        "before-after": of_tasks.of_before_after,
        "transfer-gap": of_tasks.of_transfer_gap,
        "gap-change": of_tasks.of_gap_change,
        "language-changes": of_tasks.of_language_changes,
        "score-ranges": of_tasks.of_score_ranges,
        "probing": of_prompts.of_probing,
        "probing-bars": of_prompts.of_probing_bars,
        "regional-teachers": of_prompts.of_regional_teachers,
        "answers": of_prompts.of_answers,
        "truth": of_prompts.of_truth,
        "lessons": of_tasks.of_lessons,
        "ensembles": of_tasks.of_ensembles,
        "languages-right": of_tasks.of_languages_right,
        "mrr": of_balance.of_mrr,
        "balance": of_balance.of_balance,
        "data-size": of_balance.of_data_size,
        "balance-history": of_balance.of_balance_history,
        "probe-scores": of_balance.of_probe_scores,
        "probe-transfer": of_balance.of_probe_transfer,
        "answer-ranks": of_questions.of_answer_ranks,
        "g-xlt": of_questions.of_g_xlt,
        "g-xlt-change": of_questions.of_g_xlt_change,
        "kl-weight": of_questions.of_kl_weight,
        "answer-curves": of_questions.of_answer_curves,
    }
)
"""Each takes a run and its look: ``paper``, ``width`` and ``dark``."""


def builder(name: str, run: RunView) -> Builder:
    """The named figure of a run, ready for :func:`core.figures.export.export`.

    Raises:
        UserError: an unknown name; drawing raises it where the run lacks the data.
    """
    if name not in FIGURES:
        alone, together = ", ".join(FIGURES), ", ".join(FAMILY_FIGURES)
        raise UserError(
            f"unknown figure {name!r}; choose one of {alone};\nor of a run and those like it: "
            f"{together}"
        )
    return partial(FIGURES[name], run)

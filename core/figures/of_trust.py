"""Figures of how far a run's teacher choice can be trusted: each takes the run and its look."""

from __future__ import annotations

from typing import Any

from core.config.methods import method_of
from core.data.predictions import Predictions
from core.errors import UserError
from core.figures.data_map import data_map
from core.figures.disagreement import disagreement
from core.figures.distance_agreement import distance_agreement
from core.figures.reliability import reliability
from core.figures.run_view import DEFAULT_STRATEGY, RunView, missing, with_gold
from core.figures.stability import stability
from core.figures.stability_size import stability_size
from core.figures.teacher_threshold import teacher_threshold
from core.figures.theme import Chart
from core.metrics.calibration import reliabilities
from core.metrics.data_map import data_map as place_examples
from core.metrics.disagreement import disagreement as split_votes
from core.selection import stability as resampling
from core.selection.nearness import nearness
from core.selection.options import StrategyOptions
from core.selection.strategies import choose
from core.selection.teachers import Selection
from core.selection.vote import majority_vote


def of_stability(run: RunView, **look: Any) -> Chart:
    """P(teacher) of every language, for the run's own strategy and threshold."""
    found, chosen, options = _choice(run)
    repeated = resampling.stability(found, chosen, options)
    return stability(repeated, badges=run.record.badges, **look)


def of_stability_size(run: RunView, **look: Any) -> Chart:
    """The same on fewer examples."""
    found, chosen, options = _choice(run)
    repeated = resampling.stability_by_size(found, chosen, options)
    return stability_size(repeated, badges=run.record.badges, **look)


def of_teacher_threshold(run: RunView, **look: Any) -> Chart:
    """P(teacher) over the threshold."""
    found, chosen, options = _choice(run)
    repeated = resampling.stability(found, chosen, options)
    return teacher_threshold(repeated, badges=run.record.badges, **look)


def of_reliability(run: RunView, **look: Any) -> Chart:
    """How often answers are right, by how probable they are to the model that selects."""
    found = with_gold(run, "before")
    if found is None:
        raise missing(run, "answers with gold labels")
    return reliability(reliabilities(found), badges=run.record.badges, **look)


def of_disagreement(run: RunView, **look: Any) -> Chart:
    """How many languages answer as the vote, and whether it is right."""
    found = with_gold(run, "before") or _items(run)
    vote = majority_vote(found.probabilities, found.class_mask, found.chosen)
    return disagreement(split_votes(found, vote.pseudo_labels), badges=run.record.badges, **look)


def of_data_map(run: RunView, **look: Any) -> Chart:
    """Agreement and confidence of the examples the teachers were chosen from."""
    found = _items(run)
    vote = majority_vote(found.probabilities, found.class_mask, found.chosen)
    votes = split_votes(found, vote.pseudo_labels)
    placed = place_examples(votes, found.languages, found.class_names)
    return data_map(placed, badges=run.record.badges, **look)


def of_distance_agreement(run: RunView, **look: Any) -> Chart:
    """Typological distance against agreement."""
    return distance_agreement(nearness(_items(run)), badges=run.record.badges, **look)


def _items(run: RunView) -> Predictions:
    """The answers the teachers were chosen from."""
    found = run.unlabelled() or run.predictions("before")
    if found is None:
        raise missing(run, "predictions")
    return found


def _choice(run: RunView) -> tuple[Predictions, Selection, StrategyOptions]:
    """The answers, the choice made from them again, and its options.

    Raises:
        UserError: no predictions, or a method that has no teachers.
    """
    found, config = _items(run), run.record.config
    method = method_of(config)
    if not method.teaches:
        raise UserError(
            f"run {run.record.id} is {method.title}, where no selected teachers teach, so there is "
            "no choice to repeat"
        )
    kept = run.record.selection or {}
    options = StrategyOptions.recorded(config, kept.get("teachers", ()))
    strategy, theta = config.get("strategy") or DEFAULT_STRATEGY, kept.get("threshold")
    threshold = float(theta) if isinstance(theta, int | float) else None
    return found, choose(found, str(strategy), threshold, options), options

"""A run that chooses teacher languages, from a model or from a predictions file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.config import SelectConfig
from core.data.predictions import Predictions
from core.jobs.checks import check_enough, check_languages, check_teachers
from core.jobs.kinds import Work
from core.metrics.transfer_gap import summarize
from core.runs.live import LiveRun
from core.runs.store import RunStore
from core.selection.strategies import StrategyOptions, choose
from core.selection.teachers import Selection

LOPSIDED, ENOUGH = 0.75, 20
"""A vote that names one class for this share of this many items or more is warned of."""


def prepare(config: SelectConfig, store: RunStore) -> Work:
    """Check the input of a selection run; torch is imported only when a model is asked for."""
    if config.predictions is not None:
        return _from_file(config)
    return _from_model(config, store)


def select(config: SelectConfig, predictions: Predictions) -> Selection:
    """Apply the config's strategy and threshold."""
    options = StrategyOptions.of(config, config.seed)
    return choose(predictions, config.strategy, config.threshold, options)


def record_selection(run: LiveRun, selection: Selection, predictions: Predictions) -> None:
    """Write the selection and the predictions it was made from."""
    predictions.save(run.path / "predictions_selection.npz")
    run.warn(*selection.notes)
    if not selection.teachers:
        run.warn(
            f"No language reaches the threshold {selection.threshold:.4f}; lower it, or leave it "
            "at the mean."
        )
    if predictions.class_mask is None:
        run.warn(*lopsided_vote(selection.pseudo_labels))
    run.update(
        selection=selection.to_json(),
        artifacts={
            **run.record.artifacts,
            "predictions_selection": "predictions_selection.npz",
        },
    )


def lopsided_vote(pseudo_labels: Sequence[int] | NDArray[np.int64]) -> list[str]:
    """A warning if the vote names nearly always one class, else nothing.

    Then the languages agree on a habit rather than on answers: confidence in such a vote says
    little about who is right, and distilling it may make every language answer the same.
    """
    if len(pseudo_labels) < ENOUGH:
        return []
    counts = np.bincount(np.asarray(pseudo_labels))
    share = counts.max() / counts.sum()
    if share < LOPSIDED:
        return []
    return [
        f"The vote names class {int(counts.argmax())} for {share:.0%} of the items. If the true "
        "classes are not that uneven, the languages agree on a habit, not on answers, and the "
        "teacher choice means little: fine-tune longer, or choose teachers by hand."
    ]


def _from_file(config: SelectConfig) -> Work:
    from core.data.brought import read_brought

    predictions = read_brought(
        Path(str(config.predictions)),
        config.log_task,
        length_normalised=config.length_normalised,
    )
    if config.languages:
        check_languages(config.languages)
        check_enough(config.languages, "--languages")
        predictions = predictions.in_languages(config.languages)
    selection = select(config, predictions)

    def work(run: LiveRun) -> None:
        record_selection(run, selection, predictions)
        run.update(
            fingerprints={"data": predictions.fingerprint},
            metrics={"before": summarize(predictions, config.source).to_json()}
            if predictions.gold is not None
            else {},
        )

    return work


def _from_model(config: SelectConfig, store: RunStore) -> Work:
    from core.jobs.finetune import check_start, fine_tuned, uses_of_start
    from core.jobs.fitted import refuse_fitted
    from core.jobs.heads import check_asked
    from core.jobs.inputs import read_items
    from core.jobs.predicting import Predictor
    from core.models.device import pick_device
    from core.models.find import find_model
    from core.models.recipe import settle

    found = read_items(config, store)
    check_teachers(config, found.uses.selection.languages)
    device = pick_device(config)
    source = find_model(config, store)
    config = settle(config, source)
    check_start(config, found, source)
    happened = (*uses_of_start(config, found, source), "selection", "evaluation")
    check_asked(config, found, source, happened)
    items = refuse_fitted(found, source, store, happened, allow=config.allow_overlap)

    def work(run: LiveRun) -> None:
        items.describe(run, source.fingerprint, happened)
        run.update(
            config=config.model_dump(mode="json"),
            environment={**run.record.environment, **device.describe()},
        )
        classifier = fine_tuned(config, items, source, device, store, run)
        predict, uses = Predictor(run, classifier, config, device), items.uses
        voted = predict("predicting unlabelled items", uses.selection)
        record_selection(run, select(config, voted), voted)
        before = predict("predicting evaluation items", uses.evaluation)
        before.save(run.path / "predictions_before.npz")
        run.update(
            metrics={"before": summarize(before, uses.source).to_json()},
            artifacts={**run.record.artifacts, "predictions_before": "predictions_before.npz"},
        )

    return work

"""A run that only predicts the evaluation items."""

from __future__ import annotations

from core.config import PredictConfig
from core.jobs.finetune import check_start, fine_tuned, uses_of_start
from core.jobs.fitted import refuse_fitted
from core.jobs.heads import check_asked
from core.jobs.inputs import read_items
from core.jobs.kinds import Work
from core.jobs.predicting import Predictor
from core.metrics.transfer_gap import summarize
from core.models.device import pick_device
from core.models.find import find_model
from core.models.recipe import settle
from core.runs.live import LiveRun
from core.runs.store import RunStore


def prepare(config: PredictConfig, store: RunStore) -> Work:
    """Check the input of a prediction run."""
    read = read_items(config, store, minimum_languages=1)
    device = pick_device(config)
    source = find_model(config, store)
    config = settle(config, source)
    check_start(config, read, source)
    happened = (*uses_of_start(config, read, source), "evaluation")
    check_asked(config, read, source, happened)
    items = refuse_fitted(read, source, store, happened, allow=config.allow_overlap)

    def work(run: LiveRun) -> None:
        items.describe(run, source.fingerprint, happened)
        run.update(
            config=config.model_dump(mode="json"),
            environment={**run.record.environment, **device.describe()},
        )
        classifier = fine_tuned(config, items, source, device, store, run)
        found = Predictor(run, classifier, config, device)("predicting", items.uses.evaluation)
        found.save(run.path / "predictions_before.npz")
        run.update(
            metrics={"before": summarize(found, items.uses.source).to_json()},
            artifacts={"predictions_before": "predictions_before.npz"},
        )

    return work

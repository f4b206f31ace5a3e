"""A run that only predicts the evaluation items."""

from __future__ import annotations

from core.config import PredictConfig
from core.jobs.finetune import check_start, fine_tuned
from core.jobs.inputs import read_items
from core.jobs.kinds import Work
from core.jobs.predicting import predict_in
from core.metrics.transfer_gap import summarize
from core.models.device import pick_device
from core.models.load import find_model
from core.runs.live import LiveRun
from core.runs.store import RunStore


def prepare(config: PredictConfig, store: RunStore) -> Work:
    """Check the input of a prediction run."""
    items = read_items(config)
    device = pick_device(config)
    source = find_model(config, store)
    check_start(config, items, source)

    def work(run: LiveRun) -> None:
        items.describe(run, source.fingerprint)
        run.update(environment={**run.record.environment, **device.describe()})
        classifier = fine_tuned(config, items, source, device, store, run)
        found = predict_in(run, "predicting", classifier, items.uses.evaluation, config, device)
        found.save(run.path / "predictions_before.npz")
        run.update(
            metrics={"before": summarize(found).to_json()} if found.gold is not None else {},
            artifacts={"predictions_before": "predictions_before.npz"},
        )

    return work

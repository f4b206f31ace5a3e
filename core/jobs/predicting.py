"""Predicting inside a run, with progress."""

from __future__ import annotations

from core.config import TaskConfig
from core.data.parallel import ParallelDataset
from core.data.predictions import Predictions
from core.models.device import Device
from core.models.load import Classifier
from core.models.predict import predict
from core.runs.live import LiveRun


def predict_in(
    run: LiveRun,
    stage: str,
    classifier: Classifier,
    data: ParallelDataset,
    config: TaskConfig,
    device: Device,
) -> Predictions:
    """Predict a dataset and show the progress as this stage."""
    classifier.model.to(device.place)
    return predict(
        classifier,
        data,
        device,
        max_length=config.max_length,
        batch=config.prediction_batch,
        tick=lambda done, total: run.progress(stage, done, total),
        note=run.warn,
    )

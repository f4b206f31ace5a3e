"""Predicting inside a run, with progress, and without asking a model the same thing twice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from core.config import TaskConfig
from core.data.parallel import ParallelDataset
from core.data.predictions import Predictions
from core.models.device import Device
from core.models.fingerprint import model_fingerprint
from core.models.load import Classifier
from core.models.predict import Shelf, predict
from core.models.ready import ready
from core.runs.live import LiveRun
from core.runs.score_cache import ScoreCache


@dataclass(frozen=True)
class Predictor:
    """A model as it is now; after training, which changes it, make a new one."""

    run: LiveRun
    classifier: Classifier
    config: TaskConfig
    device: Device

    def __call__(self, stage: str, data: ParallelDataset) -> Predictions:
        """Predict a dataset and show the progress as this stage."""

        def told(known: tuple[str, ...]) -> None:
            self.run.log(
                f"{stage}: known from an earlier run in {len(known)} of {len(data.languages)} "
                "languages (same weights, pieces and precision)"
            )

        found = predict(
            self.classifier,
            data,
            self.device,
            max_length=self.config.max_length,
            batch=self.config.prediction_batch,
            tick=lambda done, total: self.run.progress(stage, done, total),
            note=self.run.warn,
            shelf=replace(self._shelf, told=told),
        )
        self._shelf.cache.trim()
        return found

    @cached_property
    def _shelf(self) -> Shelf:
        ready(self.classifier.model, self.device)
        model = model_fingerprint(self.classifier.model, self.classifier.head, self.device)
        return Shelf(ScoreCache(self.run.path.parent), model)

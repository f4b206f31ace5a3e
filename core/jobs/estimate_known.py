"""What a run would ask that the store knows already (`core.runs.score_cache`)."""

from __future__ import annotations

from collections.abc import Mapping

from core.config import DistillConfig, SelectConfig, TaskConfig
from core.data.parallel import ParallelDataset
from core.data.probing import ProbingDataset
from core.jobs.heads import head_of
from core.jobs.inputs import Items
from core.jobs.probe import keys_of
from core.models.device import Device
from core.models.find import ModelSource
from core.models.fingerprint import model_fingerprint
from core.models.language_model import LanguageModel
from core.models.load import Classifier, load_classifier
from core.models.predict import Shelf
from core.models.ready import ready
from core.models.recipe import settled
from core.probing.prompts import Scoring
from core.runs.score_cache import FOLDER, ScoreCache
from core.runs.store import RunStore

Known = Mapping[str, float]
"""Use of items -> share of it that is known."""


def known_in(
    config: TaskConfig, items: Items, source: ModelSource, device: Device, store: RunStore
) -> Known:
    """Which shares of the predictions before any training the store has.

    The model is loaded for it, where the store has any.

    Args:
        config: of the run.
        items: of each use.
        source: of the model the run starts from.
        device: where it computes.
        store: with the cache.
    """
    if not (store.root / FOLDER).is_dir():
        return {}
    spec = head_of(config, items, source)
    classifier = load_classifier(source, spec, settled(config.dropout), config.seed)
    ready(classifier.model, device)
    model = model_fingerprint(classifier.model, classifier.head, device)
    shelf = Shelf(ScoreCache(store.root), model)
    uses, parts = items.uses, {"evaluation": items.uses.evaluation}
    if isinstance(config, SelectConfig):
        parts["selection"] = uses.selection
    if isinstance(config, DistillConfig):
        parts |= {"distillation": uses.distillation, **items.further}
    return {name: _share(classifier, data, shelf, config) for name, data in parts.items()}


def _share(
    classifier: Classifier, data: ParallelDataset, shelf: Shelf, config: TaskConfig
) -> float:
    known = 0
    for language in data.languages:
        encoded = classifier.head.encode(data.in_languages([language]), config.max_length)
        known += shelf.find(shelf.key(encoded.rows[0]), len(data)) is not None
    return known / max(1, len(data.languages))


def asked_anew(
    model: LanguageModel,
    data: ProbingDataset,
    scoring: Scoring,
    device: Device,
    store: RunStore,
) -> int:
    """Prompts of a dataset, all languages together, whose scores the store has not.

    Args:
        model: that is asked.
        data: the prompts.
        scoring: how.
        device: where.
        store: with the cache.
    """
    languages = len(data.languages)
    if (store.root / FOLDER).is_dir():
        cache, keys = ScoreCache(store.root), keys_of(model, data, scoring, device)
        for x, probes in data.probes.items():
            known = cache.find(keys[x], sum(map(len, probes.candidates)))
            languages -= known is not None
    return languages * len(data)

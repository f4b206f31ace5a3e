"""Probabilities of every item in every language."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Sized
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from core import processes
from core.data.parallel import ParallelDataset
from core.data.predictions import Predictions
from core.models.batches import buckets
from core.models.device import Device
from core.models.encode import Encoded
from core.models.fingerprint import rows_fingerprint
from core.models.load import Classifier
from core.models.memory import Fitting, Note
from core.models.places import evaluating
from core.runs.score_cache import ScoreCache

Tick = Callable[[int, int], None]
"""Called with (sequences done, sequences in all)."""
Told = Callable[[tuple[str, ...]], None]
"""Called with the languages that were known already."""
AT_ONCE = 1 << 16
"""Logits whose softmax is taken at one time."""


@dataclass(frozen=True)
class Shelf:
    """The kept scores of one model as it is now."""

    cache: ScoreCache
    model: str
    """Of `core.models.fingerprint.model_fingerprint`."""
    told: Told | None = None
    """Told which languages were there already, once all are scored."""

    def key(self, rows: Sequence[Sized]) -> str:
        """Of the scores of these rows."""
        return f"{self.model}-{rows_fingerprint(rows)}"

    def find(self, key: str, count: int) -> NDArray[np.floating] | None:
        """What is kept of so many rows: probabilities [items, classes]."""
        return processes.from_main(lambda: self.cache.find(key, count))


def predict(
    classifier: Classifier,
    data: ParallelDataset,
    device: Device,
    *,
    max_length: int,
    batch: int | None = None,
    tick: Tick | None = None,
    note: Note | None = None,
    shelf: Shelf | None = None,
) -> Predictions:
    """Predict a dataset in all its languages.

    Args:
        classifier: which model.
        data: its texts, and its labels where it has any.
        device: where to compute.
        max_length: in pieces; longer texts are cut.
        batch: sequences in one forward pass at most; the device says how many tokens.
        tick: told about every batch.
        note: told when memory runs out and fewer go through at once.
        shelf: where the model's scores are looked for first, and kept.

    Returns:
        Predictions with ``probabilities`` [languages, items, classes], float32.
    """
    shape = (len(data.languages), len(data), classifier.class_count)
    probabilities = np.empty(shape, dtype=np.float32)
    known: list[str] = []
    one = partial(predict_encoded, classifier, device=device, batch=batch, note=note)
    for place, language in enumerate(data.languages):  # one never depends on another
        encoded = classifier.head.encode(data.in_languages([language]), max_length)
        key = shelf.key(encoded.rows[0]) if shelf is not None else ""
        kept = shelf.find(key, len(data)) if shelf is not None else None
        if kept is not None:
            known.append(language)
            probabilities[place] = kept
            continue
        before, total = ((n - len(known)) * len(data) for n in (place, len(data.languages)))
        probabilities[place] = one(encoded, tick=_from(before, total, tick))[0]
        if shelf is not None:
            shelf.cache.keep(key, probabilities[place])
    if known and shelf is not None and shelf.told is not None:
        shelf.told(tuple(known))
    gold = None
    if data.labels is not None:
        gold = np.zeros((len(data), classifier.class_count), dtype=bool)
        gold[np.arange(len(data)), data.labels] = True
    return Predictions(
        languages=data.languages,
        examples=data.item_ids,
        probabilities=probabilities,
        class_names=classifier.head.class_names,
        gold=gold,
        clusters=data.clusters,
    )


def _from(before: int, total: int, tick: Tick | None) -> Tick | None:
    """Tell of the sequences of one language behind those of the languages before it."""
    return None if tick is None else lambda done, _: tick(before + done, total)


def predict_encoded(
    classifier: Classifier,
    encoded: Encoded,
    device: Device,
    *,
    batch: int | None = None,
    tick: Tick | None = None,
    note: Note | None = None,
) -> NDArray[np.float32]:
    """Probabilities [languages, items, classes] of encoded items, in evaluation mode."""
    model, head, items = classifier.model, classifier.head, len(encoded)
    fitting = Fitting(device.budget, "tokens of a prediction", note)
    lengths = encoded.lengths
    order: list[NDArray[np.int64]] = []
    # All in one tensor that stays on the device: a GPU is never waited for.
    logits = torch.empty((len(lengths), classifier.class_count), device=device.place)
    mine = 0
    with evaluating(model, device):
        for positions, done in processes.dealt(buckets(lengths, device.budget, batch)):
            some = [encoded.rows[i // items][i % items] for i in positions]

            def attempt(tokens: int, some: list[Sized] = some) -> torch.Tensor:
                return head.logits(model, some, replace(device, tokens=tokens))

            if some:
                logits[mine : mine + len(some)] = fitting(attempt)
                mine += len(some)
                order.append(positions)
            if tick is not None:
                tick(done, len(lengths))
    own = np.concatenate(order) if order else np.empty(0, dtype=np.int64)
    output = np.empty((len(lengths), classifier.class_count), dtype=np.float32)
    for places, found in processes.everyones((own, logits[:mine].cpu())):
        for start in range(0, len(places), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            output[places[part]] = torch.softmax(found[part].double(), dim=-1).float().numpy()
    return output.reshape(len(encoded.languages), items, -1)

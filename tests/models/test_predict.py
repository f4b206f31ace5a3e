"""Scores and their keys do not depend on how many rows are dealt with at one time."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from core.config import EngineConfig, ModelConfig
from core.data import tabular
from core.data.parallel import ParallelDataset
from core.models import encode, fingerprint, predict, token_cache
from core.models.batches import batches
from core.models.device import pick_device
from core.models.find import find_model
from core.models.fingerprint import model_fingerprint
from core.models.load import Classifier, load_classifier
from core.models.predict import Shelf
from core.runs.score_cache import FOLDER, ScoreCache
from core.runs.store import RunStore
from tests.tiny import CLASSES, LANGUAGES, classes, write_data, write_model

ITEMS = encode.AT_ONCE + 76
"""More than are tokenized at one time."""
DEVICE = pick_device(EngineConfig(device="cpu", batch_tokens=300))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> ParallelDataset:
    folder = tmp_path_factory.mktemp("data")
    return tabular.load(write_data(folder / "topics.csv", ITEMS))["all"]


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Classifier:
    folder = tmp_path_factory.mktemp("models")
    config = ModelConfig(model=str(write_model(folder / "encoder")))
    source = find_model(config, RunStore(folder / "store"))
    return load_classifier(source, classes(CLASSES), 0.0, 0)


@pytest.fixture(autouse=True)
def tokens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(token_cache.FOLDER, str(tmp_path / "tokens"))
    return tmp_path / "tokens"


def scored(classifier: Classifier, data: ParallelDataset, store: Path, **more):
    model = model_fingerprint(classifier.model, classifier.head, DEVICE)
    shelf = Shelf(ScoreCache(store), model, more.pop("told", None))
    return predict.predict(classifier, data, DEVICE, max_length=32, shelf=shelf, **more)


def entries(store: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (store / FOLDER).iterdir()}


def plainly(classifier: Classifier, data: ParallelDataset, language: str) -> np.ndarray:
    """All rows of a language at once: lists of ids, one key of their JSON, one softmax."""
    rows = [
        classifier.tokenizer(*fields, truncation=True, max_length=32)["input_ids"]
        for fields in data.texts[language]
    ]
    logits = torch.empty(len(rows), 3)
    classifier.model.eval()
    with torch.no_grad():
        for places in batches([len(row) for row in rows], DEVICE.budget):
            some = [rows[i] for i in places]
            logits[places] = classifier.head.logits(classifier.model, some, DEVICE)
    key = hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:32]
    return torch.softmax(logits.double(), -1).float().numpy(), key


@pytest.mark.parametrize("cached", [True, False])
def test_in_pieces_as_in_one(
    classifier: Classifier,
    data: ParallelDataset,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    cached: bool,
) -> None:
    if not cached:
        monkeypatch.setenv(token_cache.FOLDER, "")
    whole = scored(classifier, data, tmp_path / "whole")
    for name in (encode, fingerprint, predict):
        monkeypatch.setattr(name, "AT_ONCE", 97)
    pieces = scored(classifier, data, tmp_path / "pieces")
    assert whole.probabilities.dtype == np.float32
    assert np.array_equal(whole.probabilities, pieces.probabilities)
    assert entries(tmp_path / "whole") == entries(tmp_path / "pieces")
    keys = []
    for place, language in enumerate(LANGUAGES):
        expected, key = plainly(classifier, data, language)
        assert np.array_equal(whole.probabilities[place], expected)
        keys.append(key)
    found = sorted(name.split("-")[1].removesuffix(".npy") for name in entries(tmp_path / "whole"))
    assert found == sorted(keys)


def test_token_ids_are_written_the_same_in_pieces(
    classifier: Classifier, data: ParallelDataset, tokens: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def written() -> bytes:
        encode.encode_rows(data.texts["fr"], classifier.tokenizer, 32)
        (entry,) = tokens.iterdir()
        whole = entry.read_bytes()
        entry.unlink()
        return whole

    two, monkeyed = written(), []
    for size in (13, ITEMS, 10 * ITEMS):
        monkeypatch.setattr(encode, "AT_ONCE", size)
        monkeyed.append(written())
    assert monkeyed == [two] * 3


def test_what_is_known_is_told_and_only_the_rest_is_counted(
    classifier: Classifier, data: ParallelDataset, tmp_path: Path
) -> None:
    few = data.take(range(40))
    scored(classifier, few.in_languages(["fr"]), tmp_path)
    known: list[tuple[str, ...]] = []
    ticks: list[tuple[int, int]] = []
    found = scored(
        classifier,
        few,
        tmp_path,
        told=known.append,
        tick=lambda done, total: ticks.append((done, total)),
    )
    assert known == [("fr",)]
    assert ticks[-1] == (80, 80)
    assert [done for done, _ in ticks] == sorted({done for done, _ in ticks})
    alone = scored(classifier, few, tmp_path / "other")
    assert np.array_equal(found.probabilities, alone.probabilities)

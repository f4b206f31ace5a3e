"""What a model answered once is not asked again, and nothing else is taken for it."""

import json
from pathlib import Path

import numpy as np
import pytest

from core.config import DistillConfig, ProbeConfig, SelectConfig
from core.data.predictions import Predictions
from core.jobs.runner import run_now
from core.models.heads import classification
from core.runs.score_cache import FOLDER
from core.runs.store import RunStore
from tests.probing.language_models import write
from tests.tiny import LANGUAGES, write_data, write_model


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("predicting")
    return {
        "model": str(write_model(folder / "encoder")),
        "dataset": str(write_data(folder / "topics.csv", items=60)),
        "store": str(folder / "store"),
    }


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Rows that went through a classifier, a batch each."""
    found: list[int] = []
    true = classification.class_logits

    def counting(model, rows, *rest):
        found.append(len(rows))
        return true(model, rows, *rest)

    monkeypatch.setattr(classification, "class_logits", counting)
    return found


def choose(places: dict[str, str], kind: type = SelectConfig, **changes):
    values = {
        "model": places["model"],
        "dataset": places["dataset"],
        "finetune_epochs": 2,
        "max_length": 32,
        **changes,
    }
    name = {SelectConfig: "select", DistillConfig: "distill"}[kind]
    return run_now(name, kind(**values), RunStore(Path(places["store"])))


def test_another_threshold_strategy_or_subset_never_asks_the_model(places, seen) -> None:
    first = choose(places)
    del seen[:]
    again = [
        choose(places, threshold=0.5),
        choose(places, strategy="random"),
        choose(places, languages=["sw", "en"]),
    ]
    assert not seen
    was = Predictions.load(first.path / "predictions_selection.npz")
    for run in again[:2]:
        found = Predictions.load(run.path / "predictions_selection.npz")
        assert np.array_equal(found.probabilities, was.probabilities)
        assert "known from an earlier run in 3 of 3 languages" in (run.path / "log.txt").read_text()
    fewer = Predictions.load(again[2].path / "predictions_selection.npz")
    places_of = [was.languages.index(x) for x in fewer.languages]
    assert np.array_equal(fewer.probabilities, was.probabilities[places_of])


def test_a_new_language_is_the_only_one_encoded(places, seen, tmp_path: Path) -> None:
    places = {**places, "store": str(tmp_path)}
    choose(places, languages=["en", "fr"])
    del seen[:]
    run = choose(places)
    items = sum(len(run_of(run, use).examples) for use in ("selection", "before"))
    assert sum(seen) == items  # Swahili alone
    assert set(run_of(run, "before").languages) == set(LANGUAGES)


def test_a_length_a_precision_and_another_model_ask_again(places, seen, tmp_path: Path) -> None:
    places = {**places, "store": str(tmp_path)}
    choose(places)
    for changes in ({"max_length": 8}, {"precision": "bfloat16"}, {"seed": 3}):
        del seen[:]
        choose(places, **changes)
        assert seen


def test_a_damaged_entry_is_computed_again(places, tmp_path: Path) -> None:
    places = {**places, "store": str(tmp_path)}
    first = choose(places)
    for path in (tmp_path / FOLDER).iterdir():
        path.write_bytes(path.read_bytes()[:-9])
    again = choose(places)
    assert np.array_equal(
        run_of(first, "before").probabilities, run_of(again, "before").probabilities
    )


def test_a_distilled_model_is_not_taken_for_its_start(places, tmp_path: Path) -> None:
    places = {**places, "store": str(tmp_path)}
    settings = {"learning_rate": 1e-2, "steps": 4, "check_every": 1, "batch": 5, "watch": False}
    settings = {key: x for key, x in settings.items() if key in DistillConfig.model_fields}
    run = choose(places, DistillConfig, threshold=0.0, **settings)
    assert run.record.metrics["distillation"]["steps"]
    before, after = run_of(run, "before"), run_of(run, "after")
    kept = run.record.metrics["distillation"]["kept_step"]
    assert np.array_equal(before.probabilities, after.probabilities) == (kept == 0)


def test_a_prompt_is_not_asked_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = str(write("xlm-r", tmp_path / "model"))
    rows = [
        {"language": x, "id": "KE1", "group": "1", "region": "KE", "gold": word,
         "prompt": f"{ahead} <mask>", "countryless": "<mask>", "candidates": [word, other]}
        for x, ahead, word, other in (("en", "iron", "apple", "rain"), ("fr", "fer", "pomme", "or"))
    ]  # fmt: skip
    prompts = tmp_path / "prompts.jsonl"
    prompts.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")

    def probe(**changes):
        settings = ProbeConfig(model=model, dataset=str(prompts), **changes)
        return run_now("probe", settings, RunStore(tmp_path / "store"))

    first = probe()

    def never(*_: object) -> None:
        raise AssertionError("a known prompt was asked")

    with monkeypatch.context() as patch:
        patch.setattr("core.jobs.probe.score", never)
        again = probe()
        alone = probe(languages=["fr"])
    assert again.record.metrics["correct"] == first.record.metrics["correct"]
    assert alone.record.metrics["correct"]["fr"] == first.record.metrics["correct"]["fr"]
    for changes in ({"calibration": "raw"}, {"precision": "bfloat16"}):
        with monkeypatch.context() as patch, pytest.raises(AssertionError, match="was asked"):
            patch.setattr("core.jobs.probe.score", never)
            probe(**changes)


def run_of(run, which: str) -> Predictions:
    return Predictions.load(run.path / f"predictions_{which}.npz")

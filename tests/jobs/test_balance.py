"""A whole comparison on a tiny text: what is kept, stopping anywhere, bad input."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file
from transformers import AutoModelForMaskedLM, AutoTokenizer

from core.cli import main
from core.config import BalanceConfig
from core.data.reciprocal_ranks import load_ranks
from core.errors import RunCancelledError, UserError
from core.jobs.kinds import command_for
from core.jobs.runner import run_now
from core.jobs.settings import problems_of
from core.jobs.worker import resume
from core.runs.describe import describe, headline
from core.runs.live import CANCEL, LiveRun
from core.runs.record import Status
from core.runs.store import RunStore
from tests.balancing.balanced import tiny, write_folder

LANGUAGES = ["en", "fr", "sw"]
NAMES = [*(f"teacher-{language}" for language in LANGUAGES), "hl", "balanced", "distilled"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("balance") / "texts")


def settings(folder: Path, **changes: Any) -> BalanceConfig:
    given = {"dataset": str(folder), "sizes": "en:1,fr:0.5,sw:0.25", "test_share": 0.2, **changes}
    return tiny(**given)


@pytest.fixture(scope="module")
def whole(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> LiveRun:
    return run_now("balance", settings(folder), RunStore(tmp_path_factory.mktemp("whole")))


def test_every_model_is_kept_and_loads(whole: LiveRun) -> None:
    assert sorted(path.name for path in (whole.path / "models").iterdir()) == sorted(NAMES)
    for name in NAMES:
        place = whole.path / "models" / name
        model = AutoModelForMaskedLM.from_pretrained(place)
        assert sum(one.numel() for one in model.parameters()) == whole.record.metrics["parameters"]
        assert len(AutoTokenizer.from_pretrained(place)) == whole.record.metrics["vocabulary"]
        assert f'from_pretrained("{name}")' in (place / "README.md").read_text()
    assert not list(whole.path.glob("*checkpoint*"))


def test_the_numbers_are_those_of_the_kept_ranks(whole: LiveRun) -> None:
    found, metrics = load_ranks(whole.path / "reciprocal_ranks.npz"), whole.record.metrics
    assert list(found.ranks) == NAMES
    for name in NAMES:
        scores = metrics["mrr"].get(name) or {name[8:]: metrics["teachers"][name[8:]]}
        assert list(scores) == list(found.ranks[name])
        for language, score in scores.items():
            values = found.ranks[name][language].astype(float)
            assert len(values) == metrics["test_positions"][language]
            assert 100 * values.mean() == pytest.approx(score, abs=0.02)
    for model, scores in metrics["mrr"].items():
        gaps = [scores[x] - metrics["teachers"][x] for x in LANGUAGES]
        assert metrics["difference"][model]["all"] == pytest.approx(np.mean(gaps))
        assert metrics["difference"][model]["low"] == pytest.approx(gaps[2])
    assert metrics["groups"] == {"high": ["en", "fr"], "low": ["sw"]}


def test_clusters_are_the_same_texts_in_every_language(whole: LiveRun) -> None:
    clusters = load_ranks(whole.path / "reciprocal_ranks.npz").clusters
    seen = [set(clusters[language].tolist()) for language in LANGUAGES]
    assert seen[0] == seen[1] == seen[2]
    assert len(seen[0]) == whole.record.metrics["test_sentences"]["en"] > 10


def test_sizes_and_budgets_are_recorded(whole: LiveRun) -> None:
    metrics = whole.record.metrics
    sizes = metrics["characters"]
    assert sizes["sw"] == pytest.approx(sizes["en"] / 4, rel=0.1)
    assert len({round(x / 60) for x in metrics["balanced_characters"].values()}) <= 2
    assert all(metrics["pieces"][x] >= n for x, n in metrics["tokens"].items())
    cut = {x: n for x, n in metrics["cut_sentences"].items() if n}
    assert set(cut) == {x for x, n in metrics["tokens"].items() if metrics["pieces"][x] > n}
    assert set(metrics["steps"].values()) == {6}
    assert metrics["epochs"]["teacher-sw"] > metrics["epochs"]["teacher-en"]
    assert list(metrics["kept_steps"]) == NAMES


def test_a_run_is_told_in_words(whole: LiveRun) -> None:
    text = describe(whole.record)
    assert "distilled" in text and "teachers" in text and "low" in text
    assert headline(whole.record).startswith("MRR against teachers:")


def outcome(run: LiveRun) -> tuple[Any, ...]:
    record = run.record.model_dump(mode="json")
    weights = {
        f"{name}/{key}": value
        for name in NAMES
        for key, value in load_file(run.path / "models" / name / "model.safetensors").items()
    }
    kept = {name: record[name] for name in ("metrics", "warnings", "artifacts", "fingerprints")}
    history = (run.path / "history.jsonl").read_text()
    arrays = load_ranks(run.path / "reciprocal_ranks.npz")
    return kept | {"history": history}, weights, arrays


@pytest.mark.parametrize(
    ("stage", "step"),
    [
        ("training a tokenizer", 0),
        ("training teacher-en, model 1 of 6", 4),
        ("training teacher-fr, model 2 of 6", 1),
        ("training balanced, model 5 of 6", 6),
        ("training distilled, model 6 of 6", 4),
        ("measuring MRR on the test set", 3),
    ],
)
def test_a_run_stopped_there_ends_as_if_nothing_had_been(
    stage: str,
    step: int,
    folder: Path,
    whole: LiveRun,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store, true, stopped, begun = RunStore(tmp_path / "store"), LiveRun.progress, [], []

    def progress(self: LiveRun, now: str, at: int, total: int, **values: Any) -> None:
        begun.append(now)
        if now == stage and at >= step and not stopped:
            stopped.append(self.id)
            (self.path / CANCEL).touch()
        true(self, now, at, total, **values)

    monkeypatch.setattr(LiveRun, "progress", progress)
    with pytest.raises(RunCancelledError):
        run_now("balance", settings(folder), store)
    assert store.find(stopped[0]).status is Status.CANCELLED
    finished = {path.name for path in (store.root / stopped[0] / "models").glob("*")}
    begun.clear()
    resumed = resume(store, stopped[0])
    found, expected = outcome(resumed), outcome(whole)
    assert found[0] == expected[0]
    assert all((found[1][name] == expected[1][name]).all() for name in expected[1])
    assert not any(f"training {name}," in now for name in finished for now in begun)
    assert not list(resumed.path.glob("*checkpoint*"))


def test_a_run_does_not_go_on_with_other_text(folder: Path, tmp_path: Path) -> None:
    own = write_folder(tmp_path / "own")
    store, config = RunStore(tmp_path / "store"), settings(own)
    live: list[LiveRun] = []

    def stop(self: LiveRun, now: str, at: int, total: int, **values: Any) -> None:
        live.append(self)
        if now.startswith("training hl") and at == 3:
            (self.path / CANCEL).touch()
        self.check_cancelled()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LiveRun, "progress", stop)
        with pytest.raises(RunCancelledError):
            run_now("balance", config, store)
    (own / "sw.txt").write_text((own / "sw.txt").read_text() + "ka lo\n", encoding="utf-8")
    with pytest.raises(UserError, match="data changed since it began"):
        resume(store, live[0].id)


def test_one_language_and_less_data_for_the_student(folder: Path, tmp_path: Path) -> None:
    config = settings(
        folder, languages="en", sizes="", models="balanced,distilled", balanced_characters=400
    )
    found = run_now("balance", config, RunStore(tmp_path / "store")).record.metrics
    assert found["balanced_characters"]["en"] <= 400 < found["characters"]["en"]
    assert found["groups"] == {"high": ["en"], "low": []}
    assert found["difference"]["distilled"]["low"] is None


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"dataset": "nowhere"}, "unknown text 'nowhere'"),
        ({"dataset": "wikimedia/wikipedia"}, "languages: missing; a hub dataset has no list"),
        ({"dataset": "bible"}, "data: missing; the bible is read from a folder"),
        ({"models": "hl,student"}, "models: no model is called 'student'; there are hl, balanced"),
        ({"models": "hl,hl"}, "models: hl is named twice"),
        ({"models": "hl-steps"}, "models: hl-steps is hl: the budget is steps"),
        ({"sizes": "en:big"}, "sizes: 'en:big' is no size; write language:share"),
        ({"heads": 3}, "heads: 3; the width, 16, must be a multiple of it"),
        ({"test_share": 0.9, "dev_share": 0.2}, "leave no text to train on"),
        ({"epochs": 3}, "epochs: 3.0 has no effect: every model is trained for the same steps"),
        ({"sampling_temperature": 2}, "sampling_temperature: 2.0 has no effect"),
        ({"models": "hl", "teacher_precision": "bfloat16"}, "no model learns soft labels"),
        ({"data": "/"}, "data: / has no effect: the text is fact-world"),
        ({"configuration": "x"}, "configuration: x has no effect: the text is not on the hub"),
        ({"languages": "en,xx1"}, "languages: unknown language 'xx1'"),
    ],
)
def test_settings_that_are_wrong_at_once(changes: dict[str, Any], problem: str) -> None:
    found = problems_of(tiny(**{"dataset": "fact-world", **changes}))
    assert any(problem in f"{name}: {text}" for name, text in found.items()), found


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"languages": "en,de"}, "has no de; it has en, fr, sw"),
        ({"languages": "en,en"}, "names a language twice"),
        ({"sizes": "en:1,fr:1"}, "--sizes: no size for sw"),
        ({"sizes": "en:1,fr:1,sw:1,de:1"}, "--sizes: de not among the languages"),
        ({"high": "de"}, "--high: de not among the languages en, fr, sw"),
        ({"balanced_characters": 9999}, "--balanced-characters 9,999: sw has"),
        ({"languages": "en", "sizes": "", "models": "hl"}, "alone it is the teacher"),
        ({"test_share": 0.5, "dev_share": 0.49}, "leave none to train on"),
    ],
)
def test_bad_input_leaves_nothing_behind(
    changes: dict[str, Any], problem: str, folder: Path, tmp_path: Path
) -> None:
    store = RunStore(tmp_path / "store")
    with pytest.raises(UserError, match=problem):
        run_now("balance", settings(folder, **changes), store)
    assert not store.paths()


def test_too_little_text_for_its_size_is_warned_of(folder: Path, tmp_path: Path) -> None:
    config = settings(folder, characters=10_000, steps=1, models="hl")
    found = run_now("balance", config, RunStore(tmp_path / "store")).record
    assert any("en should have 10,000 characters to train on and has" in x for x in found.warnings)


def test_the_command_line_checks_and_prints_the_command(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = command_for("balance", settings(folder))
    with pytest.raises(SystemExit) as ended:
        main([*words[3:], "--store", str(tmp_path), "--dry-run"])
    assert ended.value.code == 0
    printed = shlex.split(capsys.readouterr().out)
    assert len(printed) == len(words)
    assert len(set(words) - set(printed)) == 1  # the folder, which is never printed as absolute
    assert not list(tmp_path.iterdir())

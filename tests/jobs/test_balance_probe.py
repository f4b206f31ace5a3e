"""Linear probes as a run: of single encoders and of the models of a comparison."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from core.balancing.linear_probe import fit_probe
from core.balancing.probe_scores import drawn
from core.balancing.word_features import word_features
from core.cli import main
from core.config import BalanceConfig, BalanceProbeConfig, ModelConfig
from core.data.tagging.load import load_tagging
from core.data.tagging.uses import allocate
from core.errors import UserError
from core.jobs.runner import run_now
from core.jobs.settings import problems_of
from core.models.device import pick_device
from core.models.encoder import load_encoder
from core.models.find import find_model
from core.runs.describe import describe
from core.runs.live import LiveRun
from core.runs.store import RunStore
from tests.data.tagging.files import conllu, wikiann, write
from tests.tiny import WORDS, write_model

TAGS = {"fruit": "NOUN", "metal": "PROPN", "weather": "VERB"}


def sentences(language: str, count: int, seed: int) -> list[list[tuple[str, str]]]:
    rng = np.random.default_rng(seed)
    words = [(w, TAGS[kind]) for kind, own in WORDS[language].items() for w in own]
    return [[words[i] for i in rng.integers(len(words), size=9)] for _ in range(count)]


@pytest.fixture(scope="module")
def treebanks(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("ud")
    for seed, language in enumerate(WORDS):
        fit = "dev" if language == "sw" else "train"
        for part, count in ((fit, 40), ("test", 20)):
            text = conllu(sentences(language, count, 10 * seed + (part == "test")))
            write(folder / f"{language}_x-ud-{part}.conllu.xz", text)
    return str(folder)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_model(tmp_path_factory.mktemp("model") / "tiny"))


def small(model: str, data: str, **more: object) -> BalanceProbeConfig:
    return BalanceProbeConfig(model=model, data=data, seeds=2, iterations=20, device="cpu", **more)


def test_a_run_is_a_plain_loop(model: str, treebanks: str, tmp_path: Path) -> None:
    config = small(model, treebanks, train_sentences=30, test_sentences=15, seed=4)
    store = RunStore(tmp_path / "runs")
    live = run_now("balance_probe", config, store)
    metrics = live.record.metrics
    uses = allocate(load_tagging("pos", treebanks), fit=30, test=15, seed=4)
    encoder = load_encoder(find_model(ModelConfig(model=model), store))
    device = pick_device(config)
    features = {x: word_features(encoder, uses.fit[x], device) for x in WORDS}
    asked = {x: word_features(encoder, uses.test[x], device) for x in WORDS}
    for source in WORDS:
        for target in WORDS:
            scores = []
            for r in range(2):
                own = features[source]
                places = drawn(own, 0.8, (4, r))
                probe = fit_probe(
                    own.values[places], own.tags[places], 17, strength=0.01, iterations=20,
                    seed=4000 + r,
                )  # fmt: skip
                said = probe.predict(asked[target].values)
                scores.append(100 * np.mean(said == asked[target].tags))
            cell = metrics["scores"]["tiny"][source][target]
            assert cell["mean"] == pytest.approx(np.mean(scores))
            assert cell["sd"] == pytest.approx(np.std(scores, ddof=1))
    others = [metrics["scores"]["tiny"][x]["sw"]["mean"] for x in ("en", "fr")]
    assert metrics["zero_shot"]["tiny"]["sw"]["mean"] == pytest.approx(np.mean(others))
    assert metrics["in_lang"]["tiny"]["en"] == metrics["scores"]["tiny"]["en"]["en"]
    assert metrics["in_lang"]["tiny"]["en"]["mean"] > metrics["majority"]["en"] + 20
    assert metrics["fitted_on"] == {"en": "train", "fr": "train", "sw": "dev"}
    assert metrics["groups"] == {"all": ["en", "fr", "sw"]}
    assert any("fitted on dev (*): sw" in x for x in live.record.warnings)
    assert not (live.path / "features").exists()
    assert set(live.record.ledger or {}) == {"probe_fitting", "evaluation"}
    text = describe(live.record)
    assert "sw*" in text and "pos accuracy, in-lang / zero-shot: tiny" in text
    again = run_now("balance_probe", config, store)
    assert again.record.metrics == metrics


def compared(root: Path, model: str, finished: bool = True) -> str:
    """A comparison of three models, whose folders hold the same tiny one."""
    config = BalanceConfig(languages=("en", "sw"))
    live = LiveRun(RunStore(root).create("balance", config.model_dump(mode="json"), ["python"]))
    live.start()
    for name in ("teacher-en", "teacher-sw", "hl", "distilled"):
        shutil.copytree(model, live.path / "models" / name)
    live.update(
        metrics={
            "mrr": {"distilled": {}, "hl": {}},
            "sentences": {"en": 5, "sw": 3},
            "groups": {"high": ["en"], "low": ["sw"]},
        }
    )
    if finished:
        live.finish()
    return live.id


def test_all_models_of_a_comparison(model: str, treebanks: str, tmp_path: Path) -> None:
    name = compared(tmp_path, model)
    live = run_now("balance_probe", small(name, treebanks), RunStore(tmp_path))
    metrics = live.record.metrics
    assert list(metrics["scores"]) == ["distilled", "hl", "teacher-en", "teacher-sw"]
    assert set(metrics["scores"]["hl"]) == {"en", "sw"}  # French it was not trained in
    assert metrics["scores"]["teacher-sw"].keys() == {"sw"}
    assert metrics["zero_shot"]["teacher-sw"] == {}
    assert metrics["groups"] == {"high": ["en"], "low": ["sw"], "all": ["en", "sw"]}
    low = metrics["group_scores"]["hl"]["low"]["zero_shot"]["mean"]
    assert low == pytest.approx(metrics["scores"]["hl"]["en"]["sw"]["mean"])
    assert set(metrics["group_scores"]) == {"distilled", "hl"}
    assert live.record.parents == [name]
    chosen = small(str(tmp_path / name), treebanks, models=("hl",), languages=("fr", "en"))
    metrics = run_now("balance_probe", chosen, RunStore(tmp_path)).record.metrics
    assert list(metrics["scores"]) == ["hl"] and metrics["groups"]["all"] == ["fr", "en"]


def test_names_in_wikianns_format(model: str, tmp_path: Path) -> None:
    kinds = {"NOUN": "O", "PROPN": "B-LOC", "VERB": "B-PER"}
    for seed, language in enumerate(("en", "fr")):
        for part in ("train", "test"):
            rows = sentences(language, 30, 10 * seed + (part == "test"))
            text = wikiann([[(w, kinds[t]) for w, t in row] for row in rows], language)
            write(tmp_path / "ner" / language / part, text)
    config = small(model, str(tmp_path / "ner"), task="ner")
    metrics = run_now("balance_probe", config, RunStore(tmp_path / "runs")).record.metrics
    assert metrics["measure"] == "macro-F1"
    assert metrics["in_lang"]["tiny"]["en"]["mean"] <= 100 * 3 / 7 + 1e-9  # three of seven occur


def test_long_sentences_are_cut_and_said(model: str, treebanks: str, tmp_path: Path) -> None:
    config = small(model, treebanks, max_length=8, languages=("en",))
    live = run_now("balance_probe", config, RunStore(tmp_path))
    lost = live.record.metrics["words_lost"]["en"]
    assert 3 * 60 <= lost < 9 * 60  # <s>, six pieces at most, </s>
    assert any(f"left out: en {lost:,} of 540" in x for x in live.record.warnings)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"layer": 2}, "--layer 2: the encoder has 1"),
        ({"models": ("hl",)}, "only a balance run has models by name"),
        ({"languages": ("en", "en")}, "names a language twice"),
        ({"languages": ("de",)}, "has no de; it has en, fr, sw"),
        ({"treebanks": ("en_ewt",)}, "no treebank en_ewt"),
    ],
)
def test_bad_input_is_one_message(
    options: dict[str, object], said: str, model: str, treebanks: str, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=said):
        run_now("balance_probe", small(model, treebanks, **options), RunStore(tmp_path))
    assert not list(RunStore(tmp_path).paths())


def test_comparisons_that_can_not_be_probed(model: str, treebanks: str, tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    open_run = compared(tmp_path, model, finished=False)
    with pytest.raises(UserError, match="is running, not finished"):
        run_now("balance_probe", small(open_run, treebanks), store)
    name = compared(tmp_path, model)
    with pytest.raises(UserError, match=r"--models balanced: run .* has distilled, hl, teacher-en"):
        run_now("balance_probe", small(name, treebanks, models=("balanced",)), store)
    shutil.rmtree(tmp_path / name / "models")
    with pytest.raises(UserError, match="keeps no models"):
        run_now("balance_probe", small(name, treebanks), store)


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"task": "pos"}, "data"),
        ({"task": "pos", "data": "no/such/folder"}, "data"),
        ({"task": "ner"}, "languages"),
        ({"task": "ner", "data": "a/b/c"}, "data"),
        ({"task": "ner", "languages": ("en",), "treebanks": ("en_ewt",)}, "treebanks"),
        ({"task": "ner", "languages": ("xx-nonsense",)}, "languages"),
        ({"task": "ner", "languages": ("en",), "model": "no/such/model"}, "model"),
    ],
)
def test_settings_that_are_refused_before_anything_is_read(
    options: dict[str, object], field: str
) -> None:
    config = BalanceProbeConfig(**{"model": "built-in", **options})
    assert list(problems_of(config)) == [field]


def test_on_the_command_line(
    model: str, treebanks: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = [
        "--data",
        treebanks,
        "--store",
        str(tmp_path),
        "--seeds",
        "1",
        "--languages",
        "en,fr",
    ]
    with pytest.raises(SystemExit) as ended:
        main(["balance-probe", "--model", model, *options, "--json"])
    assert ended.value.code == 0
    record = json.loads(capsys.readouterr().out)
    assert record["metrics"]["seeds"] == 1 and record["command"][3] == "balance-probe"
    assert record["metrics"]["in_lang"]["tiny"]["en"]["sd"] is None
    with pytest.raises(SystemExit) as ended:
        main(["balance-probe", "--model", model, "--store", str(tmp_path)])
    assert ended.value.code == 2
    assert "--data: missing; pos is read from a folder" in capsys.readouterr().err

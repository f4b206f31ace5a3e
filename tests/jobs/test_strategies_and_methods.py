"""A run of every strategy and method from the command line, on a tiny model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.cli import main
from core.config.methods import METHODS
from core.config.strategies import STRATEGIES
from core.data.predictions import Predictions
from core.errors import UserError
from core.figures.confidence import GROUPS, ROLES
from core.figures.data_table import table
from core.figures.registry import builder
from core.jobs.kinds import command_again, config_of
from core.runs.describe import describe
from core.runs.record import RunRecord
from core.runs.store import RunStore, StoredRun
from core.runs.view import RunView
from core.selection.strategies import StrategyOptions, choose
from tests.tiny import LANGUAGES, write_data, write_model

OPTIONS = {
    "by-hand": ["--teachers", "fr"],
    "scale": ["--corpus", "mc4"],
    "exclude-weak-students": ["--weak-share", "0.4"],
    "proximity": ["--neighbours", "1"],
    "random": ["--seed", "3"],
}
GIVEN = {
    "by-hand": StrategyOptions(teachers=("fr",)),
    "scale": StrategyOptions(corpus="mc4"),
    "exclude-weak-students": StrategyOptions(weak_share=0.4),
    "proximity": StrategyOptions(neighbours=1),
    "random": StrategyOptions(seed=3),
}
ON_TASKS = [name for name, known in STRATEGIES.items() if not known.prompts_only]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("strategies")
    write_model(made / "encoder")
    write_data(made / "topics.csv", items=90)
    return made


def run(capsys: pytest.CaptureFixture[str], folder: Path, verb: str, *more: str) -> dict[str, Any]:
    """The record of a run of the verb."""
    words = [verb, "--model", folder / "encoder", "--dataset", folder / "topics.csv"]
    words += ["--finetune-epochs", 3, "--finetune-batch", 8, "--finetune-learning-rate", 3e-3]
    words += ["--max-length", 32, "--store", folder / "store", "--json", *more]
    if verb == "distill":
        words += ["--steps", 2, "--check-every", 1, "--batch", 4, "--learning-rate", 1e-3]
    with pytest.raises(SystemExit) as stop:
        main([str(word) for word in words])
    said = capsys.readouterr()
    assert stop.value.code == 0, said.err
    return json.loads(said.out)


@pytest.mark.parametrize("verb", ["select", "distill"])
@pytest.mark.parametrize("strategy", ON_TASKS)
def test_every_strategy(folder: Path, capsys, strategy: str, verb: str) -> None:
    record = run(capsys, folder, verb, "--strategy", strategy, *OPTIONS.get(strategy, []))
    place = RunStore(folder / "store").find(record["id"]).path
    voted = Predictions.load(place / "predictions_selection.npz")
    expected = choose(voted, strategy, options=GIVEN.get(strategy))
    assert record["selection"] == json.loads(json.dumps(expected.to_json()))
    assert [x for x in record["warnings"] if "counted as 0" in x] == list(expected.notes)
    if verb == "distill":
        assert record["metrics"]["distillation"]["steps"] == 2
        assert record["metrics"]["distillation"]["encodings"] == 2 * 4 * len(LANGUAGES)
        assert set(record["metrics"]["after"]["accuracy"]) == set(LANGUAGES)


@pytest.mark.parametrize("method", METHODS)
def test_every_method(folder: Path, capsys, method: str) -> None:
    record = run(capsys, folder, "distill", "--method", method)
    store = RunStore(folder / "store")
    rows = [
        json.loads(line)
        for line in (store.find(record["id"]).path / "history.jsonl").read_text().splitlines()
    ]
    loss = "cross_entropy" if method.startswith("self-training") else "kl"
    assert [row["step"] for row in rows] == [0, 1, 2]
    for row in rows[1:]:
        assert np.isfinite(row[loss]) and row["loss"] == pytest.approx(row[loss] + row["anchor"])
    assert set(record["selection"]["teachers"]) | set(record["selection"]["students"]) == set(
        LANGUAGES
    )
    batch = 4 * len(LANGUAGES)
    if method == "self-training-english":  # so small a world has fewer confident English texts
        batch = round(0.5 * record["ledger"]["distillation"]["count"])
    assert record["metrics"]["distillation"]["encodings"] == 2 * batch <= 2 * 4 * len(LANGUAGES)
    if method.startswith("self-training") and record["metrics"]["distillation"]["collapse"] is None:
        assert record["metrics"]["distillation"]["kept_step"] == 2  # it learns from no teachers
    card = (store.find(record["id"]).path / "model" / "README.md").read_text(encoding="utf-8")
    assert METHODS[method].title in " ".join(card.split())
    again = command_again(RunRecord.model_validate(record))
    assert ("--method" in again) == (method != "distillation")
    mode = {"distillation": "frozen", "consistency": "live"}.get(method)
    assert record["metrics"]["distillation"]["teacher_mode"] == mode
    check_words_about_teachers(store.find(record["id"]), taught=method == "distillation")


def check_words_about_teachers(found: StoredRun, taught: bool) -> None:
    """The report names the method; only distillation has teachers in words and figures."""
    lines, view = describe(found.record).splitlines(), RunView.of(found)
    assert f"  method {METHODS[found.record.config['method']].title}" in lines
    assert any(line.startswith("  teachers ") for line in lines) == taught
    assert any(line.startswith("  groups by ALSACE's rule") for line in lines) != taught
    drawn = builder("confidence", view)(paper=True, width=300)
    assert set(table(drawn)["role"]) <= set(ROLES if taught else GROUPS)
    assert ("no teachers in this method" in str(drawn.to_dict()["title"])) != taught
    with pytest.raises(UserError, match="every teacher" if taught else "no selected teachers"):
        builder("lessons", view)(paper=True, width=300)


def test_which_step_is_kept(folder: Path, capsys) -> None:
    common = ("distill", "--learning-rate", "1e-12", "--check-every", "1", "--seed", "2")
    made = {keep: run(capsys, folder, *common, "--keep", keep) for keep in ("best", "last")}
    kept = {keep: record["metrics"]["distillation"]["kept_step"] for keep, record in made.items()}
    assert kept == {"best": 0, "last": 2}  # nothing is learned, so that no step beats the start


def test_self_training_on_english_never_trains_on_another_language(folder: Path, capsys) -> None:
    """Whatever texts are drawn, only the anchor's and English ones go through the model."""
    from core.distillation.classified import ClassifiedExamples

    asked: set[int] = set()
    true = ClassifiedExamples.forward_pairs

    def noting(self, model, languages, items, anchors):
        asked.update(languages.tolist())
        return true(self, model, languages, items, anchors)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ClassifiedExamples, "forward_pairs", noting)
        run(capsys, folder, "distill", "--method", "self-training-english", "--seed", "1")
    assert asked == {LANGUAGES.index("en")}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--strategy", "by-region"), "--strategy: by-region needs examples with regions"),
        (("--strategy", "nearest"), "Invalid value for '--strategy': 'nearest' is not one of"),
        (("--neighbours", "2"), "only the strategy proximity takes it"),
        (("--method", "consistency", "--strategy", "random"), "random has no effect on the method"),
        (
            ("--method", "self-training-english", "--languages", "fr,sw", "--anchor", "0",
             "--finetune", "never"),
            "trains on unlabelled English texts",
        ),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(folder: Path, capsys, words, said: str) -> None:
    store = folder / "refused"
    with pytest.raises(SystemExit) as stop:
        main(["distill", "--model", str(folder / "encoder"), "--dataset",
              str(folder / "topics.csv"), "--store", str(store), *words])  # fmt: skip
    assert stop.value.code == 2
    assert said in capsys.readouterr().err
    assert not store.exists()


@pytest.mark.parametrize(
    ("strategy", "said"),
    [
        ("scale", "no CC-100 figure for any of ht, yo"),
        ("same-family", "the family of xh is not known"),
        ("proximity", "no typological features are known of xh"),
    ],
)
def test_languages_a_strategy_knows_nothing_of_are_refused_before_any_work(
    folder: Path, capsys, strategy: str, said: str
) -> None:
    names = ("ht", "yo") if strategy == "scale" else ("en", "xh")
    data = folder / f"{strategy}.csv"
    rows = [f"{n},{name},text {n} {name},{n % 2}" for n in range(120) for name in names]
    data.write_text("\n".join(["id,language,text,label", *rows]), encoding="utf-8")
    with pytest.raises(SystemExit) as stop:
        main(["select", "--model", str(folder / "encoder"), "--dataset", str(data), "--dry-run",
              "--store", str(folder / "refused"), "--strategy", strategy])  # fmt: skip
    assert stop.value.code == 2
    assert said in capsys.readouterr().err


def test_settings_recorded_before_a_field_went(folder: Path, capsys) -> None:
    record = RunRecord.model_validate(run(capsys, folder, "distill", "--seed", "2"))
    old = record.model_copy(update={"config": {**record.config, "student_student": False}})
    assert config_of(old) == config_of(record)
    assert command_again(old) == command_again(record)
    paired = record.model_copy(
        update={
            "config": {**record.config, "student_student": True},
            "command": ["as", "it", "was"],
        }
    )
    assert command_again(paired) == ["as", "it", "was"]

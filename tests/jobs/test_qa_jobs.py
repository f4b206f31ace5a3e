"""Runs on questions through their front door, on tiny models and files of our own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.numpy import load_file
from transformers import AutoModelForQuestionAnswering

from core.config import QaEvaluateConfig, QaFinetuneConfig, QaTrainConfig
from core.config.paths import as_recorded
from core.data.qa.scores import QaScores
from core.data.qa.shown import ShownAnswers
from core.errors import RunCancelledError, UserError
from core.jobs.fitted import BADGE
from core.jobs.qa_train import told_of_gaps
from core.jobs.runner import run_now
from core.jobs.sweep import sweep
from core.jobs.sweep_plan import State, plan, standings
from core.jobs.worker import resume
from core.metrics.qa_transfer import change, summarize
from core.runs.describe import describe, headline
from core.runs.live import CANCEL, LiveRun
from core.runs.record import Status
from core.runs.store import RunStore
from core.runs.view import RunView
from tests.data.qa import files
from tests.tiny import write_model

LANGUAGES = files.LANGUAGES
PARTS = ("g_xlt", "xlt", "off_diagonal", "by_question", "by_context")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("questions")
    model = write_model(folder / "encoder", max_position_embeddings=96)
    files.xquad(folder / "public", count=6)
    files.write(folder / "own.en.json", files.articles("en", 4, prefix="s", titles="first "))
    return {"folder": folder, "store": RunStore(folder / "store"), "model": str(model)}


def data(world: dict[str, Any]) -> dict[str, Any]:
    return {
        "model": world["model"],
        "dataset": "xquad",
        "data": str(world["folder"] / "public"),
        "max_length": 80,
    }


def stage1(world: dict[str, Any], **changes: Any) -> dict[str, Any]:
    values = {
        **data(world),
        "stage1_dataset": str(world["folder"] / "own.en.json"),
        "stage1_epochs": 2,
        "stage1_batch": 8,
        "checkpoint_seconds": 0.0,
    }
    return {**values, **changes}


def train(world: dict[str, Any], **changes: Any) -> QaTrainConfig:
    short = {"epochs": 2, "batch": 16, "targets": 1, "shown_questions": 2, "dropout": 0.1}
    return QaTrainConfig(**as_recorded(stage1(world, **{**short, **changes})))


@pytest.fixture(scope="module")
def finished(world: dict[str, Any]) -> LiveRun:
    return run_now("qa_train", train(world), world["store"])


def test_the_record_of_a_training(world, finished):
    record, metrics = finished.record, finished.record.metrics
    assert record.status is Status.FINISHED
    assert record.command[:5] == ["python", "-m", "core", "qa", "train"]
    parent = world["store"].find(record.parents[0])
    assert parent.record.kind == "qa_finetune" and parent.status is Status.FINISHED
    counts = {use: part["count"] for use, part in record.ledger.items()}
    assert counts.keys() == {"stage1", "stage2", "evaluation"}
    assert counts["stage1"] == 24 and counts["stage2"] + counts["evaluation"] == 36
    assert metrics["pairs_trained"] == counts["stage2"] * 4
    assert metrics["steps"] == 2 * -(-metrics["windows_trained"] // 16)
    assert metrics["normalization"] == "mlqa"
    for when in ("before", "after"):
        for measure in ("f1", "exact_match"):
            assert set(metrics[when][measure]) == set(PARTS)
        assert metrics[when]["answered"] == counts["evaluation"] * len(LANGUAGES) ** 2
        assert metrics[when]["questions_per_second"] > 0
    assert set(record.fingerprints) == {"model", "data"}
    assert record.environment["device"] == "CPU" and record.config["learning_rate"] == 2e-3


def test_its_numbers_are_those_of_its_files(finished):
    before, after = (
        QaScores.load(finished.path / finished.record.artifacts[f"qa_scores_{when}"])
        for when in ("before", "after")
    )
    metrics = finished.record.metrics
    for when, scores in (("before", before), ("after", after)):
        kept = {x: y for x, y in metrics[when].items() if x != "questions_per_second"}
        found = summarize(scores)
        assert kept == {x: y for x, y in found.items() if x != "questions_per_second"}
    assert metrics["change"] == change(before, after)
    shown = ShownAnswers.load(finished.path / finished.record.artifacts["qa_shown_after"])
    assert len(shown.ids) == 2 and set(shown.questions) == set(LANGUAGES)


def test_its_history_has_both_coefficients_at_every_step(finished):
    rows = RunView(finished.path, finished.record).history()
    assert [row["step"] for row in rows] == list(range(1, finished.record.metrics["steps"] + 1))
    keys = {"epoch", "loss", "ce", "kl", "alpha", "map_at_k", "reciprocal_rank", "learning_rate"}
    assert all(keys <= set(row) for row in rows)
    assert {row["epoch"] for row in rows} == {0, 1}


def test_the_saved_model_is_a_standard_one_with_a_card(finished):
    model = AutoModelForQuestionAnswering.from_pretrained(finished.path / "model")
    assert model.config.architectures == ["BertForQuestionAnswering"]
    card = (finished.path / "model" / "README.md").read_text()
    assert "AutoModelForQuestionAnswering" in card
    assert f"| G-XLT | {finished.record.metrics['before']['f1']['g_xlt']:.1f} |" in card
    assert str(Path(finished.path).parent) not in card


def test_a_list_and_a_report_say_what_it_found(world, finished):
    found = finished.record.metrics
    line = " -> ".join(f"{found[when]['f1']['g_xlt']:.1f}" for when in ("before", "after"))
    assert headline(finished.record).startswith(f"F1 G-XLT {line}, off diagonal ")
    text = describe(finished.record)
    assert f"{found['after']['questions']} questions, compared as mlqa does" in text
    assert all(f"  {language} " in text for language in LANGUAGES)
    parent = world["store"].find(finished.record.parents[0])
    assert headline(parent.record).startswith("stage 1 in en: 24 questions, ")


def test_stage_1_is_reused_by_equal_settings_only(world, finished):
    store = world["store"]
    again = run_now("qa_train", train(world, objective="ce", epochs=1), store)
    assert again.record.parents == finished.record.parents
    assert "reusing the fine-tuned model" in (again.path / "log.txt").read_text()
    assert again.record.metrics["before"]["f1"] == finished.record.metrics["before"]["f1"]
    assert all(row["alpha"] == 0 for row in RunView(again.path, again.record).history())
    own = QaFinetuneConfig(**stage1(world, dropout=0.1))
    alone = run_now("qa_finetune", own, store)
    assert alone.record.reuse_key == store.find(finished.record.parents[0]).record.reuse_key
    other = run_now("qa_train", train(world, stage1_epochs=1, epochs=1), store)
    assert other.record.parents[0] not in (finished.record.parents[0], alone.id)
    anew = run_now("qa_train", train(world, stage1="always", epochs=1), store)
    assert anew.record.parents[0] not in (finished.record.parents[0], alone.id)


def test_a_model_with_a_span_head_is_taken_as_it_is(world, finished):
    parent = finished.record.parents[0]
    config = train(world, model=parent, epochs=1)
    run = run_now("qa_train", config, world["store"])
    assert run.record.parents == [parent]
    assert set(run.record.ledger) == {"stage2", "evaluation"}


def test_an_evaluation_answers_and_trains_nothing(world, finished):
    config = QaEvaluateConfig(**{**data(world), "model": finished.record.parents[0]})
    run = run_now("qa_evaluate", config, world["store"])
    assert set(run.record.metrics) == {"after", "normalization"}
    assert run.record.metrics["after"]["questions"] == 36
    assert set(run.record.artifacts) == {"qa_scores_after", "qa_shown_after"}
    assert "model" not in run.record.artifacts and run.record.parents == [
        finished.record.parents[0]
    ]
    before = finished.record.metrics["before"]["f1"]["g_xlt"]
    text = headline(run.record)
    assert text.startswith("F1 G-XLT ") and "->" not in text and before >= 0


def test_questions_the_model_was_fitted_on_are_no_evaluation(world, finished):
    config = QaEvaluateConfig(**{**data(world), "model": finished.id})
    with pytest.raises(UserError, match=r"was fitted on \d+ of the 36 questions of the evaluat"):
        run_now("qa_evaluate", config, world["store"])
    allowed = config.model_copy(update={"allow_overlap": True})
    run = run_now("qa_evaluate", allowed, world["store"])
    assert BADGE in run.record.badges


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"targets": 3}, "--targets: 3, and there are 2 beside the source among en, es, tr"),
        ({"source": ("tr",), "languages": ("en", "es")}, "Turkish (tr) is not among the languages"),
        ({"languages": ("en",)}, "--languages: only en; languages learn from each other"),
        ({"stage1_dataset": None}, "--stage1-dataset: missing; xquad has no questions for stage 1"),
        (
            {"stage1": "never", "stage1_dataset": None, "stage1_epochs": None, "stage1_batch": 24},
            "no span head, it can't answer yet; say --stage1 auto",
        ),
        ({"k": 11}, "--k: 11, more than 2 x --window 5"),
        ({"window": 4}, "--k: 10, more than 2 x --window 4: Eq. 5 could exceed 1; take 8 or fewer"),
        ({"stage1": "never"}, "has no effect: the model is taken as it is (--stage1 never)"),
        ({"objective": "ce", "temperature": 3.0}, "--temperature: 3.0 has no effect"),
        ({"objective": "kl-map", "k": 11}, "--k: 11, more than 2 x --window 5"),
        (
            {"objective": "skd", "coefficient": "reciprocal-rank"},
            "the objective is skd; only kl-map and skd-map weigh the KL",
        ),
        ({"dataset": "quad"}, "--dataset: unknown dataset 'quad'"),
        ({"data": "nowhere"}, "--data: 'nowhere': no such folder"),
        ({"languages": ("en", "xx")}, "--languages: unknown language 'xx'"),
        ({"model": "../nowhere"}, "no such folder, and no hub id"),
    ],
)
def test_bad_settings_are_one_message_and_leave_no_run(world, changes, said):
    store = RunStore(world["folder"] / "empty")
    with pytest.raises(UserError) as error:
        run_now("qa_train", train(world, **changes), store)
    assert said in str(error.value)
    assert not list(store)


def test_pairs_without_an_example_are_told_with_what_helps():
    gaps = [("en", "es"), ("es", "en")]
    told = told_of_gaps(gaps, 3, 1)
    assert told.startswith("2 of 9 pairs of languages are in no example of stage 2 (en-es, es-en):")
    assert told.endswith("two languages meet only if one is the source; take 2 or more.")
    assert told_of_gaps(gaps * 3, 4, 2).endswith(", ...): take more questions or --targets.")


def test_a_model_without_a_span_head_can_not_be_evaluated(world):
    with pytest.raises(UserError, match="make one with qa finetune or qa train and give its run"):
        run_now("qa_evaluate", QaEvaluateConfig(**data(world)), world["store"])


def test_a_stage_1_that_learned_nothing_is_said(world):
    config = train(world, stage1_epochs=1, stage1_learning_rate=1e-9, epochs=1, seed=5)
    run = run_now("qa_train", config, world["store"])
    parent = world["store"].find(run.record.parents[0])
    for record in (run.record, parent.record):
        assert any(text.startswith("Stage 1 learned nothing") for text in record.warnings)


def outcome(run: LiveRun, store: RunStore) -> tuple[Any, ...]:
    """What must be equal: all that was found but the speed, the history, and both models."""
    record = run.record.model_dump(mode="json")
    metrics = record["metrics"]
    for when in ("before", "after"):
        metrics[when].pop("questions_per_second")
    kept = {name: record[name] for name in ("metrics", "ledger", "warnings", "fingerprints")}
    parent = store.find(run.record.parents[0])
    weights = [load_file(path / "model" / "model.safetensors") for path in (run.path, parent.path)]
    return kept, RunView(run.path, run.record).history(), weights


def cancelled_at(monkeypatch: pytest.MonkeyPatch, stage: str, step: int) -> None:
    """Runs cancel themselves at this step of a stage, once."""
    true, done = LiveRun.progress, []

    def progress(self: LiveRun, what: str, at: int, total: int, **values: Any) -> None:
        if what.startswith(stage) and at == step and self.record.kind == "qa_train" and not done:
            done.append(1)
            (self.path / CANCEL).touch()
        true(self, what, at, total, **values)

    monkeypatch.setattr(LiveRun, "progress", progress)


@pytest.mark.parametrize(
    ("stage", "step"),
    [("stage 1", 4), ("self-distilling", 3), ("self-distilling", 7), ("answering after", 324)],
)
def test_stopped_anywhere_and_resumed_it_is_the_same(world, monkeypatch, tmp_path, stage, step):
    whole = RunStore(tmp_path / "whole")
    expected = outcome(run_now("qa_train", train(world), whole), whole)
    steps = len(expected[1])
    if stage == "answering after":
        step = expected[0]["metrics"]["after"]["answered"]
    assert stage != "self-distilling" or step < steps
    store = RunStore(tmp_path / "stopped")
    cancelled_at(monkeypatch, stage, step)
    with pytest.raises(RunCancelledError):
        run_now("qa_train", train(world), store)
    [stopped] = [run for run in store if run.record.kind == "qa_train"]
    assert stopped.status is Status.CANCELLED
    monkeypatch.undo()
    found = outcome(resume(store, stopped.id), store)
    assert found[:2] == expected[:2]
    for ours, theirs in zip(found[2], expected[2], strict=True):
        assert all((ours[name] == theirs[name]).all() for name in theirs)
    assert len(list(store)) == 2


def test_memory_that_runs_out_halves_what_goes_through_at_once(world, monkeypatch, tmp_path):
    from core.answering import train as training

    true = training.span_scores

    def scores(model: Any, windows: Any, positions: Any, *rest: Any) -> torch.Tensor:
        if len(positions) > 8:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB")
        return true(model, windows, positions, *rest)

    monkeypatch.setattr(training, "span_scores", scores)
    store = RunStore(tmp_path)
    run = run_now("qa_train", train(world, epochs=1, dropout=0.0), store)
    assert "Memory ran out with 16 windows at once; from then on 8." in run.record.warnings
    monkeypatch.undo()
    whole = run_now("qa_train", train(world, epochs=1, dropout=0.0), store)
    for part in ("loss", "map_at_k", "kl"):
        rows = [RunView(one.path, one.record).history() for one in (run, whole)]
        assert [x[part] for x in rows[0]] == pytest.approx(
            [x[part] for x in rows[1]], rel=1e-3, abs=1e-6
        )


def test_a_sweep_knows_the_kind_and_what_is_done(world, finished, tmp_path):
    settings = train(world).model_dump(mode="json", exclude_defaults=True)
    block = {"kind": "qa_train", "base": settings, "grid": {"objective": ["skd-map", "ce"]}}
    block["name"] = "{objective} ntl {targets}"
    path = tmp_path / "sweep.json"
    path.write_text(json.dumps(block))
    planned = plan(path)
    assert [one.name for one in planned] == ["skd-map ntl 1", "ce ntl 1"]
    states = [found.state for found in standings(planned, world["store"])]
    assert states[0] is State.DONE
    sweep(planned, world["store"])
    assert {found.state for found in standings(planned, world["store"])} == {State.DONE}

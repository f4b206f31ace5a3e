"""What a run may start from: heads, parents, resumes; and what it then says about its items."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from core.config import DemoConfig, DistillConfig, FinetuneConfig, PredictConfig, SelectConfig
from core.distillation.train import Distillation
from core.errors import ClaimLostError, CoreError, RunCancelledError, UserError
from core.jobs import finetune
from core.jobs.fitted import BADGE
from core.jobs.runner import compute, run_now
from core.jobs.worker import resume
from core.models.find import find_model
from core.models.finetune import FinetuneResult
from core.models.load import load_classifier
from core.runs import claims
from core.runs.live import CANCEL, LiveRun
from core.runs.record import Status
from core.runs.store import RunStore
from tests.tiny import CLASSES, classes, write_data, write_model

FITTED = {"english_labels", "stopping"}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("start")
    store = RunStore(folder / "store")
    values = {
        "model": str(write_model(folder / "encoder")),
        "dataset": str(write_data(folder / "topics.csv", items=150)),
        "finetune_epochs": 1,
        "max_length": 32,
    }
    tuned = run_now("finetune", FinetuneConfig(**values), store)
    return {"store": store, "values": values, "tuned": tuned, "folder": folder}


def settings(world, kind=DistillConfig, **changes):
    short = {"steps": 2, "batch": 3, "check_every": 1, "learning_rate": 1e-4}
    short = short if issubclass(kind, DistillConfig) else {}
    return kind(**{**world["values"], **short, **changes})


def head(world, names):
    """A folder with a head of these classes."""
    folder = world["folder"] / "-".join(names)
    if not folder.exists():
        source = find_model(settings(world), world["store"])
        made = load_classifier(source, classes(names), 0.1, 0)
        made.model.save_pretrained(folder)
        made.tokenizer.save_pretrained(folder)
    return str(folder)


def test_a_model_is_named_by_any_part_that_names_its_run(world):
    tuned = world["tuned"].id
    for name in (tuned, tuned[:-3], tuned.rsplit("-", 1)[-1]):
        assert find_model(settings(world, model=name), world["store"]).run == tuned


def test_a_head_of_other_classes_is_not_taken(world):
    model = head(world, ("weather", "metal", "fruit"))
    with pytest.raises(UserError, match=r"weather, metal, fruit.*fruit, metal, weather"):
        run_now("predict", settings(world, PredictConfig, model=model, finetune="never"),
                world["store"])  # fmt: skip
    run = run_now("predict", settings(world, PredictConfig, model=model), world["store"])
    assert world["store"].find(run.record.parents[0]).record.kind == "finetune"


def test_a_head_without_names_is_taken_on_demand_with_a_warning(world):
    model = head(world, ("LABEL_0", "LABEL_1", "LABEL_2"))
    never = settings(world, PredictConfig, model=model, finetune="never")
    run = run_now("predict", never, world["store"])
    assert "in this order" in run.record.warnings[0]
    assert set(run.record.ledger) == {"evaluation"}
    always = run_now("predict", settings(world, PredictConfig, model=model), world["store"])
    assert always.record.parents


def test_more_tokens_than_the_model_has_positions_for_are_warned_of(world):
    run = run_now("predict", settings(world, PredictConfig, max_length=500), world["store"])
    assert [text for text in run.record.warnings if "longer texts were cut at 64" in text]
    fits = run_now("predict", settings(world, PredictConfig, max_length=64), world["store"])
    assert not [text for text in fits.record.warnings if "positions" in text]


def test_each_kind_records_the_uses_it_makes(world):
    assert set(world["tuned"].record.ledger) == FITTED
    predicted = run_now("predict", settings(world, PredictConfig), world["store"])
    assert set(predicted.record.ledger) == {*FITTED, "evaluation"}
    selected = run_now("select", settings(world, SelectConfig), world["store"])
    assert set(selected.record.ledger) == {*FITTED, "selection", "evaluation"}


def test_a_model_of_the_same_data_and_seed_is_no_leak(world):
    for kind, config in (("select", SelectConfig), ("distill", DistillConfig)):
        run = run_now(kind, settings(world, config, model=world["tuned"].id), world["store"])
        assert run.record.badges == [] and run.record.parents == [world["tuned"].id]


def test_a_model_fitted_on_this_runs_items_is_refused(world):
    leak = {"model": world["tuned"].id, "seed": 1}
    with pytest.raises(UserError, match=r"was fitted on \d+ items of selection"):
        run_now("select", settings(world, SelectConfig, **leak), world["store"])
    leak["model"] = str(world["tuned"].path / "model")
    with pytest.raises(UserError, match=r"items of evaluation"):
        run_now("predict", settings(world, PredictConfig, **leak), world["store"])
    allowed = settings(world, PredictConfig, **leak, allow_overlap=True)
    assert run_now("predict", allowed, world["store"]).record.badges == [BADGE]


def test_the_items_of_a_models_parents_count_too(world):
    distilled = run_now("distill", settings(world, teacher_mode="live"), world["store"])
    same = settings(world, PredictConfig, model=distilled.id)
    assert run_now("predict", same, world["store"]).record.badges == []
    with pytest.raises(UserError, match=r"fitted on \d+ items of distillation"):
        run_now("distill", settings(world, model=distilled.id), world["store"])


def test_hubs_and_recipes_are_told_apart(world, monkeypatch):
    from dataclasses import replace

    from core.jobs.inputs import read_items
    from core.models.device import pick_device

    config = settings(world)
    source, items = find_model(config, world["store"]), read_items(config, world["store"])
    device = pick_device(config)
    other = replace(source, fingerprint="someone/other@main")
    keys = [finetune.reuse_key(config, items, each, device) for each in (source, other)]
    monkeypatch.setattr(finetune, "RECIPE", finetune.RECIPE + 1)
    keys.append(finetune.reuse_key(config, items, source, device))
    assert len(set(keys)) == 3
    again = config.model_copy(update={"finetune": "always", "model": "elsewhere"})
    assert finetune.reuse_key(again, items, source, device) == keys[2]


def test_a_fine_tuning_that_learned_nothing_is_named_everywhere(world, monkeypatch):
    monkeypatch.setattr(FinetuneResult, "learned", False)
    run = run_now("predict", settings(world, PredictConfig, seed=4), world["store"])
    parent = world["store"].find(run.record.parents[0])
    assert "learned nothing" in parent.record.warnings[0]
    assert parent.record.warnings == run.record.warnings


@pytest.mark.parametrize("error", [UserError("bad"), KeyboardInterrupt(), CoreError("diverged")])
def test_how_a_fine_tuning_inside_a_run_ends(world, monkeypatch, error):
    def burst(*_):
        raise error

    monkeypatch.setattr(finetune, "tune", burst)
    before = set(world["store"].paths())
    with pytest.raises((CoreError, RunCancelledError)):
        run_now("predict", settings(world, PredictConfig, seed=9), world["store"])
    left = [world["store"].find(path.name) for path in set(world["store"].paths()) - before]
    expected = {UserError: None, KeyboardInterrupt: Status.CANCELLED}.get(
        type(error), Status.FAILED
    )
    assert {run.status for run in left} == ({expected} if expected else set())


def test_a_fine_tuning_inside_a_run_beats_and_may_be_taken_over(world, monkeypatch):
    beating = []

    def overtaken(*given):
        child = given[-1][0]
        beating.extend(thread.name for thread in threading.enumerate())
        claims.take(child.path, claims.newest(child.path))
        child.progress("fine-tuning", 1, 2)

    monkeypatch.setattr(finetune, "tune", overtaken)
    before = set(world["store"].paths())
    with pytest.raises(ClaimLostError):
        run_now("predict", settings(world, PredictConfig, seed=10), world["store"])
    left = [world["store"].find(path.name) for path in set(world["store"].paths()) - before]
    child, run = sorted(left, key=lambda run: run.record.kind)
    assert f"heartbeat of {child.id}" in beating
    assert child.status is Status.RUNNING and not claims.newest(child.path).released
    assert run.status is Status.FAILED and f"{child.id} was taken over" in run.record.error
    assert claims.newest(run.path).released


def predicting(world):
    """The config of a prediction run, as JSON."""
    return settings(world, PredictConfig).model_dump(mode="json")


def the_only(store, status):
    """The one unfinished distillation (ids of one second are in no order)."""
    found = [r for r in store if r.record.kind == "distill" and r.status is status]
    assert len(found) == 1
    return found[0]


def test_a_resume_keeps_the_fine_tuning_it_began_with(world, monkeypatch):
    true = LiveRun.progress

    def cancel(self, stage, step, total, **values):
        if stage == "distilling":
            (self.path / CANCEL).touch()
        true(self, stage, step, total, **values)

    monkeypatch.setattr(LiveRun, "progress", cancel)
    with pytest.raises(RunCancelledError):
        run_now("distill", settings(world, finetune="always"), world["store"])
    monkeypatch.setattr(LiveRun, "progress", true)
    cancelled = the_only(world["store"], Status.CANCELLED)
    assert cancelled.record.parents != [world["tuned"].id]
    resumed = resume(world["store"], cancelled.id)
    assert resumed.record.parents == cancelled.record.parents


def test_a_failed_run_goes_on_from_its_checkpoint(world, monkeypatch):
    true = Distillation.train_step

    def burst(self):
        if self.step == 1:
            self._save()
            raise RuntimeError("the tensor burst")
        return true(self)

    monkeypatch.setattr(Distillation, "train_step", burst)
    with pytest.raises(RuntimeError):
        run_now("distill", settings(world), world["store"])
    failed = the_only(world["store"], Status.FAILED)
    monkeypatch.setattr(Distillation, "train_step", true)
    assert resume(world["store"], failed.id).record.status is Status.FINISHED


@pytest.fixture
def interruptible():
    """Ctrl-C is heeded, as in a terminal (a process in the background inherits it ignored)."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_asks_for_a_cancel(world, number):
    before = [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)]
    reached = []

    def work(run):
        os.kill(os.getpid(), number)
        reached.append(signal.getsignal(number))
        run.progress("counting", 1, 2)

    run = LiveRun(world["store"].create("predict", predicting(world), []))
    with pytest.raises(RunCancelledError):
        compute(run, work)
    assert run.record.status is Status.CANCELLED
    assert reached == [before[number is signal.SIGTERM]]
    assert [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)] == before


@pytest.mark.usefixtures("interruptible")
def test_the_second_signal_interrupts(world):
    def work(run):
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGINT)

    run = LiveRun(world["store"].create("predict", predicting(world), []))
    with pytest.raises(RunCancelledError):
        compute(run, work)
    assert "interrupted" in (run.path / "log.txt").read_text()


def test_an_anchor_needs_english(world):
    model = head(world, CLASSES)
    few = {"model": model, "finetune": "never", "languages": ("fr", "sw")}
    with pytest.raises(UserError, match="say --anchor 0"):
        run_now("distill", settings(world, **few), world["store"])
    run = run_now("distill", settings(world, **few, anchor=0.0), world["store"])
    assert set(run.record.ledger) == {"selection", "distillation", "evaluation"}


def test_unknown_teachers_by_hand_are_refused_before_any_work(world):
    unknown = settings(world, SelectConfig, strategy="by-hand", teachers=("de",), seed=11)
    before = len(world["store"].paths())
    with pytest.raises(UserError, match="de not among the languages"):
        run_now("select", unknown, world["store"])
    assert len(world["store"].paths()) == before


def test_gradient_checkpointing_changes_no_result(world):
    def after(**changes):
        config = settings(world, teacher_mode="ema", **changes)
        return run_now("distill", config, world["store"]).record.metrics["after"]

    assert after(gradient_checkpointing=True) == after()


def test_the_record_agrees_with_the_figures_about_the_change(world):
    from core.data.predictions import Predictions
    from core.metrics.paired_bootstrap import paired_bootstrap

    run = run_now("distill", settings(world, seed=2), world["store"])
    both = [Predictions.load(run.path / f"predictions_{x}.npz") for x in ("before", "after")]
    assert run.record.metrics["change"]["average"] == paired_bootstrap(*both).to_json()["average"]


def test_the_demo_uses_labels(world):
    from core.jobs.distill import _uses
    from core.jobs.inputs import read_items

    config = settings(world, DemoConfig, model=head(world, CLASSES), anchor=0.0)
    found = _uses(config, read_items(config, world["store"]), find_model(config, world["store"]))
    assert {"labelled", "stopping"} <= set(found)

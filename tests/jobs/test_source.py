"""Whose labels are used: another language than English, few of them, data in one language."""

from __future__ import annotations

import pytest

from core.config import DistillConfig, FinetuneConfig, PredictConfig, SelectConfig
from core.errors import UserError
from core.figures.data_table import table
from core.figures.registry import builder
from core.jobs.kinds import command_for, kind_of
from core.jobs.runner import run_now
from core.runs.store import RunStore
from core.runs.view import RunView
from tests.data import files
from tests.tiny import write_data, write_model


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("source")
    values = {
        "model": str(write_model(folder / "encoder")),
        "dataset": str(write_data(folder / "topics.csv", items=150)),
        "finetune_epochs": 2,
        "max_length": 32,
    }
    return {"store": RunStore(folder / "store"), "values": values, "folder": folder}


def run(world, kind, config, **changes):
    return run_now(kind, config(**{**world["values"], **changes}), world["store"])


SHORT = {"steps": 2, "batch": 3, "check_every": 1, "learning_rate": 1e-4}


def test_without_english_everything_is_said_of_the_source(world):
    found = run(
        world, "distill", DistillConfig, **SHORT, languages=("fr", "sw"), source="swa"
    ).record
    scores = found.metrics["before"]
    assert scores["gap_from"] == found.metrics["after"]["gap_from"] == "sw"
    gap = scores["accuracy"]["sw"] - scores["accuracy"]["fr"]
    assert scores["transfer_gap"] == pytest.approx(gap)
    assert scores["average_non_english"] == scores["accuracy"]["fr"]
    assert found.metrics["change"]["transfer_gap"]["estimate"] == pytest.approx(
        found.metrics["after"]["transfer_gap"] - gap
    )
    assert found.ledger["english_labels"]["languages"] == ["sw"]
    tuned = world["store"].find(found.parents[0])
    assert tuned.record.ledger["stopping"]["languages"] == ["sw"]
    log = (tuned.path / "log.txt").read_text()
    assert "fine-tuning on Swahili" in log
    assert "English" not in log
    view = RunView.find(world["store"], found.id)
    drawn = table(builder("transfer-gap", view)(paper=True, width=300))
    assert set(drawn["language"]) == {"fr", "AVG gap", "AVG accuracy", "sw accuracy"}
    changed = table(builder("gap-change", view)(paper=True, width=300))
    assert list(changed["part"]) == ["Swahili", "Others (mean)", "Gap"]
    assert "labels in Swahili only" in (tuned.path / "model" / "README.md").read_text()


def test_another_source_is_another_fine_tuning_but_the_gap_stays_englishs(world):
    english, swahili, again = (
        run(world, "predict", PredictConfig, source=source).record for source in ("en", "sw", "swh")
    )
    assert english.parents != swahili.parents == again.parents
    assert swahili.metrics["before"]["gap_from"] == english.metrics["before"]["gap_from"] == "en"
    labelled = [x.ledger["english_labels"] for x in (english, swahili)]
    assert labelled[0]["items"] == labelled[1]["items"]


@pytest.mark.parametrize(
    ("kind", "config", "changes", "said"),
    [
        ("finetune", FinetuneConfig, {}, "English (en) is not among fr, sw; add it, say --source"),
        ("distill", DistillConfig, {}, "--anchor 1 adds a loss on labelled English items, and"),
        (
            "distill",
            DistillConfig,
            {},
            "say --anchor 0, with a fine-tuned model and --finetune never",
        ),
        ("distill", DistillConfig, {"finetune": "never"}, "or say --anchor 0"),
        ("select", SelectConfig, {"source": "zh"}, "Chinese (zh) is not among fr, sw"),
        ("select", SelectConfig, {"source": "fr", "labelled": 0}, "there are none (--labelled 0)"),
    ],
)
def test_missing_labels_are_refused(world, kind, config, changes, said):
    settings = config(**{**world["values"], "languages": ("fr", "sw"), **changes})
    with pytest.raises(UserError) as error:
        kind_of(kind).prepare(settings, world["store"])
    assert said in str(error.value)


def test_few_labels_without_stopping_items(world):
    tuned = run(world, "finetune", FinetuneConfig, labelled=4, stopping_share=0.0).record
    assert {use: part["count"] for use, part in tuned.ledger.items()} == {"english_labels": 4}
    assert tuned.metrics["kept_epoch"] == 2
    assert list(tuned.metrics["epochs"][0]) == ["train_loss"]
    assert tuned.command[-2:] == ["--stopping-share", "0.0"]
    some = run(world, "finetune", FinetuneConfig, labelled=4).record
    assert {use: part["count"] for use, part in some.ledger.items()} == {
        "english_labels": 3,
        "stopping": 1,
    }


def test_a_class_nobody_labelled_is_warned_of(world):
    warned = [
        run(world, "finetune", FinetuneConfig, labelled=2, seed=seed).record.warnings[0]
        for seed in range(2)
    ]
    assert all("No labelled item, of 1, is" in text for text in warned)


def test_a_fitted_model_needs_no_labels(world):
    tuned = run(world, "finetune", FinetuneConfig, languages=("en",))
    assert tuned.record.ledger["english_labels"]["languages"] == ["en"]
    assert tuned.record.ledger["english_labels"]["count"] == 81  # of all 90 that train
    other = str(write_data(world["folder"] / "others.csv", items=60, seed=1))
    distilled = run(
        world,
        "distill",
        DistillConfig,
        **SHORT,
        model=tuned.id,
        dataset=other,
        languages=("fr", "sw"),
        finetune="never",
        anchor=0.0,
        labelled=0,
    ).record
    assert set(distilled.ledger) == {"selection", "distillation", "evaluation"}
    assert distilled.metrics["before"]["transfer_gap"] is None
    view = RunView.find(world["store"], distilled.id)
    for name in ("transfer-gap", "gap-change"):
        with pytest.raises(UserError, match=r"has no transfer gap: .* English \(en\) .* fr, sw"):
            builder(name, view)(paper=True, width=300)


def test_the_chain_to_xcopa_is_read_and_says_which_head_it_needs(world):
    folder = world["folder"]
    one = FinetuneConfig(
        model=world["values"]["model"],
        dataset="copa",
        data=str(files.copa(folder / "copa")),
        finetune="always",
    )
    kind_of("finetune").prepare(one, world["store"])
    assert "--dataset copa" in " ".join(command_for("finetune", one))
    for name, kind, config in (
        ("copa", "distill", DistillConfig),
        ("siqa", "select", SelectConfig),
    ):
        with pytest.raises(UserError, match=f"{name} is in English only"):
            kind_of(kind).prepare(config(dataset=name, data=str(folder)), world["store"])
    data = str(files.xcopa(folder / "xcopa", val=30))
    many = FinetuneConfig(
        model=world["values"]["model"],
        dataset="xcopa",
        data=data,
        source="zh",
        languages=("th", "zh"),
    )
    kind_of("finetune").prepare(many, world["store"])
    english = DistillConfig(model=many.model, dataset="xcopa", data=data)
    with pytest.raises(UserError, match=r"fine-tune on that first .* --finetune never --anchor 0"):
        kind_of("distill").prepare(english, world["store"])


def test_what_was_repaired_is_logged_and_what_was_not_is_warned_of(world):
    from core.jobs.inputs import read_items

    folder = files.xcopa(world["folder"] / "repaired", val=30)
    settings = {"dataset": "xcopa", "data": str(folder), "source": "et"}
    items = read_items(FinetuneConfig(**settings), world["store"])
    assert [note.split(" wrong")[0] for note in items.notes] == ["validation: 15", "test: 4"]
    for file in (folder / "data/zh").iterdir():
        file.unlink()
    items = read_items(FinetuneConfig(**settings), world["store"])
    assert not items.notes
    assert len(items.warnings) == 1
    assert "taken as written" in items.warnings[0]

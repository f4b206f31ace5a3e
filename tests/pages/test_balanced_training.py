"""The page Balanced training: empty, with runs, with damaged ones, and what it starts."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.config import BalanceConfig, BalanceProbeConfig
from core.jobs.workers import NO_WORKER
from core.runs.store import RunStore, StoredRun
from dashboard.start_balance import PROBE
from tests.dashboard import balanced_runs
from tests.pages.opened import open_page, with_files


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    monkeypatch.setenv("CORE_STORE", str(tmp_path))
    monkeypatch.setenv(NO_WORKER, "1")
    return RunStore(tmp_path)


@pytest.fixture
def runs(store: RunStore) -> dict[str, StoredRun]:
    return balanced_runs.fill(store.root)


def texts(app: AppTest) -> str:
    parts = (app.markdown, app.caption, app.info, app.warning, app.error)
    return "\n".join(x.value for part in parts for x in part)


def frame(app: AppTest, *columns: str) -> pd.DataFrame:
    """The first table with these columns."""
    return next(x.value for x in app.dataframe if set(columns) <= set(x.value.columns))


def test_an_empty_store_says_what_to_do(store: RunStore) -> None:
    app = open_page("balanced_training")
    assert not app.exception and not app.error
    assert any("python -m core balance" in x.value for x in app.code)
    assert any("balance-probe --model RUN" in x.value for x in app.code)
    assert [x.value for x in app.subheader] == ["Linear probes"]


def test_a_comparison_and_its_probes(runs: dict[str, StoredRun]) -> None:
    app = open_page("balanced_training", run=runs["balance"].id, probe=runs["pos"].id)
    assert not app.exception and not app.error
    said = texts(app)
    assert "Of 7 findings of the paper that this run can speak to" in said
    assert "Balancing the data lifts the low" in said
    assert "Of 4 findings of the paper" in said
    headings = [x.value for x in app.subheader]
    assert headings == [
        "MRR by language",
        "High- against low-resource languages",
        "Distance from the monolingual teachers",
        "What holds of the paper here",
        "Data by language",
        "Training curves",
        "Linear probes",
        "From language to language",
    ]
    table = frame(app, "Model", "All")
    assert list(table["Model"]) == ["HL", "HL balanced", "Distilled"] * 3
    assert list(table["Source"])[2:4] == ["here", "the paper, shared script"]
    assert list(table["Low-resource"])[3:] == [-2.5, 0.3, -0.1, -5.1, -3.8, -3.1]
    expected = runs["balance"].record.metrics["difference"]["distilled"]["low"]
    assert table["Low-resource"][2] == pytest.approx(expected)
    groups = frame(app, "Languages")
    cell = runs["pos"].record.metrics["group_scores"]["hl"]["low"]["in_lang"]
    written = f"{cell['mean']:.1f} ± {cell['sd']:.1f}"
    assert groups["HL: IN-LANG"][0] == written
    assert list(groups["HL: IN-LANG"])[3:6] == ["35.2", "83.3", "55.8"]  # the paper's Table 3
    languages = frame(app, "Commonest tag")
    assert list(languages["Language"]) == ["en", "de*", "fr", "hu", "eu"]
    data = frame(app, "Masked test positions")
    assert list(data["Language"]) == ["en", "de", "fr", "hu", "eu"]
    assert data["unique texts"][0] == runs["balance"].record.metrics["unique_sentences"]["en"]


def test_the_heatmap_is_of_the_model_that_is_chosen(runs: dict[str, StoredRun]) -> None:
    app = open_page("balanced_training", probe=runs["ner"].id)
    picker = app.segmented_control(key="transfer")
    assert picker.value == "distilled"
    picker.set_value("hl").run()
    assert not app.exception and not app.error
    table = frame(with_files(app, "probe_transfer"), "source")
    found = table[(table["source"] == "en") & (table["target"] == "fr")]["score"].iloc[0]
    expected = runs["ner"].record.metrics["scores"]["hl"]["en"]["fr"]["mean"]
    assert found == pytest.approx(expected)


def test_models_can_be_left_out_of_the_figures(runs: dict[str, StoredRun]) -> None:
    app = open_page("balanced_training", run=runs["balance"].id)
    app.pills(key="models").set_value(["hl", "distilled"]).run()
    assert not app.exception and not app.error
    with_files(app, "mrr", "balance")
    assert set(frame(app, "row", "value")["model"]) == {"HL", "Distilled"}
    assert set(frame(app, "high_low")["model"]) == {"HL", "Distilled"}


def test_a_run_that_was_stopped_shows_its_curves(runs: dict[str, StoredRun]) -> None:
    app = open_page("balanced_training", run=runs["cancelled"].id)
    assert not app.exception and not app.error
    assert any("ended before it was measured" in x.value for x in app.info)
    with_files(app, f"history_{runs['cancelled'].id}")
    assert set(frame(app, "quantity")["quantity"]) == {"loss", "dev_mrr"}


@pytest.mark.parametrize("damage", ["mrr", "ranks", "probes"])
def test_damaged_runs_are_one_message(runs: dict[str, StoredRun], damage: str) -> None:
    run = runs["pos" if damage == "probes" else "balance"]
    if damage == "ranks":
        (run.path / "reciprocal_ranks.npz").write_bytes(b"no archive")
    else:
        path = run.path / "record.json"
        record = json.loads(path.read_text(encoding="utf-8"))
        record["metrics"]["teachers" if damage == "mrr" else "scores"] = {"x": "y"}
        path.write_text(json.dumps(record), encoding="utf-8")
    app = open_page("balanced_training", run=runs["balance"].id, probe=runs["pos"].id)
    assert not app.exception
    assert [x.value for x in app.error if "can't be read" in x.value.replace("\\", "")]
    if damage == "ranks":  # the rest of the page is there, without intervals
        assert "no intervals" in texts(app)
        assert not frame(with_files(app, "mrr"), "row", "value").empty


def test_a_comparison_is_started(store: RunStore) -> None:
    app = open_page("balanced_training")
    app.number_input(key="balance.steps").set_value(12)
    app.button(key="start_balance").click().run()
    assert not app.exception
    [run] = store
    assert run.record.kind == "balance"
    assert BalanceConfig.model_validate(run.record.config) == BalanceConfig(steps=12)
    assert run.id in app.query_params["run"]


def test_probes_of_the_shown_comparison_are_started(runs: dict[str, StoredRun]) -> None:
    app = open_page("balanced_training", run=runs["balance"].id)
    app.segmented_control(key="balance_kind").set_value(PROBE).run()
    assert app.text_input(key="balance_probe.model").value == runs["balance"].id
    assert app.button(key="start_balance_probe").disabled  # the folder of treebanks is missing
    app.text_input(key="balance_probe.data").set_value(".").run()
    app.button(key="start_balance_probe").click().run()
    assert not app.exception
    newest = next(iter(RunStore(runs["balance"].path.parent)))
    wanted = BalanceProbeConfig(model=runs["balance"].id, data=".")
    assert BalanceProbeConfig.model_validate(newest.record.config) == wanted
    assert newest.id in app.query_params["probe"]


def test_the_list_of_runs_has_their_numbers(runs: dict[str, StoredRun]) -> None:
    app = open_page("overview")
    assert not app.exception
    table = frame(app, "Made by")
    by_kind = table.set_index("Kind")
    metrics = runs["balance"].record.metrics
    shown = by_kind.loc["balance"].dropna(subset=["MRR"]).iloc[0]
    assert shown["MRR"] == pytest.approx(metrics["means"]["distilled"]["all"])
    assert shown["To teachers"] == pytest.approx(metrics["difference"]["distilled"]["all"])
    probes = runs["pos"].record.metrics["group_scores"]["distilled"]["all"]["in_lang"]["mean"]
    assert by_kind.loc["balance_probe"]["Probes"].max() == pytest.approx(probes)


def test_seeds_are_shown_together(store: RunStore) -> None:
    made = [balanced_runs.compared(store, seed=seed) for seed in (0, 1, 2)]
    probes = [balanced_runs.probed(store, run) for run in made]
    app = open_page("balanced_training", run=made[1].id, probe=probes[1].id)
    assert not app.exception and not app.error
    said = texts(app)
    assert "all 3 seeds say so" in said and "models of 3 comparisons" in said
    values = [run.record.metrics["difference"]["hl"]["low"] for run in made]
    table = frame(app, "Model", "All")
    assert table["Low-resource"][0] == pytest.approx(sum(values) / 3)
    ends = [
        float(x)
        for x in table["Low-resource: range of 3 seeds"][0].replace("−", "-")[1:-1].split(",")
    ]
    assert ends == pytest.approx([min(values), max(values)], abs=0.051)
    app.segmented_control(key="seeds").set_value("alone").run()
    assert not app.exception and not app.error
    assert frame(app, "Model", "All")["Low-resource"][0] == pytest.approx(values[1])


def test_german_in_two_sets(store: RunStore) -> None:
    shared = balanced_runs.compared(store)
    diverse = balanced_runs.compared(store, ("de", "ru", "ko"))
    balanced_runs.probed(store, shared)
    app = open_page("balanced_training", run=shared.id)
    assert not app.exception and not app.error
    assert "One language in two sets" in [x.value for x in app.subheader]
    table = frame(app, "shared script: MRR", "diverse scripts: D")
    assert list(table["Model"]) == ["Teachers", *["HL", "HL balanced", "Distilled"] * 2]
    german = diverse.record.metrics["mrr"]["hl"]["de"] - diverse.record.metrics["teachers"]["de"]
    assert table["diverse scripts: D"][1] == pytest.approx(german)
    assert list(table["diverse scripts: D"])[4:] == [-2.5, -12, -5.2]
    assert table["shared script: POS"][4] == 87.1
    assert "German does better against its own teacher" in texts(app)


def changed(run: StoredRun, **metrics: object) -> None:
    """Write other metrics into a run's record."""
    path = run.path / "record.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record["metrics"] |= metrics
    path.write_text(json.dumps(record), encoding="utf-8")


def test_the_page_opens_on_several_languages(store: RunStore) -> None:
    several = balanced_runs.compared(store)
    crowded = balanced_runs.compared(store, ("de", "ru", "el"))
    changed(crowded, vocabulary=6001)
    balanced_runs.sized(store, 400, 100)
    app = open_page("balanced_training")
    assert not app.exception and several.id in app.query_params["run"]
    assert "single characters" not in texts(app)
    app = open_page("balanced_training", run=crowded.id)
    assert "more different characters than the 6,000 pieces" in texts(app)
    assert "all 6,001 are single characters" in texts(app)
    assert "the first 62 only" in texts(app)


def test_hl_with_as_many_epochs_is_told_of(store: RunStore) -> None:
    run = balanced_runs.compared(store)
    metrics = run.record.metrics
    teachers = metrics["teachers"]
    changed(
        run,
        mrr=metrics["mrr"] | {"hl-epochs": {x: value - 1 for x, value in teachers.items()}},
        steps=metrics["steps"] | {"hl-epochs": 1300},
        kept_steps=metrics["kept_steps"] | {"hl-epochs": 300},  # 5 looks of 200 steps in vain
    )
    said = texts(open_page("balanced_training", run=run.id)).replace("\\", "")
    student = sum(metrics["mrr"]["distilled"][x] - teachers[x] for x in teachers) / len(teachers)
    assert "does better against the teachers than the student: −1.0 against −" in said
    assert f"{abs(student):.1f} points" in said
    assert "Against HL (same epochs): **does not hold**, distilled minus HL (same epochs)" in said
    assert "HL (same epochs) of run" in said and "ended early, after 1,300 steps" in said


def test_sizes_of_one_language(store: RunStore) -> None:
    made = [balanced_runs.sized(store, *x) for x in ((400, 100), (400, 200), (900, 100))]
    app = open_page("balanced_training", run=made[0].id)
    assert not app.exception and not app.error
    assert "A teacher's data against its student's" in [x.value for x in app.subheader]
    assert "Soft labels beat hard labels on the same text in" in texts(app)
    assert "One language alone" in texts(app) and "With hard labels MRR is" in texts(app)
    assert app.subheader[0].value == "A teacher's data against its student's"
    assert list(frame(app, "Student's text")["Student's text"]) == ["100", "200", "100"]
    with_files(app, "teacher_student")
    assert set(frame(app, "labels")["labels"]) == {
        "hard labels", "teacher of 400", "teacher of 900",
    }  # fmt: skip

"""The page Knowledge probing, on made-up runs of every kind it shows."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.runs.files import write_json
from core.runs.store import StoredRun
from dashboard.scores import summary
from tests.dashboard import probed_runs, stored_runs
from tests.pages.opened import open_page, with_files
from tests.pages.test_hostile_pages import spoil_array, spoil_json
from tests.pages.test_pages import text_of


@pytest.fixture
def probed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, StoredRun]:
    monkeypatch.setenv("CORE_STORE", str(tmp_path / "runs"))
    return probed_runs.fill(tmp_path / "runs")


def open_on(run: StoredRun, **query: str | list[str]) -> AppTest:
    app = open_page("geomlama", run=run.id, **query)
    assert not app.exception
    assert not app.error, [x.value for x in app.error]
    return app


def tables(app: AppTest, column: str) -> list:
    """The tables that have this column."""
    return [x.value for x in app.dataframe if column in x.value]


def tick_question(app: AppTest, question: str) -> None:
    """What a click on the row of a question does."""
    app.session_state["questions_ticked"] = [question]
    app.session_state["questions_version"] = 1
    app.run()


def change_record(run: StoredRun, **parts: object) -> None:
    place = run.path / "record.json"
    write_json(place, json.loads(place.read_text()) | parts)


@pytest.mark.parametrize("name", ["probe", "global", "region"])
def test_a_run_is_shown(name: str, probed: dict[str, StoredRun]) -> None:
    app = open_on(probed[name])
    beside_glossary = "\n".join(x.value for x in [*app.main.markdown, *app.main.caption])
    assert ("transductive" in beside_glossary) == (name != "probe")
    [averages] = [x for x in tables(app, "Language") if {"Average (%)", "Before"} & set(x)]
    assert list(averages["Language"]) == list(probed_runs.LANGUAGES)
    verdicts = {"right", "wrong"} if name == "probe" else {"turned right", "turned wrong", "net"}
    [counted] = [x for x in tables(app, "Language") if verdicts <= set(x)]
    whole = len(probed_runs.dataset())
    summed = counted.drop(columns=["Language", "net"], errors="ignore").sum(axis=1)
    assert set(summed) == {whole}


def test_the_truth_check_of_a_probe_is_shown(probed: dict[str, StoredRun]) -> None:
    app = open_on(probed["probe"])
    [rows] = tables(app, "Once for all")
    charts = [str(x.proto.spec) for x in app.get("vega_lite_chart")]
    assert any(all(name in chart for name in rows["Strategy"]) for chart in charts)
    assert any(name.startswith("alsace and ") for name in rows["Strategy"])
    said = text_of(app)
    assert "were truly given more" in said and "choose the same teachers" in said
    assert "the surest language" in said and "Spearman" in said
    app.segmented_control(key="truth").set_value("recall").run()
    assert not app.exception and not app.error
    assert not tables(open_on(probed["global"]), "Once for all")


@pytest.mark.parametrize("content", [b"no arrays", b""])
def test_damaged_answers_are_messages_and_no_traceback(
    content: bytes, probed: dict[str, StoredRun]
) -> None:
    (probed["global"].path / "answers_after.npz").write_bytes(content)
    app = open_page("geomlama", run=probed["global"].id)
    assert not app.exception
    told = [x.value.replace("\\", "") for x in app.error]
    assert sum("answers_after.npz" in x for x in told) >= 2  # the scores, and the questions
    assert not any("This part of the page failed" in x for x in told)


def test_a_probe_without_a_truth_check_says_how_to_get_one(probed: dict[str, StoredRun]) -> None:
    metrics = {x: y for x, y in probed["probe"].record.metrics.items() if x != "truth"}
    change_record(probed["probe"], metrics=metrics)
    assert "no check against the truth" in text_of(open_on(probed["probe"]))
    change_record(probed["probe"], metrics={**metrics, "truth": {"seeds": 3}})
    app = open_page("geomlama", run=probed["probe"].id)
    assert not app.exception and ["can't be read" in x.value for x in app.error] == [True]


def test_the_papers_table_is_shown_with_its_source(probed: dict[str, StoredRun]) -> None:
    app = open_on(probed["probe"])
    app.segmented_control(key="source").set_value("paper").run()
    assert not app.exception and not app.error
    assert "Table 12" in text_of(app) and "arxiv.org/abs/2404.08491" in text_of(app)
    [averages] = [x for x in tables(app, "Before")]
    assert averages.set_index("Language").loc["fa", "After"] == pytest.approx(40.62, abs=0.01)


def test_questions_are_filtered_and_one_is_seen_in_every_language(
    probed: dict[str, StoredRun],
) -> None:
    app = open_on(probed["region"])
    app.selectbox(key="verdict").select("turned wrong").run()
    app.selectbox(key="question_language").select("sw").run()
    [listed] = tables(app, "Verdict")
    assert set(listed["Verdict"]) == {"turned wrong"} and set(listed["Language"]) == {"sw"}
    assert all("→" in x for x in listed["Found"])
    example = listed["Question"][0]
    tick_question(app, f"{example} sw")
    assert not app.exception and not app.error
    [languages] = tables(app, "Answer before")
    assert list(languages["Language"]) == list(probed_runs.LANGUAGES)
    assert all("<mask>" in x for x in languages["Prompt"])
    row = languages.set_index("Language").loc["sw"]
    assert row["Answer before"].startswith("✓") and row["Answer after"].startswith("✗")
    [candidates] = tables(app, "Score after")
    assert (candidates["Right"] == "✓").sum() == len(probed_runs.LANGUAGES)
    assert row["Right"] in set(candidates["Candidate"])


def test_without_the_texts_ids_are_shown_and_how_to_get_them(
    probed: dict[str, StoredRun],
) -> None:
    config = {**probed["probe"].record.config, "dataset": "geomlama", "data": "not/here"}
    change_record(probed["probe"], config=config)
    app = open_on(probed["probe"])
    assert "Runs hold no texts" in text_of(app)
    assert app.text_input(key="texts_folder").help
    [listed] = tables(app, "Verdict")
    assert "Prompt" not in listed and len(listed)
    tick_question(app, f"{listed['Question'][0]} {listed['Language'][0]}")
    [candidates] = tables(app, "Candidate")
    assert candidates["Candidate"][0] == "#1"


def test_the_threshold_moves_the_teachers_of_a_region(probed: dict[str, StoredRun]) -> None:
    app = open_on(probed["probe"])
    slider = app.slider(key="theta")
    assert slider.value == pytest.approx(0.25)
    slider.set_value(slider.max).run()
    assert not app.exception
    assert "Teachers (0)" in text_of(app)


def test_distillations_are_compared(probed: dict[str, StoredRun]) -> None:
    app = open_on(probed["probe"])
    [compared] = tables(app, "Teachers by")
    assert set(compared["Teachers by"]) == {"all regions", "region"}
    assert set(compared["Seed"]) == {0, 1}
    for part in ("test facts", "unseen wordings"):
        app.selectbox(key="compared_on").set_value(part).run()
        [compared] = tables(app, "Teachers by")
        assert all("→" in x for x in compared["Average"])
        assert all(compared["Δ average"] > 0)
    app.multiselect(key="runs").set_value([probed["global"].id]).run()
    assert "Choose two runs or more" in text_of(app) and not tables(app, "Teachers by")


def test_further_sets_can_be_chosen(probed: dict[str, StoredRun]) -> None:
    app = open_on(probed["global"])
    app.segmented_control(key="evaluated_on").set_value("unseen wordings").run()
    assert not app.exception and not app.error
    assert "No error bars" in text_of(app)


def test_answers_to_a_question_of_ones_own(probed: dict[str, StoredRun]) -> None:
    app = open_on(probed["probe"], asked=probed["asked"].id)
    [answers] = tables(app, "Answer")
    assert list(answers["Answer"]) == ["Nairobi", "कंपाला"]
    assert "The capital of Kenya is <mask>." in app.selectbox(key="asked").options[0]


def test_a_question_is_handed_to_a_worker(
    probed: dict[str, StoredRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    submitted = []

    def submit(store: object, kind: str, config: object) -> StoredRun:
        submitted.append((kind, config))
        return probed["asked"]

    monkeypatch.setattr("dashboard.job_panel.submit", submit)
    app = open_on(probed["probe"])
    app.button(key="ask_now").click().run()
    [(kind, config)] = submitted
    assert kind == "ask" and config.model == "built-in"
    lines = config.questions.splitlines()
    assert [line.split(" | ")[0] for line in lines] == ["en", "fr", "sw"]
    assert probed["asked"].id in app.query_params["asked"]


def test_bad_lines_are_named_and_nothing_can_be_started(
    probed: dict[str, StoredRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = (("en", "The capital is <mask>.", "Nairobi, Kampala"), ("sw", "Mji mkuu", "Nairobi"))
    monkeypatch.setattr("dashboard.ask_panel.EXAMPLES", lines)
    app = open_page("geomlama", run=probed["probe"].id)
    [said] = [x.value for x in app.error]
    assert "line 2" in said and "line 1" not in said
    assert app.button(key="ask_now").disabled


def test_other_pages_take_a_distillation_on_prompts(probed: dict[str, StoredRun]) -> None:
    run = probed["global"].id
    for name in ("overview", "runs", "self_distillation", "teacher_selection"):
        app = open_page(name, run=run)
        assert not app.exception, name
        assert not app.error, (name, [x.value for x in app.error])
    assert "Knowledge probing" in text_of(app)
    averages = [summary(probed[name]) for name in ("probe", "global", "asked")]
    assert averages[0].average is not None and averages[0].delta_average is None
    assert averages[1].delta_average is not None and averages[1].delta_average > 5
    assert averages[2].average is None
    assert "starts distillations on them" in text_of(app)
    app = open_page("transfer_gap", runs=[run, probed["probe"].id])
    assert not app.exception and not app.error
    assert sum("its accuracies are on the page Knowledge probing" in x.value for x in app.info) == 2
    assert "Right in all 4 languages" in text_of(app) and "after" in text_of(app)


def test_the_curves_of_one_fold(probed: dict[str, StoredRun]) -> None:
    rows = [
        {"step": (fold - 1) * 151 + step, "fold": fold, "loss": 0.1, "learning_rate": 1e-4}
        for fold in (1, 2)
        for step in (5, 150)
    ]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (probed["global"].path / "history.jsonl").write_text(text)
    app = open_page("self_distillation", run=probed["global"].id)
    app.segmented_control(key="fold").set_value(2).run()
    with_files(app, "history")
    assert not app.exception and not app.error
    [drawn] = [x.value for x in app.dataframe if "step" in x.value]
    assert set(drawn["step"]) == {5, 150}


def test_spoiled_runs(probed: dict[str, StoredRun]) -> None:
    for seed in range(12):
        rng = random.Random(seed)
        path = probed["global"].path.with_name(f"20300101T000000-distill_probe-{seed:06x}")
        shutil.copytree(probed["global"].path, path)
        record = json.loads((path / "record.json").read_text()) | {"id": path.name}
        if seed % 3:
            part = rng.choice(["metrics", "selection", "config"])
            record[part] = spoil_json(record[part], rng)
        else:
            file = path / rng.choice(["answers_before.npz", "answers_after.npz"])
            (path / "predictions_before.npz").write_bytes(file.read_bytes()[:200])
            spoil_array(path, rng)
        write_json(path / "record.json", record)
        app = open_page("geomlama", run=path.name)
        failed = [x.value for x in app.exception]
        failed += [x.value for x in app.error if "This part of the page failed" in x.value]
        details = "\n".join(str(x.value) for x in app.code if "Traceback" in str(x.value))
        shutil.rmtree(path)
        assert not failed, f"seed {seed}: {failed}\n{details}"


def test_a_filled_store_of_other_runs_is_an_empty_page(
    filled: dict[str, stored_runs.StoredRun],
) -> None:
    app = open_page("geomlama")
    assert "python -m core probe" in [x.value for x in app.code]

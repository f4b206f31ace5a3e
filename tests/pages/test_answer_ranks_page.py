"""The page Answer ranks, on made-up runs on questions."""

from __future__ import annotations

import json
import random
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.config import QaEvaluateConfig, QaTrainConfig
from core.jobs.workers import NO_WORKER
from core.runs.families import SEED, families
from core.runs.files import write_json
from core.runs.qa_trials import qa_trials
from core.runs.store import RunStore, StoredRun
from core.runs.variations import variations
from dashboard.qa_objectives_panel import OBJECTIVE
from dashboard.scores import summary
from dashboard.start_qa import EVALUATE
from tests.dashboard import qa_runs, stored_runs
from tests.pages.opened import open_page
from tests.pages.test_hostile_pages import spoil_array, spoil_json
from tests.pages.test_pages import text_of


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, StoredRun]:
    monkeypatch.setenv("CORE_STORE", str(tmp_path / "runs"))
    return qa_runs.fill(tmp_path / "runs")


def open_on(run: StoredRun, **query: str) -> AppTest:
    app = open_page("answer_ranks", run=run.id, **query)
    assert not app.exception
    assert not app.error, [x.value for x in app.error]
    return app


def tables(app: AppTest, column: str) -> list:
    """The tables that have this column."""
    return [x.value for x in app.dataframe if column in x.value]


def best_answers(app: AppTest) -> list:
    """The tables of answers by rank, with their texts as they stand in the context."""
    found = [x.value.reset_index(drop=True) for x in app.table]
    for table in found:
        table["Answer"] = [re.sub(r"\\(.)", r"\1", x) for x in table["Answer"]]
    return found


def shown(app: AppTest) -> list[str]:
    """The charts, as text."""
    return [str(x.proto.spec) for x in app.get("vega_lite_chart")]


def badge_of(part: object) -> str:
    """The word of a badge, without its icon."""
    return str(getattr(part, "value", "")).rpartition(" ")[2].rstrip("]")


def change_config(run: StoredRun, **settings: object) -> None:
    place = run.path / "record.json"
    record = json.loads(place.read_text())
    write_json(place, record | {"config": record["config"] | settings})


@pytest.mark.parametrize("name", ["train", "evaluate", "ce 1 1"])
def test_a_run_is_shown(name: str, made: dict[str, StoredRun]) -> None:
    app = open_on(made[name])
    said, charts = text_of(app), shown(app)
    assert ("transductive" in [*map(badge_of, app.markdown)]) == (name == "ce 1 1")
    assert "knows but does not say" in said and "MLQA normalisation" in said
    trained = name != "evaluate"
    assert any("Weight of the KL" in x for x in charts) == trained
    assert sum("Rank of the first right answer" in x for x in charts) == 1
    [ranks] = tables(app, "Known, not said")
    both = ["before", "after"] if trained else ["after"]
    assert len(ranks) == len(both) * (len(qa_runs.LANGUAGES) + 1)
    assert ranks["Asked"].iloc[-1] == 960 - 2 * (name == "evaluate")
    [languages] = tables(app, "Question")
    assert list(languages["Question"]) == list(qa_runs.LANGUAGES)
    assert ("after" in languages) == ("known, but not said" not in said) == trained
    assert ("G\\-XLT F1 rose from" in said) == trained and "XLT" in said


def test_every_view_of_f1_switches_to_exact_match(made: dict[str, StoredRun]) -> None:
    run = made["train"]
    app = open_on(run)
    metrics = run.record.metrics["after"]
    assert [x.value for x in app.metric][:1] == [f"{metrics['f1']['g_xlt']:.1f}"]
    app.segmented_control(key="qa_measure").set_value("EM").run()
    assert not app.exception and not app.error
    assert [x.value for x in app.metric][:3] == [
        f"{metrics['exact_match'][part]:.1f}" for part in ("g_xlt", "off_diagonal", "xlt")
    ]
    assert all("EM" in x.label for x in app.metric)
    [languages] = tables(app, "Question")
    wanted = metrics["exact_match"]["by_question"]
    assert dict(zip(languages["Question"], languages["after"], strict=True)) == pytest.approx(
        wanted
    )
    charts = shown(app)
    assert any("EM by language" in x for x in charts) and any("G-XLT EM by" in x for x in charts)
    assert not any("F1" in x for x in charts)
    assert any("EM in percent: median" in x.value for x in app.caption)


def test_the_change_has_intervals(made: dict[str, StoredRun]) -> None:
    app = open_on(made["train"])
    before, after = (made["train"].record.metrics[x]["f1"]["g_xlt"] for x in ("before", "after"))
    assert app.metric[0].delta.startswith(f"+{after - before:.1f} [+")
    [languages] = tables(app, "Verdict")
    assert set(languages["Verdict"]) == {"up"}
    assert all(x.startswith("[+") for x in languages["95 % interval of the change"])
    app.segmented_control(key="qa_group").set_value("Context's family").run()
    [families] = tables(app, "Context's family")
    assert (
        list(families["Context's family"]) == ["Germanic", "Romance", "Semitic", "Sinitic"]
        or len(families) == 4
    )


def test_ranks_by_context_and_as_counts(made: dict[str, StoredRun]) -> None:
    app = open_on(made["evaluate"])
    app.segmented_control(key="ranks_by").set_value("Context").run()
    app.segmented_control(key="ranks_form").set_value("Counts").run()
    assert not app.exception and not app.error
    [ranks] = tables(app, "Known, not said")
    scores = qa_runs.scores(missing=[(1, 2, 0), (1, 2, 1)])
    row = ranks.set_index("Language").loc["ar"]
    assert row["Rank 1"] == (scores.rank[:, 2] == 1).sum() and row["Asked"] == 238
    assert row["Nowhere"] == (scores.rank[:, 2] == 0).sum()
    assert row["Known, not said"] == (scores.rank[:, 2] > 1).sum()
    assert any("Language of the context" in x for x in shown(app))


def test_panels_can_be_left_out(made: dict[str, StoredRun]) -> None:
    app = open_on(made["train"])
    app.pills(key="g_xlt_panels").set_value([]).run()
    assert "Choose one panel or more" in text_of(app)
    app.pills(key="g_xlt_panels").set_value(["change"]).run()
    assert any("Change of F1 by language" in x for x in shown(app))


def test_a_question_in_any_pair_of_languages(made: dict[str, StoredRun]) -> None:
    data = qa_runs.dataset()
    item = data.ids[1]
    query = {"question": item, "question_language": "zh", "context_language": "ar"}
    app = open_on(made["train"], **query)
    assert item in app.query_params["question"]
    html = [x.proto.body for x in app.get("html")]
    question, context = data.sides["zh"].questions[1], data.sides["ar"].contexts[1]
    assert question and context
    assert any(question in x for x in html)
    assert sum('dir="rtl"' in x and "<sup" in x for x in html) == 2  # before and after
    assert f"**{data.sides['ar'].answers[1][0].text}**" in text_of(app)
    answers = best_answers(app)
    assert len(answers) == 2
    for table in answers:
        assert list(table["Rank"]) == [str(rank) for rank in range(1, 11)]
        shares = [float(x) for x in table["p (%)"]]
        assert shares == sorted(shares, reverse=True)
        gold = data.sides["ar"].answers[1][0].text
        assert [x == "✓" for x in table["✓"]] == [x == gold for x in table["Answer"]]
        assert all(x in context for x in table["Answer"])
    [curves] = [x for x in shown(app) if "Where the answer starts and ends" in x]
    assert "question zh, context ar" in curves and "5 tokens around it" in curves
    app.selectbox(key="context_language").set_value("en").run()
    assert not app.exception
    assert all(x in (data.sides["en"].contexts[1] or "") for x in best_answers(app)[0]["Answer"])


def test_without_the_texts_ids_are_shown_and_how_to_get_them(made: dict[str, StoredRun]) -> None:
    change_config(made["train"], dataset="xquad", data="not/here")
    app = open_on(made["train"])
    assert "Runs hold no texts" in text_of(app) and "not here" in text_of(app)
    assert app.text_input(key="qa_texts_folder").help
    assert all(x.startswith("characters ") for x in best_answers(app)[0]["Answer"])
    assert any("Where the answer starts and ends" in x for x in shown(app))


def test_published_rows_stand_below_the_run(made: dict[str, StoredRun]) -> None:
    app = open_on(made["train"])
    [rows] = tables(app, "Normaliser")
    metrics = made["train"].record.metrics
    own = f"this run ({made['train'].id.rsplit('-', 1)[1]})"
    assert list(rows["Model"][:2]) == [f"{own}, before", f"{own}, after"]
    for column, measure, part in (
        ("G-XLT F1", "f1", "g_xlt"),
        ("G-XLT EM", "exact_match", "g_xlt"),
        ("XLT F1", "f1", "xlt"),
        ("XLT EM", "exact_match", "xlt"),
    ):
        assert rows[column][1] == pytest.approx(metrics["after"][measure][part])
    assert set(rows["Dataset"][2:]) == {"mlqa-test"} and len(rows) == 2 + 7
    theirs = rows.set_index("Model").loc["Carrino et al. T2 skd, mAP@k"]
    assert (round(theirs["XLT F1"], 1), theirs["XLT EM"]) == (63.7, pytest.approx(45.9))
    assert set(rows["Normaliser"]) == {"MLQA"}
    app.pills(key="qa_published").set_value(["xquad"]).run()
    [rows] = tables(app, "Normaliser")
    assert len(rows) == 2 + 6 and not any(rows["Note"][:2])
    assert set(rows["Note"][2:]) == {"unseen languages, same items as training"}
    assert all(x.startswith("SQuAD") for x in rows["Normaliser"][2:])
    assert rows["G-XLT F1"][2:].isna().all()


def test_other_texts_than_the_runs_are_refused(made: dict[str, StoredRun]) -> None:
    change_config(made["train"], languages=["en", "fr"])
    assert "lack languages of the run" in text_of(open_on(made["train"]))


def test_what_varies_is_drawn_with_its_seeds(made: dict[str, StoredRun]) -> None:
    app = open_on(made["evaluate"], qa_family=_family_of(made["skd 3 0"]))
    assert "ntl" in text_of(app) and "rises in every seed at 1 " in text_of(app).replace("\\", "")
    [sweep] = [x for x in shown(app) if "G-XLT F1 by target languages" in x]
    assert "up to 2 a value" in sweep
    app.segmented_control(key="qa_variation_part").set_value("XLT").run()
    assert any("XLT F1 by target" in x and "G-XLT F1 by target" not in x for x in shown(app))
    [rows] = tables(app, "Objective")
    assert list(rows["Objective"]) == ["CE alone", "CE + KL × mAP@k, t 2, k 10, Δ 5"]
    assert list(rows["Seeds"]) == [2, 2]
    runs = [made[f"ce 3 {seed}"].record.metrics for seed in (0, 1)]
    gained = [x["after"]["f1"]["g_xlt"] - x["before"]["f1"]["g_xlt"] for x in runs]
    assert rows["Δ G-XLT"][0].startswith(f"+{np.median(gained):.1f} (+")
    skd = [made[f"skd 3 {seed}"].record.metrics for seed in (0, 1)]
    apart = [
        x["after"]["f1"]["off_diagonal"] - y["after"]["f1"]["off_diagonal"]
        for x, y in zip(skd, runs, strict=True)
    ]
    assert min(apart) > 0
    told = f"+{np.median(apart):.1f} (+{min(apart):.1f} to +{max(apart):.1f}"
    assert list(rows["Two languages − CE"]) == ["", f"{told})"]
    said = text_of(app).replace("\\", "")
    assert "mAP@k, t 2, k 10, Δ 5 beats CE alone" in said
    assert "F1 of the pairs of two languages is higher in every seed" in said


def test_values_are_compared_at_the_seeds_they_share(made: dict[str, StoredRun]) -> None:
    for name in ("skd 1 1", "ce 3 1"):
        shutil.rmtree(made[name].path)
    run = made["skd 3 0"]
    app = open_on(made["evaluate"], qa_variation=_targets_of(run), qa_family=_family_of(run))
    said = text_of(app)
    assert "Drawn is seed 0, which every value has (not drawn: seed 1 at 3)." in said
    [sweep] = [x for x in shown(app) if "G-XLT F1 by target languages" in x]
    assert "1 a value" in sweep and "Target languages drawn" in sweep
    was, now = (made["skd 3 0"].record.metrics[x]["f1"]["g_xlt"] for x in ("before", "after"))
    assert f"3 (+{now - was:.1f})" in said.replace("\\", "")
    [rows] = tables(app, "Objective")
    pair = (made[f"{x} 3 0"].record.metrics["after"]["f1"]["off_diagonal"] for x in ("skd", "ce"))
    skd, ce = pair
    assert list(rows["Seeds"]) == [1, 2]
    assert rows["Two languages − CE"][1] == f"+{skd - ce:.1f}"
    assert "CE alone:" not in said  # one seed says nothing about which is better


def _family_of(run: StoredRun) -> str:
    """The key of the trainings that differ from this one in objective and seed."""
    found = families(qa_trials(RunStore(run.path.parent).readable()), {SEED, *OBJECTIVE})
    return next(x.key for x in found if any(run.id == y.run.id for y in x.trials))


def _targets_of(run: StoredRun) -> str:
    """The key of the numbers of target languages, among the trainings like this one."""
    trials = qa_trials(RunStore(run.path.parent).readable())
    same = [x for x in variations(trials) if x.setting == "targets"]
    return next(x.key for x in same if any(run.id == y.run.id for y in x.family.trials))


def test_an_open_run_shows_its_curves(made: dict[str, StoredRun]) -> None:
    app = open_on(made["running"])
    assert any("Weight of the KL" in x for x in shown(app))
    assert not tables(app, "Known, not said")
    stored_runs.lose(made["running"])
    assert "lost" in text_of(open_on(made["running"]))


def test_a_run_that_ended_before_its_scores(made: dict[str, StoredRun]) -> None:
    for file in made["train"].path.glob("qa_*.npz"):
        file.unlink()
    app = open_on(made["train"])
    assert "ended before its evaluation" in text_of(app)
    assert any("Weight of the KL" in x for x in shown(app))


def test_other_pages_take_runs_on_questions(made: dict[str, StoredRun]) -> None:
    for name in ("overview", "runs"):
        app = open_page(name, run=made["train"].id)
        assert not app.exception and not app.error, name
    found = summary(made["train"])
    metrics = made["train"].record.metrics
    assert found.f1 == metrics["after"]["f1"]["g_xlt"] and found.average is None
    assert found.delta_f1 == pytest.approx(found.f1 - metrics["before"]["f1"]["g_xlt"])
    assert summary(made["evaluate"]).delta_f1 is None and summary(made["evaluate"]).f1
    [listed] = tables(open_page("overview"), "F1 G-XLT")
    assert sorted(listed["F1 G-XLT"].dropna())[-1] <= 100 and "Δ F1" in listed


def test_spoiled_runs(made: dict[str, StoredRun]) -> None:
    for seed in range(12):
        rng = random.Random(seed)
        path = made["train"].path.with_name(f"20300101T000000-qa_train-{seed:06x}")
        shutil.copytree(made["train"].path, path)
        record = json.loads((path / "record.json").read_text()) | {"id": path.name}
        if seed % 3:
            part = rng.choice(["metrics", "config"])
            record[part] = spoil_json(record[part], rng)
        else:
            names = ("qa_scores_after.npz", "qa_shown_before.npz", "qa_scores_before.npz")
            spoil_array(path, rng, names)
        write_json(path / "record.json", record)
        app = open_page("answer_ranks", run=path.name)
        failed = [x.value for x in app.exception]
        failed += [x.value for x in app.error if "This part of the page failed" in x.value]
        details = "\n".join(str(x.value) for x in app.code if "Traceback" in str(x.value))
        shutil.rmtree(path)
        assert not failed, f"seed {seed}: {failed}\n{details}"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    monkeypatch.setenv("CORE_STORE", str(tmp_path / "new"))
    monkeypatch.setenv(NO_WORKER, "1")
    return RunStore(tmp_path / "new")


def test_a_training_with_the_recommended_settings(store: RunStore) -> None:
    app = open_page("answer_ranks")
    assert "python -m core qa train" in [x.value for x in app.code]
    app.button(key="start_qa_train").click().run()
    assert not app.exception
    [run] = store
    assert run.record.kind == "qa_train"
    assert QaTrainConfig.model_validate(run.record.config) == QaTrainConfig()
    assert run.id in app.query_params["run"]


def test_an_evaluation_can_be_started(store: RunStore) -> None:
    app = open_page("answer_ranks")
    app.segmented_control(key="qa_kind").set_value(EVALUATE).run()
    app.selectbox(key="qa_evaluate.normalization").set_value("squad").run()
    app.button(key="start_qa_evaluate").click().run()
    assert not app.exception
    [run] = store
    found = QaEvaluateConfig.model_validate(run.record.config)
    assert run.record.kind == "qa_evaluate" and found == QaEvaluateConfig(normalization="squad")


def test_what_is_wrong_stands_at_its_field_and_nothing_starts(store: RunStore) -> None:
    app = open_page("answer_ranks")
    app.number_input(key="qa_train.k").set_value(50).run()
    assert any("Eq. 5 could exceed 1" in x.value.replace("\\", "") for x in app.error)
    assert app.button(key="start_qa_train").disabled
    assert not list(store)

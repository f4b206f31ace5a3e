"""Predictions, logs and texts brought to the page Teacher selection."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.config import SelectConfig
from core.data.predictions_file import read_predictions
from core.jobs.runner import run_now
from core.jobs.workers import NO_WORKER
from core.runs.notes import read_notes
from core.runs.store import RunStore
from dashboard import bring_texts, upload
from tests.data import harness
from tests.pages.opened import open_page
from tests.pages.test_pages import text_of

TABLE = """lang,item,yes,no,gold
en,a,0.9,0.1,yes
en,b,0.2,0.8,no
sw,a,0.6,0.4,yes
sw,b,0.55,0.45,no
"""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    monkeypatch.setenv("CORE_STORE", str(tmp_path / "runs"))
    monkeypatch.setenv(NO_WORKER, "1")
    return RunStore(tmp_path / "runs")


def bring(source: str, files: list[tuple[str, bytes]]) -> AppTest:
    app = open_page("teacher_selection", source=source)
    sent: Any = [(name, content, "text/plain") for name, content in files]
    one = app.file_uploader[0]
    one.set_value(sent if one.accept_multiple_files else sent[0]).run()
    return app


def test_a_table_with_other_columns_becomes_a_run(store: RunStore) -> None:
    app = bring("Your predictions", [("mine.csv", TABLE.encode())])
    assert not app.exception and not app.error
    assert "2 languages, 2 examples, 2 classes" in text_of(app).replace("\\", "")
    app.selectbox(key="strategy").select("by-hand").run()
    app.selectbox(key="strategy").select("alsace").run()
    app.text_input(
        key=next(x.key for x in app.text_input if x.label == "Name of the run")
    ).set_value("My first")
    app.button(key="save_brought").click().run()
    assert not app.exception and not app.error
    [run] = store
    config = SelectConfig.model_validate(run.record.config)
    assert read_notes(run.path).name == "My first"
    assert read_predictions(Path(str(config.predictions))).languages == ("en", "sw")
    made = run_now("select", config, store)  # as the worker does
    assert made.record.selection is not None
    assert made.record.selection["teachers"] == ["en"]
    assert made.record.metrics["before"]["accuracy"] == {"en": 100.0, "sw": 50.0}


def test_all_that_is_wrong_is_named_in_the_words_of_the_user(store: RunStore) -> None:
    text = TABLE.replace("0.9,0.1", "0.9,0.2").replace("sw,b", "sw,c")
    app = bring("Your predictions", [("mine.csv", text.encode())])
    assert not app.exception
    said = " ".join(x.value for x in app.error).replace("\\", "")
    assert "mine.csv" in said and "sum to 1.1" in said and "sw lacks 1 of 3 examples" in said
    app = bring("Your predictions", [("mine.csv", TABLE.replace("item", "lang").encode())])
    assert not app.exception and app.error


def test_a_column_that_is_not_there_is_asked_for(store: RunStore) -> None:
    text = TABLE.replace("item", "nr").replace("lang", "language")
    app = bring("Your predictions", [("mine.csv", text.encode())])
    said = [x.value for x in app.error]
    assert not app.exception and len(said) == 1
    assert "no column for the example; choose one above" in said[0]
    chosen = {x.label: x for x in app.selectbox if str(x.key).startswith("column_")}
    assert {label: x.value for label, x in chosen.items()} == {
        "Language": "language", "Example": None, "Right class": "gold",
    }  # fmt: skip
    chosen["Example"].select("nr").run()
    assert not app.error and "2 languages, 2 examples, 2 classes" in text_of(app)
    app = bring("Your predictions", [("mine.csv", b"\n")])
    assert "no column for the language or the example; choose one above" in app.error[0].value


@pytest.mark.parametrize("start", [b"", b"lang,item,yes,no\n", b"language,example,p_0,p_1\n"])
def test_a_binary_file_named_csv_is_refused(start: bytes, store: RunStore) -> None:
    content = start + random.Random(0).randbytes(20_000)
    app = bring("Your predictions", [("mine.csv", content)])
    assert not app.exception
    said = " ".join(x.value for x in app.error).replace("\\", "")
    if not start.startswith(b"lang,"):  # there the columns of the classes are asked for first
        assert "mine.csv" in said and "no UTF-8" in said and "Expected columns" in said
    assert said and "failed" not in said


def test_logs_in_a_zip_or_one_by_one(store: RunStore, tmp_path: Path) -> None:
    harness.write(tmp_path, task="xcopa")
    paths = sorted(harness.write(tmp_path).rglob("*.jsonl"))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in paths:
            archive.write(path, path.name)
    for files in ([(x.name, x.read_bytes()) for x in paths], [("logs.zip", buffer.getvalue())]):
        app = bring("Your harness logs", files)
        assert not app.exception and not app.error
        [task] = [x for x in app.selectbox if x.label == "Task"]
        task.select("xnli").run()
        assert "entailment" in text_of(app)
        app.button(key="save_brought").click().run()
        run = next(iter(store))
        config = SelectConfig.model_validate(run.record.config)
        assert config.log_task == "xnli" and not config.length_normalised
        made = run_now("select", config, store)
        assert made.record.metrics["before"]["accuracy"]["sw"] == pytest.approx(100 / 3)


def test_texts_are_checked_kept_and_offered_to_a_run(store: RunStore) -> None:
    rows = [f"{i},{x},Some {x} {i},{['no', 'yes'][i % 2]}" for i in range(9) for x in ("en", "sw")]
    good = "\n".join(["number,lang,text,class", *rows])
    app = bring("Your texts", [("topics.csv", good.encode())])
    assert not app.exception
    said = " ".join(x.value for x in app.error).replace("\\", "")
    assert "no column for the id" in said
    for role, name in (("id", "number"), ("label", "class")):
        next(x for x in app.selectbox if str(x.key).startswith(f"texts_{role}_")).select(name)
    app.run()
    assert not app.error and "9 items in 2 languages" in text_of(app)
    app.button(key="keep_texts").click().run()
    app.button(key="select_texts").click().run()
    assert not app.exception and not app.error
    [run] = store
    config = SelectConfig.model_validate(run.record.config)
    assert (config.id_column, config.label_column, config.text_columns) == (
        "number", "class", ("text",),
    )  # fmt: skip
    assert Path(config.dataset).read_text() == good


def test_texts_without_labels_are_for_distilling(store: RunStore) -> None:
    files = [(f"mine.{x}.csv", f"id,text\n1,One {x}\n2,Two {x}\n".encode()) for x in ("en", "sw")]
    app = bring("Your texts", files)
    assert not app.exception and not app.error
    app.button(key="keep_texts").click().run()
    assert any("core distill --parallel" in x.value for x in app.code)


def test_the_templates_are_of_the_form_they_show(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(upload.TEMPLATE)
    assert read_predictions(tmp_path / "p.csv").gold is not None
    from core.data import tabular

    (tmp_path / "texts.csv").write_text(bring_texts.TEMPLATE)
    assert tabular.load(tmp_path / "texts.csv")["all"].class_names == (
        "contradiction",
        "entailment",
    )


@pytest.mark.parametrize("source", ["Your predictions", "Your harness logs", "Your texts"])
def test_an_empty_upload_says_what_to_bring(source: str, store: RunStore) -> None:
    app = open_page("teacher_selection", source=source)
    assert not app.exception
    assert any("| column |" in x.value or "log_samples" in x.value for x in app.markdown)

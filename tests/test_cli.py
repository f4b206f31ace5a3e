"""The command line's contract: exit status, one message, nothing left behind."""

import csv
import json
import os
import re
import shlex
import subprocess
import sys
import time
import zipfile

import numpy as np
import pytest

from core.cli import main
from core.quoting import quote
from tests.architecture.sources import ROOT
from tests.data import harness
from tests.tiny import write_data, write_model


def run(capsys, *arguments):
    with pytest.raises(SystemExit) as stop:
        main([str(a) for a in arguments])
    captured = capsys.readouterr()
    return stop.value.code, captured.out, captured.err


def table(path, rows, header=("language", "example", "p_0", "p_1")):
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(header)
        writer.writerows(rows)
    return path


GOOD = [("en", "a", 0.9, 0.1), ("en", "b", 0.2, 0.8), ("sw", "a", 0.6, 0.4), ("sw", "b", 0.7, 0.3)]


def changed(*changes):
    """The good rows with some replaced: (index, row)."""
    rows = list(GOOD)
    for index, row in changes:
        rows[index] = row
    return rows


def predictions_file(name, folder):  # noqa: C901  a table of cases
    """One malformed predictions file by name."""
    path = folder / f"{name}.csv"
    simple = {
        "no rows": [],
        "one language": GOOD[:2],
        "not a number": changed((0, ("en", "a", "much", 0.1))),
        "nan": changed((0, ("en", "a", "nan", 0.1))),
        "infinite": changed((0, ("en", "a", "inf", 0.1))),
        "negative": changed((0, ("en", "a", 1.1, -0.1))),
        "sum": changed((0, ("en", "a", 0.9, 0.3))),
        "missing example": GOOD[:3],
        "twice": [*GOOD, GOOD[0]],
        "empty language": changed((0, ("", "a", 0.9, 0.1))),
        "empty example": changed((0, ("en", "", 0.9, 0.1))),
        "all blank": changed((0, ("en", "a", "", ""))),
        "gap": changed((0, ("en", "a", "", 1.0))),
        "en and eng_Latn": [*GOOD, ("eng_Latn", "a", 0.9, 0.1), ("eng_Latn", "b", 0.9, 0.1)],
        "en and EN": [*GOOD, ("EN", "a", 0.9, 0.1), ("EN", "b", 0.9, 0.1)],
        "an unknown name twice": [(x, y, 0.9, 0.1) for x in ("qqx1", "QQX1") for y in "ab"],
        "ragged": changed((0, ("en", "a", 0.9))),
    }
    if name in simple:
        return table(path, simple[name])
    if name == "one class":
        return table(path, [row[:3] for row in GOOD], ("language", "example", "p_0"))
    if name == "no language column":
        return table(path, [row[1:] for row in GOOD], ("example", "p_0", "p_1"))
    if name == "class skipped":
        return table(path, GOOD, ("language", "example", "p_0", "p_2"))
    if name == "label out of range":
        rows = [(*row, 5) for row in GOOD]
        return table(path, rows, ("language", "example", "p_0", "p_1", "label"))
    if name == "labels differ":
        rows = [(*row, index % 2 if row[0] == "en" else 0) for index, row in enumerate(GOOD)]
        return table(path, rows, ("language", "example", "p_0", "p_1", "label"))
    if name == "empty file":
        path.write_bytes(b"")
    elif name == "encoding":
        path.write_bytes(b"language,example,p_0,p_1\nen,\xff\xfe,0.9,0.1\n")
    elif name == "huge line":
        path.write_text("language,example,p_0,p_1\nen," + "x" * 3_000_000 + ",0.9,0.1\n")
    elif name == "no line break":
        path.write_text("language,example,p_0,p_1," + "x" * 3_000_000)
    elif name == "huge column name":
        path.write_text("language,example,p_0,p_1," + "x" * 200_000 + "\n")
    elif name == "no line break after the header":
        path.write_text("language,example,p_0,p_1\n" + "en,a,0.5,0.5," * 2_000_000)
    elif name == "open quote":
        path.write_text("language,example,p_0,p_1\n" + 'en,"a,0.5,0.5\n' * 30_001)
    elif name == "utf-16":
        path.write_bytes("language,example,p_0,p_1\nen,a,0.9,0.1\n".encode("utf-16"))
    elif name == "utf-16 without a mark":
        path.write_bytes("language,example,p_0,p_1\nen,a,0.9,0.1\n".encode("utf-16-le"))
    elif name == "semicolons":
        path.write_text("language;example;p_0;p_1\nen;a;0.9;0.1\n")
    elif name == "huge cell":
        cell = "y" * 900_000
        path.write_text(f"language,example,p_0,p_1\nen,{cell},0.9,0.1\nsw,{cell}x,{cell},1\n")
    elif name == "control characters":
        path.write_text("language,example,p_0,p_1\nen\x1b[31m,a,0.9,0.1\nsw\x00,b\x1b[0m,0.9,0.1\n")
    elif name == "control characters in the header":
        path.write_text("lang\x1b[31m,example,p_0,p_1\n")
    elif name == "directory":
        path.mkdir()
    elif name == "directory without suffix":
        path = path.with_suffix("")
        path.mkdir()
    elif name == "not parquet":
        path = path.with_suffix(".parquet")
        path.write_bytes(b"no parquet at all")
    elif name == "unknown suffix":
        path = path.with_suffix(".xlsx")
        path.write_bytes(b"PK")
    return path  # "missing" is never written


PREDICTIONS = [
    "no rows", "one language", "not a number", "nan", "infinite", "negative", "sum",
    "missing example", "twice", "empty language", "empty example", "all blank", "gap", "ragged",
    "one class", "no language column", "class skipped", "label out of range", "labels differ",
    "empty file", "encoding", "huge line", "directory", "not parquet",
    "no line break", "huge column name", "no line break after the header", "open quote", "utf-16",
    "utf-16 without a mark", "semicolons", "huge cell", "control characters", "en and eng_Latn",
    "en and EN", "an unknown name twice", "control characters in the header",
    "directory without suffix", "unknown suffix", "missing",
]  # fmt: skip


SAID = {
    "no line break": "line 1: no line break in the first",
    "huge column name": "line 1: field larger than",
    "no line break after the header": "line 2: 26,000,000 bytes",
    "utf-16": "UTF-16",
    "utf-16 without a mark": "UTF-16",
    "semicolons": "separated by semicolons",
    "control characters": r"en\x1b[31m",
    "directory without suffix": "no file such as samples_",
    "en and eng_Latn": "en and eng_Latn are the same language",
    "en and EN": "en and EN are the same language",
    "an unknown name twice": "qqx1 and QQX1 are the same language",
}
"""What some messages must hold."""


@pytest.mark.parametrize("name", PREDICTIONS)
def test_a_malformed_predictions_file_gets_one_message(name, tmp_path, capsys):
    path = predictions_file(name, tmp_path)
    store = tmp_path / "store"
    status, out, err = run(capsys, "select", "--predictions", path, "--store", store, "--json")
    assert status == 2
    assert out == ""
    assert path.stem in err
    assert SAID.get(name, "") in err
    assert "Traceback" not in err
    assert len(err) < 6_000
    assert err.replace("\n", "").isprintable()
    assert not store.exists() or not list(store.iterdir())


@pytest.fixture(scope="module")
def task(tmp_path_factory):
    folder = tmp_path_factory.mktemp("task")
    return {
        "model": write_model(folder / "encoder"),
        "dataset": write_data(folder / "topics.csv", items=90),
    }


def no_safetensors(folder):
    write_model(folder)
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(b"")
    return folder


def one_language(path):
    table(path, [("1", "en", "text one", "a"), ("2", "en", "text two", "b")], HEADER)
    return path


HEADER = ("id", "language", "text", "label")
DISTILL = {
    "unknown language": lambda t, f: ["--languages", "en,xx-nowhere"],
    "language not in the data": lambda t, f: ["--languages", "en,de"],
    "language twice": lambda t, f: ["--languages", "en,sw,en"],
    "one language chosen": lambda t, f: ["--languages", "en"],
    "no English": lambda t, f: ["--languages", "fr,sw"],
    "one language in the data": lambda t, f: ["--dataset", one_language(f / "mono.csv")],
    "no such dataset": lambda t, f: ["--dataset", "no-such-benchmark"],
    "no such folder": lambda t, f: ["--dataset", "sib200", "--data", f / "nowhere"],
    "no such column": lambda t, f: ["--text-columns", "sentence"],
    "no such model": lambda t, f: ["--model", f / "nowhere"],
    "model without safetensors": lambda t, f: ["--model", no_safetensors(f / "bin")],
    "by hand without teachers": lambda t, f: ["--strategy", "by-hand"],
    "unknown teacher": lambda t, f: ["--strategy", "by-hand", "--teachers", "de"],
    "threshold out of range": lambda t, f: ["--threshold", "2"],
    "no such strategy": lambda t, f: ["--strategy", "best"],
    "pairs beside single sentences": lambda t, f: ["--parallel", "fact-world"],
    "an infinite rate": lambda t, f: ["--learning-rate", "inf"],
    "resume with other options": lambda t, f: ["--resume", "2026"],
    "steps not a number": lambda t, f: ["--steps", "many"],
    "negative rate": lambda t, f: ["--learning-rate", "-1"],
    "too many labelled": lambda t, f: ["--labelled", "100000"],
    "parallel is the labelled data": lambda t, f: ["--parallel", t["dataset"]],
    "no head and no fine-tuning": lambda t, f: ["--finetune", "never"],
    "no such option": lambda t, f: ["--stepz", "3"],
    "no GPU": lambda t, f: ["--device", "mps"],
}  # fmt: skip


@pytest.mark.parametrize("name", DISTILL)
def test_bad_input_to_distill_gets_one_message(name, task, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    store = tmp_path / "store"
    arguments = ["distill", "--model", task["model"], "--dataset", task["dataset"]]
    arguments += ["--store", store, "--json", "--steps", "1", *DISTILL[name](task, tmp_path)]
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.strip()
    assert "Traceback" not in err
    assert not store.exists() or not list(store.iterdir())


def cut_off(folder):
    path = write_model(folder) / "model.safetensors"
    path.write_bytes(path.read_bytes()[:2000])
    return folder


def without_tokenizer(folder):
    (write_model(folder) / "tokenizer.json").unlink()
    return folder


@pytest.mark.parametrize(
    ("spoil", "said"),
    [(cut_off, "is damaged or cut off"), (without_tokenizer, "tokenizer.json or a sentencepiece")],
)
def test_a_spoiled_model_is_named_once(spoil, said, task, tmp_path, capsys):
    arguments = ["--model", spoil(tmp_path / "m"), "--dataset", task["dataset"]]
    status, _, err = run(capsys, "distill", *arguments, "--store", tmp_path / "s", "--steps", "1")
    assert status == 2
    assert err.count("can't be loaded") == 1
    assert said in err


def test_a_hub_that_is_not_reached_gives_one_line(tmp_path):
    """In a process of its own; nothing listens on the port, so no network is needed."""
    command = [sys.executable, "-m", "core", "distill", "--model", "someone/tiny", "--dry-run"]
    done = subprocess.run(
        [*command, "--store", str(tmp_path / "s")],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={
            **os.environ,
            "HF_ENDPOINT": "http://127.0.0.1:9",
            "HF_HOME": str(tmp_path),
            "HF_HUB_OFFLINE": "0",
        },
    )
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "HF_HUB_OFFLINE=1" in done.stderr


def test_one_language_asked_for_is_one_problem(task, tmp_path, capsys):
    status, _, err = run(capsys, "distill", "--dataset", task["dataset"], "--languages", "en")
    assert status == 2
    assert len(err.splitlines()) == 1


def test_teachers_are_printed_once(tmp_path, capsys):
    path = table(tmp_path / "p.csv", GOOD)
    _, out, _ = run(capsys, "select", "--predictions", path, "--store", tmp_path / "s")
    rows = out.splitlines()[2:]
    assert [line.split()[0] for line in rows] == ["teachers", "students", "normalised"]
    assert rows[2].startswith("  normalised confidence (threshold 0.5, 2 examples): en 0.")


@pytest.mark.parametrize(
    "words",
    [
        ("finetune", "--dataset"),
        ("finetune", "--dataset", "xnli", "--data"),
        ("generate", "--from"),
    ],
)
def test_an_absolute_path_is_named_as_typed(words, tmp_path, capsys):
    typed = str(tmp_path / "nope")
    status, out, err = run(capsys, *words, typed, "--store", tmp_path / "s")
    assert (status, out) == (2, "")
    assert typed in err or quote(typed) in err
    assert ".." not in err
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize("words", [("qa", "train", "--temperature"), ("distill", "--threshold")])
def test_a_number_that_is_none_is_bad_input(words, tmp_path, capsys):
    status, out, err = run(capsys, *words, "nan", "--store", tmp_path / "s")
    assert (status, out) == (2, "")
    assert err.strip() == f"{words[-1]}: Input should be a finite number (given: nan)"
    assert not (tmp_path / "s").exists()


def test_the_version_is_that_of_the_project(capsys):
    status, out, _ = run(capsys, "--version")
    assert status == 0
    assert f'version = "{out.split()[-1]}"' in (ROOT / "pyproject.toml").read_text()


def test_help_names_all_figures_and_widths(capsys):
    from core.figures.registry import FIGURES
    from core.figures.style import WIDTHS

    _, out, _ = run(capsys, "figure", "--help")
    unbroken = re.sub(r"(?<=\w)-\s+", "-", out)
    words = set(re.findall(r"[\w-]+", unbroken))
    assert {*FIGURES, *WIDTHS} <= words


@pytest.mark.parametrize("languages", ["en", "en,en", "sw,en,sw"])
def test_languages_of_a_predictions_file_are_two_or_more(languages, tmp_path, capsys):
    path = table(tmp_path / "p.csv", GOOD)
    arguments = ["--predictions", path, "--languages", languages, "--store", tmp_path / "s"]
    status, out, err = run(capsys, "select", *arguments)
    assert (status, out) == (2, "")
    assert "--languages" in err
    assert not (tmp_path / "s").exists()


def test_the_command_can_be_pasted_into_a_shell(tmp_path, capsys):
    (tmp_path / "my runs").mkdir()
    path = table(tmp_path / "my runs" / "p.csv", GOOD)
    status, out, _ = run(capsys, "select", "--predictions", path, "--dry-run")
    assert status == 0
    assert len(shlex.split(out)) == 6


def test_select_prints_the_record_and_nothing_else(tmp_path, capsys):
    path = table(tmp_path / "p.csv", GOOD)
    status, out, _ = run(
        capsys, "select", "--predictions", path, "--store", tmp_path / "s", "--json"
    )
    assert status == 0
    record = json.loads(out)
    selection = record["selection"]
    assert selection["pseudo_labels"] == [0, 1]
    assert selection["ties"] == 1
    assert selection["teachers"] == ["en"]
    assert selection["confidence"]["en"] == pytest.approx(0.85)
    assert selection["confidence"]["sw"] == pytest.approx(0.45)
    assert not record["command"][-1].startswith("/")


def test_select_on_a_large_file_in_a_fresh_process(tmp_path):
    """Counts nothing against the clock here; benchmarks do. Prints the time for whoever looks."""
    rng = np.random.default_rng(0)
    rows = []
    for language in range(15):
        p = rng.dirichlet(np.ones(3), 5010)
        rows += [(f"l{language}", i, *map(repr, map(float, row))) for i, row in enumerate(p)]
    path = table(tmp_path / "p.csv", rows, ("language", "example", "p_0", "p_1", "p_2"))
    start = time.perf_counter()
    command = [sys.executable, "-m", "core", "select", "--predictions", str(path)]
    done = subprocess.run(
        [*command, "--store", str(tmp_path / "s"), "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    print(f"15 x 5,010 x 3: {time.perf_counter() - start:.2f} s, whole process")
    assert len(json.loads(done.stdout)["selection"]["pseudo_labels"]) == 5010


def test_runs_list_and_show(tmp_path, capsys):
    path = table(tmp_path / "p.csv", GOOD)
    store = tmp_path / "s"
    run(capsys, "select", "--predictions", path, "--store", store)
    (store / "20200101T000000-select-000000").mkdir()
    status, out, _ = run(capsys, "runs", "list", "--store", store)
    assert status == 0
    assert "finished" in out
    assert "broken" in out
    name = next(p.name for p in store.iterdir() if not p.name.startswith("2020"))
    status, out, _ = run(capsys, "runs", "show", name[:20], "--store", store, "--json")
    assert json.loads(out)["id"] == name
    status, _, err = run(capsys, "runs", "show", "zzz", "--store", store)
    assert status == 2 and f"see `python -m core runs list --store {store}`" in err
    assert "see `python -m core runs list`" in run(capsys, "runs", "show", "zzz")[2]


LARGE = "published-alsace-table-2-alsace-large"
BASE = "published-alsace-table-2-alsace-base"


@pytest.mark.parametrize("format", ["pdf", "svg", "png", "csv", "tex"])
def test_figure_verb(format, tmp_path, capsys):
    path = table(tmp_path / "p.csv", GOOD)
    store = tmp_path / "s"
    run(capsys, "select", "--predictions", path, "--store", store)
    identifier = next(store.iterdir()).name
    target = tmp_path / f"figure.{format}"
    status, _, _ = run(capsys, "figure", identifier, "confidence", "-o", target, "--store", store)
    assert status == 0
    assert target.stat().st_size > 50
    nowhere = tmp_path / "nowhere" / target.name
    status, _, err = run(
        capsys, "figure", identifier, "confidence", "-o", nowhere, "--store", store
    )
    assert status == 2 and "there is no folder" in err and not nowhere.parent.exists()
    status, _, err = run(capsys, "figure", identifier, "history", "-o", target, "--store", store)
    assert status == 2
    assert identifier in err or "history" in err


@pytest.mark.parametrize(
    ("name", "output", "more", "said"),
    [
        ("confidence", "x.svg", ["--format", "pdf"], "--format pdf: the file's name ends in .svg"),
        ("confidence", ".", [], "is a folder, a file is expected"),
        ("confidence", "x", [], "end its name in one of pdf, svg, png, csv, tex, zip"),
        ("confidence", "x.pdf", ["--format", "gif"], "unknown format 'gif'"),
        (
            "nonsense",
            "x.svg",
            [],
            "or of a run and those like it: ablation, ablation-gap, ablation-languages",
        ),
        ("confidence", "x.pdf", ["--font", "comic"], "unknown font 'comic'; choose one of sans"),
        ("confidence", "x.pdf", ["--size", "99"], "choose one of 6, 7, 8, 9, 10"),
        ("confidence", "x.zip", ["--all"], "--all writes every figure: leave out the name"),
        ("confidence", "x.pdf", ["--with", BASE], "with --with choose accuracies or gaps"),
    ],
)
def test_a_figure_that_cannot_be_written(name, output, more, said, tmp_path, capsys):
    run_id = "published-alsace-table-2-alsace-large"
    target = tmp_path / output
    status, out, err = run(capsys, "figure", run_id, name, "-o", target, *more)
    assert (status, out) == (2, "")
    assert said in err
    assert not list(tmp_path.iterdir())


def test_a_bundle_of_one_figure_and_of_all(tmp_path, capsys):
    one, every = tmp_path / "one.zip", tmp_path / "all.zip"
    look = ["--font", "serif", "--labels", "names", "--no-title", "--width", "neurips"]
    status, _, err = run(capsys, "figure", LARGE, "before-after", "-o", one, *look)
    assert (status, err) == (0, "")
    with zipfile.ZipFile(one) as archive:
        origin = json.loads(archive.read("provenance.json"))
        assert "Swahili" in archive.read("before-after.csv").decode()
    assert origin["look"]["width_pt"] == 397 and origin["runs"][0]["id"] == LARGE
    status, _, err = run(capsys, "figure", LARGE, "--all", "--with", BASE, "-o", every)
    assert (status, err) == (0, "")
    with zipfile.ZipFile(every) as archive:
        names = set(archive.namelist())
    assert {f"{LARGE}/transfer-gap/transfer-gap.pdf", f"{BASE}/run.json", "left-out.txt"} <= names
    assert {"comparison/gaps/gaps.pdf", "comparison/accuracies/caption.txt"} <= names
    status, _, err = run(capsys, "figure", LARGE, "-o", tmp_path / "x.pdf")
    assert status == 2 and "name a figure, or --all" in err
    status, _, err = run(capsys, "figure", LARGE, "--all", "-o", tmp_path / "x.pdf")
    assert status == 2 and "end its name in .zip" in err


def test_a_report_is_one_page_in_a_new_folder(tmp_path, capsys):
    folder = tmp_path / "report"
    status, out, err = run(capsys, "report", LARGE, BASE, "-o", folder)
    assert (status, err, out.strip()) == (0, "", str(folder / "index.html"))
    assert [path.name for path in folder.iterdir()] == ["index.html"]
    status, out, err = run(capsys, "report", LARGE, "-o", folder)
    assert (status, out) == (2, "") and "a report overwrites nothing" in err
    status, _, err = run(capsys, "report", "nothing", "-o", tmp_path / "other")
    assert status == 2 and not (tmp_path / "other").exists()


def test_a_format_stands_for_an_ending(tmp_path, capsys):
    target = tmp_path / "numbers.txt"
    run_id = "published-alsace-table-2-alsace-large"
    status, _, err = run(capsys, "figure", run_id, "before-after", "-o", target, "--format", "csv")
    assert (status, err) == (0, "")
    assert target.read_text().startswith("language,")


def test_published_rows_are_listed_shown_and_drawn(tmp_path, capsys):
    name, store = "published-alsace-table-2-alsace-large", str(tmp_path / "runs")
    code, out, _ = run(capsys, "runs", "list", "--published", "--store", store)
    assert code == 0 and len(out.splitlines()) == 81 and name in out
    code, out, _ = run(capsys, "runs", "show", name, "--json", "--store", store)
    assert code == 0 and json.loads(out)["metrics"]["printed"]["after"]["transfer_gap"] == 7.09
    for figure in ("transfer-gap", "before-after", "gap-change"):
        file = tmp_path / f"{figure}.svg"
        code, _, _ = run(capsys, "figure", name, figure, "-o", str(file), "--store", store)
        assert code == 0 and "published numbers" in file.read_text()
    code, _, err = run(capsys, "figure", name, "confidence", "-o", str(file), "--store", store)
    assert code == 2 and "has no selection" in err
    for verb in ("delete", "note", "tidy"):
        code, _, err = run(capsys, "runs", verb, name, "--store", store)
        assert code == 2 and "no run in" in err
    assert not (tmp_path / "runs").exists()


def test_select_from_logs_of_lm_evaluation_harness(tmp_path, capsys):
    folder, store = harness.write(tmp_path), tmp_path / "s"
    chosen = ["select", "--predictions", folder, "--store", store, "--json"]
    status, out, _ = run(capsys, *chosen)
    assert status == 0
    record = json.loads(out)
    assert record["selection"]["pseudo_labels"] == [0, 1, 1]  # 0 and 1 tie; sums decide
    assert record["metrics"]["before"]["accuracy"] == pytest.approx({"en": 200 / 3, "sw": 100 / 3})
    status, out, _ = run(capsys, *chosen, "--length-normalised", "--log-task", "xnli")
    assert json.loads(out)["config"]["length_normalised"]
    assert "--log-task" in json.loads(out)["command"]
    status, _, err = run(capsys, *chosen, "--log-task", "xcopa")
    assert status == 2 and "no logs of the task xcopa" in err
    path = table(tmp_path / "p.csv", GOOD)
    status, _, err = run(capsys, "select", "--predictions", path, "--length-normalised")
    assert status == 2 and "--predictions names no logs" in err
    assert len(list(store.iterdir())) == 2

"""Questions typed in as a run, from the command line to the record."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.cli import main
from core.config import AskConfig
from core.jobs.kinds import command_for
from core.jobs.runner import run_now
from core.jobs.submit import submit
from core.jobs.worker import serve
from core.models.find import ModelSource
from core.models.language_model import load_language_model
from core.runs.describe import describe, headline
from core.runs.record import Status
from core.runs.store import RunStore
from tests.architecture.sources import ROOT
from tests.probing import plain
from tests.probing.language_models import write

QUESTIONS = (
    "en | ka lo <mask> | apple, rain in spain\nfr | on <mask>'y \"va\" $HOME `ls` | fer, l'eau"
)
CANDIDATES = {"en": ["apple", "rain in spain"], "fr": ["fer", "l'eau"]}


@pytest.fixture(scope="module", params=["xlm-r", "mt5", "gpt-2"])
def any_model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(request.param, tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write("xlm-r", tmp_path_factory.mktemp("model"))


def plain_scores(folder: Path, language: str, prompt: str, candidates: list[str]) -> list[float]:
    found = load_language_model(ModelSource("", str(folder), "", False, ()))
    both = found.model.eval(), found.tokenizer
    if found.family == "encoder-decoder":
        return [plain.encoder_decoder(*both, prompt, text) for text in candidates]
    if found.family == "causal":
        return [plain.causal(*both, prompt, text) for text in candidates]
    return [plain.masked(*both, prompt, text, language, "ids") for text in candidates]


def test_the_record_holds_the_answers_of_every_language(any_model: Path, tmp_path: Path) -> None:
    config = AskConfig(model=str(any_model), questions=QUESTIONS)
    live = run_now("ask", config, RunStore(tmp_path / "runs"))
    answers = live.record.metrics["answers"]
    assert list(answers) == ["en", "fr"]
    for language, found in answers.items():
        assert list(found) == ["prompt", "candidates", "scores", "probabilities"]
        assert found["candidates"] == CANDIDATES[language]
        expected = plain_scores(any_model, language, found["prompt"], found["candidates"])
        np.testing.assert_allclose(found["scores"], expected, atol=1e-4, rtol=0)
        weights = np.exp(-np.array(found["scores"]))
        np.testing.assert_allclose(found["probabilities"], weights / weights.sum(), rtol=1e-9)
        assert sum(found["probabilities"]) == pytest.approx(1, abs=1e-12)
    assert json.loads((live.path / "record.json").read_text("utf-8"))["metrics"] == (
        live.record.metrics
    )


def test_what_is_printed(model: Path, tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs")
    record = run_now("ask", AskConfig(model=str(model), questions=QUESTIONS), store).record
    answer = record.metrics["answers"]["fr"]
    likeliest = int(np.argmin(answer["scores"]))
    share = f"{100 * max(answer['probabilities']):.1f} %"
    assert f"fr {answer['candidates'][likeliest]} {share}" in headline(record)
    lines = describe(record).splitlines()
    block = lines[lines.index(f"  fr      {answer['prompt']}") + 1 :]
    assert block[0].split()[0] == f"{100 * max(answer['probabilities']):.1f}"
    assert [line.split("  ")[-1] for line in block] == [
        answer["candidates"][likeliest],
        answer["candidates"][1 - likeliest],
    ]


def test_one_forward_is_offered_to_masked_models_only(tmp_path: Path, model: Path, capsys) -> None:
    config = AskConfig(model=str(model), questions=QUESTIONS, scorer="one-forward")
    assert run_now("ask", config, RunStore(tmp_path / "runs")).record.metrics["answers"]
    causal = write("gpt-2", tmp_path / "gpt-2")
    said = refused(capsys, tmp_path, "--model", causal, "--questions", QUESTIONS, scorer=True)
    assert "--scorer one-forward is for masked models" in said


def test_the_command_works_in_a_shell(model: Path, tmp_path: Path) -> None:
    questions = QUESTIONS.replace("\n", "\t\r\n")  # as a form may send them
    config = AskConfig(model=str(model), questions=questions)
    assert config.questions == QUESTIONS.replace("\n", " \n")
    record = run_now("ask", config, RunStore(tmp_path / "runs")).record
    printed = describe(record).split("answers:")[0].split("\n", 1)[1]
    assert shlex.split(printed) == record.command == command_for("ask", config)
    store = shlex.quote(str(tmp_path / "again"))
    pasted = printed.strip().replace("python", shlex.quote(sys.executable), 1)
    done = subprocess.run(
        ["sh", "-c", f"{pasted} --store {store} --json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["metrics"] == record.metrics


def test_a_worker_computes_a_queued_one(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORE_NO_WORKER", "1")
    store = RunStore(tmp_path / "runs")
    run = submit(store, "ask", AskConfig(model=str(model), questions=QUESTIONS), 5)
    assert run.status is Status.QUEUED
    serve(store, "cpu", wait=False, note=tmp_path / "note")
    found = store.find(run.id)
    assert found.status is Status.FINISHED
    assert set(found.record.metrics["answers"]) == {"en", "fr"}


def refused(capsys: pytest.CaptureFixture[str], folder: Path, *arguments, scorer=False) -> str:
    """What is said about a command that no run is made of."""
    more = ["--scorer", "one-forward"] if scorer else []
    with pytest.raises(SystemExit) as stop:
        main(["ask", "--store", str(folder / "none"), *map(str, arguments), *more])
    out, err = capsys.readouterr()
    assert (stop.value.code, out) == (2, "")
    assert "Traceback" not in err
    assert not (folder / "none").exists()
    return err


@pytest.mark.parametrize(
    ("questions", "said"),
    [
        ("", "--questions: 1 problem\n  - nothing is asked"),
        ("en | here | a, b", "line 1: no <mask>"),
        ("en | <mask> | a, b\nfr | <mask> | a", "line 2: two candidates or more"),
        ("en | <mask> | a, b\nfr | <mask> | a, \u200b", "line 2: candidate 2 has no visible"),
        ("en | <mask> | a, \udce9", "line 1: half a character"),
        ("en | " + "ka " * 90 + "<mask> | a, b", "questions: 1 problem\n  - line 1: 94 pieces"),
    ],
)
def test_bad_questions_get_one_message(
    questions: str, said: str, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in refused(capsys, tmp_path, "--model", model, "--questions", questions)


def test_questions_are_needed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "Missing option '--questions'" in refused(capsys, tmp_path)


def test_bad_settings_are_refused_without_torch(tmp_path: Path) -> None:
    code = (
        "import sys; from core.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit as stop: sys.exit(40 + stop.code + ('torch' in sys.modules))"
    )
    for arguments in (
        ["ask", "--model", "a/b/c", "--questions", "en | here | a"],
        ["probe", "--model", "a/b/c", "--dataset", "glue"],
    ):
        command = [sys.executable, "-c", code, *arguments, "--store", str(tmp_path / "s")]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 42, done.stderr
        assert "--model" in done.stderr and "a/b/c" in done.stderr
        assert "--questions" in done.stderr or "--dataset" in done.stderr

"""``python -m core qa score``: one record on standard output, warnings beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.cli import main

GOLD = {"a": ["El Nilo"], "b": ["París", "la ciudad de París"], "c": ["1.190"], "d": ["Roma"]}
ANSWERS = {"a": "Nilo", "b": "ciudad París", "c": "¡1190!", "x": "y", "z": "y"}


def files(folder: Path, answers: object = None) -> tuple[Path, Path]:
    questions = [
        {"id": name, "question": "?", "answers": [{"text": x, "answer_start": 99} for x in texts]}
        for name, texts in GOLD.items()
    ]
    content = {"data": [{"title": "t", "paragraphs": [{"context": "c", "qas": questions}]}]}
    gold, predictions = folder / "gold.json", folder / "predictions.json"
    gold.write_text(json.dumps(content), encoding="utf-8")
    predictions.write_text(json.dumps(ANSWERS if answers is None else answers), encoding="utf-8")
    return gold, predictions


def run(capsys, gold: Path, predictions: Path, *more: str) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as stop:
        main(["qa", "score", "--gold", str(gold), "--predictions", str(predictions), *more])
    captured = capsys.readouterr()
    return stop.value.code, captured.out, captured.err


def test_scores_by_hand(tmp_path: Path, capsys) -> None:
    status, out, err = run(capsys, *files(tmp_path), "--language", "spa_Latn", "--json")
    assert status == 0
    # F1 1, 2 * 2 / (2 + 3) = 0.8, 1 and 0; exact 1, 0, 1, 0
    assert json.loads(out) == {
        "exact_match": 50.0,
        "f1": pytest.approx(70.0),
        "total": 4,
        "missing": 1,
        "unknown": 2,
        "language": "es",
        "normalization": "mlqa",
    }
    assert err.splitlines() == [
        "2 of 5 predictions are left out: gold.json has no question with their id",
        "1 of 4 questions have no prediction and score 0",
    ]


def test_squad_knows_english_only(tmp_path: Path, capsys) -> None:
    options = ("--language", "es", "--normalization", "squad", "--json")
    status, out, _ = run(capsys, *files(tmp_path), *options)
    found = json.loads(out)
    # "nilo" / "el nilo" 2/3; "ciudad parís" / "la ciudad de parís" 2/3 ("parís" alone the same);
    # "¡1190" / "1190" 0
    assert status == 0 and found["exact_match"] == 0
    assert found["f1"] == pytest.approx(100 * (4 / 3) / 4) and found["normalization"] == "squad"


def test_as_text(tmp_path: Path, capsys) -> None:
    right = {name: texts[0] for name, texts in GOLD.items()}
    status, out, err = run(capsys, *files(tmp_path, right), "--language", "es")
    assert (status, err) == (0, "")
    told = dict(line.split() for line in out.splitlines())
    assert (told["exact_match"], told["f1"], told["total"]) == ("100.00", "100.00", "4")


@pytest.mark.parametrize(
    ("answers", "options", "words"),
    [
        ({"a": 5}, ("--language", "es"), "the answer to a is a number"),
        (["Roma"], ("--language", "es"), "holds a list, no object"),
        ({}, ("--language", "nowhere"), "unknown language 'nowhere'"),
        ({}, ("--language", "es", "--normalization", "bleu"), "bleu"),
        ({}, (), "--language"),
    ],
)
def test_bad_input_gets_one_message(tmp_path: Path, capsys, answers, options, words) -> None:
    status, out, err = run(capsys, *files(tmp_path, answers), *options)
    assert status == 2 and out == ""
    assert words in err and "Traceback" not in err


def test_files_that_are_not_there(tmp_path: Path, capsys) -> None:
    gold, predictions = files(tmp_path)
    status, _, err = run(capsys, tmp_path / "no.json", predictions, "--language", "es")
    assert status == 2 and "no.json is missing" in err
    status, _, err = run(capsys, gold, tmp_path, "--language", "es")
    assert status == 2 and "is a folder" in err

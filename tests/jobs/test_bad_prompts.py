"""Prompts that can't be asked: one message with file, line and reason, and no run left."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tokenizers import normalizers
from transformers import AutoTokenizer

from core.cli import main
from tests.probing.language_models import write

EN = {"language": "en", "prompt": "ka lo <mask>", "candidates": ["apple", "rain"], "gold": "apple"}
SW = {"language": "sw", "prompt": "mi <mask> nu", "candidates": ["tofaa", "mvua"], "gold": "tofaa"}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A masked model whose tokenizer drops tildes."""
    folder = write("xlm-r", tmp_path_factory.mktemp("model"))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    backend = tokenizer.backend_tokenizer
    dropping = [normalizers.Replace("~", "")]
    if backend.normalizer is not None:
        dropping.append(backend.normalizer)
    backend.normalizer = normalizers.Sequence(dropping)
    tokenizer.save_pretrained(folder)
    return folder


def without_mask(folder: Path) -> Path:
    """A masked model whose tokenizer names no mask."""
    write("bert", folder)
    settings = folder / "tokenizer_config.json"
    found = json.loads(settings.read_text(encoding="utf-8"))
    del found["mask_token"]
    settings.write_text(json.dumps(found), encoding="utf-8")
    return folder


def refused(
    capsys: pytest.CaptureFixture[str], model: Path, folder: Path, *rows: Any, more: tuple = ()
) -> str:
    """What is said about a file of these lines, to ``probe``."""
    path, store = folder / "mine.jsonl", folder / "store"
    lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    path.write_text("\n".join(lines), encoding="utf-8")
    arguments = ["probe", "--model", model, "--dataset", path, "--store", store, *more]
    with pytest.raises(SystemExit) as stop:
        main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    assert (stop.value.code, out) == (2, "")
    assert "Traceback" not in err
    assert err.replace("\n", "").isprintable()
    assert not store.exists() or not list(store.iterdir())
    return err


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"prompt": "mi nu"}, "no <mask> in the prompt"),
        ({"prompt": "<mask> <mask>"}, "2 times <mask>, expected one"),
        ({"candidates": ["tofaa", " "]}, "candidate 2 is empty"),
        ({"candidates": ["tofaa", "\u00a0"]}, "candidate 2 is empty"),
        ({"candidates": ["tofaa", "\u200b"]}, "candidate 2 has no visible character (U+200B)"),
        ({"candidates": ["tofaa", "\ufeff\u200d"]}, "no visible character (U+FEFF U+200D)"),
        ({"candidates": ["tofaa", "\u0007"]}, "candidate 2 has no visible character (U+0007)"),
        ({"candidates": ["tofaa", "~~"]}, "candidate '~~' has no pieces in the model's tokenizer"),
        ({"candidates": ["tofaa", "mvua", "x"]}, "3 candidates in sw, but 2 in en (line 1)"),
        ({"gold": "maji"}, "right answer 'maji' is not among the candidates"),
        ({"prompt": "mi <mask> " + "ka " * 90}, "the model reads 60"),
    ],
)
def test_file_line_and_reason(
    change: dict, reason: str, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(capsys, model, tmp_path, EN, SW | change)
    assert said.startswith("mine.jsonl: 1 problem\n  - mine.jsonl line 2: ")
    assert reason in said


def test_a_broken_line(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "mine.jsonl line 2: no JSON (" in refused(capsys, model, tmp_path, EN, '{"language": ')


def test_those_of_all_languages_at_once(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change = {"candidates": ["~~", "mvua"], "gold": "mvua"}
    said = refused(capsys, model, tmp_path, EN | change, SW | change)
    assert [f"line {line}: candidate '~~'" in said for line in (1, 2)] == [True, True]


def test_a_queued_probe_is_refused_as_well(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change = {"candidates": ["tofaa", "~"]}
    said = refused(capsys, model, tmp_path, EN, SW | change, more=("--queue", "1"))
    assert "mine.jsonl line 2: candidate '~' has no pieces" in said


def test_a_model_without_a_mask(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(capsys, without_mask(tmp_path / "model"), tmp_path, EN, SW)
    assert "whose tokenizer has no mask token" in said
    assert len(said.splitlines()) == 1

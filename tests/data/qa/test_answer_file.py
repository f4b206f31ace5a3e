"""Right answers and predictions as texts by id; what is wrong with a file, all at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.data.qa.answer_file import read_answers, read_golds
from core.errors import DataError
from tests.conftest import SHARED


def write(folder: Path, content: object, name: str = "file.json") -> Path:
    path = folder / name
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")
    return path


def squad(*questions: object) -> dict:
    paragraphs = [{"context": "Rome is old.", "qas": list(questions)}]
    return {"data": [{"title": "Rome", "paragraphs": paragraphs}]}


def asked(name: object, *texts: object, start: object = 0) -> dict:
    answers = [{"text": text, "answer_start": start} for text in texts]
    return {"id": name, "question": "What?", "answers": answers}


def test_only_the_texts_count(tmp_path: Path) -> None:
    """Starts may be wrong, text, or not there at all."""
    content = squad(
        asked("a", "Rome", "old", start="7"),
        asked(5, "Nile", start=900),
        asked("c", "", start=None),
    )
    found = read_golds(write(tmp_path, content))
    assert found == {"a": ("Rome", "old"), "5": ("Nile",), "c": ("",)}


def test_flat_jsonl_as_the_hub_has_it(tmp_path: Path) -> None:
    row = {"id": "a", "context": "Rome is old.", "question": "What?"}
    row |= {"answers": {"text": ["Rome", "old"], "answer_start": [0, 8]}}
    found = read_golds(write(tmp_path, json.dumps(row), "file.jsonl"))
    assert found == {"a": ("Rome", "old")}


def test_everything_wrong_with_the_questions_is_listed(tmp_path: Path) -> None:
    content = squad(asked("a"), asked("b", 7), asked(None, "x"), asked("c", "x"), asked("c", "y"))
    with pytest.raises(DataError) as caught:
        read_golds(write(tmp_path, content))
    told = str(caught.value)
    for words in ("4 problems", "question a: no answers", "question b: ", "question 3: no id"):
        assert words in told
    assert "id c stands 2 times" in told


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        ("{", "is no JSON"),
        ({"version": 1}, 'no list "data"'),
        ({"data": []}, "holds no questions"),
        (squad(), "holds no questions"),
        (squad("What?"), "no JSON object"),
    ],
)
def test_other_files_are_no_right_answers(tmp_path: Path, content: object, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read_golds(write(tmp_path, content))


def test_predictions(tmp_path: Path) -> None:
    content = {"a": "Rome", "b": "", "c": "北京"}
    assert read_answers(write(tmp_path, content)) == content
    assert read_answers(write(tmp_path, {})) == {}
    marked = write(tmp_path, "\ufeff" + json.dumps(content))
    assert read_answers(marked) == content


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        ("not json", "is no JSON"),
        ([{"id": "a"}], "holds a list, no object"),
        ("null", "holds null"),
        ({"a": "x", "b": None}, "the answer to b is null, no text"),
        ({"a": ["x", "y"]}, "the answer to a is a list, no text"),
        ({"a": {"text": "x"}}, "the answer to a is an object, no text"),
        ({"a": 7}, "the answer to a is a number, no text"),
        ({"a": True}, "the answer to a is true or false, no text"),
        ({str(i): 7 for i in range(9)}, "4 more like these"),
        ('{"a": "x", "b": "y", "a": "z"}', "a stands 2 times"),
    ],
)
def test_bad_predictions(tmp_path: Path, content: object, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read_answers(write(tmp_path, content))


def test_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(json.dumps({"a": "x"}).encode("utf-16"))
    with pytest.raises(DataError, match="it looks like UTF-16"):
        read_answers(path)


@pytest.mark.parametrize(
    ("name", "questions", "answers"),
    [
        ("xquad/xquad.th.json", 1190, 1190),
        ("tquad/tquad-dev-v0.1.json", 892, 2676),
        ("tquad/arcd-test.json", 702, 702),
    ],
)
def test_public_files_with_faults_of_their_own(name: str, questions: int, answers: int) -> None:
    path = SHARED / "data" / name
    if not path.is_file():
        pytest.skip(f"no {path.name} beside the checkout")
    found = read_golds(path)
    assert (len(found), sum(map(len, found.values()))) == (questions, answers)

"""Files in SQuAD's format: what is read, mended, left out and refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.data.problems import Problems
from core.data.qa import squad_file
from core.data.qa.dataset import Answer
from core.data.qa.squad_file import QaTable
from tests.conftest import SHARED
from tests.data.qa import files

TEXT = "Ankara is the capital; Ankara is not the largest city."


def read(path: Path) -> tuple[QaTable, list[str]]:
    problems = Problems(path.name)
    return squad_file.read(path, problems), problems.found


def one(tmp_path: Path, *qas: dict[str, Any], context: Any = TEXT) -> tuple[QaTable, list[str]]:
    return read(files.write(tmp_path / "a.json", [files.article("Turkey", (context, list(qas)))]))


def test_questions_with_all_their_answers(tmp_path: Path) -> None:
    table, problems = one(tmp_path, files.asked("x", TEXT, "Ankara", "Ankara is", "city"))
    assert not problems
    (row,) = table.rows
    assert (row.id, row.title, row.context, row.question) == ("x", "Turkey", TEXT, "What is x?")
    assert row.answers == (Answer("Ankara", 0), Answer("Ankara is", 0), Answer("city", 49))
    assert table.answers == 3


def test_a_start_as_text_is_a_number_and_an_id_may_be_one(tmp_path: Path) -> None:
    table, problems = one(
        tmp_path,
        files.asked(7, TEXT, "Ankara", start="23"),
        files.asked(8, TEXT, "Ankara", start=" 0 "),
    )
    assert not problems
    assert [(row.id, row.answers) for row in table.rows] == [
        ("7", (Answer("Ankara", 23),)),
        ("8", (Answer("Ankara", 0),)),
    ]


def test_white_space_around_an_answer_is_left_off(tmp_path: Path) -> None:
    table, _ = one(tmp_path, files.asked("x", TEXT, " the capital"), files.asked("y", TEXT, "is "))
    assert [row.answers for row in table.rows] == [(Answer("the capital", 10),), (Answer("is", 7),)]
    for row in table.rows:
        assert all(row.context.startswith(a.text, a.start) for a in row.answers)


def numbered(count: int, misplaced: int) -> list[dict[str, Any]]:
    """So many questions of one answer each; the last ones' are one character off."""
    return [
        files.asked(f"q{i}", TEXT, "Ankara", start=int(i >= count - misplaced))
        for i in range(count)
    ]


def test_one_percent_of_misplaced_answers_is_left_out(tmp_path: Path) -> None:
    table, problems = one(tmp_path, *numbered(200, 2))
    assert not problems
    assert len(table.rows) == 198
    assert (table.answers, table.misplaced, table.lost) == (200, ["q198", "q199"], {"q198", "q199"})


def test_more_are_refused_and_all_listed(tmp_path: Path) -> None:
    table, problems = one(tmp_path, *numbered(200, 3))
    assert problems == [
        "a.json: 3 of 200 answers are not at their answer_start; up to 1% would be left out. They "
        "are those of:",
        "a.json question q197",
        "a.json question q198",
        "a.json question q199",
    ]
    assert table.lost == {"q197", "q198", "q199"}


def test_a_question_keeps_its_other_answers(tmp_path: Path) -> None:
    two = files.asked("two", TEXT, "Ankara")
    two["answers"].append({"text": "city", "answer_start": 48})
    table, problems = one(tmp_path, two, *numbered(98, 0))
    assert not problems
    assert table.rows[0].answers == (Answer("Ankara", 0),)
    assert (table.answers, table.misplaced, table.lost) == (100, ["two"], set())


@pytest.mark.parametrize("start", [99, 49 + 1])
def test_a_start_behind_the_text_is_misplaced(tmp_path: Path, start: int) -> None:
    table, _ = one(tmp_path, files.asked("x", TEXT, "city", start=start), *numbered(99, 0))
    assert table.misplaced == ["x"]


def test_everything_wrong_with_a_file_at_once(tmp_path: Path) -> None:
    good = files.asked("good", TEXT, "Ankara")
    qas = [
        good,
        good,
        {**good, "id": None},
        {**good, "id": "a", "question": " "},
        {**good, "id": "b", "answers": []},
        {**good, "id": "c", "answers": [{"text": "", "answer_start": 0}]},
        {**good, "id": "d", "answers": [{"text": "Ankara"}]},
        {**good, "id": "e", "answers": [{"text": "Ankara", "answer_start": "x"}]},
        {**good, "id": "f", "answers": [{"text": "Ankara", "answer_start": -1}]},
        {**good, "id": "g", "answers": ["Ankara"]},
        {"id": "h", "answers": good["answers"]},
        {**good, "id": "i", "question": "half \ud83d"},
        "no object",
    ]
    broken = [
        files.article("One", (TEXT, qas)),
        files.article("Two", ("  ", [{**good, "id": "j"}])),
        {"title": "Three"},
        {"paragraphs": [{"context": TEXT}]},
        "no object",
    ]
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"data": broken}))
    _, problems = read(path)
    number = "the answer_start of an answer is no number from 0"
    assert sorted(problems) == sorted(
        f"a.json {problem}"
        for problem in (
            "question good: the id stands 2 times",
            "article 1, paragraph 1, question 3: no id",
            "question a: the question is empty",
            "question b: no answer",
            "question c: the text of an answer is empty",
            f"question d: {number} (None)",
            f"question e: {number} (x)",
            f"question f: {number} (-1)",
            "question g: an answer is no JSON object",
            "question h: no question",
            "question i: the question holds half a character (a lone surrogate)",
            "article 1, paragraph 1, question 13: no JSON object",
            "question j: the context is empty",
            'article 3: no list "paragraphs"',
            'article 4, paragraph 1: no list "qas"',
            'article 5: no list "paragraphs"',
        )
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b'{"data": ', "is no JSON"),
        (b"[1]", 'no list "data"'),
        (b'{"data": []}', "holds no questions"),
        ('{"data": []}'.encode("utf-16"), "UTF-16"),
        (b'{"data": "\xff"}', "is not UTF-8"),
    ],
)
def test_other_files(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content)
    _, (problem,) = read(path)
    assert problem.startswith("a.json ")
    assert said in problem


def test_a_missing_file(tmp_path: Path) -> None:
    assert read(tmp_path / "a.json")[1] == ["a.json is missing"]


def test_flat_lines_give_what_the_nested_file_gives(tmp_path: Path) -> None:
    made = files.articles("en", 2)
    nested, _ = read(files.write(tmp_path / "a.json", made))
    rows = [
        {
            "id": asked["id"],
            "title": part["title"],
            "context": paragraph["context"],
            "question": asked["question"],
            "answers": {
                key: [answer[key] for answer in asked["answers"]]
                for key in ("text", "answer_start")
            },
        }
        for part in made
        for paragraph in part["paragraphs"]
        for asked in paragraph["qas"]
    ]
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    flat, problems = read(path)
    assert not problems
    assert flat.rows == nested.rows
    assert len(flat.rows) == 12
    rows[3]["answers"]["text"].append("uneven")  # type: ignore[index]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + "{\n")
    _, problems = read(path)
    assert len(problems) == 2
    assert (
        "a.jsonl question q0-1-0: the answers are no list, or lists that do not match" in problems
    )


@pytest.mark.parametrize(
    ("file", "questions", "answers", "misplaced"),
    [
        ("tquad/tquad-dev-v0.1.json", 892, 2676, 0),
        ("tquad/tquad-train-v0.1.json", 8308, 8308, 0),
        ("tquad/arcd-train.json", 690, 693, 3),
        ("tquad/arcd-test.json", 699, 702, 3),
        ("xquad/xquad.th.json", 1190, 1190, 0),
    ],
)
def test_public_files(file: str, questions: int, answers: int, misplaced: int) -> None:
    path = SHARED / "data" / file
    if not path.exists():
        pytest.skip(f"no {file} beside the checkout")
    table, problems = read(path)
    assert not problems
    assert (len(table.rows), table.answers, len(table.misplaced)) == (questions, answers, misplaced)
    assert all(
        row.context.startswith(answer.text, answer.start) and answer.text == answer.text.strip()
        for row in table.rows
        for answer in row.answers
    )

"""Questions of several languages put together by id; articles by title and context."""

import pytest

from core.data.problems import Problems
from core.data.qa.align import align, by_language
from core.data.qa.dataset import Answer
from core.data.qa.squad_file import QaRow, QaTable
from core.errors import UserError


def row(identifier: str, title: str, context: str) -> QaRow:
    answers = (Answer(context[:1], 0),)
    return QaRow(identifier, title, context, f"{context} {identifier}?", answers)


def table(language: str, *rows: tuple[str, str, str]) -> QaTable:
    return QaTable(f"x.{language}.json", [row(*parts) for parts in rows])


def test_items_stand_in_the_order_of_the_first_language() -> None:
    problems = Problems("x")
    tables = {
        "en": table("en", ("a", "T", "one"), ("b", "T", "one")),
        "tr": table("tr", ("b", "T", "bir"), ("a", "T", "bir")),
    }
    data = align("x", tables, problems)
    assert not problems
    assert (data.ids, data.languages) == (("a", "b"), ("en", "tr"))
    assert data.sides["tr"].questions == ("bir a?", "bir b?")
    assert data.sides["tr"].contexts == ("bir", "bir")
    assert data.sides["en"].answers == ((Answer("o", 0),),) * 2
    assert not {"note", "left_out"} & set(data.source)


def test_every_missing_question_of_every_file_is_listed() -> None:
    problems = Problems("x")
    tables = {
        "en": table("en", *[(f"q{i}", "T", "one") for i in range(9)]),
        "es": table("es", ("q0", "T", "uno")),
        "tr": table("tr", *[(f"q{i}", "T", "bir") for i in range(8)]),
    }
    align("x", tables, problems)
    assert problems.found == [
        *[f"x.es.json question q{i}: missing; x.en.json has it" for i in range(1, 9)],
        "x.tr.json question q8: missing; x.en.json has it",
    ]
    problems = Problems("x")
    data = align("x", tables, problems, complete=False)
    assert not problems
    assert data.sides["es"].questions == ("uno q0?", *[None] * 8)
    assert data.sides["es"].answers[1:] == ((),) * 8
    assert data.has(0, "es", "tr")
    assert not data.has(8, "en", "tr")


def test_what_is_left_out_in_one_language_is_in_all() -> None:
    tables = {
        "en": table("en", ("a", "T", "one"), ("b", "T", "one")),
        "tr": table("tr", ("a", "T", "bir")),
    }
    tables["tr"].misplaced, tables["tr"].lost = ["b", "a"], {"b"}
    problems = Problems("x")
    data = align("x", tables, problems, source={"split": "all"})
    assert not problems
    assert data.ids == ("a",)
    assert data.source == {
        "split": "all",
        "answers_left_out": "2",
        "questions_left_out": "1",
        "left_out": "x.tr.json: b, a",
        "note": "2 of 5 answers are not at their answer_start and were left out, and with them 1 "
        "questions that have no other: x.tr.json: b, a",
    }
    assert align("x", tables, problems, complete=False).ids == ("a", "b")


def test_articles_share_a_title_or_a_context_in_any_language() -> None:
    tables = {
        "en": table("en", ("a", "One", "1"), ("b", "Two", "2"), ("c", "", "3"), ("d", "", "4")),
        # Two titles of the German file stand on one context but for white space.
        "de": table("de", ("b", "Zwei", "zwei  x"), ("e", "Drei", " zwei x"), ("c", "", "drei")),
        "fr": table("fr", ("e", "Trois", "trois"), ("f", "Trois", "autre"), ("d", "", "quatre")),
    }
    data = align("x", tables, Problems("x"), complete=False)
    assert data.ids == ("a", "b", "c", "d", "e", "f")
    one, two, three, four, five, six = data.clusters
    assert (one, two) == ("One", "Two")
    assert two == five == six
    assert len({one, two, three, four}) == 4


def test_questions_of_one_file_by_the_language_of_their_ids() -> None:
    def language_of(identifier: str) -> str | None:
        return {"english": "en", "swahili": "sw"}.get(identifier.partition("-")[0])

    mixed = QaTable("train.json", [row(x, "T", "c") for x in ("swahili-1", "english-1")])
    mixed.misplaced, mixed.lost = ["swahili-2", "swahili-3"], {"swahili-3"}
    problems = Problems("x")
    found = by_language([mixed], language_of, None, "folder", problems)
    assert not problems
    assert list(found) == ["en", "sw"]
    assert [row.id for row in found["sw"].rows] == ["swahili-1"]
    assert (found["sw"].misplaced, found["sw"].lost) == (mixed.misplaced, {"swahili-3"})
    assert (found["sw"].answers, found["en"].answers) == (3, 1)
    with pytest.raises(UserError, match="folder has no th; it has en, sw"):
        by_language([mixed], language_of, ["th"], "folder", problems)
    mixed.rows.append(row("klingon-1", "T", "c"))
    by_language([mixed], language_of, None, "folder", problems)
    assert problems.found == ["train.json question klingon-1: its id names no language"]

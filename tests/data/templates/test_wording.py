"""Templates and label words in every language: read, checked, kept."""

import json

import pytest

from core.data.sib200 import CLASS_NAMES as TOPICS
from core.data.templates.read import BUILT_IN, read_templates
from core.data.templates.wording import Task, parse
from core.errors import DataError, UserError

NLI = ("entailment", "neutral", "contradiction")
TASK = Task("xnli", NLI, 0, 2)
TWO = ("choice 1", "choice 2")
FOUR = (*TWO, "choice 3", "choice 4")
TASKS = {
    "xnli": TASK,
    "fact-world": Task("fact-world", NLI, 0, 2),
    "paws-x": Task("paws-x", ("different", "paraphrase"), 0, 2),
    "sib200": Task("sib200", TOPICS, 0, 1),
    "xcopa": Task("xcopa", TWO, 2, 2),
    "copa": Task("copa", TWO, 2, 2),
    "siqa": Task("siqa", FOUR[:3], 3, 2),
    "belebele": Task("belebele", FOUR, 4, 2),
    "global-mmlu": Task("global-mmlu", FOUR, 4, 1),
}
OWN = {
    "xnli": "en fr es de el bg ru tr ar vi th zh hi sw ur",
    "fact-world": "en fr es de ru tr ar zh hi fa sw vi",
    "paws-x": "en de es fr ja ko zh",
    "xcopa": "en et ht id it sw ta th tr vi zh",
}
"""Languages that must have a wording of their own; Quechua has none."""
WORDS = {"entailment": "Yes", "neutral": "Maybe", "contradiction": "No"}
GOOD = {"en": {"template": "{1}? {answer}, {2}", "answers": WORDS}}


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_projects_own_templates_fit_their_tasks(name):
    task = TASKS[name]
    english = read_templates("english", task)
    assert list(english.wordings) == ["en"]
    own = read_templates("own-language", task)
    wanted = OWN.get(name, "en").split()
    assert own.lacking(wanted) == [] and set(wanted) <= set(own.wordings)
    for wording in own.wordings.values():
        causal = (wording.causal or wording.template).values()
        assert all(template.ends_with_answer for template in causal)
        firsts = [word.split()[0] for word in wording.answers]
        assert len(set(firsts)) == len(firsts)
    assert own.lacking(["en", "qu", "sw"]) == (["qu"] if "sw" in own.wordings else ["qu", "sw"])


def test_words_come_in_the_order_of_the_classes():
    mixed = {"en": {**GOOD["en"], "answers": dict(reversed(WORDS.items()))}}
    assert parse(mixed, TASK, "trial").of("de").answers == ("Yes", "Maybe", "No")
    other = Task("mine", ("Contradiction", "Entailment", "Neutral"), 0, 2)
    assert parse(GOOD, other, "trial").of("en").answers == ("No", "Yes", "Maybe")


def test_a_language_without_a_wording_is_asked_in_english():
    german = {"template": "{2}? {answer}, {1}", "answers": WORDS}
    found = parse({**GOOD, "deu_Latn": german}, TASK, "trial")
    assert found.of("de").template[""].text.startswith("{2}")
    assert found.of("de-AT") is found.of("de") and found.of("sw") is found.of("en")
    assert found.lacking(["en", "de-AT", "sw"]) == ["sw"]


def test_what_is_kept_reads_back():
    for name, task in TASKS.items():
        found = read_templates("own-language", task)
        kept = json.loads(json.dumps(found.to_json()))
        assert parse(kept, task, "kept") == found, name


def test_the_question_chooses_the_template():
    wording = read_templates("english", TASKS["xcopa"]).of("en")
    assert "because" in wording.choose("template", "cause").text
    assert "so" in wording.choose("causal", "effect").text
    with pytest.raises(UserError, match=r"no template for the question 'why'.*cause, effect"):
        wording.choose("template", "why")


def test_label_words_for_choices():
    raw = {"en": {"template": "{1} {choices} {answer}", "answers": list("ABCDE")}}
    assert parse(raw, TASKS["global-mmlu"], "trial").of("en").answers == tuple("ABCD")
    raw["en"]["answers"] = ["A"]
    with pytest.raises(DataError, match="1 words, 4 choices"):
        parse(raw, TASKS["global-mmlu"], "trial")


BAD = {
    "en": {
        "template": "{1}? {2}, {3}",
        "causal": "{1} {answer}.",
        "answers": {"entailment": "Yes", "neutral": "Yes", "yes": "Yes"},
        "verbalizer": "no",
    },
    "qqx1": GOOD["en"],
    "fr": {"answers": WORDS},
    "de": "Ja",
    "es": {"template": {"cause": "{1} {answer}"}, "answers": ["Sí", "Quizás", "No"]},
    "sw": {"template": 3},
}
SAID = (
    "[en] verbalizer: unknown; there are template, causal, answers",
    "[en] template: no {answer}, exactly one is expected",
    "[en] template: {3} is no slot of this task",
    "[en] causal: something comes after {answer}",
    "[en] answers: no word for contradiction",
    "[en] answers: yes is no class here",
    "[en] answers: Yes stands for two classes",
    "[qqx1]: unknown language",
    "[fr] template is missing",
    "[de] is no table",
    "[es] template: templates by question are for multiple choice",
    "[es] answers: a table of class and word is expected",
    "[sw] template: a text is expected, not '3'",
    "[sw] answers are missing: a word for each of entailment, neutral, contradiction",
)


def test_all_problems_come_in_one_message():
    with pytest.raises(DataError) as caught:
        parse(BAD, TASK, "mine.toml")
    for said in SAID:
        assert any(said in problem for problem in caught.value.problems), said
    assert str(caught.value).startswith("mine.toml: ")


def test_english_must_be_there():
    with pytest.raises(DataError, match=r"no \[en\]"):
        parse({"de": GOOD["en"]}, TASK, "trial")
    with pytest.raises(DataError, match="is there twice"):
        parse({**GOOD, "eng_Latn": GOOD["en"]}, TASK, "trial")


def test_a_file_of_ones_own(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        '[en]\ntemplate = "{1}? {answer}, {2}"\n'
        'answers = { entailment = "Yes", neutral = "Maybe", contradiction = "No" }\n',
        encoding="utf-8",
    )
    assert read_templates(str(path), TASK) == parse(GOOD, TASK, "trial")
    for content, said in (
        (b"[en\n", "can't be read as TOML"),
        (b"\xff\xfe", "can't be read as TOML in UTF-8"),
        (b"", "is empty"),
    ):
        path.write_bytes(content)
        with pytest.raises(DataError, match=said):
            read_templates(str(path), TASK)
    with pytest.raises(DataError, match="is missing"):
        read_templates(str(tmp_path / "none.toml"), TASK)


def test_data_without_templates_need_a_file():
    with pytest.raises(UserError, match="no templates for mine: give --templates FILE"):
        read_templates("english", Task("mine", NLI, 0, 2))


def test_texts_that_a_template_never_shows_are_named():
    content = {**GOOD, "sw": {**GOOD["en"], "template": "{2}? {answer}", "causal": "{1} {answer}"}}
    found = parse(content, TASK, "trial")
    assert found.silent("template") == {"sw": ["{1}"]}
    assert found.silent("causal") == {"sw": ["{2}"]}
    assert parse(GOOD, TASK, "trial").silent("template") == {}


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_projects_own_templates_show_all_texts(name):
    found = read_templates("own-language", TASKS[name])
    assert found.silent("template") == found.silent("causal") == {}

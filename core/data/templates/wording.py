r"""How a task is worded in every language: its templates and label words, read and checked.

A file of templates is TOML, one table a language:

    [en]
    template = "{1:bare}? {answer}, {2}"
    causal = "{1}\nQuestion: {2:bare}?\nAnswer: {answer}"
    answers = { entailment = "Yes", neutral = "Maybe", contradiction = "No" }

``{1}``, ``{2}``, ... are an item's text fields, ``{answer}`` is where the label word stands (with
``:bare`` a text loses the mark at its end, with ``:lower`` its first letter is small). ``causal``
is for decoder-only models, which read from left to right: the answer is its end; it may be left
out where ``template`` ends with the answer too. In multiple choice the answers are the choices'
own texts; ``answers = ["A", "B"]`` are label words for them instead, ``{choices}`` lists the
choices, and ``template = { cause = "...", effect = "..." }`` is chosen by the item's question.
Languages without a table of their own are asked in English.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from core.data.parallel import ParallelDataset
from core.data.problems import Problems
from core.data.templates.template import Template
from core.errors import UserError
from core.languages import canonical
from core.quoting import quote, quote_all

ENGLISH = "en"
ANY = ""
"""Key of a template that is the same for every question."""
REMEDY = (
    'Expected: [en] with template = "{1} ... {answer}" and answers = { class = "word", ... }; '
    "see the README."
)
KEYS = ("template", "causal", "answers")
Use = Literal["template", "causal"]
"""Which of the two templates."""


class Task(NamedTuple):
    """What templates must fit."""

    name: str
    class_names: tuple[str, ...]
    choices: int
    """0 where the classes are labels."""
    fields: int
    """Text fields of an item, the choices aside."""

    @classmethod
    def of(cls, data: ParallelDataset) -> Task:
        """The task of a dataset."""
        some = next(iter(data.texts.values()))
        fields = (len(some[0]) if some else 1) - data.choices
        return cls(data.name, data.class_names, data.choices, fields)


@dataclass(frozen=True)
class Wording:
    """A task's templates and label words in one language."""

    template: Mapping[str, Template]
    """By the item's question; `ANY` where there is one for all."""
    causal: Mapping[str, Template]
    """Those of decoder-only models; empty where they are the same."""
    answers: tuple[str, ...]
    """Label words in class order; empty where the choices' own texts answer."""

    def choose(self, use: Use, question: str) -> Template:
        """The template for an item.

        Args:
            use: which kind.
            question: the item's last text field before the choices.

        Raises:
            UserError: there is none for this question.
        """
        templates = (self.causal or self.template) if use == "causal" else self.template
        if ANY in templates:
            return templates[ANY]
        if question not in templates:
            raise UserError(
                f"no template for the question '{quote(question)}'; there are some for "
                f"{quote_all(templates)}"
            )
        return templates[question]

    def to_json(self, class_names: Sequence[str]) -> dict[str, Any]:
        """As in a file."""
        found: dict[str, Any] = {"template": _plain(self.template)}
        if self.causal:
            found["causal"] = _plain(self.causal)
        if len(self.answers) == len(class_names):
            found["answers"] = dict(zip(class_names, self.answers, strict=True))
        return found


@dataclass(frozen=True)
class Templates:
    """A task's wordings by language."""

    task: Task
    wordings: Mapping[str, Wording]

    def of(self, language: str) -> Wording:
        """The language's own wording, else English."""
        found = self.wordings.get(language) or self.wordings.get(language.split("-", maxsplit=1)[0])
        return found or self.wordings[ENGLISH]

    def lacking(self, languages: Sequence[str]) -> list[str]:
        """The languages that are asked in English for want of a wording of their own."""
        return [x for x in languages if x not in self.wordings and self.of(x) is self.of(ENGLISH)]

    def silent(self, use: Use) -> dict[str, list[str]]:
        """The text fields (``{1}``, ...) that a wording never shows, by language; mostly empty.

        Where the template goes by the question, the question itself counts as shown.
        """
        found = {}
        for language, wording in self.wordings.items():
            templates = (
                (wording.causal or wording.template) if use == "causal" else wording.template
            )
            fields = self.task.fields - (ANY not in templates)
            shown = {slot.name for template in templates.values() for slot in template.slots}
            hidden = [f"{{{n}}}" for n in range(1, fields + 1) if str(n) not in shown]
            if hidden:
                found[language] = hidden
        return found

    def to_json(self) -> dict[str, Any]:
        """As in a file: language -> templates and label words."""
        names = self.task.class_names
        return {key: value.to_json(names) for key, value in self.wordings.items()}


def parse(raw: Mapping[str, Any], task: Task, source: str) -> Templates:
    """Check what a file holds.

    Args:
        raw: the parsed TOML.
        task: what the templates are for.
        source: what messages call the file.

    Raises:
        DataError: all problems at once.
    """
    problems = Problems(source, REMEDY)
    wordings: dict[str, Wording] = {}
    for code, table in raw.items():
        before = len(problems.found)
        key = _language(code, problems)
        if not isinstance(table, dict):
            problems.add(f"[{quote(code)}] is no table")
            continue
        for name in sorted(set(table) - set(KEYS)):
            problems.add(f"[{code}] {quote(name)}: unknown; there are {', '.join(KEYS)}")
        if key in wordings:
            problems.add(f"[{code}]: this language is there twice")
        template = _templates(table, "template", code, task, problems)
        causal = _templates(table, "causal", code, task, problems)
        answers = _answers(table.get("answers"), code, task, problems)
        if len(problems.found) == before:
            wordings[key] = Wording(template, causal, answers)
    if not problems and ENGLISH not in wordings:
        problems.add(f"no [{ENGLISH}]: the languages without a table of their own are asked in it")
    problems.raise_if_any()
    return Templates(task, wordings)


def _language(code: str, problems: Problems) -> str:
    try:
        return canonical(code)
    except UserError as error:
        problems.add(f"[{quote(code)}]: {error}")
        return code


def _templates(
    table: Mapping[str, Any], name: Use, code: str, task: Task, problems: Problems
) -> dict[str, Template]:
    """The templates under a key, by question."""
    given = table.get(name)
    if given is None:
        if name == "template":
            problems.add(f"[{code}] template is missing")
        return {}
    by_question = given if isinstance(given, dict) else {ANY: given}
    if isinstance(given, dict) and not task.choices:
        problems.add(f"[{code}] {name}: templates by question are for multiple choice")
    found = {}
    for question, text in by_question.items():
        where = f"[{code}] {name}" + (f".{quote(question)}" if question else "")
        if not isinstance(text, str) or not text.strip():
            problems.add(f"{where}: a text is expected, not {quote(text)!r}")
            continue
        found[question] = Template(text)
        for problem in found[question].problems(task.fields, task.choices):
            problems.add(f"{where}: {problem}")
        if name == "causal" and not found[question].ends_with_answer:
            problems.add(f"{where}: something comes after {{answer}}, which must be its end")
    return found


def _answers(given: Any, code: str, task: Task, problems: Problems) -> tuple[str, ...]:
    """The label words in class order."""
    where, names = f"[{code}] answers", task.class_names
    if given is None:
        if not task.choices:
            problems.add(f"{where} are missing: a word for each of {quote_all(names)}")
        return ()
    if isinstance(given, list) and task.choices:
        if len(given) < task.choices:
            problems.add(f"{where}: {len(given)} words, {task.choices} choices")
        given = dict(zip(names, given, strict=False))
    if not isinstance(given, dict) or not all(isinstance(word, str) for word in given.values()):
        problems.add(f"{where}: a table of class and word is expected")
        return ()
    by_class = {name.casefold(): word.strip() for name, word in given.items()}
    wanted = [name.casefold() for name in names]
    for name in (name for name in names if not by_class.get(name.casefold())):
        problems.add(f"{where}: no word for {quote(name)}")
    for name in (name for name in given if name.casefold() not in wanted):
        problems.add(f"{where}: {quote(name)} is no class here; there are {quote_all(names)}")
    words = [by_class.get(name, "") for name in wanted]
    for word in sorted({word for word in words if word and words.count(word) > 1}):
        problems.add(f"{where}: {quote(word)} stands for two classes")
    return tuple(words)


def _plain(templates: Mapping[str, Template]) -> Any:
    if ANY in templates:
        return templates[ANY].text
    return {question: template.text for question, template in templates.items()}

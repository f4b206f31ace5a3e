"""One question in any pair of languages: its ten best answers in the context, and the curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from core.data.qa.dataset import QaDataset
from core.data.qa.shown import NONE, ShownAnswers
from core.errors import UserError
from core.figures.of_questions import curves_figure
from core.figures.shown_curves import telling_place
from core.languages import english_name
from core.quoting import shortened
from core.runs.store import StoredRun
from dashboard import qa_data
from dashboard.choice import pick
from dashboard.figure_panel import figure_panel
from dashboard.labels import escape
from dashboard.marked_text import Marked, marked, plain
from dashboard.shell import errors_shown
from dashboard.text_source import texts_of

STACK = 560
"""Pixels of the stacked curves, which keep their width: a narrow window holds them."""
PROBABILITY, RIGHT = "p (%)", "✓"
Place = tuple[str, str, str]
"""Language of the question, language of the context, id of the question."""


@st.fragment
def question_panel(run: StoredRun) -> None:
    """Choose a question and a pair of languages; see what was answered, and how surely.

    Args:
        run: on questions.
    """
    with errors_shown():  # inside: a fragment shows what it raises as a traceback
        _panel(run)


def _panel(run: StoredRun) -> None:
    shown = qa_data.shown(run)
    first = telling_place(shown)
    if first is None:
        st.info(
            "This run keeps no single questions. One made with --shown-questions 8 does.",
            icon=":material/info:",
        )
        return
    texts = _texts(run, shown)
    place = _picked(next(iter(shown.values())), first, texts)
    if not any(_asked(x, place) for x in shown.values()):
        st.info(
            "This question was not asked in this pair of languages: one of the two lacks it. "
            "Choose others above.",
            icon=":material/info:",
        )
        return
    _question(place, texts)
    for column, (when, answers) in zip(st.columns(len(shown)), shown.items(), strict=True):
        with column:
            _answers(when if len(shown) > 1 else "", answers, place, texts)
    st.caption(
        "Shaded: the best answers, numbered by rank where they begin; rank 1 blue, later ones "
        "orange, paler with the rank. Underlined in green: the right answer. p: the probability of "
        f"the start times that of the end. {RIGHT}: exactly right after the run's normalisation."
    )
    context = "" if texts is None else _context(texts, place)
    figure_panel(
        partial(curves_figure, shown, place, run.record.config, context, badges=run.record.badges),
        key="answer_curves",
        alt="Probability of every token of the context to be the start, and the end, of the "
        "answer, with the right token and the window around it.",
        file=f"answer-curves-{run.id}",
        width=STACK,
        stretch=False,
    )


def _picked(among: ShownAnswers, first: Place, texts: QaDataset | None) -> Place:
    """The question and the pair that are looked at."""
    left, middle, right = st.columns([2, 1, 1])
    with left:
        order = sorted(among.ids, key=lambda item: item != first[2])
        item = pick(
            {x: _label(x, first[0], texts) for x in order},
            key="question",
            label="Question",
            help="The few questions of which the run keeps its best answers and curves; first one "
            "whose answer was known before and not said.",
        )
    with middle:
        question = _language(among.questions, first[0], "question_language", "Asked in")
    with right:
        context = _language(among.contexts, first[1], "context_language", "Context in")
    return question, context, item


def _label(item: str, language: str, texts: QaDataset | None) -> str:
    """A question as the list shows it: in English where there is one."""
    if texts is None or item not in texts.ids:
        return item
    place = texts.ids.index(item)
    for name in ("en", language, *texts.sides):
        side = texts.sides.get(name)
        if side is not None and side.questions[place] is not None:
            return shortened(str(side.questions[place]), 90)
    return item


def _language(among: Sequence[str], first: str, key: str, label: str) -> str:
    order = sorted(among, key=lambda language: language != first)
    return pick(
        {x: f"{english_name(x)} ({x})" for x in order},
        key=key,
        label=label,
        help="The same in this language.",
    )


def _asked(shown: ShownAnswers, place: Place) -> bool:
    """Whether the question was asked in the pair."""
    at = _at(shown, place)
    return at is not None and bool(shown.curve[at][1] > shown.curve[at][0])


def _at(shown: ShownAnswers, place: Place) -> tuple[int, int, int] | None:
    question, context, item = place
    try:
        return (
            shown.questions.index(question),
            shown.contexts.index(context),
            shown.ids.index(item),
        )
    except ValueError:
        return None


def _question(place: Place, texts: QaDataset | None) -> None:
    """The question in its language, and the right answers in that of the context."""
    question, context, item = place
    if texts is None:
        st.markdown(f"Question **{escape(item)}**")
        return
    number = texts.ids.index(item)
    asked = texts.sides[question].questions[number]
    st.html(plain(asked or "", question))
    answers = dict.fromkeys(x.text for x in texts.sides[context].answers[number])
    told = " / ".join(answers) or "none"
    st.markdown(f"Right ({escape(english_name(context))}): **{escape(told)}**")


def _answers(when: str, shown: ShownAnswers, place: Place, texts: QaDataset | None) -> None:
    """The context with its marks, and the answers by rank."""
    at = _at(shown, place)
    if at is None:
        return
    if when:
        st.markdown(f"**{when[:1].upper()}{when[1:]}**")
    kept = [rank for rank, span in enumerate(shown.spans[at]) if span[0] != NONE]
    spans = [(int(a), int(b)) for a, b in shown.spans[at][kept]]
    context = "" if texts is None else _context(texts, place)
    if context and texts is not None:
        number = texts.ids.index(place[2])
        gold = [(x.start, x.start + len(x.text)) for x in texts.sides[place[1]].answers[number]]
        marks = [Marked(a, b, rank) for rank, (a, b) in enumerate(spans, 1)]
        st.html(marked(context, place[1], marks, gold))
    st.table(
        [
            {
                "Rank": str(rank + 1),
                PROBABILITY: f"{100 * float(shown.probabilities[at][rank]):.2f}",
                RIGHT: RIGHT if shown.right[at][rank] else "",
                "Answer": escape(context[a:b] or f"characters {a} to {b}"),
            }
            for rank, (a, b) in zip(kept, spans, strict=True)
        ],
        border="horizontal",
        alt="The best answers by rank.",
    )


def _context(texts: QaDataset, place: Place) -> str:
    return texts.sides[place[1]].contexts[texts.ids.index(place[2])] or ""


def _texts(run: StoredRun, shown: Mapping[str, ShownAnswers]) -> QaDataset | None:
    """The texts of the run's data, or one sentence on how to get them."""
    config: Mapping[str, Any] = run.record.config

    def read(folder: str | None) -> QaDataset:
        found = qa_data.texts(run, folder)
        _check(found, shown)
        return found

    return texts_of(
        read,
        dataset=str(config.get("evaluation") or config.get("dataset") or ""),
        recorded=str(config.get("evaluation_data" if config.get("evaluation") else "data") or ""),
        shown="ids and places",
        key="qa_texts_folder",
    )


def _check(texts: QaDataset, shown: Mapping[str, ShownAnswers]) -> None:
    """Refuse texts that are not those the answers were given to.

    Raises:
        UserError: a question or language is not there, or a context is shorter than an answer.
    """
    for answers in shown.values():
        if not {*answers.questions, *answers.contexts} <= set(texts.sides):
            raise UserError("the data lack languages of the run")
        for item, identifier in enumerate(answers.ids):
            if identifier not in texts.ids:
                raise UserError(f"the data have no question {identifier}")
            number = texts.ids.index(identifier)
            for j, language in enumerate(answers.contexts):
                length = len(texts.sides[language].contexts[number] or "")
                if int(answers.spans[:, j, item, :, 1].max(initial=0)) > length:
                    raise UserError(f"question {identifier} has another context in {language}")

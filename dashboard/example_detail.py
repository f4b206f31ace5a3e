"""One example in every language: its texts, and what was answered there, before and after."""

from __future__ import annotations

from html import escape as html
from typing import Any

import streamlit as st

from core.data.predictions import Predictions
from core.data.texts import ExampleTexts, Item
from core.languages import english_name
from core.metrics.answered import Answered
from dashboard.example_data import Subject
from dashboard.labels import escape
from dashboard.marked_text import direction

CELL = "padding:.35em .6em;vertical-align:top;border-bottom:1px solid rgba(128,128,128,.3)"
QUIET = "opacity:.75;font-size:.85em"
RIGHT, WRONG = "✓", "✗"


def example_detail(subject: Subject, place: int, texts: ExampleTexts | None) -> None:
    """Draw one example.

    Args:
        subject: all answers.
        place: of the example.
        texts: of the run's data; None without them.
    """
    example = subject.found.examples[place]
    with st.container(border=True):
        st.markdown(f"**{escape(example)}** in every language{_right(subject.first, place)}")
        st.html(_table(subject, place, texts))
        for when, predictions in subject.predictions.items():
            answered = subject.found.at(when)  # type: ignore[arg-type]
            st.caption(escape(_vote(when, predictions, answered, place)))
        with st.expander("Probability of every class"):
            st.dataframe(
                probabilities(subject, place),
                hide_index=True,
                key="example_probabilities",
                height="content",
                column_config={
                    name: st.column_config.NumberColumn(format="%.3f")
                    for name in _classes(subject.first, place)
                },
            )


def _right(predictions: Predictions, place: int) -> str:
    if predictions.gold is None:
        return " (its right answer is not known)"
    names = [escape(predictions.class_names[k]) for k in predictions.gold[place].nonzero()[0]]
    return f"; right: **{', '.join(names)}**"


def _vote(when: str, predictions: Predictions, answered: Answered, place: int) -> str:
    """What the majority says, in words."""
    winner = predictions.class_names[int(answered.vote[place])]
    votes, languages = int(answered.votes[place]), len(predictions.languages)
    known = "" if answered.vote_right is None else ", " + (
        "right" if answered.vote_right[place] else "wrong"
    )  # fmt: skip
    return f"Vote {when}: {winner}, {votes} of {languages} languages{known}."


def probabilities(subject: Subject, place: int) -> list[dict[str, Any]]:
    """A row a language and moment: the probability of each class the example has."""
    rows = []
    for i, language in enumerate(subject.found.languages):
        for when, predictions in subject.predictions.items():
            row: dict[str, Any] = {"Language": language, "Moment": when}
            values = predictions.probabilities[i, place]
            row |= {name: float(values[k]) for name, k in _classes(predictions, place).items()}
            rows.append(row)
    return rows


def _classes(predictions: Predictions, place: int) -> dict[str, int]:
    """Name -> index of the classes that the example has."""
    mask = predictions.class_mask
    names = enumerate(predictions.class_names)
    return {name: k for k, name in names if mask is None or mask[place, k]}


def _table(subject: Subject, place: int, texts: ExampleTexts | None) -> str:
    """The table as HTML, in which nothing of the data is interpreted."""
    moments = list(subject.predictions)
    heads = ["Language", *(["Text"] if texts else []), *(f"Answer {when}" for when in moments)]
    head = "".join(f'<th scope="col" style="{CELL};text-align:start">{x}</th>' for x in heads)
    body = "".join(
        f"<tr>{_row(subject, place, i, texts)}</tr>" for i in range(len(subject.found.languages))
    )
    style = "border-collapse:collapse;width:100%"
    return f'<table style="{style}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _row(subject: Subject, place: int, i: int, texts: ExampleTexts | None) -> str:
    language = subject.found.languages[i]
    name = english_name(language)
    label = language if name == language else f"{name} ({language})"
    role = ""
    if subject.teachers:
        role = "teaches" if language in subject.teachers else "learns"
    told = f'<br><span style="{QUIET};font-weight:normal">{role}</span>' if role else ""
    cells = [f'<th scope="row" style="{CELL};text-align:start">{html(label)}{told}</th>']
    if texts:
        found = texts.find(subject.found.examples[place], language)
        cells.append(f'<td style="{CELL};width:50%">{_text(found, language)}</td>')
    for when, predictions in subject.predictions.items():
        answered = subject.found.at(when)  # type: ignore[arg-type]
        cells.append(f'<td style="{CELL}">{_answer(predictions, answered, i, place)}</td>')
    return "".join(cells)


def _text(found: Item | None, language: str) -> str:
    """The texts as paragraphs of their language; choices are numbered."""
    if found is None:
        return f'<span style="{QUIET}">not in the data</span>'
    way = f'lang="{html(language)}" dir="{direction(language)}"'
    paragraphs = [
        f'<p {way} style="margin:0 0 .3em;overflow-wrap:anywhere">{html(text)}</p>'
        for text in found.fields
    ]
    if found.choices:
        listed = "".join(f"<li>{html(text)}</li>" for text in found.choices)
        paragraphs.append(f'<ol {way} style="margin:0;padding-inline-start:1.5em">{listed}</ol>')
    return "".join(paragraphs)


def _answer(predictions: Predictions, answered: Answered, i: int, place: int) -> str:
    """The answer, whether it is right, its probability, and what is the next likeliest."""
    chosen = int(answered.chosen[i, place])
    sign = ""
    if answered.right is not None:
        sign = f"{RIGHT if answered.right[i, place] else WRONG} "
    values = predictions.probabilities[i, place]
    others = {k: name for name, k in _classes(predictions, place).items() if k != chosen}
    then = ""
    if others:
        second = max(others, key=lambda k: float(values[k]))
        told = f"then {others[second]} ({100 * float(values[second]):.0f} %)"
        then = f'<br><span style="{QUIET}">{html(told)}</span>'
    name = html(predictions.class_names[chosen])
    return f"{sign}<strong>{name}</strong> ({100 * float(values[chosen]):.0f} %){then}"

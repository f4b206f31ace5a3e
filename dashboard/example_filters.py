"""The filters of the example browser, which stand in the URL; clicks on charts set them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast, get_args

import streamlit as st

from core.languages import english_name
from core.metrics.answered import ANY, Examples, Moment, Verdict
from core.metrics.examples import MAJORITY, Filter, VoteIs
from dashboard.choice import pick
from dashboard.choice_numbers import pick_range
from dashboard.chosen_examples import AREA, IDS, chosen
from dashboard.example_data import Subject
from dashboard.linked_chart import Link
from dashboard.url_state import name_in_url

RUN, SHOW, LANGUAGE, VOTE = "ex_run", "ex_show", "ex_language", "ex_vote"
UNLIKE, RIGHT, WHEN, PAGE = "ex_unlike", "ex_right", "ex_when", "ex_page"
ITEM = "ex_item"
"""Names in the URL."""
HEADING = "Examples"
"""Of the part of a page that they filter."""
TEACHERS, STUDENTS, ANYBODY = "teachers", "students", "any"
VOTES: Mapping[VoteIs, str] = {
    "any": "any",
    "unanimous": "unanimous",
    "majority": "more than half agree, not all",
    "split": "split: no answer has more than half",
    "right": "the vote is right",
    "wrong": "the vote is wrong",
}
HELP = {
    SHOW: "Turned right: wrong before and right after. An answer is the most probable class.",
    LANGUAGE: "Answers in one language, or in those that teach or learn. A click on a language in "
    "a chart above chooses it.",
    VOTE: "What the languages' majority says of the example; a tie goes to the class with the "
    "larger summed probability.",
    UNLIKE: "Only answers that differ from what this language, or the majority, says.",
    RIGHT: "In how many of the languages the example is answered right.",
    WHEN: "Whose votes and right languages the filters count.",
}


def filters(subject: Subject) -> Filter:
    """Draw the filters that make sense here; what they and a chart's points choose."""
    found = subject.found
    gold = found.last.right is not None
    drawn: list[Callable[[], None]] = []
    values: dict[str, Any] = {}

    def add(name: str, draw: Callable[[], Any], *, makes_sense: bool = True) -> None:
        if makes_sense:
            drawn.append(lambda: values.update({name: draw()}))

    add("verdict", lambda: _verdict(found), makes_sense=len(found.verdicts) > 1)
    add("languages", lambda: _languages(subject))
    add("vote", lambda: _vote(gold=gold))
    add("differs_from", lambda: _unlike(found))
    add("right_in", lambda: _right(found), makes_sense=gold)
    add("when", lambda: _when(found), makes_sense=len(found.moments) > 1)
    for start in range(0, len(drawn), 3):
        for column, draw in zip(st.columns(3), drawn[start : start + 3], strict=False):
            with column:
                draw()
    return Filter(**{"when": found.moments[0], **values, **chosen(found)})


def to_languages(runs: Mapping[str, str] | None = None, *, other: str = "") -> Link:
    """The link of a chart whose marks are languages (and runs): their examples.

    Args:
        runs: run ids by their name in the chart (``run``, also behind it " before" or " after");
            None where it shows one run, which it does not name.
        other: field of a second language, whose answers must differ.
    """
    named = (runs or {}).items()
    ids = {f"{name}{when}": run for name, run in named for when in ("", " before", " after")}
    fields = ("language", *(("run",) if runs else ()), *((other,) if other else ()))

    def clicked(values: Mapping[str, Any]) -> None:
        wanted = {LANGUAGE: values.get("language"), UNLIKE: values.get(other) if other else None}
        if values.get("run") in ids:
            wanted[RUN] = ids[str(values["run"])]
        show(wanted)

    return Link(fields, clicked, HEADING)


def to_counts(run: str) -> Link:
    """The link of a chart whose bars are numbers of languages that are right: those examples.

    Args:
        run: what the URL calls the run it shows.
    """

    def clicked(values: Mapping[str, Any]) -> None:
        count = values.get("right")
        when = values.get("when") if values.get("when") == "after" else None
        some = {RIGHT: None if count is None else f"{count}-{count}", WHEN: when, RUN: run}
        show({**some, SHOW: ANY, LANGUAGE: None, UNLIKE: None, VOTE: None})

    return Link(("right", "when"), clicked, HEADING)


def show(wanted: Mapping[str, str | None]) -> None:
    """Let the browser show other examples from the next rerun on, from the first page."""
    for key, text in {IDS: None, AREA: None, **wanted, PAGE: None, ITEM: None}.items():
        name_in_url(key, text)


def _verdict(found: Examples) -> Verdict:
    options = {str(verdict): str(verdict) for verdict in found.verdicts}
    chosen = pick(options, key=SHOW, label="Answers that", help=HELP[SHOW], bare=True)
    return cast(Verdict, chosen)


def _languages(subject: Subject) -> tuple[str, ...]:
    """The languages asked for; none means all."""
    groups = {TEACHERS: subject.teachers, STUDENTS: subject.students}
    known = {name: members for name, members in groups.items() if members}
    options = {ANY: "all"}
    options |= {name: f"{name} ({len(members)})" for name, members in known.items()}
    options |= named_languages(subject.found.languages)
    chosen = pick(options, key=LANGUAGE, label="In language", help=HELP[LANGUAGE], bare=True)
    if chosen in known and chosen not in subject.found.languages:
        return known[chosen]
    return () if chosen == ANY else (chosen,)


def _vote(*, gold: bool) -> VoteIs:
    options = {
        name: VOTES[name] for name in get_args(VoteIs) if gold or name not in ("right", "wrong")
    }
    chosen = pick(options, key=VOTE, label="Languages' vote", help=HELP[VOTE], bare=True)
    return cast(VoteIs, chosen)


def _unlike(found: Examples) -> str:
    options = {ANYBODY: "any", MAJORITY: "the majority's", **named_languages(found.languages)}
    chosen = pick(options, key=UNLIKE, label="Answer unlike", help=HELP[UNLIKE], bare=True)
    return "" if chosen == ANYBODY else chosen


def _right(found: Examples) -> tuple[int, int] | None:
    most = len(found.languages)
    return pick_range(0, most, key=RIGHT, label="Right in how many languages", help=HELP[RIGHT])


def _when(found: Examples) -> Moment:
    options = {str(when): f"{when} distillation" for when in found.moments}
    chosen = pick(options, key=WHEN, label="Votes and counts", help=HELP[WHEN], bare=True)
    return cast(Moment, chosen)


def named_languages(languages: Sequence[str]) -> dict[str, str]:
    """The languages with their names, in order."""
    return {x: x if english_name(x) == x else f"{english_name(x)} ({x})" for x in languages}

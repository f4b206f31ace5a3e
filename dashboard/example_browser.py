"""Single examples of a run: filtered, page by page, and one in every language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.data.predictions import Predictions
from core.data.texts import ExampleTexts
from core.metrics.answered import Examples
from core.metrics.examples import Filter, counts, matching, verdict_of
from core.runs.store import StoredRun
from dashboard import example_data
from dashboard.choice import pick
from dashboard.choice_numbers import pick_number
from dashboard.example_data import Subject
from dashboard.example_detail import RIGHT, WRONG, example_detail
from dashboard.example_filters import HEADING, ITEM, PAGE, RUN, filters
from dashboard.labels import escape, option
from dashboard.shell import anchor, errors_shown
from dashboard.table_panel import plain_table
from dashboard.text_source import texts_of
from dashboard.ticked_table import tick, ticked_table
from dashboard.url_state import name_in_url

ROWS = 25
"""Answers on a page."""
LONGEST = 160
"""Letters of a text in the table; all of it stands below."""
COLUMNS = {
    "Text": st.column_config.TextColumn(
        width=230, help="In the language of the row; tick it to read all."
    ),
    "Right": st.column_config.TextColumn(help="The right answer."),
    "Before": st.column_config.TextColumn(help="The answer and its probability."),
    "After": st.column_config.TextColumn(help="The answer and its probability."),
    "Answer": st.column_config.TextColumn(help="The answer and its probability."),
    "Right in": st.column_config.TextColumn(
        help="How many of the languages answer the example right, before and after."
    ),
}


def run_examples(runs: Sequence[StoredRun]) -> None:
    """The section with the examples of runs: a heading, a choice of the run, its answers.

    Args:
        runs: those that keep no answers are left out.
    """
    st.subheader(HEADING, anchor=anchor(HEADING))
    kept = [run for run in runs if example_data.keeps_answers(run)]
    if not kept:
        st.info(
            "No run chosen here keeps its answers to single examples. Runs of a model on a task "
            "do; those recorded with the project leave out some.",
            icon=":material/info:",
        )
        return
    _of_runs(kept)


@st.fragment
def _of_runs(runs: Sequence[StoredRun]) -> None:
    with errors_shown():  # inside: a fragment shows what it raises as a traceback
        by_id = {run.id: run for run in runs}
        chosen = next(iter(by_id))
        if len(by_id) > 1:
            labels = {run.id: option(run) for run in runs}
            chosen = pick(labels, key=RUN, label="Run", help="Whose answers are listed.", bare=True)
        subject = example_data.of_run(by_id[chosen])
        if subject is not None:
            _panel(subject)


@st.fragment
def choice_examples(
    found: Predictions, key: str, teachers: Sequence[str], run: StoredRun | None
) -> None:
    """The section with the examples that a teacher choice is made from.

    Args:
        found: their predictions.
        key: another one for other predictions.
        teachers: those on the screen.
        run: they are of; None for a brought file.
    """
    with errors_shown():
        st.subheader(HEADING, anchor=anchor(HEADING))
        _panel(example_data.of_choice(found, key, teachers, run))


def _panel(subject: Subject) -> None:
    """Filters, the answers they leave, a page of them, and the ticked one in every language."""
    if subject.note:
        st.caption(escape(subject.note))
    wanted = filters(subject)
    _back_to_the_first_page(subject, wanted)
    places = matching(subject.found, wanted)
    texts = _texts(subject)
    shown = _page(places, subject.found.last.chosen.size)
    if not len(shown):
        st.info("No answer is so: widen the filters above.", icon=":material/filter_alt_off:")
    else:
        item = _ticked(subject, shown, texts)
        if item is not None:
            example_detail(subject, item, texts)
    counted = st.expander(
        "Counts by language", icon=":material/tag:", key="example_counts_panel", on_change="rerun"
    )
    if counted.open:
        with counted:
            _counts(subject.found)


def _back_to_the_first_page(subject: Subject, wanted: Filter) -> None:
    """Another filter begins on its first page; the first one seen keeps the page of the link."""
    signature = (subject.key, *asdict(wanted).values())
    if st.session_state.get("ex_filter", signature) != signature:
        name_in_url(PAGE, None)
        name_in_url(ITEM, None)
        tick("examples", [])
    st.session_state["ex_filter"] = signature


def _page(places: NDArray[np.int64], total: int) -> NDArray[np.int64]:
    """How many answers there are, and those of the page on the screen."""
    pages = max(1, -(-len(places) // ROWS))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.caption(
            f"{len(places):,} of {total:,} answers (an example counts once a language). Tick one "
            "to see it in every language."
        )
        if pages == 1:
            return places
        number = pick_number(
            pages, key=PAGE, label=f"Page, of {pages:,}", help=f"{ROWS} answers a page."
        )
    return places[ROWS * (number - 1) : ROWS * number]


def _ticked(subject: Subject, places: NDArray[np.int64], texts: ExampleTexts | None) -> int | None:
    """Draw one page; the place of the example that is ticked."""
    ids = [_name(subject.found, x) for x in places.tolist()]
    ticked = ticked_table(
        [_row(subject, int(i), int(j), texts) for i, j in places],
        ids,
        key="examples",
        link=ITEM,
        columns=COLUMNS,
        mode="single-row",
    )
    return int(places[ids.index(ticked[0])][1]) if ticked else None


def _name(found: Examples, place: Sequence[int]) -> str:
    """What the URL calls an answer."""
    return f"{found.languages[place[0]]} {found.examples[place[1]]}"


def _row(subject: Subject, i: int, j: int, texts: ExampleTexts | None) -> dict[str, Any]:
    """One answer in the table."""
    found, first = subject.found, subject.first
    language, example = found.languages[i], found.examples[j]
    row: dict[str, Any] = {"Language": language}
    item = texts.find(example, language) if texts else None
    if item is not None:
        text = " / ".join(item.fields)
        row["Text"] = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    if first.gold is not None:
        row["Right"] = ", ".join(first.class_names[k] for k in first.gold[j].nonzero()[0])
    for when in found.moments:
        answered = found.at(when)
        sign = "" if answered.right is None else RIGHT if answered.right[i, j] else WRONG
        name = first.class_names[int(answered.chosen[i, j])]
        label = when.capitalize() if len(found.moments) > 1 else "Answer"
        row[label] = f"{sign} {name} ({100 * answered.probability[i, j]:.0f} %)".strip()
    rights = [x for when in found.moments if (x := found.at(when).right) is not None]
    if rights:
        row["Right in"] = " → ".join(str(int(x[:, j].sum())) for x in rights)
    if len(found.verdicts) > 1:
        row["Verdict"] = verdict_of(found, i, j)
    return {**row, "Example": example}


def _texts(subject: Subject) -> ExampleTexts | None:
    """The texts of the run's data, or how to get them."""
    if subject.run is None:
        st.caption("A predictions file holds no texts: ids and probabilities are shown.")
        return None
    config = subject.run.record.config
    if config.get("predictions"):
        st.caption("These predictions were brought without texts: ids and probabilities are shown.")
        return None
    asked = bool(st.session_state.get(f"texts_asked_{subject.run.id}"))
    if not example_data.can_show_texts(subject, asked=asked):
        _ask(subject.run, str(config.get("dataset")))
        return None

    def read(folder: str | None) -> ExampleTexts:
        return example_data.texts(subject, folder)

    return texts_of(
        read,
        dataset=str(config.get("dataset") or ""),
        recorded=str(config.get("data") or ""),
        shown="ids and probabilities",
        key="example_texts_folder",
    )


def _ask(run: StoredRun, dataset: str) -> None:
    """A button that reads texts which may come from far."""

    def asked() -> None:
        st.session_state[f"texts_asked_{run.id}"] = True

    st.button(
        "Read the texts",
        key="read_texts",
        icon=":material/text_fields:",
        help=f"The run took {dataset} from the hub. Its texts are read from the hub's cache on "
        "this machine, else from the hub, which takes a while.",
        on_click=asked,
    )


def _counts(found: Examples) -> None:
    """How many answers stand how, by language."""
    table = counts(found)
    rows: list[dict[str, Any]] = [{"Language": x, **row} for x, row in table.items()]
    if not rows or len(rows[0]) == 1:
        st.caption("Without gold labels, and without answers after, nothing can be counted.")
        return
    if "turned right" in rows[0]:
        for row in rows:
            row["net"] = row["turned right"] - row["turned wrong"]
    plain_table(
        rows,
        key="example_counts",
        columns={
            "net": st.column_config.NumberColumn(
                format="%+d", help="Turned right less turned wrong."
            )
        },
    )

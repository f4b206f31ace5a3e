"""Single questions: which are right, which turned, and what every language answered to one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.data.probing_answers import ProbingAnswers
from core.data.probing_texts import WORLD, Texts
from core.metrics.probing import ProbingScores
from core.metrics.probing_questions import (
    CHANGES,
    STATES,
    TURNED_RIGHT,
    TURNED_WRONG,
    WRONG,
    Outcome,
    chosen,
    counts,
)
from core.runs.store import StoredRun
from dashboard import probing_data
from dashboard.choice import pick
from dashboard.labels import escape
from dashboard.linked_chart import Link
from dashboard.shell import errors_shown
from dashboard.table_panel import plain_table
from dashboard.text_source import texts_of
from dashboard.ticked_table import ticked_table
from dashboard.url_state import name_in_url

MOST = 500
"""Rows of the table; a filter brings the others."""
EVERY = "all"
LANGUAGE, REGION = "question_language", "question_region"
HELP = {
    "turned right": "More of the right answers are found after the distillation than before.",
    "turned wrong": "Fewer of the right answers are found than before.",
    "still right": "All right answers are found, before and after.",
    "still wrong": "Not all right answers are found, and as many as before.",
    "right": "All right answers are among as many best-scored candidates.",
    "wrong": "Not all right answers are.",
}


def to_questions(scores: ProbingScores, section: str) -> Link:
    """The link of a chart whose cells are languages and regions: their questions.

    Args:
        scores: of the run's main set; averages have no questions of their own.
        section: heading over the questions.
    """

    def clicked(values: Mapping[str, Any]) -> None:
        language, region = (str(values.get(name)) for name in ("language", "region"))
        name_in_url(LANGUAGE, language if language in scores.average else None)
        name_in_url(REGION, region if region in scores.total else None)
        name_in_url("verdict", EVERY)

    return Link(("language", "region"), clicked, section)


@st.fragment
def question_panel(run: StoredRun) -> None:
    """Counts by language, the questions behind them, and one question in every language."""
    with errors_shown():  # inside: a fragment shows what it raises as a traceback
        _panel(run)


def _panel(run: StoredRun) -> None:
    found = probing_data.questions(run)
    kept = probing_data.answers(run)
    if not found or kept is None:
        st.info(
            "The answers to single questions are not kept with this run. The command under "
            "“Where this came from” makes them.",
            icon=":material/info:",
        )
        return
    _counts(found)
    texts = _texts(run, kept[0])
    shown = _filtered(found)
    st.caption(
        f"{len(shown):,} of {len(found):,} (a question counts once a language)"
        + (f"; the first {MOST} are listed." if len(shown) > MOST else ".")
        + " Tick one to see it in every language."
    )
    if not shown:
        return
    listed = shown[:MOST]
    ticked = ticked_table(
        [_row(outcome, texts) for outcome in listed],
        [f"{x.example} {x.language}" for x in listed],
        key="questions",
        link="question",
        columns={
            "Prompt": st.column_config.TextColumn(width="large"),
            "Found": st.column_config.TextColumn(
                help="Right answers found, of those there are; before and after."
            ),
        },
        mode="single-row",
    )
    if ticked:
        one_question(kept, ticked[0].rsplit(" ", 1)[0], texts)


def _counts(found: Sequence[Outcome]) -> None:
    """How many questions stand how, by language."""
    rows: list[dict[str, Any]] = [{"Language": x, **row} for x, row in counts(found).items()]
    if TURNED_RIGHT in rows[0]:
        for row in rows:
            row["net"] = row[TURNED_RIGHT] - row[TURNED_WRONG]
    number = st.column_config.NumberColumn
    plain_table(
        rows,
        key="question_counts",
        columns={
            **{name: number(help=HELP[name]) for name in (*CHANGES, *STATES)},
            "net": number(format="%+d", help="Turned right less turned wrong."),
        },
    )


def _filtered(found: Sequence[Outcome]) -> list[Outcome]:
    """The questions of the language, region and verdict asked for."""
    verdicts = CHANGES if found[0].after is not None else STATES
    languages = list(dict.fromkeys(x.language for x in found))
    regions = list(dict.fromkeys(x.region for x in found))
    left, middle, right = st.columns(3)
    with left:
        verdict = pick(
            [*verdicts, EVERY],
            label="Verdict",
            default=WRONG,
            bare=True,
            key="verdict",
            help="Right: as many best-scored candidates as there are right answers hold them all.",
        )
    with middle:
        language = pick(
            [EVERY, *languages], label="Language", bare=True, key=LANGUAGE, help="Asked in it."
        )
    with right:
        region = pick(
            [EVERY, *regions], label="Region", bare=True, key=REGION, help="Asked about it."
        )
    return [
        x
        for x in found
        if verdict in (EVERY, x.verdict)
        and language in (EVERY, x.language)
        and region in (EVERY, x.region)
    ]


def _row(outcome: Outcome, texts: Texts | None) -> dict[str, Any]:
    moments = [outcome.before] + ([] if outcome.after is None else [outcome.after])
    asked = texts.find(outcome.example, outcome.language) if texts else None
    row = {"Language": outcome.language, "Region": outcome.region}
    row |= {"Prompt": asked.prompt} if asked else {}
    return {
        **row,
        "Found": " → ".join(f"{x}/{outcome.asked}" for x in moments),
        "Verdict": outcome.verdict,
        "Question": outcome.example,
    }


def _texts(run: StoredRun, answers: ProbingAnswers) -> Texts | None:
    """The texts of the run's data, or one sentence on how to get them."""

    def read(folder: str | None) -> Texts:
        found = probing_data.texts(run, folder)
        found.check(answers, answers.examples)
        return found

    return texts_of(
        read,
        dataset=str(run.record.config.get("dataset") or WORLD),
        recorded=str(run.record.config.get("data") or ""),
        shown="ids and scores",
        key="texts_folder",
    )


def one_question(
    kept: tuple[ProbingAnswers, ProbingAnswers | None], example: str, texts: Texts | None
) -> None:
    """What every language was asked, and how it scored each candidate."""
    before, after = kept
    if example not in before.examples:
        return
    place = before.examples.index(example)
    moments = {"before": before} if after is None else {"before": before, "after": after}
    with st.container(border=True):
        st.markdown(f"**{escape(example)}** in every language")
        st.dataframe(
            [_in_language(x, example, place, moments, texts) for x in before.languages],
            hide_index=True,
            key="question_languages",
            height="content",
            column_config={"Prompt": st.column_config.TextColumn(width="large")},
        )
        rows = [
            row for x in before.languages for row in _candidates(x, example, place, moments, texts)
        ]
        st.dataframe(
            rows,
            hide_index=True,
            key="question_candidates",
            height=360 if len(rows) > 10 else "content",
            column_config={
                f"Score {when}": st.column_config.NumberColumn(
                    format="%.3f", help="Mean −log p of the candidate's pieces; lower is better."
                )
                for when in moments
            },
        )
        st.caption(
            "A score is in nats, less that of the prompt without its country where the run "
            "calibrated; lower is better. ✓ marks right answers, ● what the model picked."
        )


def _in_language(
    language: str,
    example: str,
    place: int,
    moments: dict[str, ProbingAnswers],
    texts: Texts | None,
) -> dict[str, Any]:
    """One language's line: the prompt, the answers picked, and whether they are right."""
    asked = texts.find(example, language) if texts else None
    row: dict[str, Any] = {"Language": language}
    row |= {"Prompt": asked.prompt} if asked else {}
    for when, answers in moments.items():
        picked = [i for i, yes in enumerate(chosen(answers, language, place)) if yes]
        right = set(answers.gold[language][place]) <= set(picked)
        names = [asked.candidates[i] if asked else f"#{i + 1}" for i in picked]
        label = f"Answer {when}" if len(moments) > 1 else "Answer"
        row[label] = f"{'✓' if right else '✗'} {', '.join(names)}"
    gold = next(iter(moments.values())).gold[language][place]
    row["Right"] = ", ".join(asked.candidates[i] if asked else f"#{i + 1}" for i in gold)
    return row


def _candidates(
    language: str,
    example: str,
    place: int,
    moments: dict[str, ProbingAnswers],
    texts: Texts | None,
) -> list[dict[str, Any]]:
    """One line a candidate: its scores, whether it is right, and whether it was picked."""
    asked = texts.find(example, language) if texts else None
    first = next(iter(moments.values()))
    rows = []
    for i in range(len(first.scores[language][place])):
        row: dict[str, Any] = {
            "Language": language,
            "Candidate": asked.candidates[i] if asked else f"#{i + 1}",
            "Right": "✓" if i in first.gold[language][place] else "",
        }
        for when, answers in moments.items():
            row[f"Score {when}"] = float(answers.scores[language][place][i])
            row[f"Picked {when}"] = "●" if chosen(answers, language, place)[i] else ""
        rows.append(row)
    return rows

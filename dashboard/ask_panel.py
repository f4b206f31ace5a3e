"""Questions of one's own: typed in, answered by a worker, shown by language."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st
from pydantic import ValidationError

from core.config import AskConfig
from core.data.probing import MASK
from core.errors import UserError
from core.figures.asked import asked, read_answers
from core.jobs.settings import problems_of
from core.runs.store import StoredRun
from dashboard import cache
from dashboard.badges import run_header
from dashboard.figure_panel import figure_panel
from dashboard.form_fields import draw
from dashboard.job_panel import job_panel, start_button
from dashboard.log_panel import log_panel
from dashboard.run_picker import open_run, pick_run
from dashboard.shell import errors_shown, show_error

KIND, LINK = "ask", "asked"
WIDTH = 590
COLUMNS = ("language", "prompt", "candidates")
EXAMPLES = (
    ("en", f"The capital of Kenya is {MASK}.", "Nairobi, Kampala, Cairo"),
    ("fr", f"La capitale du Kenya est {MASK}.", "Nairobi, Kampala, Le Caire"),
    ("sw", f"Mji mkuu wa Kenya ni {MASK}.", "Nairobi, Kampala, Kairo"),
)


def ask_panel() -> None:
    """The box to type in, and what the model answered to the question picked."""
    started = _form()
    if started is not None:
        open_run(started.id, LINK)
        st.rerun()
    run = pick_run(
        cache.readable(KIND), key=LINK, label="Question asked", help="The answers to look at."
    )
    if run is None:
        st.caption("Nothing asked yet: change the lines above as you like and press “Ask”.")
        return
    run_header(run)
    job_panel(run)
    if cache.is_open(run):
        return
    with errors_shown():
        _answers(run)
    if run.record.error:
        log_panel(run)


def _form() -> StoredRun | None:
    """One line a language, and the model; the run submitted by this click, if any."""
    st.markdown(
        f"One line a language: a prompt with one `{MASK}`, and its candidates separated by commas, "
        "in the same order of meaning in every language."
    )
    rows = st.data_editor(
        [dict(zip(COLUMNS, row, strict=True)) for row in EXAMPLES],
        num_rows="dynamic",
        hide_index=True,
        key="questions_asked",
        column_config={
            "language": st.column_config.TextColumn(
                "Language", width="small", help="Any code or English name, such as sw."
            ),
            "prompt": st.column_config.TextColumn(
                "Prompt", width="large", help=f"With one {MASK} where the answer goes."
            ),
            "candidates": st.column_config.TextColumn(
                "Candidates", width="large", help="Two or more, separated by commas."
            ),
        },
    )
    left, right = st.columns(2)
    values: dict[str, Any] = {"questions": as_lines(rows)}
    for column, name in ((left, "model"), (right, "scorer")):
        field = AskConfig.model_fields[name]
        with column:
            values[name] = draw(name, field, field.default, f"ask.{name}")
    return start_button(
        "Ask",
        KIND,
        _config(values),
        key="ask_now",
        help="A worker loads the model and scores the candidates, seconds for a small model; this "
        "page shows its progress.",
    )


def as_lines(rows: Sequence[dict[str, Any]]) -> str:
    """The table as the config takes it, one line a row; rows without any text are left out."""
    lines = []
    for row in rows:
        cells = [" ".join(str(row.get(name) or "").split()) for name in COLUMNS]
        if any(cells):
            lines.append(" | ".join(cells))
    return "\n".join(lines)


def _config(values: dict[str, Any]) -> AskConfig | None:
    """The config, or None with the reason shown."""
    try:
        config = AskConfig.model_validate(values)
    except ValidationError as error:
        show_error(UserError("\n".join(x["msg"] for x in error.errors())))
        return None
    wrong = problems_of(config)
    if wrong:
        show_error(UserError("\n".join(wrong.values())))
    return None if wrong else config


def _answers(run: StoredRun) -> None:
    """Every language's distribution, as bars and as a table."""
    found = read_answers(run.record.metrics)
    if not found:
        return
    figure_panel(
        partial(asked, found, badges=run.record.badges),
        key="asked",
        alt="Probability of each candidate in each language; the likeliest is filled.",
        file=f"answers-{run.id}",
        width=WIDTH,
    )
    st.dataframe(
        [_line(language, answer) for language, answer in found.items()],
        hide_index=True,
        key="answers_by_language",
        height="content",
        column_config={
            "Prompt": st.column_config.TextColumn(width="large"),
            "Probability (%)": st.column_config.NumberColumn(
                format="%.1f", help="Among the candidates: the softmax of their scores."
            ),
        },
    )


def _line(language: str, answer: dict[str, Any]) -> dict[str, Any]:
    """A language's likeliest candidate."""
    shares = answer["probabilities"]
    best = max(range(len(shares)), key=shares.__getitem__)
    return {
        "Language": language,
        "Prompt": answer["prompt"],
        "Answer": answer["candidates"][best],
        "Probability (%)": 100 * shares[best],
    }

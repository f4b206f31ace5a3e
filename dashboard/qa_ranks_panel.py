"""How much a model knows but does not say: the ranks of first right answers, chart and table."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from core.data.qa.scores import QaScores
from core.figures.answer_ranks import answer_ranks
from core.figures.of_questions import normalizer, rank_shares
from core.metrics.qa_ranks import ALL, By, RankIntervals, RankTable, rank_table
from core.metrics.qa_transfer_text import unsaid_of
from core.runs.store import StoredRun
from dashboard import qa_data
from dashboard.choice import pick_one
from dashboard.figure_panel import figure_panel
from dashboard.labels import escape
from dashboard.qa_scores_panel import ROW, between
from dashboard.table_panel import table_panel

BY: Mapping[str, By] = {"Question": "question", "Context": "context"}
SHARES, COUNTS = "shares", "counts"
FORMS = {SHARES: "Shares (%)", COUNTS: "Counts"}
UNSAID, NOWHERE = "Known, not said", "Nowhere"
HELP = {
    UNSAID: "The right answer stands at rank 2 or later.",
    NOWHERE: "The right answer is none of those that were looked at.",
}


def ranks_panel(run: StoredRun) -> None:
    """The chart, one sentence, and the table (the paper's Table 1).

    Args:
        run: with scores.
    """
    found = qa_data.scores(run)
    by = BY[
        pick_one(
            list(BY),
            label="By the language of the",
            key="ranks_by",
            help="Whether a row counts the questions asked in a language, or the contexts read "
            "in it.",
        )
    ]
    tables = {when: rank_table(scores, by) for when, scores in found.items()}
    st.markdown(escape(sentence(tables, qa_data.sure_ranks(run, by))))
    figure_panel(
        partial(
            answer_ranks,
            {when: rank_shares(scores, by) for when, scores in found.items()},
            by=by,
            note=normalizer(found),
            badges=run.record.badges,
        ),
        key="answer_ranks",
        alt="Share of the questions of each language whose first right answer stands at each rank.",
        file=f"answer-ranks-{by}-{run.id}",
        width=ROW,
    )
    _table(run, found, tables, by)


def sentence(tables: Mapping[str, RankTable], sure: RankIntervals) -> str:
    """How much is known and not said, of all languages together.

    Args:
        tables: by moment.
        sure: intervals of the change where there are two moments.
    """
    first, *later = tables.values()
    if later:
        return unsaid_of(first, later[-1], sure)
    last = first.rows.index(ALL)
    return (
        f"{first.said[last]:.1f} % of the questions are answered right, and a further "
        f"{first.unsaid[last]:.1f} % have the right answer at ranks 2 to "
        f"{first.counts.shape[1]}: known, but not said."
    )


def _table(
    run: StoredRun, found: Mapping[str, QaScores], tables: Mapping[str, RankTable], by: By
) -> None:
    """A row a language and moment, a column a rank."""
    form = pick_one(
        FORMS,
        label="Table of",
        key="ranks_form",
        help="Percent of the questions asked in the row's language, or how many they are (as the "
        "paper's Table 1).",
    )
    sure = qa_data.sure_ranks(run, by)
    rows = [
        _row(when, table, place, sure if when == list(tables)[-1] else None, form, len(tables) > 1)
        for place in range(len(next(iter(tables.values())).rows))
        for when, table in tables.items()
    ]
    ranks = _ranks(next(iter(tables.values())))
    format_ = "%.1f" if form == SHARES else "%d"
    number = st.column_config.NumberColumn
    table_panel(
        [{name: _rounded(x) for name, x in row.items()} for row in rows],
        key="ranks_table",
        file=f"answer-ranks-{by}-{run.id}",
        columns={
            **{
                rank: number(rank if place == 1 else str(place), format=format_, width=50)
                for place, rank in enumerate(ranks, 1)
            },
            **{name: number(format=format_, help=text) for name, text in HELP.items()},
        },
        written=rows,
    )
    st.caption(
        f"Right means exactly right after the {normalizer(found)}; a question counts once in each "
        "pair of languages. Interval: of the share that is known and not said"
        + (", of its change in points" if len(tables) > 1 else ", in percent")
        + "; bootstrap over articles."
    )


def _row(
    when: str,
    table: RankTable,
    place: int,
    sure: RankIntervals | None,
    form: str,
    both: bool,
) -> dict[str, Any]:
    name, asked = table.rows[place], int(table.asked[place])
    row: dict[str, Any] = {"Language": name}
    if both:
        row["When"] = when
    if form == SHARES:
        values = [*table.shares[place], table.unsaid[place], table.unknown[place]]
        cells: list[Any] = [float(x) if np.isfinite(x) else None for x in values]
    else:
        counts = table.counts[place]
        cells = [*map(int, counts), int(counts[1:].sum()), asked - int(counts.sum())]
    ranks = _ranks(table)
    found = dict(zip([*ranks, UNSAID, NOWHERE], cells, strict=True))
    interval = None if sure is None else sure.unsaid.get(name)
    return {
        **row,
        ranks[0]: found[ranks[0]],
        UNSAID: found[UNSAID],
        "95 % interval": "" if interval is None else _ends(interval, both),
        **{rank: found[rank] for rank in ranks[1:]},
        NOWHERE: found[NOWHERE],
        "Asked": asked,
    }


def _ranks(table: RankTable) -> list[str]:
    """Titles of the columns of the ranks."""
    return [f"Rank {rank}" for rank in range(1, table.counts.shape[1] + 1)]


def _rounded(value: Any) -> Any:
    """As the sentences and the chart round it: browsers round halves another way."""
    return round(value, 1) if isinstance(value, float) else value


def _ends(interval: Any, signed_ends: bool) -> str:
    if interval.low != interval.low:
        return ""
    if signed_ends:
        return f"Δ {between(interval)}"
    return f"[{interval.low:.1f}, {interval.high:.1f}]"

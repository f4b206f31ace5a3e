"""In how many languages each item is answered right, run by run, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.figures.languages_right import in_words, languages_right
from core.metrics.bootstrap import Interval
from core.metrics.languages_right import LanguagesRight, change_in_all
from core.metrics.languages_right import languages_right as count_languages
from core.runs.store import StoredRun
from dashboard.cache import predictions, stamp
from dashboard.example_filters import to_counts
from dashboard.figure_panel import figure_panel
from dashboard.labels import escape, name, tail
from dashboard.scores import MOMENTS
from dashboard.shell import errors_shown

WIDTH = 550
"""Pixels of a chart in a frame in a narrow window; wider ones stretch it."""
Counted = tuple[LanguagesRight, LanguagesRight | None, Interval | None]
"""Before, after, and the change of the share right in all languages."""


def languages_right_panel(runs: Sequence[StoredRun]) -> None:
    """A chart a run, with its counts in words; what is missing where a run keeps no answers."""
    for run in runs:
        with st.container(border=True), errors_shown():
            st.markdown(f"**{escape(name(run))}** ({escape(tail(run))})")
            found = counted(run)
            if found is None:
                st.caption(
                    "Nothing to count: the answers before, or the right ones, are not kept with "
                    "this run. The command under “Where this came from” makes them."
                )
                continue
            before, after, change = found
            figure_panel(
                partial(languages_right, before, after, badges=run.record.badges),
                key=f"languages_right_{run.id}",
                alt="Share of the items answered right in exactly so many languages, before and "
                "after, beside what independent languages would give. A click on a bar shows its "
                "examples.",
                file=f"languages-right-{run.id}",
                width=WIDTH,
                link=to_counts(run.id),
            )
            st.markdown(escape(in_words(before, after, change)))


def counted(run: StoredRun) -> Counted | None:
    """The counts of a run's evaluation items; None where their gold is not known.

    Raises:
        UserError: a file is damaged, or before and after don't fit.
    """
    times = tuple(stamp(run.path / f"predictions_{when}.npz") for when in MOMENTS)
    return _counted(run, run.id, times)


@st.cache_resource(max_entries=128, show_spinner="Counting the items ...")
def _counted(_run: StoredRun, run_id: str, times: tuple[int, ...]) -> Counted | None:
    before, after = (predictions(_run, when) for when in MOMENTS)
    if before is None or before.gold is None:
        return None
    if after is None or after.gold is None:
        return count_languages(before), None, None
    return count_languages(before), count_languages(after), change_in_all(before, after)

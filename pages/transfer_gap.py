"""Transfer gap: how far each language is behind English, beside the averages, and why it moved."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial

import streamlit as st

from core.errors import UserError
from core.figures.gap_change import gap_change
from core.figures.score_ranges import DOMINATED
from core.figures.transfer_gap import transfer_gap_map
from core.languages import english_name
from core.metrics.gap_change import TOLERANCE, GapChange
from core.metrics.paired_bootstrap import PairedBootstrap
from core.published.runs import NO_ITEMS, is_published
from core.runs.groups import RunGroup, groups_of
from core.runs.store import StoredRun
from dashboard import cache
from dashboard.badges import run_header
from dashboard.collapse_note import collapse_warning
from dashboard.column_names import column_names
from dashboard.compared_data import runs_at_first
from dashboard.equity_change_panel import equity_change_table
from dashboard.equity_panel import equity_section
from dashboard.example_browser import run_examples
from dashboard.example_filters import to_languages
from dashboard.figure_panel import figure_panel
from dashboard.labels import escape, name, tail
from dashboard.languages_right_panel import languages_right_panel
from dashboard.run_picker import pick_runs
from dashboard.score_panel import gap_table, verdict_badge
from dashboard.scores import MOMENTS, accuracy, columns, comparison
from dashboard.shell import empty_state, errors_shown, page

Change = tuple[GapChange, PairedBootstrap | None]
"""A change of the gap and its intervals."""
PROMPTS = ("probe", "distill_probe")
"""Kinds of run without an accuracy by language alone; their items can be counted all the same."""


def heatmap(runs: list[StoredRun]) -> None:
    """Gap per language and run, with the averages below; runs without a gap are named."""
    found = columns(runs)
    for run in found.without:
        reason = (
            "asks prompts about regions: its accuracies are on the page Knowledge probing"
            if run.record.kind in PROMPTS
            else "has no accuracy in English (or the language of its labels) and in another "
            "language, so it has no gap"
        )
        st.info(f"{escape(name(run))} ({tail(run)}) {reason}.", icon=":material/info:")
    if not found.scores:
        return
    badges = sorted({badge for run in runs for badge in run.record.badges})
    figure_panel(
        partial(transfer_gap_map, found.scores, pivot=found.pivots, badges=badges),
        key="gap_map",
        alt=f"Gap of every language to {_names(found.pivots.values())} in each chosen run, before "
        "and after, with the average accuracy, the average gap and its accuracy below. A click on "
        "a cell shows its examples.",
        file="transfer-gap",
        link=to_languages({x: run for run, x in column_names(runs).items()}),
    )
    collapse_warning(runs)


def _names(pivots: Iterable[str]) -> str:
    """The languages gaps are measured from, by name."""
    return " or ".join(english_name(pivot) for pivot in dict.fromkeys(pivots))


def changes(runs: list[StoredRun]) -> None:
    """Each run's change of the gap, split and named; all on one axis."""
    changed = [run for run in runs if accuracy(run, "before") and accuracy(run, "after")]
    beside = list(changes_of(changed))
    for run in changed:
        with st.container(border=True):
            st.markdown(f"**{escape(name(run))}** ({escape(tail(run))})")
            run_header(run)
            with errors_shown():
                change_of(run, beside)


def changes_of(runs: list[StoredRun]) -> Iterator[Change]:
    """The changes of the runs that have one; what is wrong with another its own card tells."""
    for run in runs:
        with suppress(UserError):
            found = comparison(run)
            if found is not None and found.change.delta_gap is not None:
                yield found.change, found.intervals


def change_of(run: StoredRun, beside: list[Change]) -> None:
    """The verdict on one run's change of the gap, and its parts on the axis of all."""
    found = comparison(run)
    if found is None or found.change.delta_gap is None:
        st.caption("No gap: English (or the language of the labels), or every other, is missing.")
        return
    verdict_badge(found.change)
    if is_published(run):
        st.caption(f"{NO_ITEMS} The verdict counts changes of more than {TOLERANCE} points.")
    figure_panel(
        partial(
            gap_change,
            found.change,
            intervals=found.intervals,
            beside=beside,
            badges=run.record.badges,
        ),
        key=f"change_{run.id}",
        alt=f"Change of the gap and its parts: {english_name(found.pivot)} and the mean of the "
        "others.",
        file=f"gap-change-{run.id}",
    )
    if not is_published(run):
        with st.expander("Every measure of equity, before and after", icon=":material/balance:"):
            equity_change_table(RunGroup((run,)), key=run.id)


def is_scored(run: StoredRun) -> bool:
    """Whether the run holds accuracies, or answers to prompts."""
    if run.record.kind in PROMPTS:
        return cache.has_predictions(run)
    return bool(accuracy(run, "before") or accuracy(run, "after"))


with page(
    "Transfer gap",
    "How many points each language is behind English (behind the language of the labels, where the "
    "data have no English), always beside the average accuracy, what every change of the gap is "
    "made of, and in how many languages each item is answered right.",
):
    scored = [run for run in cache.readable() if is_scored(run)]
    if not scored:
        empty_state(
            "No run with accuracies yet. Choose published rows below, start the demo on the "
            "overview, or run this in a terminal:",
            "python -m core demo",
        )
    compared = [run for run in scored if accuracy(run, "after")] or scored
    chosen = pick_runs(
        [*scored, *cache.published("distill")],
        runs_at_first(compared, 1),
        help="Each run gives one column, or two if it distilled: before and after. After the runs "
        "of this store come the papers' rows. At first: one setting that changed something, over "
        "its seeds.",
    )
    if scored and not chosen:
        empty_state("Choose one run or more above.")
    with errors_shown():
        heatmap(chosen)
    if any(accuracy(run, "after") for run in chosen):
        st.subheader("What each change is made of")
        st.markdown(
            f"Change of the gap = change of {_names(columns(chosen).pivots.values())} − mean "
            "change of the others. A smaller gap is good news only if the others rose."
        )
        gap_table(chosen)
        changes(chosen)
    if any(accuracy(run, when) for run in chosen for when in MOMENTS):
        st.subheader("How evenly languages are served")
        st.markdown(
            "Runs in the order of their gap, each from its worst language to its best. A smaller "
            f"gap is worth nothing where another run is better in every language ({DOMINATED})."
        )
        with errors_shown():
            equity_section(groups_of(chosen, together=False))
    own = [run for run in chosen if not is_published(run)]
    if own:
        st.subheader("In how many languages each item is right")
        st.markdown(
            "Languages that know the same things are right on the same items: many are then "
            "right in all languages or in none, more than if they were right independently."
        )
        languages_right_panel(own)
        with errors_shown():
            run_examples(own)

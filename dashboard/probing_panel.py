"""Accuracy by region and language: the map, the bars, and averages beside the published ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from core.figures.probing import PANELS, probing_map
from core.figures.probing_bars import one_row, probing_bars
from core.metrics.probing import ProbingScores
from core.metrics.probing_bootstrap import ProbingIntervals
from core.metrics.probing_sets import EvaluationSet
from core.published.alsace.geomlama import METHODS, table_12
from core.quoting import signed
from dashboard.choice import pick_list, pick_some
from dashboard.figure_panel import figure_panel
from dashboard.linked_chart import Link
from dashboard.table_panel import plain_table

ROW = 590
"""Pixels of a figure in a narrow window; wider ones stretch it."""


def region_map(
    shown: EvaluationSet, badges: Sequence[str], file: str, link: Link | None = None
) -> None:
    """The heatmap, one panel or three; the link is what a click on a cell does."""
    panels: Sequence[str] = PANELS
    if shown.after is not None:
        panels = pick_some(
            PANELS,
            PANELS,
            label="Panels",
            key="panels",
            help="Leave panels out to give the others more room.",
        )
        if not panels:
            st.info("Choose one panel or more above.", icon=":material/info:")
            return
    figure_panel(
        partial(
            probing_map,
            shown.before,
            shown.after,
            panels=tuple(panels),
            note=f"evaluated on {shown.name}",
            badges=badges,
        ),
        key="probing_map",
        alt="Accuracy of each language on each region, before, after and the difference, beside "
        f"the chance of the region.{' A click on a cell shows its questions.' if link else ''}",
        file=f"probing-{file}",
        width=ROW,
        link=link,
    )


def region_bars(
    shown: EvaluationSet, intervals: ProbingIntervals | None, badges: Sequence[str], file: str
) -> None:
    """Bars by language, one panel a region, for the regions asked for."""
    every, languages = list(shown.before.total), list(shown.before.average)
    counts = range(len(every), 0, -1)
    first = next((n for n in counts if one_row(languages, every[:n], ROW)), 1)
    regions = pick_list(
        every,
        every[:first],
        label="Regions",
        key="regions",
        of=file,
        help="Each gets a panel of its own.",
        placeholder="Choose one region or more",
    )
    if not regions:
        st.info("Choose one region or more above.", icon=":material/info:")
        return
    draw = partial(
        probing_bars,
        shown.before,
        shown.after,
        regions=tuple(regions),
        intervals=intervals,
        badges=badges,
    )
    figure_panel(
        draw,
        key="probing_bars",
        alt="Accuracy by language in each region, before and after, with chance as a line.",
        file=f"probing-bars-{file}",
        width=ROW,
        stretch=one_row(languages, regions, ROW),
    )
    if intervals is None:
        st.caption("No error bars: the answers to the single questions are not kept here.")


def language_averages(
    shown: EvaluationSet, change: Mapping[str, Any] | None = None, *, published: bool = False
) -> None:
    """Each language's average over the regions, before and after, with the interval of the change.

    Args:
        shown: the scores.
        change: what the record says of the change, by language, in fractions of 1.
        published: put the paper's averages beside them.
    """
    rows = []
    paper = table_12() if published else {}
    for language, was in shown.before.average.items():
        row: dict[str, Any] = {"Language": language}
        if shown.after is None:
            row["Average (%)"] = 100 * was
        else:
            now = shown.after.average[language]
            row |= {"Before": 100 * was, "After": 100 * now, "Change": 100 * (now - was)}
            if change is not None:
                row["95 % interval"] = _interval(change.get(language))
        row |= _published(paper, language)
        rows.append(row)
    forms = {name: "%.1f" for name in rows[0] if name not in ("Language", "95 % interval")}
    forms |= {"Change": "%+.1f"} if shown.after is not None else {}
    plain_table(
        rows,
        key="language_averages",
        columns={name: st.column_config.NumberColumn(format=form) for name, form in forms.items()},
    )
    st.caption(_how(shown.before, published))


def _published(paper: Mapping[str, Any], language: str) -> dict[str, float | None]:
    """The paper's average of each method, where it has the language."""
    found = {}
    for method in METHODS if paper else ():
        average = paper[method].scores.average.get(language)
        found[f"Published: {method}"] = None if average is None else 100 * average
    return found


def _interval(part: Any) -> str:
    """The interval of a change as recorded, or a dash."""
    try:
        return f"[{signed(100 * float(part['low']))}, {signed(100 * float(part['high']))}]"
    except (LookupError, TypeError, ValueError):
        return "–"


def _how(scores: ProbingScores, published: bool) -> str:
    text = (
        "Mean of the regions, each counted once, in percent; a random pick gets "
        f"{100 * scores.mean_chance:.1f} %."
    )
    if not published:
        return text
    source = table_12()[METHODS[0]]
    return f"{text} Published: {source.source}, {source.model}, {source.url}."

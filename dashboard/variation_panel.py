"""One setting that varies alone: labelled items, shots, languages, a weight; before and after."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from core.figures.differences import MEAN, difference_map
from core.figures.variation import variation_lines
from core.metrics.spread import Spread, seeds_in_words
from core.metrics.variation import AVERAGE, MEASURES, Point, points_of, text_of
from core.published.alsace.paper import table
from core.published.summaries import summary_of
from core.runs.families import LANGUAGES, Trial
from core.runs.scores import kept_step_of
from core.runs.variations import Variation, items_of, variations
from dashboard.choice import pick, pick_one
from dashboard.collapse_note import collapse_warning
from dashboard.family_labels import commands, findings, seeds_told, variation_names
from dashboard.figure_panel import figure_panel
from dashboard.labels import escape
from dashboard.shell import empty_state, errors_shown
from dashboard.table_panel import table_panel

WIDTH = 590
"""Of a figure in a narrow window, in pixels."""
PUBLISHED = {5: 128, 6: 512}
"""Table -> labelled English items (section 4.4)."""
UNSEEN = "average of the languages never seen"
QUARTILES, RANGE = "middle half", "least to greatest"
AXES = {
    "labelled": "labelled English items (K)",
    "shots": "unlabelled parallel items (shots)",
    LANGUAGES: "number of languages",
    "anchor": "weight of the English loss (anchor)",
}
"""Names of the settings on the axis; the others are called as in the config."""
HOW_TO_MAKE = (
    "No setting varies alone yet: runs that differ in one number and the seed are needed. For the "
    "limited resources of the paper's Tables 5 and 6 (K labelled items), or other shots:"
)
COMMAND = (
    "for seed in 0 1 2; do for k in 64 128 512; do "
    "python -m core distill --labelled $k --seed $seed; done; done"
)


def variation_section(trials: Sequence[Trial], unseen: Sequence[str]) -> None:
    """Pick what varies; a sentence, the lines, the languages.

    Args:
        trials: all runs of the store that can be compared, newest first.
        unseen: languages that the encoder never saw.
    """
    found = {variation.key: variation for variation in variations(trials)}
    if not found:
        empty_state(HOW_TO_MAKE, COMMAND)
        return
    key = pick(
        variation_names(list(found.values())),
        key="variation",
        label="What varies",
        help="Runs that differ in this setting and in the seed only; the setting's name, its "
        "values and the data.",
    )
    shown = found[key]
    languages = shown.languages
    apart = [x for x in languages if x in unseen]
    choices = [*MEASURES, *([UNSEEN] if apart else [])]
    measure = pick_one(
        choices,
        label="Shown",
        default=AVERAGE,
        key="variation_measure",
        help="Accuracy averaged over all languages or over those other than English, or how far "
        "the others are behind English.",
    )
    points = _points(shown, measure, apart)
    if points:
        findings([text_of(_axis(shown), points, measure)])
    _cautions(shown)
    collapse_warning([trial.run for trial in shown.family.trials], resampled=False)
    with errors_shown():
        figure_panel(
            partial(variation_lines, points, _axis(shown), measure, badges=_badges(shown)),
            key=f"variation_{measure}",
            alt=f"{measure} against {_axis(shown)}, before and after distillation, every seed.",
            file=f"variation-{key}",
            width=WIDTH,
        )
    with errors_shown():
        _languages(shown, unseen)
    if shown.setting == "labelled":
        with errors_shown():
            _published()
    values = {f"{_axis(shown)}: {value:g}": x.values() for value, x in shown.points.items()}
    commands(values, key)


def _axis(shown: Variation) -> str:
    return AXES.get(shown.setting, shown.setting.replace("_", " "))


def _badges(shown: Variation) -> list[str]:
    return sorted({badge for trial in shown.family.trials for badge in trial.run.record.badges})


def _points(shown: Variation, measure: str, apart: Sequence[str]) -> list[Point]:
    runs = {
        value: {seed: (trial.before, trial.after) for seed, trial in seeds.items()}
        for value, seeds in shown.alike.items()
    }
    if measure == UNSEEN:
        return points_of(runs, AVERAGE, apart, shown.pivot)
    return points_of(runs, measure, shown.languages, shown.pivot)


def _cautions(shown: Variation) -> None:
    """What must be known before two values are compared."""
    of_seeds = seeds_told(shown)
    lines = [of_seeds] if of_seeds else []
    if shown.setting == LANGUAGES:
        lines.append(
            f"Averages are over the {len(shown.languages)} languages that all runs have "
            f"({', '.join(shown.languages)}), so that the values can be compared."
        )
    untrained = {
        value: [seed for seed, trial in seeds.items() if kept_step_of(trial.run.record) == 0]
        for value, seeds in shown.points.items()
    }
    if told := [f"{x:g} ({seeds_in_words(seeds)})" for x, seeds in untrained.items() if seeds]:
        lines.append(f"No step was kept, so that nothing changed: {', '.join(told)}.")
    lines += [
        f"Left out: {asked:,g}, since the data have no more items than for {had:,g}."
        for asked, had in shown.exhausted.items()
    ]
    if lines:
        st.caption(escape(" ".join(lines)))


def _languages(shown: Variation, unseen: Sequence[str]) -> None:
    """Every language at every value: the change as a map, medians and spread as a table."""
    st.markdown("**By language**")
    order = sorted(shown.languages, key=lambda x: x in unseen)
    points = {x: _points(shown, x, ()) for x in order}
    columns = {**points, MEAN: _points(shown, AVERAGE, ())}
    rows = {
        f"{value:g}": {x: found[place].change.median for x, found in columns.items()}
        for place, value in enumerate(shown.points)
    }
    figure_panel(
        partial(
            difference_map,
            rows,
            heading=f"Change by language and {_axis(shown)}",
            note="after minus before, median over the seeds, in points; avg: median of the average",
            unseen=tuple(unseen),
            badges=_badges(shown),
        ),
        key="variation_languages",
        alt="Change of accuracy of every language at every value of the setting.",
        file=f"variation-languages-{shown.key}",
        width=WIDTH,
    )
    form = pick_one(
        (RANGE, QUARTILES),
        label="Spread over the seeds",
        key="variation_spread",
        help="Beside each median: the least and the greatest seed, or the ends of the middle half "
        "(interquartile range).",
    )
    table_panel(
        _table(shown, columns, form),
        key="variation_table",
        file=f"variation-{shown.key}",
    )
    st.caption(
        "Accuracy in percent: the median over the seeds and their spread, as the paper's Tables 5 "
        "and 6 give the median of five runs. Labelled and distilled are the items really used."
    )


def _published() -> None:
    """The paper's own tables with few labelled items."""
    with st.expander("The paper's Tables 5 and 6", icon=":material/menu_book:"):
        for number, items in PUBLISHED.items():
            found = table(number)
            rows = [
                {
                    "Method": row.name,
                    **row.values("accuracy"),
                    "avg": summary_of(found, row).printed_average,
                }
                for row in found.rows
            ]
            st.caption(f"{found.source}: {items} labelled English items, median of 5 runs.")
            table_panel(rows, key=f"published_{number}", file=f"table-{number}", digits=2)


def _table(shown: Variation, points: dict[str, list[Point]], form: str) -> list[dict[str, Any]]:
    """Two lines a value, before and after; a column a language."""
    rows = []
    for place, (value, seeds) in enumerate(shown.alike.items()):
        trial = next(iter(seeds.values()))
        labelled = items_of(trial, "labelled")
        for when in ("before", "after"):
            rows.append(
                {
                    shown.setting: f"{value:g}",
                    "When": when,
                    "Seeds": len(seeds),
                    "Labelled": labelled,
                    "Distilled": items_of(trial, "shots"),
                    **{
                        name: _cell(getattr(found[place], when), form)
                        for name, found in points.items()
                    },
                }
            )
    return rows


def _cell(spread: Spread, form: str) -> str:
    """A median and its spread; the number alone where there is one seed."""
    if spread.n == 1:
        return f"{spread.median:.1f}"
    low, high = spread.quartiles if form == QUARTILES else (spread.low, spread.high)
    return f"{spread.median:.1f} ({low:.1f}–{high:.1f})"

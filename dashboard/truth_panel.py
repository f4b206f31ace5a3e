"""Whether the teachers that each strategy chooses truly know a region: the fact world's check."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from core.figures.truth import TITLES, truth
from core.runs.store import StoredRun
from core.selection.truth import BY_REGION, MEASURES, SCOPES, TOGETHER, Measured, TruthCheck
from dashboard import cache
from dashboard.choice import pick_one
from dashboard.figure_panel import figure_panel
from dashboard.labels import escape
from dashboard.shell import empty_state, errors_shown
from dashboard.table_panel import table_panel

WIDTH = 590
HEADS = {BY_REGION: "By region", TOGETHER: "Once for all"}
SHORT = {"all": "all teachers know", "precision": "teachers who know", "recall": "know and teach"}


@st.fragment
def truth_panel(run: StoredRun) -> None:
    """Every strategy's teachers beside the languages truly given more of a region's facts."""
    with errors_shown():
        _panel(run)


def _panel(run: StoredRun) -> None:
    recorded = run.record.metrics.get("truth")
    if recorded is None:
        empty_state(
            "This run holds no check against the truth: who was given which facts is known for a "
            "model as it was pretrained on the fact world. This makes one for the built-in model:",
            "python -m core probe",
        )
        return
    found = cache.of_record("truth", run, lambda: TruthCheck.from_json(recorded))
    st.markdown(verdict(found))
    measure = pick_one(
        {name: SHORT[name] for name in MEASURES},
        label="Measure",
        default="precision",
        key="truth",
        help="A language truly knows a region when the text it was pretrained on had more of the "
        "region's facts than the average language's. The first counts regions none of whose "
        "teachers is wrong; the others, the share of the teachers, and of those who know.",
    )
    figure_panel(
        partial(truth, found, measure=measure, badges=run.record.badges),
        key="truth",
        alt=f"{TITLES[measure]}, for every strategy: chosen region by region and once for all "
        "regions, with the range over random halves of the questions, and random teachers.",
        file=f"truth-{measure}-{run.id}",
        width=WIDTH,
    )
    table_panel(
        [
            {"Strategy": name, **_teachers(found, first), **_cells(found, first, measure)}
            for name, (first, *_) in found.rows.items()
        ],
        key="truth_rows",
        file=f"truth-{run.id}",
        columns={"Teachers": st.column_config.NumberColumn(format="%.1f")},
        written=[_written(found, names) for names in found.rows.values()],
    )
    st.caption(
        "In percent, mean of the halves (worst to best); in brackets, as many teachers at random."
    )
    for name, names in found.rows.items():
        if names[1:]:
            st.caption(
                f"{name}: {', '.join(names)} have the same numbers throughout, as they choose the "
                "same teachers."
            )
    for name, why in found.left_out.items():
        st.caption(f"{name} could not choose: {escape(why)}")


def verdict(found: TruthCheck) -> str:
    """What the numbers of ALSACE say, in plain words."""
    each, once = (found.strategies["alsace"][x].measures["precision"] for x in SCOPES)
    whole = found.strategies["alsace"][BY_REGION].measures["all"]
    words = (
        f"Of the teachers ALSACE chooses for a region on that region's questions, "
        f"**{100 * each.mean:.0f} %** were truly given more of its facts than the average "
        f"language; as many at random: {100 * each.chance:.0f} %. {_beside_chance(each)} In "
        f"{100 * whole.mean:.0f} % of the {len(found.knowing)} regions every teacher was one of "
        f"them (at random {100 * whole.chance:.0f} %). {_beside_once(each, once)}"
    )
    return words.replace(" %", "\u00a0%")


def _beside_chance(each: Measured) -> str:
    if each.low > each.chance:
        return "It beat chance on every random half of the questions."
    if each.mean > each.chance:
        return "It beat chance on average, but not on every random half of the questions."
    return "It did not beat chance."


def _beside_once(each: Measured, once: Measured) -> str:
    """Whether going region by region was worth it, by the ranges over the halves."""
    share = f"{100 * once.mean:.0f} %"
    if each.low > once.high:
        return f"Teachers chosen once for all regions knew less: {share}."
    if once.low > each.high:
        return f"Teachers chosen once for all regions knew more: {share}."
    return f"Teachers chosen once for all regions: {share}; the two ranges over the halves overlap."


def _teachers(found: TruthCheck, name: str) -> dict[str, float]:
    return {"Teachers": found.strategies[name][BY_REGION].teachers}


def _cells(found: TruthCheck, name: str, measure: str) -> dict[str, str]:
    """A measure as the screen shows it: ``68 (63 to 73) [50]``."""
    cells = {}
    for scope, head in HEADS.items():
        x = found.strategies[name][scope].measures[measure]
        span = f"{100 * x.low:.0f} to {100 * x.high:.0f}"
        cells[head] = f"{100 * x.mean:.0f} ({span}) [{100 * x.chance:.0f}]"
    return cells


def _written(found: TruthCheck, names: Sequence[str]) -> dict[str, Any]:
    """All numbers of strategies that do the same, in percent, for the files."""
    row: dict[str, Any] = {"Strategy": ", ".join(names)}
    for scope, head in HEADS.items():
        row[f"{head}: teachers"] = found.strategies[names[0]][scope].teachers
        for measure in MEASURES:
            x = found.strategies[names[0]][scope].measures[measure]
            for what, share in (("", x.mean), (" (chance)", x.chance)):
                row[f"{head}: {SHORT[measure]}{what}"] = 100 * share
    return row

"""A language in two sets of languages, as German in the paper; and data of teacher and student."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.figures.balance_names import title_of
from core.figures.family_figures import size_builder
from core.languages import english_name
from core.metrics.balance_cautions import piece_length
from core.metrics.shared_language import (
    DISTANCE,
    MRR,
    PROBE,
    InSet,
    better_set,
    in_set,
    pieces_text,
    printed_set,
    script_of,
)
from core.metrics.teacher_student import (
    shown_size,
    size_points,
    students,
    text_of,
    text_of_sizes,
)
from core.runs.balance_trials import data_sizes, scores_by_seed
from core.runs.families import Family, Trial
from dashboard import balance_data
from dashboard.balance_data import Shown
from dashboard.balance_panel import MODEL
from dashboard.balance_published import by_set, tables_link
from dashboard.choice import pick
from dashboard.figure_panel import figure_panel
from dashboard.labels import escape, tail
from dashboard.table_panel import table_panel

SETS, SIZES = "One language in two sets", "A teacher's data against its student's"
USUAL = "de"
"""The language the paper has in both sets."""
TASK = "pos"
COLUMNS = {MRR: "MRR", DISTANCE: "D", PROBE: "POS"}

STUDENTS = {
    name: st.column_config.NumberColumn(format=form)
    for name, form in (
        ("MRR (%)", "%.1f"),
        ("against hard labels", "%+.1f"),
        ("against its teacher", "%+.1f"),
    )
}


def other_sets(shown: Shown) -> dict[str, Trial]:
    """The newest comparison of the same text in each other set that shares a language.

    Returns:
        Run id -> trial, newest first; empty for a comparison in one language.
    """
    own, text = set(shown.scores.languages), shown.run.record.config.get("dataset")
    found: dict[frozenset[str], Trial] = {}
    for trial in balance_data.trials():
        key = frozenset(trial.before)
        fits = len(key) > 1 and key != own and key & own
        if fits and trial.run.record.config.get("dataset") == text:
            found.setdefault(key, trial)
    return {trial.run.id: trial for trial in found.values()} if len(own) > 1 else {}


def sets_panel(shown: Shown, others: Mapping[str, Trial]) -> None:
    """One language's scores in two comparisons, beside the paper's Table 5."""
    other, language = _pick(shown, others)
    sets = {name: _of(one, language) for name, one in _named(shown, other).items()}
    said = better_set(sets, {x: title_of(x) for x in shown.scores.models})
    if said:
        paper = " In the paper it does so in diverse scripts, except for HL balanced."
        known = paper if language == USUAL else ""
        name = english_name(language)
        st.markdown(f"{name} does better against its own teacher: {escape(said)}.{known}")
    if pieces := pieces_text(sets):
        st.warning(escape(pieces), icon=":material/warning:")
    rows = _rows("here", sets, list(shown.scores.mrr))
    if language == USUAL:
        rows += _printed(sets, language)
    empty = [name for name in rows[0] if all(row[name] is None for row in rows)]
    table_panel(
        [{name: x for name, x in row.items() if name not in empty} for row in rows],
        key="sets",
        file=f"sets-{language}-{shown.file}-{tail(other.run)}",
        columns={
            "Model": MODEL,
            **{
                name: st.column_config.NumberColumn(
                    format="%+.1f" if name.endswith(f": {COLUMNS[DISTANCE]}") else "%.1f"
                )
                for name in list(rows[0])[2:]
            },
        },
    )
    st.caption(
        "MRR and POS in percent, D in points from the set's own teacher. Each set has its own "
        "tokenizer, so that its pieces are others: MRR does not compare between sets, and D only "
        "as far as the teachers' MRR does. POS: linear probes in the language itself, where they "
        "were made."
    )
    tables_link("Table 5")


def _pick(shown: Shown, others: Mapping[str, Trial]) -> tuple[Trial, str]:
    """The other comparison, and the language."""
    left, right = st.columns(2)
    with left:
        chosen = pick(
            {key: f"{', '.join(x.before)} · {tail(x.run)}" for key, x in others.items()},
            key="other_set",
            label="Other set of languages",
            help="A comparison of the same text in another set of languages, set beside this one.",
        )
    common = [x for x in shown.scores.languages if x in others[chosen].before]
    with right:
        language = pick(
            {x: english_name(x) for x in sorted(common, key=lambda x: (x != USUAL, x))},
            key="in_both",
            label="Language in both",
            help="The language whose models are compared; in the paper German.",
        )
    return others[chosen], language


def _named(shown: Shown, other: Trial) -> dict[str, Shown]:
    """Both comparisons by what the paper calls such sets, or by their languages."""
    second = balance_data.over_seeds(other.run) or balance_data.alone(other.run)
    found = [one for one in (shown, second) if one is not None]
    names = [script_of(one.scores.languages) for one in found]
    if len(set(names)) < len(names):
        names = [", ".join(one.scores.languages) for one in found]
    return dict(zip(names, found, strict=True))


def _of(one: Shown, language: str) -> InSet:
    runs = [one.run, *balance_data.seeds_of(one.run).values()]
    record = one.run.record
    pieces = piece_length(record.metrics, record.config, language)
    return in_set(one.scores, balance_data.probes_on(runs, TASK), language, pieces)


def _rows(source: str, sets: Mapping[str, InSet], models: Sequence[str]) -> list[dict[str, Any]]:
    """A row a model; a column a number and set."""
    return [
        {
            "Source": source,
            "Model": title_of(model),
            **{
                f"{name}: {title}": one.cells(model)[key]
                for key, title in COLUMNS.items()
                for name, one in sets.items()
            },
        }
        for model in models
    ]


def _printed(sets: Mapping[str, InSet], language: str) -> list[dict[str, Any]]:
    """The paper's rows, where the sets are such as the paper's."""
    rows, probed = by_set("balance"), by_set("balance_probe", task=TASK)
    if set(sets) != set(rows):
        return []
    found = {
        name: printed_set(rows[name].record.metrics, probed[name].record.metrics, language)
        for name in sets
    }
    models = next(iter(found.values())).distance
    return _rows("the paper", found, list(models))


def family_of(shown: Shown) -> Family | None:
    """The comparisons in one language that differ in the sizes of the data; None without any."""
    families = data_sizes(balance_data.trials())
    own = (x for x in families if any(trial.run.id == shown.run.id for trial in x.trials))
    return next(own, None)


def sizes_panel(family: Family) -> None:
    """Figure 3: a teacher's data against its student's."""
    points = size_points(scores_by_seed(family))
    found = students(points)
    st.markdown(f"{text_of(found)} {text_of_sizes(points)}".strip())
    figure_panel(
        size_builder(family),
        key="teacher_student",
        alt="MRR by the size of the text a model reads, with hard labels and with soft labels "
        "of teachers of several sizes.",
        file=f"teacher-student-{family.key}",
    )
    table_panel(
        [
            {
                "Teacher's text": shown_size(x.point.teacher or 0),
                "Student's text": shown_size(x.point.own),
                "MRR (%)": x.point.mrr.mean,
                "against hard labels": x.against_hard,
                "against its teacher": x.against_teacher,
            }
            for x in found
        ],
        key="students",
        file=f"students-{family.key}",
        columns=STUDENTS,
    )
    st.caption(
        f"{len(family.trials)} runs in one language that differ in the sizes of the data (in "
        "characters) and the seed only (the paper's Figure 3). In the paper a student nearly "
        "matches a teacher of more data, and students of as much data as their teacher fall behind "
        "it."
    )

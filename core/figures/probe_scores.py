"""Linear probes by language: in the language itself, and zero-shot from all others."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from core.errors import UserError
from core.figures import theme
from core.figures.balance_mrr import MEANS
from core.figures.model_dots import Dot, dot_layers, height_of, records_of
from core.figures.theme import Chart
from core.metrics.balance_scores import TEACHERS
from core.metrics.probe_record import IN_LANG, MEASURES, ZERO_SHOT, MeanSd, ProbeRecord

TITLES = {IN_LANG: "IN-LANG", ZERO_SHOT: "ZERO-SHOT"}
TASKS = {"pos": "parts of speech", "ner": "names"}
UNITS = {"accuracy": "Accuracy (%)", "macro-F1": "Macro-F1 (%)"}


def probe_scores(
    found: ProbeRecord,
    *,
    measures: Sequence[str] = MEASURES,
    models: Sequence[str] = (),
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """A panel a measure: a row a language and the means of groups, a dot a model.

    Args:
        found: the scores.
        measures: those to draw, of `MEASURES`.
        models: those to draw, `TEACHERS` among them; all by default.
        badges: shown below the title.
        paper: the paper theme.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.

    Raises:
        UserError: there is nothing to draw.
    """
    every = [*found.by_language[IN_LANG]]
    shown = [
        name for name in sorted(every, key=lambda x: x != TEACHERS) if not models or name in models
    ]
    drawn = [x for x in MEASURES if x in measures and any(found.by_language[x].values())]
    if not shown or not drawn:
        raise UserError("nothing to draw: choose a measure and a model that the run has")
    records = []
    for measure in drawn:
        records += records_of(_dots(found, measure, shown), measure=TITLES[measure])
    rows = _rows(found)
    inner = int(theme.plot_width(paper, width, rows))
    panels = [
        _panel(measure, rows, shown, found, paper, width).properties(
            width=inner, height=height_of(rows, shown, paper)
        )
        for measure in drawn
    ]
    note = [f"mean and standard deviation of {found.seeds} seeds"]
    if any(split != "train" for split in found.fitted_on.values()):
        note.append("* fitted on dev")
    chart = alt.vconcat(*panels, data=theme.inline(records), spacing=10 if paper else 20)
    finished = chart.properties(
        title=theme.title(
            f"Linear probes for {TASKS.get(found.task, found.task)}",
            paper,
            width,
            badges,
            theme.note(note, paper, width),
        )
    ).configure(**theme.config(paper, dark))
    finished.usermeta = {"digits": {}}
    return finished


def _rows(found: ProbeRecord) -> list[str]:
    """High-resource languages, their mean, low-resource ones, their mean, the mean of all."""
    groups = {name: part for name, part in found.groups.items() if name != "all"}
    rows = []
    for name, part in groups.items():
        rows += [*map(found.marked, part)]
        rows += [MEANS[name]] if name in MEANS and len(groups) > 1 else []
    rows += [found.marked(x) for x in found.languages if found.marked(x) not in rows]
    return [*rows, MEANS["all"]]


def _dots(found: ProbeRecord, measure: str, models: Sequence[str]) -> list[Dot]:
    dots, rows = [], _rows(found)
    for model in models:
        cells = {found.marked(x): y for x, y in found.by_language[measure].get(model, {}).items()}
        by_group = _teachers(found) if model == TEACHERS else found.by_group[measure].get(model, {})
        cells |= {MEANS[x]: y for x, y in by_group.items() if cells and MEANS.get(x) in rows}
        for row, cell in cells.items():
            ends = (None, None) if cell.sd is None else (cell.mean - cell.sd, cell.mean + cell.sd)
            dots.append(Dot(row, model, cell.mean, *ends))
    return dots


def _teachers(found: ProbeRecord) -> dict[str, MeanSd]:
    """By group: the mean of the teachers, each in its own language, where all are there."""
    own = found.by_language[IN_LANG].get(TEACHERS, {})
    return {
        group: MeanSd(sum(own[x].mean for x in part) / len(part), None)
        for group, part in found.groups.items()
        if part and all(x in own for x in part)
    }


def _panel(
    measure: str,
    rows: Sequence[str],
    models: Sequence[str],
    found: ProbeRecord,
    paper: bool,
    width: int | None,
) -> alt.LayerChart:
    """One measure."""
    base = alt.Chart().transform_filter(alt.datum.measure == TITLES[measure])
    unit = UNITS.get(found.measure, found.measure)
    layers = dot_layers(base, rows, models, f"{TITLES[measure]}: {unit}", paper=paper, width=width)
    return layers

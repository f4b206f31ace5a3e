"""Self-distillation: configure it, watch it, and see what it changed."""

from functools import partial
from typing import Any

import streamlit as st

from core.config import DistillConfig
from core.config.methods import method_of
from core.figures.before_after import before_after
from core.figures.history import history, panel_titles
from core.figures.run_view import shown_items
from core.metrics.transfer_gap import gap_from
from core.runs.store import StoredRun
from dashboard import cache
from dashboard.badges import origin, run_header
from dashboard.choice import pick_one
from dashboard.choice_numbers import switch
from dashboard.collapse_note import collapse_warning
from dashboard.config_form import DISTILL_GROUPS, config_form
from dashboard.example_browser import run_examples
from dashboard.example_filters import to_languages
from dashboard.figure_panel import figure_panel
from dashboard.job_panel import job_panel, start_here
from dashboard.log_panel import log_panel
from dashboard.model_panel import model_panel
from dashboard.run_picker import pick_run
from dashboard.score_panel import change_table, further_table, headline
from dashboard.scores import comparison, shows_alsace
from dashboard.shell import empty_state, errors_shown, page

KINDS = ("distill", "demo", "distill_probe")
STACK = 560  # pixels of the stacked curves, which keep their width: a narrow window holds them


def curves(run: StoredRun, key: str, *, steps: int | None = None, files: bool = True) -> None:
    """Loss, agreement and accuracy over the steps so far."""
    rows = of_one_fold(run, cache.history(run), choose=files)
    if not rows:
        st.caption("The curves appear with the first distillation step.")
        return
    figure_panel(
        partial(
            history,
            rows,
            steps=steps,
            titles=panel_titles(shown_items(run.record), method_of(run.record.config).watched),
            pivot=gap_from(run.record.metrics),
            badges=run.record.badges,
        ),
        key=key,
        alt="Loss, agreement with the first vote and accuracy of each language over the steps; "
        "a dotted line marks the kept step.",
        file=f"history-{run.id}",
        width=STACK,
        stretch=False,
        files=files,
    )


def of_one_fold(
    run: StoredRun, rows: list[dict[str, Any]], *, choose: bool
) -> list[dict[str, Any]]:
    """The rows of one fold of a cross-validation, counted from its own first step.

    Args:
        run: which.
        rows: of its history.
        choose: let the user choose the fold; the newest one otherwise.
    """
    folds = sorted({row["fold"] for row in rows if isinstance(row.get("fold"), int)})
    steps = run.record.config.get("steps")
    if not folds or not isinstance(steps, int):
        return rows
    fold = folds[-1]
    if choose and len(folds) > 1:
        chosen = pick_one(
            [str(fold) for fold in folds],
            label="Fold",
            key="fold",
            of=run.id,
            help="Each fold is a distillation of its own on the other folds' questions.",
        )
        fold = int(chosen)
    first = (fold - 1) * (steps + 1)
    return [{**row, "step": row["step"] - first} for row in rows if row.get("fold") == fold]


def live_curves(run: StoredRun) -> None:
    """The curves of a running job, on the axis of all its steps."""
    steps = run.record.config.get("steps")
    curves(run, "live_history", steps=steps if isinstance(steps, int) else None, files=False)


def result(run: StoredRun) -> None:
    """What a run that is over changed."""
    if run.record.kind == "distill_probe":
        st.page_link(
            "../pages/geomlama.py",
            label="See what it changed, by region and language",
            icon=":material/arrow_forward:",
            query_params={"run": run.id},
        )
        return
    found = comparison(run)
    if found is None:
        st.info(
            "This run holds no accuracy before and after: it ended before its evaluation, or its "
            "data have no labels.",
            icon=":material/info:",
        )
        return
    headline(found)
    collapse_warning([run])
    st.subheader("Before and after")
    figure_panel(
        partial(
            before_after,
            found.before,
            found.after,
            chance=found.chance,
            pivot=found.pivot,
            badges=run.record.badges,
        ),
        key="before_after",
        alt="Accuracy of each language before and after self-distillation, and averages. A click "
        "on a language shows its examples below.",
        file=f"before-after-{run.id}",
        link=to_languages(),
    )
    change_table(found)
    further_table(run)
    run_examples([run])


def show(run: StoredRun) -> None:
    """One run, from its badges to where its model lies."""
    run_header(run)
    job_panel(run, live_curves)
    if cache.is_open(run):
        return
    with errors_shown():
        result(run)
    with errors_shown():
        st.subheader("How it went")
        curves(run, "history")
    with errors_shown():
        model_panel(run)
    log_panel(run)
    origin(run)


def configure(base: StoredRun | None) -> None:
    """The form of a new distillation, filled from an earlier run."""
    start = None
    on_task = base is not None and base.record.kind != "distill_probe"
    if (
        base is not None
        and on_task
        and switch(
            False,
            label="Start from the settings of the run above",
            key="from_run",
            help="Off: the recommended settings on the built-in data.",
        )
    ):
        start = cache.config_of(base, DistillConfig)
    prefix = f"distill.{base.id}" if start and base else "distill"
    config = config_form(DistillConfig, DISTILL_GROUPS, key=prefix, start=start)
    start_here("Start the distillation", "distill", config)


with page(
    "Self-distillation",
    "The teacher languages' answers train the other languages on unlabelled parallel items; "
    "watch it run and see what it changed in every language.",
):
    chosen = pick_run(
        cache.readable(*KINDS),
        label="Distillation",
        help="The run to watch or to look at.",
        usual=shows_alsace,
    )
    if chosen is None:
        empty_state(
            "No distillation yet. Start one below (the settings are ready to use), or start the "
            "demo on the overview.",
        )
    else:
        show(chosen)
    with (
        st.expander(
            "Configure a new distillation", icon=":material/tune:", expanded=chosen is None
        ),
        errors_shown(),
    ):
        configure(chosen)

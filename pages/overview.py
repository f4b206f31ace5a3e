"""Overview: what this is, a demo to start, and the newest runs."""

import streamlit as st

from core.config import DemoConfig
from core.metrics.transfer_gap import gap_from
from core.runs.record import Status
from core.runs.store import BrokenRun, StoredRun
from dashboard import cache
from dashboard.badges import broken_list, run_header
from dashboard.collapse_note import collapse_warning
from dashboard.figure_panel import figure_panel
from dashboard.guide import guide
from dashboard.job_panel import job_panel, lost_runs, start_button
from dashboard.kept_chart import Later
from dashboard.pipeline import pipeline
from dashboard.run_table import run_table
from dashboard.score_panel import headline
from dashboard.scores import accuracy, comparison, guessed
from dashboard.shell import empty_state, errors_shown, page


def demo(runs: list[StoredRun]) -> None:
    """The demo: its button, its progress, or its result."""
    newest = runs[0] if runs else None
    finished = [x for x in runs if x.status is Status.FINISHED and accuracy(x, "after")]
    started = start_button(
        "Run the demo again" if finished else "Start the demo",
        "demo",
        DemoConfig(),
        key="start_demo",
        help="Fine-tunes, selects and distils the built-in model on the built-in data: about two "
        "minutes on two processor cores, nothing is downloaded.",
        disabled=newest is not None and cache.is_active(newest),
    )
    if started is not None:
        st.rerun()
    if newest is None:
        return
    job_panel(newest)
    if newest.status is Status.FAILED or newest.status is Status.CANCELLED:
        run_header(newest)
    if finished:
        with errors_shown():
            demo_result(finished[0])


def demo_result(run: StoredRun) -> None:
    """Before and after of a finished demo: the chart first, as its numbers take longer."""
    before, after = accuracy(run, "before"), accuracy(run, "after")
    if before is None or after is None:
        return
    st.subheader("The newest demo: before and after")
    run_header(run)
    numbers = st.container()
    figure_panel(
        Later(
            "core.figures.before_after",
            "before_after",
            {
                "before": before,
                "after": after,
                "chance": guessed(run),
                "pivot": gap_from(run.record.metrics),
                "badges": run.record.badges,
            },
        ),
        key="demo",
        alt="Accuracy of each language before and after the demo's self-distillation.",
        file=f"demo-before-after-{run.id}",
    )
    with numbers, errors_shown():
        found = comparison(run)
        if found is not None:
            headline(found)
            collapse_warning([run])
    st.page_link(
        "../pages/self_distillation.py",
        label="Look closer at this run",
        icon=":material/arrow_forward:",
        query_params={"run": run.id},
    )


with page(
    "Make languages equal",
    "A multilingual model is better in some languages than in others. Here you find the languages "
    "that can teach, let them teach the rest without any labels, and see what it changed.",
):
    pipeline()
    guide()
    demos = cache.readable("demo")
    demo(demos)
    found = cache.runs()  # after the first chart: a server that just began reads them all
    readable = [run for run in found if isinstance(run, StoredRun)]
    lost_runs([run for run in readable if run not in demos[:1]])
    st.subheader("Newest runs")
    if readable:
        run_table(readable)
    else:
        empty_state(
            "This store holds no run yet. Press “Start the demo” above, or run this in a terminal:",
            "python -m core demo",
        )
    broken_list([run for run in found if isinstance(run, BrokenRun)])

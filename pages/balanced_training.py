"""Balanced training: monolingual teachers, multilingual baselines and a balanced student."""

from dataclasses import replace

import streamlit as st

from core.metrics.balance_cautions import crowded
from core.runs.store import StoredRun
from dashboard import balance_data, cache
from dashboard.badges import origin, run_header
from dashboard.balance_data import Shown
from dashboard.balance_findings_panel import mrr_findings
from dashboard.balance_panel import curves, data_panel, mrr_panel, training_panel
from dashboard.balance_sets_panel import SETS, SIZES, family_of, other_sets, sets_panel, sizes_panel
from dashboard.choice import pick_one
from dashboard.job_panel import job_panel
from dashboard.linear_probe_panel import OF_ENCODERS, OF_PROBES, linear_probe_panel
from dashboard.log_panel import log_panel
from dashboard.run_picker import pick_run
from dashboard.shell import contents, empty_state, errors_shown, page
from dashboard.start_balance import start_balance

FINDINGS, MRR = "What holds of the paper here", "MRR by language"
DATA, TRAINING, PROBES = "Data by language", "Training curves", "Linear probes"
TOGETHER, ALONE = "together", "alone"


def results(run: StoredRun) -> None:
    """MRR, findings, data and curves of one comparison, or of all its seeds."""
    alone = balance_data.alone(run)
    if alone is None:
        st.info("This run holds no MRR: it ended before it was measured.", icon=":material/info:")
        curves(run)
        return
    shown = all_seeds(run)
    if shown is None:
        shown = alone
        with errors_shown():
            shown = replace(alone, ranges=balance_data.intervals(run))
    others = other_sets(shown)
    family = family_of(shown)
    first, second = [SIZES] if family else [], [SETS] if others else []
    contents(*first, MRR, FINDINGS, *second, DATA, TRAINING, PROBES)
    if family:
        st.subheader(SIZES)
        with errors_shown():
            sizes_panel(family)
    st.subheader(MRR)
    with errors_shown():
        mrr_panel(shown)
    st.subheader(FINDINGS)
    mrr_findings(shown)
    if others:
        st.subheader(SETS)
        with errors_shown():
            sets_panel(shown, others)
    st.subheader(DATA)
    with errors_shown():
        data_panel(shown)
    st.subheader(TRAINING)
    with errors_shown():
        training_panel(run)


def all_seeds(run: StoredRun) -> Shown | None:
    """The mean over the run's seeds, if there are several and it is asked for."""
    found = balance_data.over_seeds(run)
    if found is None:
        return None
    titles = {TOGETHER: f"Mean of {len(found.seeds)} seeds", ALONE: "This run"}
    together = pick_one(
        titles,
        label="Seeds",
        key="seeds",
        of=run.id,
        help="Runs that differ in the seed only are shown together: means, and lines from the "
        "least to the greatest seed. Data and curves are this run's.",
    )
    return found if together == TOGETHER else None


def tells_most(run: StoredRun) -> bool:
    """A comparison of several languages, whose pieces are more than characters."""
    metrics = run.record.metrics
    return len(metrics.get("teachers") or ()) > 1 and not crowded(metrics, run.record.config)


def comparison() -> StoredRun | None:
    """The comparison that is looked at, drawn; None where there is none."""
    run = pick_run(
        cache.readable(balance_data.KIND), help="The comparison to look at.", usual=tells_most
    )
    if run is None:
        empty_state(
            "No comparison was trained yet. Start one below, or in a terminal; in three languages "
            "of the fact world's text it takes some minutes:",
            "python -m core balance --languages en,de,sw --steps 400",
        )
        return None
    run_header(run)
    job_panel(run, curves)
    if cache.is_open(run):
        return run
    with errors_shown():
        results(run)
    log_panel(run)
    origin(run)
    return run


def linear_probes(run: StoredRun | None) -> None:
    """The probes of one run; those of the comparison's models are offered first."""
    st.subheader(PROBES)
    found = pick_run(
        balance_data.probe_runs(run),
        key="probe",
        label="Run of linear probes",
        help="Runs on the models of the comparison above come first.",
    )
    if found is None:
        empty_state(
            "No encoder was probed yet. Start probes below, or in a terminal with a folder of "
            "Universal Dependencies treebanks:",
            f"python -m core balance-probe --model {run.id if run else 'RUN'} --data DIR",
        )
        return
    run_header(found)
    if run is not None and run.id not in found.record.parents:
        st.caption("These probes are not on the models of the comparison above.")
    job_panel(found)
    if cache.is_open(found):
        return
    with errors_shown():
        probes = balance_data.probes(found)
        if probes is None:
            st.info("This run holds no scores: it ended before.", icon=":material/info:")
        else:
            many = balance_data.probes_over_seeds(run, found) if run is not None else None
            if many is not None:
                st.caption(
                    f"Means over the models of {many.seeds} comparisons that differ in the seed "
                    "only; deviations are between these."
                )
            linear_probe_panel(found, many or probes, OF_ENCODERS if many else OF_PROBES)


with page(
    "Balanced training",
    "Models trained on much text in one language and little in another serve the second badly; see "
    "what balancing the data costs and gains, and what a student of monolingual teachers wins "
    "back.",
):
    shown = comparison()
    with errors_shown():
        linear_probes(shown)
    with st.expander("Start a comparison or linear probes", icon=":material/play_arrow:"):
        start_balance(shown)

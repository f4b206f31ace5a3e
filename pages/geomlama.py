"""Knowledge probing: what each language knows about each region, and what teaching changed."""

from typing import Any

import streamlit as st

from core.errors import UserError
from core.metrics.probing_sets import EvaluationSet
from core.published.alsace.geomlama import METHODS, table_12
from core.runs.store import StoredRun
from dashboard import cache, probing_data
from dashboard.ask_panel import ask_panel
from dashboard.badges import origin, run_header
from dashboard.choice import pick_one
from dashboard.job_panel import job_panel
from dashboard.log_panel import log_panel
from dashboard.probing_compare import compare_panel
from dashboard.probing_panel import language_averages, region_bars, region_map
from dashboard.question_panel import question_panel, to_questions
from dashboard.regional_panel import regional_panel
from dashboard.run_picker import pick_run
from dashboard.shell import anchor, empty_state, errors_shown, page
from dashboard.start_probing import start_probing
from dashboard.truth_panel import truth_panel

FROM_RUN, FROM_PAPER = "run", "paper"
SOURCES = {FROM_RUN: "A run", FROM_PAPER: "The paper's Table 12"}


def published() -> None:
    """GeoMLAMA before and after ALSACE, as printed."""
    before, after = (table_12()[method] for method in METHODS)
    st.markdown(
        f":small[Published: {before.source}, {before.model}, [{before.url}]({before.url}).]"
    )
    shown = EvaluationSet("GeoMLAMA, as published", before.scores, after.scores)
    region_map(shown, [], "published")
    st.subheader("By region")
    region_bars(shown, None, [], "published")
    st.subheader("By language")
    language_averages(shown)


def pick_set(found: tuple[EvaluationSet, ...]) -> EvaluationSet:
    """The evaluation set to look at, where there are several."""
    if len(found) < 2:
        return found[0]
    names = [part.name for part in found]
    chosen = pick_one(
        names,
        label="Evaluated on",
        key="evaluated_on",
        help="The first is the run's main set; single questions and error bars are of that one.",
    )
    return found[names.index(chosen)]


def scores(run: StoredRun) -> None:
    """The map, the bars and the averages of one run."""
    found = probing_data.sets(run)
    if not found:
        st.info(
            "This run holds no accuracies: it ended before its evaluation.", icon=":material/info:"
        )
        return
    shown = pick_set(found)
    main = shown is found[0]
    clicks = main and bool(probing_data.questions(run))
    link = to_questions(shown.before, questions_heading(run)) if clicks else None
    region_map(shown, run.record.badges, run.id, link)
    st.subheader("By region")
    with errors_shown():
        intervals = probing_data.intervals(run) if main else None
        region_bars(shown, intervals, run.record.badges, run.id)
    st.subheader("By language")
    change = run.record.metrics.get("change")
    language_averages(
        shown,
        change if main and isinstance(change, dict) else None,
        published=run.record.config.get("dataset") == "geomlama",
    )


def taught(run: StoredRun) -> bool:
    """Whether the run distilled, and not only asked."""
    return run.record.kind == "distill_probe"


def questions_heading(run: StoredRun) -> str:
    """Over the single questions."""
    return "Which questions turned right or wrong" if taught(run) else "Which questions are right"


def show(run: StoredRun) -> None:
    """One run, from its badges to where it came from."""
    run_header(run)
    job_panel(run)
    if cache.is_open(run):
        if run.record.kind == "distill_probe":
            st.page_link(
                "../pages/self_distillation.py",
                label="Watch its curves",
                icon=":material/arrow_forward:",
                query_params={"run": run.id},
            )
        return
    with errors_shown():
        scores(run)
    st.subheader(questions_heading(run), anchor=anchor(questions_heading(run)))
    question_panel(run)
    st.subheader("Who could teach which region")
    regional_panel(run)
    if run.record.config.get("dataset") == "fact-world" and not taught(run):
        st.subheader("Do the teachers truly know the region?")
        truth_panel(run)
    log_panel(run)
    origin(run)


def from_run() -> None:
    """A run of this store."""
    run = pick_run(
        cache.readable(*probing_data.KINDS), help="The probe or distillation on prompts to look at."
    )
    if run is None:
        empty_state(
            "No model was asked yet. With the demo's built-in model it takes about a minute, or "
            "name your own with --model; run this in a terminal:",
            "python -m core probe",
        )
        return
    show(run)


def distilled() -> list[StoredRun]:
    """Distillations on prompts that have scores."""

    def has_scores(run: StoredRun) -> Any:
        try:
            return probing_data.sets(run)
        except UserError:
            return ()

    return [run for run in cache.readable("distill_probe") if has_scores(run)]


with page(
    "Knowledge probing",
    "What a model knows about each country or region depends on the language it is asked in; see "
    "which languages know what, which could teach it, and what teaching changed.",
):
    source = pick_one(
        SOURCES,
        label="Look at",
        key="source",
        help="A run of this store, or GeoMLAMA before and after ALSACE as the paper printed it.",
    )
    if source == FROM_PAPER:
        published()
    else:
        from_run()
    runs = distilled()
    if runs:
        st.subheader("Compare distillations")
        with errors_shown():
            compare_panel(runs)
    with st.expander("Start a probe or a distillation on prompts", icon=":material/play_arrow:"):
        start_probing()
    st.subheader("Ask a model yourself")
    with errors_shown():
        ask_panel()

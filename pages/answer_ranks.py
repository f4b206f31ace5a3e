"""Answer ranks: what a model answers in every pair of languages, and what it knows but omits."""

import streamlit as st

from core.figures.of_questions import MEASURES
from core.metrics.qa_transfer import Measure
from core.runs.qa_trials import qa_trials
from core.runs.store import StoredRun
from dashboard import cache, qa_data
from dashboard.badges import origin, run_header
from dashboard.choice import pick_one
from dashboard.job_panel import job_panel
from dashboard.log_panel import log_panel
from dashboard.model_panel import model_panel
from dashboard.qa_objectives_panel import objectives_panel
from dashboard.qa_published_panel import published_panel
from dashboard.qa_question_panel import question_panel
from dashboard.qa_ranks_panel import ranks_panel
from dashboard.qa_scores_panel import scores_panel
from dashboard.qa_sweep_panel import sweep_panel
from dashboard.qa_training_panel import live_training, training_panel
from dashboard.run_picker import pick_run
from dashboard.scores import ON_QUESTIONS, summary
from dashboard.shell import anchor, contents, empty_state, errors_shown, page
from dashboard.start_qa import start_qa

RANKS = "What it knows but does not say"
PAIRS = "Every pair of languages"
QUESTION = "One question"
PUBLISHED = "Published beside own"
TRAINING = "How the training went"
SWEEPS = "Languages drawn a question (ntl), and temperature"
OBJECTIVES = "Objectives side by side"
ENOUGH = 20.0
"""Percent of F1 over all pairs of languages, of a run that the page opens on."""


def answers(run: StoredRun) -> bool:
    """Whether a model answers questions, and some of them are kept: else its page tells little."""
    found = cache.of_record("summary", run, lambda: summary(run)).f1
    return found is not None and found >= ENOUGH and qa_data.keeps_questions(run)


def pick_measure() -> Measure:
    """F1 or exact match, for the whole page."""
    names = {title: name for name, title in MEASURES.items()}
    chosen = pick_one(
        list(names),
        label="Score",
        default="F1",
        key="qa_measure",
        help="For the whole page. F1: shared words of the answer and the right one; EM: exactly "
        "the right one. Ranks always count exact matches.",
    )
    return names[chosen]


def section(heading: str) -> None:
    """A heading that the links at the top lead to."""
    st.subheader(heading, anchor=anchor(heading))


def results(run: StoredRun, measure: Measure) -> None:
    """Ranks, pairs and single questions of a run with scores."""
    section(RANKS)
    with errors_shown():
        ranks_panel(run)
    section(PAIRS)
    with errors_shown():
        scores_panel(run, measure)
    section(QUESTION)
    question_panel(run)
    section(PUBLISHED)
    with errors_shown():
        published_panel(run)


def show(run: StoredRun, measure: Measure) -> None:
    """One run, from its badges to where it came from."""
    run_header(run)
    trains = run.record.kind == "qa_train"
    job_panel(run, live_training if trains else None)
    if cache.is_open(run):
        return
    with errors_shown():
        if qa_data.scores(run):
            results(run, measure)
        else:
            st.info(
                "This run holds no scores: it ended before its evaluation.",
                icon=":material/info:",
            )
    if trains:
        section(TRAINING)
        with errors_shown():
            training_panel(run)
        with errors_shown():
            model_panel(run)
    log_panel(run)
    origin(run)


def compare(measure: Measure) -> None:
    """All finished trainings of the store."""
    trials = qa_trials(cache.readable("qa_train"))
    section(SWEEPS)
    with errors_shown():
        sweep_panel(trials, measure)
    section(OBJECTIVES)
    with errors_shown():
        objectives_panel(trials, measure)


with page(
    "Answer ranks",
    "A model often knows an answer without saying it first; see at which rank the right answer "
    "stands in every pair of question and context language, and what self-distillation changed.",
):
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    with left:
        chosen = pick_run(
            cache.readable(*ON_QUESTIONS),
            help="The training or evaluation on questions to look at.",
            usual=answers,
        )
    if chosen is None:
        empty_state(
            "No model has answered questions yet. Start a training below (the settings are ready "
            "to use), or run this in a terminal; with the demo's built-in model it takes some "
            "minutes:",
            "python -m core qa train",
        )
    else:
        with right:
            measure = pick_measure()
        trained = [TRAINING] if chosen.record.kind == "qa_train" else []
        contents(RANKS, PAIRS, QUESTION, PUBLISHED, *trained, SWEEPS, OBJECTIVES)
        show(chosen, measure)
        compare(measure)
    with (
        st.expander(
            "Configure a new training or evaluation",
            icon=":material/tune:",
            expanded=chosen is None,
        ),
        errors_shown(),
    ):
        start_qa(chosen)

"""Teacher selection: which languages can teach, by any strategy, moved live by the threshold."""

from functools import partial

import streamlit as st

from core.config import DistillConfig
from core.data.predictions import Predictions
from core.figures.confidence import confidence as confidence_figure
from core.figures.lessons import lessons as lessons_figure
from core.runs.store import StoredRun
from dashboard import cache
from dashboard.badges import origin, run_header
from dashboard.bring_texts import texts_upload
from dashboard.choice import pick_one
from dashboard.ensemble_panel import ensemble_panel
from dashboard.example_browser import choice_examples
from dashboard.example_filters import to_languages
from dashboard.figure_panel import figure_panel
from dashboard.job_panel import job_panel, start_button
from dashboard.log_panel import log_panel
from dashboard.run_picker import pick_run
from dashboard.save_brought import save_panel
from dashboard.scores import shows_alsace
from dashboard.selection_panel import language_table, numbers, selection_items, teaching_config
from dashboard.shell import empty_state, errors_shown, page
from dashboard.teacher_choice import Choice, choose_teachers
from dashboard.threshold import split
from dashboard.trust_panel import trust_panel
from dashboard.upload import Brought, logs_upload, predictions_upload

FROM_RUN, FROM_TEXTS = "A run", "Your texts"
UPLOADS = {"Your predictions": predictions_upload, "Your harness logs": logs_upload}
"""What can be brought -> what asks for it."""
PROMPTS = ("probe", "distill_probe")
"""Kinds of run that answer prompts."""
HALF = 260  # pixels of a chart that takes half of a narrow window


@st.fragment
def selection_panel(
    found: Predictions, run: StoredRun | None, key: str, brought: Brought | None = None
) -> None:
    """Everything the strategy and the threshold move; only this part is drawn anew then."""
    with errors_shown():
        badges = run.record.badges if run else []
        choice = choose_teachers(found, run)
        split(choice.selection)
        charts(found, choice, run, badges)
        trust_panel(found, choice, run)
        if brought is not None:
            save_panel(brought, choice)
        else:
            distil(run, choice)
        examples(found, choice, run, key)


def examples(found: Predictions, choice: Choice, run: StoredRun | None, key: str) -> None:
    """The single answers the choice is made from; those to prompts are on their own page."""
    if run is None or run.record.kind not in PROMPTS:
        choice_examples(found, key, choice.selection.teachers, run)


def charts(found: Predictions, choice: Choice, run: StoredRun | None, badges: list[str]) -> None:
    """What the threshold moves: confidences and ensembles; then the table and the lessons."""
    file = run.id if run else "file"
    left, right = st.columns(2, gap="large")
    with left:
        figure_panel(
            partial(confidence_figure, choice.selection, badges=badges),
            key="confidence",
            alt="Confidence of each language in the majority vote, with the threshold as a line. A "
            "click on a language shows its examples below.",
            file=f"confidence-{file}",
            width=HALF,
            link=to_languages(),
        )
        numbers(choice.selection, len(found.examples))
    with right:
        ensemble_panel(found, run, choice.selection, file, HALF)
    st.subheader("By language")
    language_table(found, choice.selection)
    if choice.selection.lessons is not None:
        figure_panel(
            partial(lessons_figure, choice.selection, badges=badges),
            key="lessons",
            alt="Which teachers each language learns from.",
            file=f"lessons-{file}",
        )


def distil(run: StoredRun | None, choice: Choice) -> None:
    """Start a distillation with the teachers on the screen."""
    st.subheader("Let them teach")
    if run is None or run.record.config.get("predictions"):
        st.info(
            "These are predictions from a file; a distillation needs the model that made them. "
            "Choose a run that has one, or start one on the self-distillation page.",
            icon=":material/info:",
        )
        return
    if run.record.kind in PROMPTS:
        on_prompts(run)
        return
    started = start_button(
        "Distil with these teachers",
        "distill",
        teaching_config(cache.config_of(run, DistillConfig), choice),
        key="distil_now",
        help="Starts a distillation with this run's model and data and the teachers above, in a "
        "process of its own.",
        disabled=not choice.selection.teachers,
    )
    if started is not None:
        st.session_state["started_here"] = started.id
        st.rerun()  # the jobs in the sidebar know it at once
    submitted = st.session_state.get("started_here")
    if submitted:
        st.page_link(
            "../pages/self_distillation.py",
            label=f"Watch {submitted}",
            icon=":material/arrow_forward:",
            query_params={"run": submitted},
        )


def on_prompts(run: StoredRun) -> None:
    """Where a distillation on prompts is started and shown: not with the button of a task."""
    st.info(
        "These are answers to prompts. The page Knowledge probing starts distillations on them, "
        "and shows what they changed and who could teach which region.",
        icon=":material/info:",
    )
    st.page_link(
        "../pages/geomlama.py",
        label="Knowledge probing",
        icon=":material/arrow_forward:",
        query_params={"run": run.id},
    )


def from_run() -> None:
    """The predictions of a stored run."""
    run = pick_run(
        [run for run in cache.readable() if cache.has_predictions(run) or cache.is_open(run)],
        help="The run whose model votes: on its unlabelled selection items, else on its "
        "evaluation items.",
        usual=shows_alsace,
    )
    if run is None:
        empty_state(
            "No run with predictions yet. Start the demo on the overview, bring a predictions "
            "file (above), or run this in a terminal:",
            "python -m core select --model built-in --dataset fact-world",
        )
        return
    run_header(run)
    job_panel(run)
    items = selection_items(run)
    if items is not None:
        found, what = items
        st.caption(f"{len(found.examples):,} {what} in {len(found.languages)} languages.")
        selection_panel(found, run, f"{run.id} {what}")
    if not cache.is_open(run):  # the job's own panel has it
        log_panel(run)
    origin(run)


with page(
    "Teacher selection",
    "Which languages teach and which learn: by ALSACE, all vote on every item and those most "
    "confident in the majority's answer teach; every other strategy can be set beside it.",
):
    source = pick_one(
        (FROM_RUN, *UPLOADS, FROM_TEXTS),
        label="Predictions from",
        key="source",
        help="Take the probabilities from a run, from a table of your own, from logs of "
        "lm-evaluation-harness, or let a model answer texts of your own.",
    )
    if source in UPLOADS:
        brought = UPLOADS[source]()
        if brought is not None:
            selection_panel(brought.predictions, None, brought.key, brought)
    elif source == FROM_TEXTS:
        texts_upload()
    else:
        from_run()

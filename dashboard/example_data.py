"""What the example browser reads: a run's single answers, their texts, and who taught."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from core.data.predictions import Predictions
from core.data.texts import ExampleTexts, is_on_hub
from core.errors import UserError
from core.jobs.parallel_text import find_generated, text_of
from core.metrics.answered import Answered, Examples
from core.runs.siblings import read_start, start_of
from core.runs.store import StoredRun
from core.selection.vote import majority_vote
from dashboard import cache
from dashboard.cache import stamp
from dashboard.labels import tail
from dashboard.scores import MOMENTS


@dataclass(frozen=True)
class Subject:
    """Answers that can be looked at one by one."""

    key: str
    """What the URL calls them, where a page offers several."""
    name: str
    """What the list shows."""
    found: Examples
    predictions: Mapping[str, Predictions]
    """By moment."""
    run: StoredRun | None = None
    """Whose settings name the texts; None for a brought file."""
    teachers: tuple[str, ...] = ()
    note: str = ""
    """Where some of the answers come from, if not from the run itself."""

    @property
    def first(self) -> Predictions:
        """Of the earliest moment; ids, classes and gold are those of every moment."""
        return next(iter(self.predictions.values()))

    @property
    def students(self) -> tuple[str, ...]:
        """The other languages, where some teach."""
        others = (x for x in self.found.languages if x not in self.teachers)
        return tuple(others) if self.teachers else ()


@dataclass(frozen=True)
class _Read:
    found: Examples
    predictions: Mapping[str, Predictions] = field(default_factory=dict)
    note: str = ""


def keeps_answers(run: StoredRun) -> bool:
    """Whether a run of a task keeps answers to its evaluation items (prompts have a page)."""
    of_prompts = run.record.kind in ("probe", "distill_probe")
    return not of_prompts and any(stamp(run.path / f"predictions_{when}.npz") for when in MOMENTS)


def of_run(run: StoredRun, name: str = "") -> Subject | None:
    """A run's answers to its evaluation items; None where it keeps none.

    Raises:
        UserError: a file is damaged, or before and after do not fit.
    """
    times = tuple(stamp(run.path / f"predictions_{when}.npz") for when in MOMENTS)
    if not keeps_answers(run):
        return None
    made = _evaluated(run, run.id, times, len(cache.store().paths()))
    recorded = (run.record.selection or {}).get("teachers")
    teachers = tuple(map(str, recorded)) if isinstance(recorded, list) else ()
    known = tuple(x for x in teachers if x in made.found.languages)
    return Subject(run.id, name, made.found, made.predictions, run, known, made.note)


def of_choice(
    found: Predictions, key: str, teachers: Sequence[str], run: StoredRun | None = None
) -> Subject:
    """The answers a teacher choice is made from.

    Args:
        found: the predictions.
        key: another one for other predictions.
        teachers: those on the screen.
        run: they are of; None for a brought file.
    """
    made = _answered(found, key)
    return Subject(key, "", made.found, made.predictions, run, tuple(teachers))


def can_show_texts(subject: Subject, *, asked: bool) -> bool:
    """Whether the texts can be read now: those on the hub only once they are asked for."""
    return subject.run is not None and (asked or not is_on_hub(subject.run.record.config))


def texts(subject: Subject, folder: str | None) -> ExampleTexts:
    """The texts of the examples.

    Args:
        subject: a run's answers.
        folder: where the data are, if not where the settings say.

    Raises:
        UserError: they are not there, or are of other items.
    """
    if subject.run is None:
        raise UserError("a predictions file holds no texts")
    config = dict(subject.run.record.config)
    if folder is not None:
        config["data"] = folder
    return _texts(config, subject.first.fingerprint, subject.first)


@st.cache_resource(max_entries=16, show_spinner="Reading answers ...")
def _evaluated(_run: StoredRun, run_id: str, times: tuple[int, ...], runs: int) -> _Read:
    before, after = (cache.predictions(_run, when) for when in MOMENTS)
    note = ""
    if before is None and after is not None:
        start = start_of(_run, cache.readable())
        if start is None:
            note = "This run keeps no answers from before, and no run of the store started alike."
        else:
            before = read_start(_run, start).in_languages(after.languages)
            note = f"The answers before are those of run {tail(start)}, which started alike."
    return _read(before, after, note)


@st.cache_resource(max_entries=8, show_spinner="Reading answers ...")
def _answered(_found: Predictions, key: str) -> _Read:
    return _read(_found, None, "")


def _read(before: Predictions | None, after: Predictions | None, note: str) -> _Read:
    pairs = zip(MOMENTS, (before, after), strict=True)
    known = {str(when): x for when, x in pairs if x is not None}
    first = next(iter(known.values()))
    if any(x.examples != first.examples for x in known.values()):
        raise UserError("the answers before and after are not to the same examples")
    made = {when: _one_moment(x) for when, x in known.items()}
    found = Examples(first.languages, first.examples, made.get("before"), made.get("after"))
    return _Read(found, known, note)


def _one_moment(found: Predictions) -> Answered:
    return Answered.of(found, majority_vote(found.probabilities, found.class_mask).pseudo_labels)


@st.cache_resource(max_entries=4, show_spinner="Reading the texts ...", ttl=1800)
def _texts(config: dict[str, Any], fingerprint: str, _found: Predictions) -> ExampleTexts:
    generated = []
    if config.get("parallel"):
        run = find_generated(str(config["parallel"]), cache.store())
        generated = [text_of(run, _found.languages)] if run is not None else []
    try:
        found = ExampleTexts.of(config, _found.examples, generated)
    except (LookupError, TypeError, ValueError) as error:  # a record may hold anything
        raise UserError(f"the run's settings name no data: {error}") from error
    found.check(_found)
    return found

"""What stands beside the charts of a teacher choice: numbers, table, and the next config."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st
from pydantic import ValidationError

from core.config import DistillConfig
from core.config.strategies import WITHOUT_THRESHOLD
from core.data.predictions import Predictions
from core.errors import UserError
from core.glossary import meaning
from core.metrics.accuracy import accuracy
from core.runs.store import StoredRun
from core.selection.agreement import agreement_with_vote
from core.selection.teachers import Selection
from dashboard import cache
from dashboard.teacher_choice import WITHOUT_VOTE, Choice
from dashboard.threshold import learns


def selection_items(run: StoredRun) -> tuple[Predictions, str] | None:
    """The predictions a choice of this run is made from, and what items they are on.

    Raises:
        UserError: the file is damaged.
    """
    found = cache.predictions(run, "selection")
    if found is not None:
        unlabelled = found.gold is None
        return found, "unlabelled selection items" if unlabelled else "items, labels not used,"
    found = cache.predictions(run, "before")
    return None if found is None else (found, "evaluation items")


def labelled_items(found: Predictions, run: StoredRun | None) -> Predictions | None:
    """The evaluation items where their gold is known, else the items of the choice, if theirs is.

    Args:
        found: the items of the choice.
        run: the run they are of; None for a file.
    """
    evaluated = cache.predictions(run, "before") if run else None
    for part in (evaluated, found):
        if part is not None and part.gold is not None:
            return part
    return None


def file_of(run: StoredRun | None) -> str:
    """The end of a downloaded file's name."""
    return run.id if run else "file"


def numbers(selection: Selection, examples: int) -> None:
    """Threshold, ties and the confidence needed, in one line."""
    mean = " (the mean)" if selection.threshold_is_mean else ""
    share = 100 * selection.ties / max(1, examples)
    reached = (
        ""
        if selection.strategy in WITHOUT_THRESHOLD
        else f"θ = {selection.threshold:.4f}{mean}, reached from a confidence of "
        f"{selection.confidence_at_threshold:.3f} on. "
    )
    st.caption(
        f"{reached}{selection.ties:,} of {examples:,} votes tied ({share:.1f} %); a tie goes to "
        "the class with the larger summed probability."
    )


def language_table(predictions: Predictions, selection: Selection) -> None:
    """Role, confidence, agreement with the vote and, where gold is known, accuracy."""
    shares = agreement_with_vote(predictions, selection.pseudo_labels)
    right = accuracy(predictions) if predictions.gold is not None else {}
    rows: list[dict[str, Any]] = []
    for index, language in enumerate(selection.languages):
        row: dict[str, Any] = {
            "Language": language,
            "Role": _role(selection, language),
            "Confidence": float(selection.confidence[index]),
            "Normalised": float(selection.normalized[index]),
            "Agrees with the vote (%)": 100 * float(shares[index]),
        }
        if right:
            row["Accuracy (%)"] = right[language]
        rows.append(row)
    rows.sort(key=lambda row: -float(row["Confidence"]))
    number = st.column_config.NumberColumn
    st.dataframe(
        rows,
        hide_index=True,
        key="language_table",
        height="content",
        column_config={
            "Confidence": number(format="%.3f", help=_confidence_help(selection.strategy)),
            "Normalised": number(
                format="%.4f", help=f"{meaning('normalised confidence')} θ is compared with it."
            ),
            "Agrees with the vote (%)": number(
                format="%.1f", help="How often the language's own answer is the majority's."
            ),
            "Accuracy (%)": number(
                format="%.1f", help="From the gold labels, which the choice never sees."
            ),
        },
    )
    if not right:
        st.caption("No accuracy on the selection items: they come without gold labels.")


def _role(selection: Selection, language: str) -> str:
    """What a language does in the distillation."""
    if language in selection.teachers:
        return "teacher"
    return "student" if learns(selection, language) else "left out"


def _confidence_help(strategy: str) -> str:
    """Which probability is averaged."""
    if strategy == WITHOUT_VOTE:
        return "Mean probability of the language's own answer, whatever the vote says."
    return meaning("confidence")


def teaching_config(settings: Mapping[str, Any], choice: Choice) -> DistillConfig:
    """The config of a distillation with the teachers on the screen, whatever the run's method.

    Raises:
        UserError: the run's settings don't fit a distillation.
    """
    own: dict[str, Any] = {"resume": None, "method": "distillation", **choice.settings()}
    if settings.get("method", own["method"]) != own["method"]:
        own["confident_share"] = None  # the other method's default may stand in the record
    try:
        return DistillConfig.model_validate({**settings, **own})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UserError(
            f"this run's settings don't fit a distillation: {place}: {first['msg']}"
        ) from error

"""Figures of one run on questions: each takes the run and its look (paper, width, dark)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from core.data.qa.scores import QaScores
from core.data.qa.shown import ShownAnswers
from core.errors import UserError
from core.figures.answer_curves import answer_curves
from core.figures.answer_ranks import answer_ranks
from core.figures.g_xlt import g_xlt_map
from core.figures.kl_weight import kl_weight
from core.figures.pair_scores import AFTER, BEFORE, CHANGE, NOW, PairScores
from core.figures.run_view import RunView, missing
from core.figures.shown_curves import curves_of, telling_place
from core.figures.theme import Chart
from core.metrics.qa_ranks import By, rank_table
from core.metrics.qa_resampling import check_paired
from core.metrics.qa_transfer import Measure, matrix

MOMENTS = (BEFORE, AFTER)
MEASURES: Mapping[Measure, str] = {"f1": "F1", "exact_match": "EM"}
NORMALIZERS = {"mlqa": "MLQA normalisation", "squad": "SQuAD normalisation (English for all)"}
"""How answers were compared; said beside every number."""
OBJECTIVES = {
    "ce": "CE alone",
    "kl": "KL alone",
    "kl-map": "KL × {}, without CE",
    "skd": "CE + KL",
    "skd-map": "CE + KL × {}",
}
"""What is minimised, with what weighs the KL."""


def moments_of(before: QaScores | None, after: QaScores | None) -> dict[str, QaScores]:
    """The scores there are, by moment; those of a model that was only evaluated are of ``now``."""
    last = NOW if before is None else AFTER
    pairs = ((BEFORE, before), (last, after))
    return {when: scores for when, scores in pairs if scores is not None}


def normalizer(scores: Mapping[str, QaScores]) -> str:
    """How the answers were compared, in words."""
    return "; ".join(dict.fromkeys(NORMALIZERS[x.normalization] for x in scores.values()))


def pair_scores(scores: Mapping[str, QaScores], measure: Measure) -> PairScores:
    """The score of every pair of languages, and their change where it can be told.

    Raises:
        UserError: the two moments are not about the same questions.
    """
    first = next(iter(scores.values()))
    cells: dict[str, Any] = {when: matrix(x, measure) for when, x in scores.items()}
    if len(cells) == len(MOMENTS):
        check_paired(scores[BEFORE], scores[AFTER])
        cells[CHANGE] = cells[AFTER] - cells[BEFORE]
    return PairScores(first.questions, first.contexts, cells, MEASURES[measure])


def rank_shares(scores: QaScores, by: By) -> dict[str, list[float]]:
    """Row -> percent of its questions per rank; rows that were not asked are left out."""
    table = rank_table(scores, by)
    return {
        row: shares.tolist()
        for row, shares in zip(table.rows, table.shares, strict=True)
        if np.isfinite(shares).all()
    }


def of_answer_ranks(run: RunView, **look: Any) -> Chart:
    """At which rank the first right answer stands, by the language of the question."""
    scores = _scores(run)
    shares = {when: rank_shares(x, "question") for when, x in scores.items()}
    return answer_ranks(
        shares, by="question", note=normalizer(scores), badges=run.record.badges, **look
    )


def of_g_xlt(run: RunView, **look: Any) -> Chart:
    """F1 of every pair of languages, before and after."""
    scores = _scores(run)
    shown = pair_scores(scores, "f1").only(BEFORE, AFTER, NOW)
    return g_xlt_map(shown, note=normalizer(scores), badges=run.record.badges, **look)


def of_g_xlt_change(run: RunView, **look: Any) -> Chart:
    """How F1 of every pair of languages changed."""
    scores = _scores(run)
    if len(scores) < len(MOMENTS):
        raise missing(run, "scores both before and after a training on questions")
    shown = pair_scores(scores, "f1").only(CHANGE)
    return g_xlt_map(shown, note=normalizer(scores), badges=run.record.badges, **look)


def of_kl_weight(run: RunView, **look: Any) -> Chart:
    """The weight of the KL and both losses over the training."""
    rows, note = run.history(), objective_of(run.record.config)
    if not any("epoch" in row for row in rows):
        raise missing(run, "history of a training on questions")
    return kl_weight(rows, note=note, badges=run.record.badges, **look)


def objective_of(config: Mapping[str, Any]) -> str:
    """What a run minimised, in words."""
    by = "mAP@k" if config.get("coefficient") == "map" else "reciprocal rank"
    return OBJECTIVES.get(str(config.get("objective")), "").format(by)


def of_answer_curves(run: RunView, **look: Any) -> Chart:
    """Start and end probabilities of one shown question: the one that tells most."""
    shown = {when: x for when in MOMENTS if (x := run.shown(when)) is not None}
    place = telling_place(shown)
    if place is None:
        raise missing(run, "answers to shown questions")
    return curves_figure(shown, place, run.record.config, badges=run.record.badges, **look)


def curves_figure(
    shown: Mapping[str, ShownAnswers],
    place: tuple[str, str, str],
    config: Mapping[str, Any],
    text: str = "",
    **look: Any,
) -> Chart:
    """The curves of a question before and after.

    Args:
        shown: moment -> what was kept.
        place: language of the question, of the context, and the question's id.
        config: of the run, which has Δ where it trained.
        text: the context, for the tooltips.
        look: see `answer_curves`.
    """
    found = {when: curves_of(x, *place, text) for when, x in shown.items()}
    question, context, item = place
    window = config.get("window")
    return answer_curves(
        {when: x for when, x in found.items() if x is not None},
        window=window if isinstance(window, int) else None,
        heading=f"Where the answer starts and ends (question {question}, context {context})",
        note=item,
        **look,
    )


def _scores(run: RunView) -> dict[str, QaScores]:
    """The scores of a run on questions.

    Raises:
        UserError: it has none.
    """
    found = moments_of(*(run.scores(when) for when in MOMENTS))
    if not found:
        raise UserError(
            f"run {run.record.id} answered no questions; this figure is for runs of qa train and "
            "qa evaluate"
        )
    return found

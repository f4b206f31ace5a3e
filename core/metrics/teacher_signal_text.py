"""Whether confidence is a good teacher signal, in plain words that follow the numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from core.metrics.bootstrap import ROUNDING
from core.metrics.rank_correlation import FEWEST, RankCorrelation, rank_correlation
from core.metrics.teacher_signal import GainMatrix, TeacherSignal
from core.quoting import signed

ACCURACY, GAIN = "accuracy", "gain given"
SAME = 0.005
"""Correlations closer than this are written alike."""
CLAIMS = {
    (ACCURACY, "positive"): "The languages with a higher confidence know more",
    (ACCURACY, "negative"): "The languages with a higher confidence know less",
    (ACCURACY, "undetermined"): (
        "It is undetermined whether the languages with a higher confidence know more"
    ),
    (GAIN, "positive"): (
        "The others gain more from them, so confidence goes with better teaching here"
    ),
    (GAIN, "negative"): (
        "The others gain less from them, so confidence goes with worse teaching here"
    ),
    (GAIN, "undetermined"): (
        "Whether the others gain more from them is undetermined, so these runs do not show that "
        "confidence is a good teacher signal"
    ),
}
"""(what confidence is compared with, verdict) -> what is said."""
FOLLOWS = {
    "positive": "The surer a language, the more of its answers are right",
    "negative": "The surer a language, the fewer of its answers are right",
    "undetermined": "Whether confidence follows accuracy over the languages is undetermined",
}
"""Verdict on confidence and accuracy -> what is said."""


def summary_of(matrix: GainMatrix, accuracy: TeacherSignal, gain: TeacherSignal) -> list[str]:
    """The findings in a few sentences."""
    seeds = _seeds(matrix.seeds)
    lines = [_claim(accuracy, seeds), _claim(gain, seeds), _by_accuracy(matrix, gain)]
    lines += [_best(matrix), *_harmful(matrix)]
    if short := [t for t, n in zip(matrix.teachers, matrix.seeds, strict=True) if n == 1]:
        which = "" if len(short) == len(matrix.teachers) else f" ({', '.join(short)})"
        lines.append(f"With one seed{which} it is not known how far another moves a gain.")
    missing = [x for x in matrix.students if x not in matrix.teachers]
    if missing:
        lines.append(f"Without a run as the only teacher: {', '.join(missing)}.")
    return lines


def surest_of(confidence: Mapping[str, float], accuracy: Mapping[str, float]) -> str:
    """Whether the surest languages are the most accurate ones.

    Args:
        confidence: s_t of each language, 0 to 1; two languages or more.
        accuracy: of the same languages, in percent.
    """
    surest = max(confidence, key=lambda x: confidence[x])
    best, least = (pick(accuracy, key=lambda x: accuracy[x]) for pick in (max, min))
    right = {x: f"{accuracy[x]:.0f} % of the items right" for x in accuracy}
    if accuracy[surest] == accuracy[best]:
        first = f"{surest} is the surest language and the most accurate ({right[surest]})"
    elif accuracy[surest] == accuracy[least]:
        first = (
            f"{surest} is the surest language and the least accurate ({right[surest]}; "
            f"{best}: {right[best]})"
        )
    else:
        first = (
            f"{surest} is the surest language ({right[surest]}), {best} the most accurate "
            f"({right[best]})"
        )
    pairs = np.array([[confidence[x], accuracy[x]] for x in confidence]).T
    found = rank_correlation(*pairs)
    return f"{first}. {FOLLOWS[found.verdict]}: {_numbers(found)}."


def _claim(signal: TeacherSignal, seeds: str) -> str:
    """The verdict with the correlation it rests on."""
    words = CLAIMS[signal.against, signal.correlation.verdict]
    return f"{words}: {_numbers(signal.correlation)}, {seeds}."


def _by_accuracy(matrix: GainMatrix, gain: TeacherSignal) -> str:
    """What accuracy before distillation, which takes labels, tells of the same gains."""
    how = gain.correlation
    found = rank_correlation(matrix.accuracy, matrix.given, resamples=how.resamples, seed=how.seed)
    if found.rho is None or how.rho is None:
        return f"Accuracy before and the gain given: {_numbers(found)}."
    orders = f"{signed(found.rho, 2)} against {signed(how.rho, 2)} for confidence"
    more = abs(found.rho) - abs(how.rho)
    than = "better" if more > SAME else "worse" if more < -SAME else "as well"
    return (
        f"Accuracy before distillation predicts the gain {than}: Spearman's ρ {orders}, over the "
        f"same {found.n} languages."
    )


def _harmful(matrix: GainMatrix) -> list[str]:
    """The teachers from which the others lose, if any."""
    given = dict(zip(matrix.teachers, matrix.given.tolist(), strict=True))
    harm = [x for x in given if given[x] < -ROUNDING]
    if not harm:
        return []
    told = ", ".join(f"{x} {signed(given[x])}" for x in sorted(harm, key=lambda x: given[x]))
    return [f"From {len(harm)} of {len(given)} teachers the others lose on average: {told}."]


def _numbers(found: RankCorrelation) -> str:
    """Rho, its interval, the permutation test and the count of languages."""
    if found.rho is None:
        return f"no rank correlation over {found.n} languages: one of the two is the same for all"
    rho = f"Spearman's ρ {signed(found.rho, 2)}"
    if found.low is None or found.high is None or found.p is None:
        return f"{rho} over {found.n} languages, and fewer than {FEWEST} cannot tell"
    ends = f"{signed(found.low, 2)} to {signed(found.high, 2)}"
    return (
        f"{rho}, {100 * found.level:.0f} % interval {ends}, permutation test {p_of(found.p)}, "
        f"{found.n} languages"
    )


def p_of(p: float) -> str:
    """``p = 0.03``, to two digits that count; ``p < 0.001``."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"


def _seeds(counts: Sequence[int]) -> str:
    """How often each language taught."""
    few, many = min(counts), max(counts)
    if few < many:
        return f"{few} to {many} seeds each"
    return f"{few} seed{'' if few == 1 else 's'} each"


def _best(matrix: GainMatrix) -> str:
    """Who gives most, and what the surest gives."""
    given = dict(zip(matrix.teachers, matrix.given.tolist(), strict=True))
    best = max(given, key=lambda teacher: given[teacher])
    surest = matrix.teachers[int(np.argmax(matrix.confidence))]
    most = f"As the only teacher {best} gives the others most ({signed(given[best])} points)"
    if best == surest:
        return f"{most}, and it is also the surest language."
    return f"{most}; the surest language, {surest}, gives {signed(given[surest])}."

"""One language in two sets of languages, as German in the paper's Table 5."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.languages import script
from core.metrics.balance_scores import TEACHERS, BalanceScores
from core.metrics.probe_record import IN_LANG, ZERO_SHOT, ProbeRecord
from core.quoting import signed

SHARED, DIVERSE = "shared script", "diverse scripts"
FAR_APART = 1.5
"""How many times one teacher's MRR must be the other's for a warning."""
MRR, DISTANCE, PROBE, TRANSFER = "MRR", "D", "IN-LANG", "ZERO-SHOT"


@dataclass(frozen=True)
class InSet:
    """The scores of one language's models in one set; None where there is none."""

    mrr: Mapping[str, float]
    """model -> MRR in percent."""
    distance: Mapping[str, float]
    """model -> MRR minus the teacher's, in points."""
    in_language: Mapping[str, float]
    """model -> probes fitted and tested in the language, in percent."""
    zero_shot: Mapping[str, float]
    """model -> probes fitted in the set's other languages."""
    pieces: float | None = None
    """Characters a piece of the language takes in the set's tokenizer, where known."""

    def cells(self, model: str) -> dict[str, float | None]:
        """A model's numbers, by what they are."""
        return {
            MRR: self.mrr.get(model),
            DISTANCE: self.distance.get(model),
            PROBE: self.in_language.get(model),
            TRANSFER: self.zero_shot.get(model),
        }


def script_of(languages: Sequence[str]) -> str:
    """What the paper calls such a set."""
    return SHARED if len({script(x) for x in languages}) == 1 else DIVERSE


def in_set(
    scores: BalanceScores, probes: ProbeRecord | None, key: str, pieces: float | None = None
) -> InSet:
    """A language's scores in a comparison, and in probes of its models.

    Args:
        scores: of the comparison, or the means of its seeds.
        probes: of its models; None without any.
        key: the language.
        pieces: characters a piece takes in it.
    """
    teacher = scores.mrr[TEACHERS][key]
    by_measure = {
        name: {
            model: cells[key].mean
            for model, cells in (probes.by_language[name] if probes else {}).items()
            if key in cells
        }
        for name in (IN_LANG, ZERO_SHOT)
    }
    return InSet(
        mrr={model: own[key] for model, own in scores.mrr.items()},
        distance={model: scores.mrr[model][key] - teacher for model in scores.models},
        in_language=by_measure[IN_LANG],
        zero_shot=by_measure[ZERO_SHOT],
        pieces=pieces,
    )


def printed_set(comparison: Mapping[str, Any], probes: Mapping[str, Any], key: str) -> InSet:
    """The same as a paper prints it, from the metrics of its rows: no MRR, but the distances."""

    def means(name: str) -> dict[str, float]:
        found = probes.get(name, {})
        return {model: own[key]["mean"] for model, own in found.items() if key in own}

    distances = comparison.get("difference_by_language", {})
    return InSet(
        mrr={},
        distance={model: own[key] for model, own in distances.items() if key in own},
        in_language=means(IN_LANG),
        zero_shot=means(ZERO_SHOT),
    )


def better_set(sets: Mapping[str, InSet], titles: Mapping[str, str]) -> str:
    """In which of two sets each model does better against the language's teacher, in words.

    Better is a larger D: above 0 a model beats its teacher, and is none the worse for being far
    from it. A model with the same D in both is not told of.

    Args:
        sets: name -> scores; two of them.
        titles: model -> how it is called; those to tell of.
    """
    (first, one), (second, other) = sets.items()
    told: dict[str, list[str]] = {first: [], second: []}
    for model, title in titles.items():
        a, b = one.distance.get(model), other.distance.get(model)
        if a is None or b is None or a == b:
            continue
        told[first if a > b else second].append(f"{title} ({signed(a)} against {signed(b)})")
    parts = [f"{', '.join(found)} in the set of {name}" for name, found in told.items() if found]
    return "; ".join(parts)


def pieces_text(sets: Mapping[str, InSet]) -> str:
    """That two sets' distances do not compare, where the teachers' scores are far apart.

    Args:
        sets: name -> scores; two of them.
    """
    (_, one), (_, other) = sets.items()
    low, high = sorted((one.mrr.get(TEACHERS, 0.0), other.mrr.get(TEACHERS, 0.0)))
    if high <= FAR_APART * low:
        return ""
    lengths = [
        f"a piece takes {found.pieces:.1f} characters in the set of {name}"
        for name, found in sets.items()
        if found.pieces is not None
    ]
    why = f" ({', '.join(lengths)})" if lengths else ""
    return (
        "That says little: the language's teacher has an MRR of "
        + " and ".join(f"{found.mrr[TEACHERS]:.1f} % ({name})" for name, found in sets.items())
        + f", because the pieces are others{why}, and a model can fall behind a teacher only as "
        "far as the teacher is ahead."
    )

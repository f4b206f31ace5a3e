"""How balanced a multilingual model is: its distance from monolingual teachers (MRR)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

Scores = Mapping[str, float]
"""language -> score, in percent."""


def difference(scores: Scores, teachers: Scores, languages: Sequence[str]) -> float | None:
    """D(M, L): mean over the languages of score minus teacher's (Limisiewicz et al., Eq. 3).

    Returns:
        In points; None of no language.
    """
    if not languages:
        return None
    return float(np.mean([scores[language] - teachers[language] for language in languages]))


def differences(
    scores: Scores, teachers: Scores, groups: Mapping[str, Sequence[str]]
) -> dict[str, float | None]:
    """D of each group of languages, and of ``all`` of them (Table 2)."""
    found = {name: difference(scores, teachers, members) for name, members in groups.items()}
    return {**found, "all": difference(scores, teachers, list(teachers))}


def group_means(scores: Scores, groups: Mapping[str, Sequence[str]]) -> dict[str, float | None]:
    """Mean score of each group of languages, and of ``all`` of them (Figure 1)."""
    return {
        name: float(np.mean([scores[language] for language in members])) if members else None
        for name, members in {**groups, "all": list(scores)}.items()
    }

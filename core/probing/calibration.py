"""Calibration: a candidate's score less its score where the prompt names no country."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.probing.prompts import Calibration

Scores = Sequence[NDArray[np.float64]]


def calibrate(raw: Scores, country_less: Scores, mode: Calibration) -> list[NDArray[np.float64]]:
    """The scores that count (GeoMLAMA, Yin et al. 2022, its public scorer).

    Args:
        raw: per prompt [candidates], lower is better; may be empty if ``mode`` needs none.
        country_less: of the same candidates in the prompt without its country, likewise.
        mode: ``calibrated`` is ``raw - country_less``; the others are one of the two.

    Returns:
        Per prompt [candidates], lower is better.

    Raises:
        ValueError: prompts or candidates of the two do not match.
    """
    if mode == "raw":
        return list(raw)
    if mode == "country-less":
        return list(country_less)
    if [row.shape for row in raw] != [row.shape for row in country_less]:
        raise ValueError("calibration needs the same candidates with and without country")
    return [one - other for one, other in zip(raw, country_less, strict=True)]

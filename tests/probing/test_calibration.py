import numpy as np
import pytest

from core.probing.calibration import calibrate
from core.probing.prompts import means

RAW = [np.array([3.0, 1.0]), np.array([2.0, 2.5, 4.0])]
PRIOR = [np.array([2.5, 0.25]), np.array([2.0, 1.0, 4.5])]


def test_each_mode_by_hand():
    assert [list(row) for row in calibrate(RAW, PRIOR, "calibrated")] == [
        [0.5, 0.75],
        [0.0, 1.5, -0.5],
    ]
    assert calibrate(RAW, (), "raw") == RAW
    assert calibrate((), PRIOR, "country-less") == PRIOR


def test_other_candidates_are_no_prior():
    with pytest.raises(ValueError, match="same candidates"):
        calibrate(RAW, PRIOR[:1], "calibrated")
    with pytest.raises(ValueError, match="same candidates"):
        calibrate(RAW, PRIOR[::-1], "calibrated")


def test_means_of_runs_by_hand():
    found = means(np.array([1.0, 3.0, 5.0, 7.0, 9.0]), [[2, 1], [], [2]])
    assert [list(row) for row in found] == [[2.0, 5.0], [], [8.0]]
    assert means(np.empty(0), []) == []

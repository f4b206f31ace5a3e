"""Teachers by region: the same rule on the examples of one region."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.predictions import Predictions
from core.errors import UserError
from core.selection.regions import choose_by_region, regions_to_json
from core.selection.strategies import choose

SURE, LOST = (0.9, 0.1), (0.5, 0.5)
FOUND = Predictions(
    ("en", "sw", "fa"),
    ("a", "b", "c", "d"),
    np.array([[LOST, LOST, SURE, SURE], [SURE, SURE, LOST, LOST], [LOST, LOST, LOST, LOST]]),
)
REGIONS = ("KE", "KE", "US", "US")


def test_each_region_has_its_own_teachers() -> None:
    found = choose_by_region(FOUND, REGIONS)
    assert list(found) == ["KE", "US"]
    assert found["KE"].teachers == ("sw",) and found["US"].teachers == ("en",)
    alone = choose(FOUND.take([2, 3]))
    np.testing.assert_array_equal(found["US"].confidence, alone.confidence)
    kept = regions_to_json(found)["KE"]
    assert kept["teachers"] == ["sw"] and "pseudo_labels" not in kept


def test_regions_must_fit() -> None:
    with pytest.raises(UserError, match="3 regions of 4"):
        choose_by_region(FOUND, REGIONS[:3])

"""A predictions file brought through the page."""

from __future__ import annotations

import pytest

from core.errors import UserError
from dashboard.upload import read_table

GOOD = b"language,example,p_0,p_1\nen,a,0.9,0.1\nen,b,0.2,0.8\nsw,a,0.6,0.4\nsw,b,0.5,0.5\n"


def test_a_good_file() -> None:
    found, kept = read_table(GOOD, ".csv", "mine.csv")
    assert kept == GOOD
    assert found.languages == ("en", "sw")
    assert found.probabilities.shape == (2, 2, 2)


def test_a_bad_file_is_named_as_the_user_knows_it() -> None:
    with pytest.raises(UserError) as caught:
        read_table(b"language,example\nen,a\n", ".csv", "mine.csv")
    assert "mine.csv" in str(caught.value)
    assert "/tmp" not in str(caught.value)

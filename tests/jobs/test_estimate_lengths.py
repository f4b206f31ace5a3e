"""Padding of texts in batches, against small ones laid out by hand."""

from __future__ import annotations

import pytest

from core.jobs.estimate_lengths import predicted, together, trained


def test_predictions_put_similar_lengths_together() -> None:
    """Budget 8: (4, 4), (2, 2, 2, 2): no padding; two a batch of 3 and 1: one token each."""
    assert predicted([2, 4, 2, 4, 2, 2], 6, 8, None) == pytest.approx(16 / 6)
    assert predicted([3, 1], 2, 8, None) == 3.0
    assert predicted([3, 1], 2, 8, 1) == 2.0


def test_a_sample_stands_for_all() -> None:
    """Of 200 texts the long and the short ones stand apart, of two they do not."""
    assert predicted([3, 1], 200, 30, None) == pytest.approx(2.0, abs=0.05)


def test_training_draws_at_random() -> None:
    assert trained([5], 4, 100) == (5.0, 5.0)
    found = trained([1, 9], 8, 100)
    assert 8 < found.mean <= found.most == 9.0
    assert trained([1, 9], 8, 9).mean < found.mean  # smaller passes pad less


def test_texts_in_a_batch() -> None:
    assert (together(10, 100, 64), together(10, 100, 4), together(500, 100, 64)) == (10, 4, 1)

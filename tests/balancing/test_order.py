"""Batches of one language, every text once an epoch, sampled languages at a temperature."""

from collections import Counter
from itertools import islice

import pytest

from core.balancing.order import epoch_steps, language_batches, sampled_batches

LENGTHS = {"en": [5] * 50, "fr": [6] * 23, "sw": [4] * 7}
COUNTS = {language: len(own) for language, own in LENGTHS.items()}


def test_an_epoch_has_every_text_once_in_batches_of_one_language():
    steps = epoch_steps(COUNTS, 8)
    assert steps == 7 + 3 + 1
    for epoch in range(2):
        found = list(islice(language_batches(LENGTHS, 8, 0), epoch * steps, (epoch + 1) * steps))
        for language, count in COUNTS.items():
            read = [i for name, chosen in found if name == language for i in chosen]
            assert sorted(read) == list(range(count))
    assert len({name for name, _ in found[:6]}) > 1  # the languages are mixed


def test_the_order_is_the_seeds():
    first, again, other = (
        list(islice(language_batches(LENGTHS, 8, seed), 20)) for seed in (0, 0, 1)
    )
    assert first == again != other


def test_batches_hold_texts_of_similar_length():
    lengths = {"en": list(range(0, 400, 4))}
    for _, chosen in islice(language_batches(lengths, 10, 0), 10):
        found = [lengths["en"][i] for i in chosen]
        assert max(found) - min(found) <= 12 * 4


@pytest.mark.parametrize(("temperature", "share"), [(1.0, 0.83), (1e9, 0.5)])
def test_languages_are_drawn_at_a_temperature(temperature, share):
    lengths = {"en": [10] * 50, "sw": [10] * 10}
    found = Counter(name for name, _ in islice(sampled_batches(lengths, 5, 0, temperature), 4000))
    assert found["en"] / 4000 == pytest.approx(share, abs=0.03)


def test_a_drawn_language_goes_through_all_its_texts():
    read = [
        i for _, chosen in islice(sampled_batches({"sw": [3] * 10}, 5, 0, 1.0), 4) for i in chosen
    ]
    assert sorted(read) == sorted([*range(10)] * 2)

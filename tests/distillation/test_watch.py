"""The collapse watch."""

import numpy as np

from core.distillation.watch import Watch


def start():
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.full(3, 0.2), size=(2, 60))
    labels = probabilities[0].argmax(-1)
    return probabilities, Watch.begin(probabilities, labels, labels)


def test_no_change_is_no_collapse():
    probabilities, watch = start()
    assert watch.collapse(watch.check(probabilities)) is None


def test_outputs_that_are_no_numbers_are_a_collapse():
    probabilities, watch = start()
    broken = np.full_like(probabilities, np.nan)
    assert watch.collapse(watch.check(broken)) == "the outputs are no numbers any more"


def test_one_answer_to_everything_is_a_collapse():
    probabilities, watch = start()
    same = np.broadcast_to(np.array([0.8, 0.1, 0.1]), probabilities.shape)
    assert "hardly depend on the input" in (watch.collapse(watch.check(same)) or "")

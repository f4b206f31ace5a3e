"""Prompts in the training loop: the same scores as the scorers', with gradients."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.config import EngineConfig
from core.data.probing import LanguageProbes, ProbingDataset
from core.distillation.examples import ABSENT, ask_in_languages
from core.distillation.watch import Watch
from core.models.device import pick_device
from core.models.surprisal import Engine
from core.probing.class_order import ClassOrder
from core.probing.dataset import predict_dataset
from core.probing.examples import ProbedExamples
from core.probing.prompts import Scoring
from tests.probing.language_models import build

DEVICE = pick_device(EngineConfig(device="cpu"))
EN = LanguageProbes(
    ("iron apple <mask>", "rain <mask> stone", "<mask> iron"),
    (("apple", "rain", "stone"), ("rain", "iron"), ("stone", "apple rain", "iron")),
    ((0, 1, 2), (0, 1), (0, 1, 2)),
    ((0,), (1,), (2,)),
    ("apple <mask>", "<mask> stone", "<mask>"),
)
FR = LanguageProbes(
    ("fer pomme <mask>", "pluie <mask> pierre", "<mask> fer"),
    (("pierre", "pomme", "pluie", "pomme"), ("fer", "pluie"), ("fer", "pomme pluie", "pierre")),
    ((2, 0, 1, 0), (1, 0), (2, 1, 0)),
    ((1,), (0,), (0,)),
    ("pomme <mask>", "<mask> pierre", "<mask>"),
)
DATA = ProbingDataset(
    "trial", ("a", "b", "c"), ("a", "b", "c"), (), ((0,), (1,), (2,)), {"en": EN, "fr": FR}
)
NOTHING = np.array([], dtype=np.int64)
ORDER = ClassOrder.draw(DATA.class_counts, 3)


@pytest.mark.parametrize("kind", ["xlm-r", "bert", "modernbert"])
@pytest.mark.parametrize("scorer", ["one-forward", "left-to-right"])
@pytest.mark.parametrize("calibration", ["raw", "calibrated", "country-less"])
def test_the_loop_distils_the_distributions_of_the_scorer(kind, scorer, calibration) -> None:
    model = build(kind)
    scoring = Scoring(scorer, "ids", calibration)
    examples = ProbedExamples(model, DATA, DATA, scoring, DEVICE, 16, 3, ORDER)
    model.model.eval()
    found = ask_in_languages(examples, model.model, np.array([2, 0, 1]), NOTHING)
    expected = predict_dataset(model, DATA.take([2, 0, 1]), scoring, Engine(DEVICE))
    np.testing.assert_allclose(
        found.scores.softmax(-1).detach().numpy(), expected.probabilities, atol=1e-4
    )
    assert found.scores.requires_grad and found.anchor is None
    assert (found.scores[:, 2, 2] == ABSENT).all()
    one = ask_in_languages(examples, model.model, np.array([1]), NOTHING, np.array([1]))
    torch.testing.assert_close(one.scores, found.scores[1:, 2:], atol=1e-4, rtol=1e-4)


def test_a_gradient_reaches_the_weights_and_is_finite() -> None:
    model = build("xlm-r")
    examples = ProbedExamples(model, DATA, DATA, Scoring(), DEVICE, 16, 3, ORDER)
    scores = ask_in_languages(examples, model.model, np.arange(3), NOTHING).scores
    target = torch.tensor([[1.0, 0.0, 0.0]] * 3)
    (target * (target.clamp_min(1e-30).log() - scores.log_softmax(-1))).sum().backward()
    grads = [p.grad for p in model.model.parameters() if p.grad is not None]
    assert grads and all(torch.isfinite(grad).all() for grad in grads)
    assert any(grad.abs().max() > 0 for grad in grads)


def test_a_sequence_is_encoded_once_however_many_candidates_share_it() -> None:
    model = build("xlm-r")
    examples = ProbedExamples(
        model, DATA, DATA, Scoring("one-forward", "ids", "raw"), DEVICE, 16, 3, ORDER
    )
    questions = [q for row in examples.asked for cell in row for q in cell.questions]
    found = ask_in_languages(examples, model.model, np.arange(3), NOTHING)
    assert found.encodings == len({q.ids for q in questions}) < len(questions)


def test_what_is_watched_does_not_depend_on_the_order_of_candidates() -> None:
    """All right in every language, the right answer first everywhere: perfect agreement."""
    rng = np.random.default_rng(0)
    given = np.full((2, 60, 5), 0.05)
    given[:, :, 0] = 0.8
    given[1, :20] = np.roll(given[1, :20], 1, axis=-1)
    right = np.zeros(60, dtype=np.int64)
    order = ClassOrder.draw((5,) * 60, 5)
    watch = Watch.begin(order.probabilities(given), order.labels(right), order.labels(right))
    shuffled = ClassOrder.draw((5,) * 60, 5, seed=1)
    other = Watch.begin(
        shuffled.probabilities(given), shuffled.labels(right), shuffled.labels(right)
    )
    assert watch.start.kappa == pytest.approx([1, 7 / 12], abs=0.05)
    assert other.start.kappa == pytest.approx(watch.start.kappa, abs=0.05)
    better = given.copy()
    better[1] = given[0]
    check = watch.check(order.probabilities(better))
    assert check.criterion == pytest.approx(1) and watch.collapse(check) is None
    flat = rng.random((2, 60, 5)) * 1e-3 + 0.2
    assert watch.collapse(watch.check(order.probabilities(flat))) is not None


def test_places_that_an_example_has_not_stay_at_the_end() -> None:
    order = ClassOrder.draw((2, 3), 4)
    given = np.array([[[0.2, 0.8, 0.0], [0.1, 0.3, 0.6]]])
    found = order.probabilities(given)
    assert found.shape == (1, 2, 4)
    assert (found[0, 0, 2:] == 0).all() and found[0, 1, 3] == 0
    labels = order.labels(np.array([1, 2]))
    assert found[0, [0, 1], labels].tolist() == [0.8, 0.6]


def test_the_tokens_of_an_example_are_those_of_its_distinct_sequences() -> None:
    model = build("bert")
    examples = ProbedExamples(model, DATA, DATA, Scoring(), DEVICE, 16, 3, ORDER)
    assert examples.lengths.shape == (2, 3)
    for language, cells in enumerate(examples.asked):
        for item, cell in enumerate(cells):
            distinct = dict.fromkeys(question.ids for question in cell.questions)
            assert examples.lengths[language, item] == sum(len(ids) for ids in distinct) > 0

"""Keys of figures: equal for equal arguments, and for nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import altair as alt
import numpy as np
import pytest

from core.config import DemoConfig
from dashboard.figure_key import figure_key


@dataclass(frozen=True)
class Scores:
    values: dict[str, float]
    votes: np.ndarray


def draw(*given: object, **options: object) -> alt.Chart:
    raise AssertionError("a key draws nothing")


def other(*given: object) -> alt.Chart:
    raise AssertionError("a key draws nothing")


DIFFERENT = (
    partial(draw),
    partial(other),
    partial(draw, 1),
    partial(draw, 1.0),
    partial(draw, True),
    partial(draw, "1"),
    partial(draw, ["ab"]),
    partial(draw, ["a", "b"]),
    partial(draw, ("a", "b")),
    partial(draw, [["a"], "b"]),
    partial(draw, [["a", "b"]]),
    partial(draw, {"a": "b"}),
    partial(draw, {"a", "b"}),
    partial(draw, a="b"),
    partial(draw, DemoConfig()),
    partial(draw, DemoConfig(seed=7)),
    partial(draw, Scores({"sw": 1.0}, np.arange(4))),
    partial(draw, Scores({"sw": 1.0}, np.arange(4).reshape(2, 2))),
    partial(draw, Scores({"sw": 1.0}, np.arange(4, dtype=float))),
    partial(draw, Scores({"sw": 2.0}, np.arange(4))),
    partial(draw, np.arange(5000)),
    partial(draw, np.where(np.arange(5000) == 2500, 0, np.arange(5000))),
)


def test_other_arguments_have_other_keys() -> None:
    assert len({figure_key(one) for one in DIFFERENT}) == len(DIFFERENT)


def test_equal_arguments_have_one_key() -> None:
    made = [partial(draw, Scores({"sw": 1.0}, np.arange(4)), badges=["a"]) for _ in range(2)]
    assert figure_key(made[0]) == figure_key(made[1])
    assert figure_key(partial(draw, {"b", "a"})) == figure_key(partial(draw, {"a", "b"}))


def test_what_has_no_key_is_named() -> None:
    with pytest.raises(TypeError, match="object"):
        figure_key(partial(draw, object()))

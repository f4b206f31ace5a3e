"""The texts of a run are found again from its settings, and refused where they are others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.config import ProbeConfig
from core.data.load_probing import load_probing
from core.data.probing_answers import ProbingAnswers
from core.data.probing_texts import Texts
from core.errors import UserError
from tests.dashboard import probed_runs

LANGUAGES = ("en", "sw")


@pytest.mark.parametrize("wordings", ["seen", "held-out"])
def test_the_fact_world_is_made_again(wordings: str) -> None:
    config = ProbeConfig(languages=LANGUAGES, facts="test", wordings=wordings)
    data = load_probing("fact-world", languages=LANGUAGES, facts="test", wordings=wordings)
    answers = ProbingAnswers.of(data, probed_runs.scores(data, (1, 1)))
    texts = Texts.of(config.model_dump(mode="json"))
    texts.check(answers, answers.examples)
    found = texts.find(answers.examples[3], "sw")
    assert found is not None
    assert (found.prompt, found.candidates) == (
        data.probes["sw"].prompts[3],
        data.probes["sw"].candidates[3],
    )
    assert texts.find("no such", "sw") is None and texts.find(answers.examples[0], "zh") is None
    other = {**answers.gold, "sw": (*answers.gold["sw"][1:], (9,))}
    with pytest.raises(UserError, match="other candidates"):
        texts.check(replace(answers, gold=other), answers.examples)


def test_data_that_are_not_here_are_named() -> None:
    with pytest.raises(UserError, match="here"):
        Texts.of({"dataset": "geomlama", "data": "not/here"})
    with pytest.raises(UserError, match="--data"):
        Texts.of({"dataset": "geomlama"})

"""mini-mplm on GeoMLAMA's prompts: batched scores against the plain rules."""

from __future__ import annotations

import numpy as np
import pytest

from core.config import EngineConfig, ModelConfig
from core.data.geomlama import BASE, load
from core.data.geomlama_alignment import COUNTRIES, GROUPS, LANGUAGES
from core.metrics import probing
from core.models.device import pick_device
from core.models.find import find_model
from core.models.language_model import load_language_model
from core.models.surprisal import Engine
from core.probing.dataset import prompts_in
from core.probing.prompts import Scoring
from core.probing.score import score
from core.runs.store import RunStore
from tests.conftest import SHARED
from tests.probing import plain

MODEL, DATA = SHARED / "models" / "mini-mplm", SHARED / "data" / "geomlama"
pytestmark = pytest.mark.skipif(
    not (MODEL.is_dir() and DATA.is_dir()), reason="mini-mplm or GeoMLAMA is not beside the project"
)
ENGINE = Engine(pick_device(EngineConfig(device="cpu", precision="float32")), batch=64)


def base(language, groups):
    """The base prompts of these groups, in one language."""
    data = load(DATA, [language], paraphrases=False)
    size = len(COUNTRIES)
    return data.take([size * group + country for group in groups for country in range(size)])


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    store = RunStore(tmp_path_factory.mktemp("store"))
    return load_language_model(find_model(ModelConfig(model=str(MODEL)), store, "language model"))


def compare(model, data, language, fill):
    """Both ways: scores to 1e-4, and how many answers about each country are right, exactly.

    Returns:
        calibration -> country -> right answers, of the plain rules.
    """
    asked, probes = prompts_in(data, language), data.probes[language]
    found = score(model, asked, probes.countryless, ENGINE, Scoring(fill=fill))
    model.model.eval()
    alone = plain.remembered(
        lambda text, candidate: plain.masked(
            model.model, model.tokenizer, text, candidate, language, fill
        )
    )
    counts = {mode: dict.fromkeys(data.regions, 0) for mode in ("raw", "calibrated")}
    for i, row in enumerate(asked.candidates):
        raw = [alone(asked.texts[i], c) for c in row]
        prior = [alone(probes.countryless[i], c) for c in row]
        calibrated = [one - other for one, other in zip(raw, prior, strict=True)]
        np.testing.assert_allclose(found.raw[i], raw, atol=1e-4, rtol=0)
        np.testing.assert_allclose(found.country_less[i], prior, atol=1e-4, rtol=0)
        np.testing.assert_allclose(found.scores[i], calibrated, atol=1e-4, rtol=0)
        gold = [row[place] for place in probes.gold[i]]
        counts["raw"][data.regions[i]] += plain.right(row, raw, gold)
        counts["calibrated"][data.regions[i]] += plain.right(row, calibrated, gold)
    ours = {"raw": found.raw, "calibrated": found.scores}
    for mode, expected in counts.items():
        assert probing.score(data, {language: ours[mode]}).correct[language] == expected, mode
    return counts


FIRST = {("en", "ids"), ("sw", "text"), ("zh", "ids")}
"""The others are slow tests."""


@pytest.mark.parametrize(
    ("language", "fill"),
    [
        pytest.param(x, fill, marks=() if (x, fill) in FIRST else pytest.mark.slow)
        for x in LANGUAGES
        for fill in ("ids", "text")
    ],
)
def test_base_prompts_of_two_groups_equal_the_plain_rules(model, language, fill):
    compare(model, base(language, groups=(7, 9)), language, fill)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("fill", ["ids", "text"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_all_base_prompts_equal_the_plain_rules(model, language, fill):
    counts = compare(model, base(language, groups=range(GROUPS)), language, fill)
    for mode, row in counts.items():
        print(f"{language} {fill} {mode}: {row}")


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("fill", ["ids", "text"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_all_paraphrases_equal_the_plain_rules(model, language, fill):
    data = load(DATA, [language])
    compare(model, data.take(range(BASE, len(data))), language, fill)


def test_a_candidate_listed_twice_has_one_score(model):
    data = load(DATA, ["hi"])
    rows = data.probes["hi"].candidates
    doubled = [i for i, row in enumerate(rows) if len(set(row)) < len(row)][:2]
    assert doubled
    chosen = prompts_in(data.take(doubled), "hi")
    found = score(model, chosen, None, ENGINE, Scoring(calibration="raw")).scores
    for row, scores in zip(chosen.candidates, found, strict=True):
        same = next(c for c in row if row.count(c) > 1)
        assert len({s for c, s in zip(row, scores, strict=True) if c == same}) == 1

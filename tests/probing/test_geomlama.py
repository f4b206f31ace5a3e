"""mini-mplm on GeoMLAMA's prompts: batched scores against the plain rules."""

from __future__ import annotations

import numpy as np
import pytest

from core.config import EngineConfig, ModelConfig
from core.data.geomlama import load
from core.data.geomlama_alignment import LANGUAGES
from core.models.device import pick_device
from core.models.find import find_model
from core.models.language_model import load_language_model
from core.probing.dataset import prompts_in
from core.probing.prompts import Scoring
from core.probing.score import score
from core.probing.surprisal import Engine
from core.runs.store import RunStore
from tests.conftest import SHARED
from tests.probing import plain

MODEL, DATA = SHARED / "models" / "mini-mplm", SHARED / "data" / "geomlama"
pytestmark = pytest.mark.skipif(
    not (MODEL.is_dir() and DATA.is_dir()), reason="mini-mplm or GeoMLAMA is not beside the project"
)
ENGINE = Engine(pick_device(EngineConfig(device="cpu", precision="float32")), batch=64)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    store = RunStore(tmp_path_factory.mktemp("store"))
    return load_language_model(find_model(ModelConfig(model=str(MODEL)), store, "language model"))


def compare(model, language, positions, fill):
    """Raw and country-less scores and their order, both ways."""
    data = load(DATA, [language]).take(positions)
    chosen, without = prompts_in(data, language), data.probes[language].countryless
    found = score(model, chosen, without, ENGINE, Scoring(fill=fill))
    model.model.eval()
    known: dict[tuple[str, str], float] = {}

    def alone(text, candidate):
        if (text, candidate) not in known:
            known[text, candidate] = plain.masked(
                model.model, model.tokenizer, text, candidate, language, fill
            )
        return known[text, candidate]

    for i, row in enumerate(chosen.candidates):
        raw = np.array([alone(chosen.texts[i], c) for c in row])
        prior = np.array([alone(without[i], c) for c in row])
        np.testing.assert_allclose(found.raw[i], raw, atol=1e-4, rtol=0)
        np.testing.assert_allclose(found.country_less[i], prior, atol=1e-4, rtol=0)
        order = np.argsort(raw - prior, kind="stable")
        assert list(np.argsort(found.scores[i], kind="stable")) == list(order)


@pytest.mark.parametrize("fill", ["ids", "text"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sample_equals_the_plain_rules(model, language, fill):
    compare(model, language, [40, 46, 402], fill)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("fill", ["ids", "text"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_all_prompts_equal_the_plain_rules(model, language, fill):
    compare(model, language, list(range(625)), fill)


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

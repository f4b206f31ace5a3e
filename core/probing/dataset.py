"""What a model answers to a whole probing dataset, language by language."""

from __future__ import annotations

from core.data.predictions import Predictions
from core.data.probing import ProbingDataset
from core.data.probing_scores import to_predictions
from core.models.language_model import LanguageModel
from core.models.surprisal import Engine
from core.probing.prompts import Prompts, Scoring
from core.probing.score import score


def predict_dataset(
    model: LanguageModel, data: ProbingDataset, scoring: Scoring, engine: Engine
) -> Predictions:
    """The distributions over the aligned classes that the scores of all candidates mean.

    Raises:
        UserError: the model and the scoring do not fit, or a prompt can't be scored.
    """
    scores = {
        language: score(
            model, prompts_in(data, language), probes.countryless or None, engine, scoring
        ).scores
        for language, probes in data.probes.items()
    }
    return to_predictions(data, scores)


def prompts_in(data: ProbingDataset, language: str) -> Prompts:
    """What is asked in one language, as the scorers take it."""
    probes = data.probes[language]
    names = probes.names or tuple(f"{data.name} {example}" for example in data.example_ids)
    return Prompts(probes.prompts, probes.candidates, language, names)

"""Prompts as the training loop asks about them: the classes of an example are its candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedModel

from core.data.probing import ProbingDataset
from core.distillation.examples import ABSENT, Forward
from core.errors import UserError
from core.models.device import Device
from core.models.language_model import LanguageModel
from core.models.places import can_narrow, evaluating, inputs_of
from core.models.surprisal import Engine, Question, live_surprisals
from core.probing.class_order import ClassOrder
from core.probing.dataset import predict_dataset, prompts_in
from core.probing.left_to_right import step_by_step
from core.probing.one_forward import all_at_once
from core.probing.prompts import Prompts, Scoring


class Asked(NamedTuple):
    """What one example takes in one language: a weighted sum of surprisals per candidate."""

    questions: list[Question]
    candidates: list[int]
    """Per question the candidate it counts for, in the language's own order."""
    weights: list[float]
    """Per question: one over the candidate's pieces, negative without country."""
    classes: tuple[int, ...]
    """Per candidate its aligned class."""


@dataclass(frozen=True)
class ProbedExamples:
    """Prompts of a masked LM; what several candidates ask of one sequence is encoded once.

    The class scores are the negated candidate scores (mean -log p of the pieces, calibrated or
    not), those of the best candidate where a class has several.
    """

    model: LanguageModel
    data: ProbingDataset
    """The examples to distil on."""
    selection: ProbingDataset
    """The examples the collapse watch looks at."""
    scoring: Scoring
    device: Device
    batch: int
    """Sequences in one forward pass when predicting."""
    width: int
    """Classes of the scores: those of the example that has most, or more."""
    watched_order: ClassOrder
    """Of the selection examples' classes."""

    anchors = 0
    """Prompts have no labels."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages, in the order of all scores."""
        return self.data.languages

    @cached_property
    def asked(self) -> tuple[tuple[Asked, ...], ...]:
        """What is asked: [languages][examples]."""
        return tuple(tuple(_ask(self, language)) for language in self.languages)

    @cached_property
    def narrow(self) -> bool:
        """Whether the head may be given single places."""
        some = self.asked[0][0].questions[0].ids
        with evaluating(self.model.model, self.device):
            return can_narrow(self.model.model, inputs_of(self.model, [some], self.device))

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """Tokens of each example's distinct sequences in each language."""
        distinct = [[{q.ids for q in cell.questions} for cell in row] for row in self.asked]
        return np.array([[sum(map(len, ids)) for ids in row] for row in distinct], dtype=np.int64)

    def forward_pairs(
        self,
        model: PreTrainedModel,
        languages: NDArray[np.int64],
        items: NDArray[np.int64],
        anchors: NDArray[np.int64],
    ) -> Forward:
        """Class scores of single prompts, each distinct sequence encoded once."""
        cells = [self.asked[t][i] for t, i in zip(languages, items, strict=True)]
        questions = [question for cell in cells for question in cell.questions]
        learner = LanguageModel(model, self.model.tokenizer)
        values, encodings = live_surprisals(learner, questions, self.device, self.narrow)
        scores = _class_scores(values, cells, self.width)
        return Forward(scores.float().to(self.device.place), None, encodings)

    def watched(self, model: PreTrainedModel) -> NDArray[np.floating]:
        """Distributions over the classes of the selection examples, in their drawn order."""
        learner = LanguageModel(model, self.model.tokenizer)
        engine = Engine(self.device, self.batch)
        found = predict_dataset(learner, self.selection, self.scoring, engine)
        return self.watched_order.probabilities(found.probabilities)

    def accuracy(self, model: PreTrainedModel) -> dict[str, float]:
        """Nothing is shown: what is right is told at the end."""
        return {}


def check_family(model: LanguageModel, given: str) -> None:
    """Refuse a model that can't be distilled on prompts.

    Raises:
        UserError: it is no masked LM.
    """
    if model.family != "masked":
        raise UserError(
            f"--model {given}: distillation on prompts is for masked language models, and this is "
            f"a {model.family} one; `probe` takes it"
        )


def _ask(examples: ProbedExamples, language: str) -> list[Asked]:
    probes, scoring = examples.data.probes[language], examples.scoring
    prompts = prompts_in(examples.data, language)
    signed = []
    if scoring.calibration != "country-less":
        signed.append((1.0, prompts))
    if scoring.calibration != "raw":
        sign = -1.0 if signed else 1.0
        plain = Prompts(probes.countryless, prompts.candidates, language, prompts.names)
        signed.append((sign, plain))
    found = [Asked([], [], [], classes) for classes in probes.classes]
    for sign, texts in signed:
        for cell, part, sizes in zip(found, *_questions(examples, texts), strict=True):
            cell.questions.extend(part)
            for candidate, size in enumerate(sizes):
                cell.candidates.extend([candidate] * size)
                cell.weights.extend([sign / size] * size)
    return found


def _questions(
    examples: ProbedExamples, prompts: Prompts
) -> tuple[list[list[Question]], list[list[int]]]:
    """What to ask about each prompt, candidate after candidate, and each candidate's share."""
    tokenizer, scoring = examples.model.tokenizer, examples.scoring
    if scoring.scorer == "one-forward":
        questions, sizes = all_at_once(tokenizer, prompts)
    else:
        questions, sizes = step_by_step(tokenizer, prompts, scoring.fill)
    ends = accumulate((sum(row) for row in sizes), initial=0)
    return [questions[start:end] for start, end in pairwise(ends)], sizes


def _class_scores(values: torch.Tensor, cells: Sequence[Asked], width: int) -> torch.Tensor:
    """Scores of the aligned classes, high is good: [cells, classes]; absent ones are `ABSENT`."""
    firsts = list(accumulate((len(cell.classes) for cell in cells), initial=0))
    owners = [
        first + candidate
        for cell, first in zip(cells, firsts, strict=False)
        for candidate in cell.candidates
    ]
    weights = torch.tensor([w for cell in cells for w in cell.weights], dtype=values.dtype)
    costs = torch.zeros(firsts[-1], dtype=values.dtype)
    costs = costs.index_add(0, torch.tensor(owners), weights * values)
    places = [number * width + k for number, cell in enumerate(cells) for k in cell.classes]
    best = torch.full((len(cells) * width,), -ABSENT, dtype=values.dtype)
    best = best.scatter_reduce(0, torch.tensor(places), costs, "amin", include_self=False)
    return -best.view(len(cells), width)

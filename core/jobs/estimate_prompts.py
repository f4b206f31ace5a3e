"""What runs on prompts will cost: a few prompts of each language are asked to know it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core.config import AskConfig, Config, DistillProbeConfig, ModelConfig, ProbeConfig
from core.data.probing import ProbingDataset
from core.data.questions import parse
from core.estimate.cost import FLOAT, Stage, handling
from core.estimate.shape import Shape
from core.jobs.ask import prompts_of
from core.jobs.estimate import Plan, base_with
from core.jobs.estimate_known import asked_anew
from core.jobs.estimate_lengths import together
from core.jobs.estimate_task import settings_of
from core.jobs.probe import calibration_of, read_prompts
from core.jobs.prompt_inputs import Job, read
from core.models.calibrate import clock, parameters_of
from core.models.device import Device, pick_device
from core.models.encode import encode_texts
from core.models.find import find_model
from core.models.language_model import LanguageModel, load_language_model
from core.models.pretrained import set_dropout
from core.models.surprisal import Engine
from core.probing.dataset import prompts_in
from core.probing.prompts import Counts, Scoring
from core.probing.score import score
from core.runs.store import RunStore

FIRST, LANGUAGES = 8, 2
"""Prompts of a language, and languages, that are asked at first. They follow one another: those of
one group share sequences."""
DRAWS = 3
"""Training steps that are drawn."""
RECORD = 0.03
"""Seconds that go to writing the record, where a run takes hardly longer."""
SECONDS = 2.0
"""That asking a sample should take."""


@dataclass(frozen=True)
class Trial:
    """What one prompt in one language takes."""

    seconds: float
    sequences: float
    tokens: float
    longest: float

    def of(self, what: str, prompts: float, engine: Engine) -> Stage:
        """A stage of so many prompts, all languages together."""
        rows = prompts * self.sequences
        at_once = together(self.tokens, engine.device.budget, engine.batch or round(rows))
        return Stage(
            what, rows, self.tokens, at_once=at_once, positions=1, seconds=prompts * self.seconds
        )


def plan(kind: str, config: Config, store: RunStore) -> Plan:
    """The stages of a run on prompts.

    Raises:
        UserError: bad input.
    """
    if isinstance(config, DistillProbeConfig):
        return _distilling(read(config, store), store)
    assert isinstance(config, ProbeConfig | AskConfig)
    device = pick_device(config)
    source = find_model(
        ModelConfig(model=config.model, revision=config.revision), store, "language model"
    )
    settings = settings_of(source)
    if isinstance(config, AskConfig):
        base, model = base_with(settings, device), load_language_model(source)
        return Plan([_asking(model, config, device)], settings, device, base)
    data = read_prompts(config)
    base, model = base_with(settings, device), load_language_model(source)
    scoring = Scoring(config.scorer, config.fill, calibration_of(config, data))
    engine = Engine(device, config.prediction_batch)
    trial = _tried(model, data, scoring, engine)
    stages = [trial.of("probing", asked_anew(model, data, scoring, device, store), engine)]
    return Plan([handling(parameters_of(settings), 1), *stages], settings, device, base)


def _asking(model: LanguageModel, config: AskConfig, device: Device) -> Stage:
    """All questions: they are so few that they are simply asked."""
    questions = parse(config.questions)
    engine = Engine(device, config.prediction_batch)
    scoring = Scoring(config.scorer, calibration="raw")
    model.model.to(device.place)
    asked = [prompts_of(one) for one in questions]
    score(model, asked[0], None, engine, scoring)  # warm
    began = clock(device)
    counts = [score(model, one, None, engine, scoring).counts for one in asked]
    took = clock(device) - began
    done = sum(one.done for one in counts)
    lengths = _lengths(model, [one.prompt for one in questions])
    tokens = sum(lengths) / len(lengths)
    at_once = min(done, config.prediction_batch)
    return Stage("asking", done, tokens, at_once=at_once, positions=1, seconds=took + RECORD)


def _distilling(job: Job, store: RunStore) -> Plan:
    config, uses, device = job.config, job.uses[0], job.device
    settings = settings_of(job.source)
    if config.dropout is not None:
        set_dropout(settings, config.dropout)
    base, model = base_with(settings, device), load_language_model(job.source)
    engine = Engine(device, config.prediction_batch)
    taught = _tried(model, uses.distillation, job.distilled_scoring, engine)
    apart = _drawn(model, uses.distillation, job, engine)
    asked = taught
    if job.scoring != job.distilled_scoring:
        asked = _tried(model, uses.distillation, job.scoring, engine)
    chosen = [uses.selection]
    if uses.distillation is not uses.selection:
        chosen.append(uses.distillation)
    evaluated = list(uses.evaluations.values())
    if job.data is not None:
        chosen, evaluated = [job.data], [job.data]
    first = sum(asked_anew(model, x, job.distilled_scoring, device, store) for x in chosen)
    before = sum(asked_anew(model, x, job.scoring, device, store) for x in evaluated)
    if chosen == evaluated and job.scoring == job.distilled_scoring:
        before = 0  # the teachers were chosen by the same answers
    stages = [
        handling(parameters_of(settings), 1 + len(chosen) + 2 * len(evaluated) + 7 * len(job.uses)),
        taught.of("choosing teachers", first, engine),
        asked.of("probing before", before, engine),
        *_training(job, taught, apart, engine, Shape.of(settings.to_dict())),
        asked.of("probing after", sum(map(_prompts, evaluated)), engine),
    ]
    return Plan(stages, settings, device, base)


def _training(job: Job, taught: Trial, apart: float, engine: Engine, shape: Shape) -> list[Stage]:
    """The distillations of all folds, and their checks."""
    config, uses, folds = job.config, job.uses[0], len(job.uses)
    copies = 1 + (folds > 1)  # with the model that every fold starts from
    tied = copies * FLOAT * shape.vocabulary * shape.hidden  # of which a copy has it twice
    size = min(config.batch, len(uses.distillation)) * len(uses.distillation.languages)
    rows, steps = size * apart, folds * config.steps
    checks = math.ceil(config.steps / config.check_every)
    return [
        Stage(
            "distilling",
            steps * rows,
            taught.tokens,
            steps,
            math.ceil(rows),
            positions=1,
            copies=copies,
            pause=0,
            longest=taught.longest,
            data=tied,
        ),
        taught.of("checks", folds * checks * _prompts(uses.selection), engine),
    ]


def _prompts(data: ProbingDataset) -> int:
    return len(data) * len(data.languages)


def _lengths(model: LanguageModel, texts: list[str]) -> list[int]:
    """Tokens of each text."""
    return [len(row) for row in encode_texts([(text,) for text in texts], model.tokenizer, None)]


def _tried(model: LanguageModel, data: ProbingDataset, scoring: Scoring, engine: Engine) -> Trial:
    """Ask a few prompts in a few languages, then as many as take about `SECONDS`."""
    data = data.in_languages(_spread(data))
    model.model.to(engine.device.place)
    _asked(model, data.take([0]), scoring, engine)  # warm
    count = min(FIRST, len(data))
    some = data.take(range(count))
    took, done = _timed(model, some, scoring, engine)
    if took < SECONDS / 2 and count < len(data):
        count = min(len(data), int(count * SECONDS / max(took, 0.02)))
        some = data.take(range(count))
        took, done = _timed(model, some, scoring, engine)
    texts = [text for probes in some.probes.values() for text in probes.prompts]
    lengths = _lengths(model, texts)
    mean, longest = sum(lengths) / len(texts) + 1, max(lengths) + 1
    return Trial(took / len(texts), done / len(texts), mean, longest)


def _drawn(model: LanguageModel, data: ProbingDataset, job: Job, engine: Engine) -> float:
    """Sequences of a prompt in a training step, whose few prompts share less than all do."""
    rng, size = np.random.default_rng(0), min(job.config.batch, len(data))
    data = data.in_languages(_spread(data))
    some = [data.take(sorted(rng.permutation(len(data))[:size].tolist())) for _ in range(DRAWS)]
    counts = [one for part in some for one in _asked(model, part, job.distilled_scoring, engine)]
    return sum(one.done for one in counts) / (DRAWS * size * len(data.languages))


def _spread(data: ProbingDataset) -> tuple[str, ...]:
    """A few of the languages."""
    return data.languages[:: max(1, len(data.languages) // LANGUAGES)][:LANGUAGES]


def _timed(
    model: LanguageModel, data: ProbingDataset, scoring: Scoring, engine: Engine
) -> tuple[float, int]:
    """Seconds, and sequences that went through the model."""
    began = clock(engine.device)
    counts = _asked(model, data, scoring, engine)
    return clock(engine.device) - began, sum(one.done for one in counts)


def _asked(
    model: LanguageModel, data: ProbingDataset, scoring: Scoring, engine: Engine
) -> list[Counts]:
    """What scoring all prompts takes, by language."""
    return [
        score(model, prompts_in(data, x), probes.countryless or None, engine, scoring).counts
        for x, probes in data.probes.items()
    ]

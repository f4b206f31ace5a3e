"""Answering in many language pairs: features and decoding batched, against one at a time.

    python -m benchmarks.qa_decoding [--data FOLDER] [--items 20] [--sample 150]

With ``--data`` XQuAD's public files, without it the fact world's test questions; each is asked in
every pair of languages. Both sides use the same model in the same process. One at a time is the
plain decoder of the tests: it tokenizes a question with its context, sends each window through the
model alone and tries candidate after candidate. It is timed on seeded questions; its answers are
compared with the batched ones. What this project's code makes faster are features and decoding;
forward passes gain what the machine gains from batches: on a CPU little for a small model, nothing
for a larger one, and they are most of the time there. On a busy machine read
the CPU seconds of one thread (``OMP_NUM_THREADS=1``): waiting for a core is not in them.
"""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from numpy.typing import NDArray

from benchmarks.machine import machine
from benchmarks.rows import Row, tell
from core.answering.decoding import Answers, NBest
from core.answering.evaluation import evaluate, golds_of, scored
from core.answering.features import every_pair
from core.answering.spans import SpanModel, load_spans, span_scores
from core.config import EngineConfig, ModelConfig
from core.config.answering import DecodingConfig
from core.data.qa.dataset import QaDataset
from core.data.qa.load import load_qa
from core.metrics.qa_match import exact_match, f1
from core.models.batches import batches
from core.models.device import Device, pick_device
from core.models.find import find_model
from core.models.surprisal import Engine
from core.runs.store import RunStore
from tests.answering import plain

LIMITS = {"positions": 20, "tokens": 30, "ranks": 10}
STEPS = ("features", "forward passes", "decoding", "scores")
Clock = NDArray[np.float64]
"""[2]: seconds by the clock, and of all cores in this process."""


def main(
    model: Annotated[str, typer.Option(help="An encoder: folder, hub id or run.")] = "built-in",
    data: Annotated[Path | None, typer.Option(help="Folder of XQuAD's files.")] = None,
    device: Annotated[str, typer.Option(help="cpu, cuda or auto.")] = "cpu",
    batch: Annotated[int, typer.Option(help="Windows in one forward pass.")] = 128,
    items: Annotated[int, typer.Option(help="Items, each asked in all pairs.")] = 20,
    sample: Annotated[int, typer.Option(help="Questions timed one at a time.")] = 150,
    max_length: Annotated[int, typer.Option(help="Tokens of a window, at most.")] = 384,
    stride: Annotated[int, typer.Option(help="Tokens that windows share.")] = 32,
) -> None:
    """Print the microseconds per question of each step on both sides, and their ratios."""
    place = pick_device(EngineConfig(device=device, precision="float32"))
    source = find_model(
        ModelConfig(model=model), RunStore(Path("cached_runs")), "question answering"
    )
    spans = load_spans(source, 0.0, 0)
    spans.model.to(place.place).eval()
    length = min(max_length, spans.tokenizer.model_max_length)
    dataset = load_qa("xquad", data)["all"] if data else load_qa("fact-world")["test"]
    dataset = dataset.take(np.random.default_rng(0).permutation(len(dataset))[:items])
    languages = len(dataset.languages)
    print(machine())
    print(
        f"{dataset.name}: {len(dataset)} items in {languages} x {languages} languages, "
        f"{place.place.type}, batches of {batch}, windows of {length} tokens"
    )
    evaluate_once = partial(
        evaluate,
        spans.model,
        spans.tokenizer,
        dataset,
        DecodingConfig(shown_questions=0),
        Engine(place, batch),
        max_length=length,
        stride=stride,
    )
    evaluate_once()  # the first pass warms up and does not count
    start = _clocks()
    rate = evaluate_once().questions_per_second
    whole = (_clocks() - start) / len(every_pair(dataset))
    many, answers = _batched(spans, dataset, place, batch, length, stride)
    alone = _one_at_a_time(spans, dataset, answers, sample, length, stride)
    for step in (*STEPS[:3:2], STEPS[1], STEPS[3]):
        _report(step, many[step], alone[step])
    _report(
        "features + decoding",
        many["features"] + many["decoding"],
        alone["features"] + alone["decoding"],
    )
    everything = sum(alone.values(), np.zeros(2))
    _report("everything", whole, everything)
    pairs = {
        "decoding": (many["decoding"], alone["decoding"]),
        "features and decoding": (
            many["features"] + many["decoding"],
            alone["features"] + alone["decoding"],
        ),
        "everything": (whole, everything),
    }
    for name, (fast, slow) in pairs.items():
        what = f"{name}, {dataset.name}; us a question"
        tell(Row("QA", what, 1e6 * fast[0], 1e6 * slow[0], slow[1] / fast[1]))
    print(f"{rate:,.0f} questions/s batched; {sample} questions timed one at a time, equal answers")


def _batched(
    spans: SpanModel, dataset: QaDataset, device: Device, batch: int, length: int, stride: int
) -> tuple[dict[str, Clock], Answers]:
    """Time per question of each step of `core.answering.evaluation.evaluate`, and the answers."""
    asked = every_pair(dataset)
    times = {step: np.zeros(2) for step in STEPS}
    start = _clocks()
    windows = spans.reader(length, stride).windows(dataset, asked)
    best = NBest(windows, dataset, **LIMITS)
    times["features"] += _clocks() - start
    for positions in batches(windows.lengths.tolist(), device.budget, batch):
        start = _clocks()
        with torch.no_grad():
            starts, ends = span_scores(spans.model, windows, positions, device)
        _wait(device)
        times["forward passes"] += _clocks() - start
        start = _clocks()
        best.add(positions, starts, ends)
        times["decoding"] += _clocks() - start
    start = _clocks()
    answers = best.answers()
    times["decoding"] += _clocks() - start
    start = _clocks()
    scored(answers, asked, dataset, golds_of(dataset, "mlqa"), "mlqa")
    times["scores"] += _clocks() - start
    return {step: seconds / len(asked) for step, seconds in times.items()}, answers


def _one_at_a_time(
    spans: SpanModel,
    dataset: QaDataset,
    answers: Answers,
    sample: int,
    length: int,
    stride: int,
) -> dict[str, Clock]:
    """Time per question of the plain decoder's steps; its answers are those of the batches."""
    asked = every_pair(dataset)
    times = {step: np.zeros(2) for step in STEPS}
    whole = [
        i for i, (item, one, _) in enumerate(asked) if not _cut(spans, dataset, item, one, length)
    ]
    chosen = np.random.default_rng(0).permutation(whole)[:sample].tolist()
    unequal = 0
    for pair in chosen:
        item, one, other = asked[pair]
        question = str(dataset.sides[one].questions[item])
        context = str(dataset.sides[other].contexts[item])
        start = _clocks()
        windows = plain.windows_of(spans.tokenizer, question, context, length, stride)
        times["features"] += _clocks() - start
        start = _clocks()
        logits = [plain.logits_of(spans.model, inputs) for inputs, _, _ in windows]
        times["forward passes"] += _clocks() - start
        start = _clocks()
        places = [(offsets, most) for _, offsets, most in windows]
        texts = [text for text, _ in plain.decoded(context, places, logits, **LIMITS)]
        times["decoding"] += _clocks() - start
        start = _clocks()
        golds = [answer.text for answer in dataset.sides[other].answers[item]]
        f1(texts[0], golds, other)
        next((text for text in texts if exact_match(text, golds, other)), None)
        times["scores"] += _clocks() - start
        unequal += texts != answers.texts(pair, context)
    if unequal > 0.05 * len(chosen):  # rounding may swap candidates that are nearly equal
        raise SystemExit(f"{unequal} of {len(chosen)} questions have other answers")
    return {step: seconds / len(chosen) for step, seconds in times.items()}


def _cut(spans: SpanModel, dataset: QaDataset, item: int, language: str, length: int) -> bool:
    """Whether a question is too long; the plain decoder has no rule for such."""
    question = str(dataset.sides[language].questions[item])
    return len(spans.tokenizer(question)["input_ids"]) > length // 2 - 2


def _report(name: str, many: Clock, alone: Clock) -> None:
    ratio = alone / many
    print(
        f"{name:>20}: one at a time {1e6 * alone[0]:8,.0f} us a question "
        f"(CPU {1e6 * alone[1]:8,.0f}), batched {1e6 * many[0]:7,.0f} (CPU {1e6 * many[1]:7,.0f}), "
        f"ratio {ratio[0]:5.1f}x (CPU {ratio[1]:5.1f}x)"
    )


def _clocks() -> Clock:
    return np.array([time.perf_counter(), time.process_time()])


def _wait(device: Device) -> None:
    if device.place.type == "cuda":
        torch.cuda.synchronize(device.place)


if __name__ == "__main__":
    typer.run(main)

"""Scoring texts in many languages, against a padded text-classification pipeline.

    python -m benchmarks.scoring --model FOLDER --data SIB200
    python -m benchmarks.scoring --shape base --device cuda

The first form reads SIB-200's test texts in 16 languages with a real encoder (a new head has random
weights, the same for both sides), the second random texts with XLM-R's shapes. The plain side is
`transformers.pipeline` as it comes, over the same texts in their order, in batches of as many rows;
in the second form, which has no texts, a padded loop. Both sides take turns, and what they say is
compared. On a busy machine read the CPU seconds: waiting for a core is not in them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import torch
import typer
from numpy.typing import NDArray
from transformers import pipeline

from benchmarks.machine import machine, wait
from benchmarks.rows import Row, tell
from benchmarks.shapes import TOKENIZER, random_model, random_rows
from benchmarks.utilisation import flops, utilisation
from core.config import EngineConfig, ModelConfig
from core.data.load import load_splits
from core.data.parallel import ParallelDataset
from core.models.batches import pad
from core.models.device import Device, pick_device
from core.models.encode import Encoded
from core.models.find import find_model
from core.models.heads.classification import ClassificationHead
from core.models.heads.spec import choose_head
from core.models.load import Classifier, load_classifier
from core.models.packing import NAME
from core.models.predict import predict, predict_encoded
from core.models.ready import ready
from core.runs.store import RunStore

LANGUAGES = (
    "ar", "bg", "de", "el", "en", "es", "eu", "fr", "hi", "id", "ja", "ru", "sw", "th", "tr", "zh",
)  # fmt: skip
BATCH = 128
"""Rows of a batch of the plain side."""
MAX_LENGTH = 128
Scores = NDArray[np.floating]


class Sides(NamedTuple):
    """The same work done twice."""

    fast: Callable[[], Scores]
    plain: Callable[[], Scores]
    needed: float
    """FLOPs, padding not counted."""
    rows: list[int]
    """Lengths."""


def main(
    model: Annotated[Path | None, typer.Option(help="Folder of an encoder.")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of SIB-200's files.")] = None,
    shape: Annotated[str, typer.Option(help="Without a model: small, base or large.")] = "small",
    device: Annotated[str, typer.Option(help="cpu, cuda or auto.")] = "cpu",
    precision: Annotated[str, typer.Option(help="float32, bfloat16 or auto.")] = "auto",
    attention: Annotated[str, typer.Option(help="padded, packed or auto.")] = "auto",
    compiled: Annotated[bool, typer.Option(help="Compile the layers.")] = False,
    items: Annotated[int, typer.Option(help="Items of each language.")] = 204,
) -> None:
    """Print both times, their ratio, and how far the probabilities differ."""
    options = {"device": device, "precision": precision, "attention": attention}
    place = pick_device(EngineConfig.model_validate({**options, "compile_layers": compiled}))
    if model is None:
        sides = _of_shape(shape, place, items)
    else:
        sides = _of_model(model, data, place, items)
    print(machine())
    print(f"{len(sides.rows):,} texts, {sum(sides.rows):,} tokens, {place.describe()['precision']}")
    found, clocks = _timed(sides, place)
    for name, (wall, cpu) in clocks.items():
        rates = len(sides.rows) / wall, len(sides.rows) / cpu
        print(
            f"  {name:>5}: {wall:7.2f} s, CPU {cpu:7.2f} s; {rates[0]:.1f} texts a second, "
            f"{rates[1]:.1f} a CPU second; {utilisation(sides.needed, wall)}"
        )
    ratio = clocks["plain"] / clocks["fast"]
    print(f"  ratio: {ratio[0]:.2f}x (CPU {ratio[1]:.2f}x)")
    apart = np.abs(found["fast"] - found["plain"])
    same = 100 * float(np.mean(found["fast"].argmax(-1) == found["plain"].argmax(-1)))
    differ = f"probabilities differ by {apart.max():.1e} at most, labels agree in {same:.2f} %"
    print(f"  {differ}")
    fast, plain = clocks["fast"], clocks["plain"]
    what = f"{len(sides.rows):,} texts, {model.name if model else shape}; s"
    note = f"{differ}; {utilisation(sides.needed, fast[0])}"
    tell(Row("scoring", what, fast[0], plain[0], ratio[1], note))
    print(machine())


def _timed(
    sides: Sides, device: Device
) -> tuple[dict[str, Scores], dict[str, NDArray[np.float64]]]:
    """What both sides say, and their mean seconds by the clock and of all cores, in turns."""
    found: dict[str, Scores] = {}
    clocks = {"plain": np.zeros(2), "fast": np.zeros(2)}
    warm, repeats = (2, 5) if device.place.type == "cuda" else (0, 1)
    for turn in range(warm + repeats):
        for name, side in (("plain", sides.plain), ("fast", sides.fast)):
            wait(device.place)
            start = np.array([time.perf_counter(), time.process_time()])
            found[name] = side()
            wait(device.place)
            if turn >= warm:
                clocks[name] += np.array([time.perf_counter(), time.process_time()]) - start
    return found, {name: total / repeats for name, total in clocks.items()}


def _of_model(folder: Path, data: Path | None, device: Device, items: int) -> Sides:
    """A real encoder on SIB-200, from the texts on."""
    test = load_splits("sib200", data, LANGUAGES)["test"]
    test = test.take(range(min(items, len(test))))
    config = ModelConfig(model=str(folder), max_length=MAX_LENGTH)
    source = find_model(config, RunStore(Path("cached_runs")))
    fast = load_classifier(source, choose_head(config, source, test), 0.0, 0)
    plain = load_classifier(source, choose_head(config, source, test), 0.0, 0)
    ready(fast.model, device)
    texts = [fields[0] for language in test.languages for fields in test.texts[language]]
    pipe = pipeline(
        "text-classification",
        model=plain.model.eval(),
        tokenizer=plain.tokenizer,
        device=device.place,
        batch_size=BATCH,
        top_k=None,
        function_to_apply="softmax",
    )

    def plainly() -> Scores:
        with device.autocast():
            said = pipe(texts, truncation=True, max_length=MAX_LENGTH)
        names = plain.head.class_names
        by_name = [{one["label"]: one["score"] for one in row} for row in said]
        return np.array([[row[name] for name in names] for row in by_name])

    encoded = fast.head.encode(test, MAX_LENGTH)
    lengths = [len(row) for own in encoded.rows for row in own]
    fastly = partial(_fast, fast, test, device)
    return Sides(fastly, plainly, flops(fast.model, lengths), lengths)


def _fast(classifier: Classifier, test: ParallelDataset, device: Device) -> Scores:
    found = predict(classifier, test, device, max_length=MAX_LENGTH).probabilities
    return found.reshape(-1, found.shape[-1])


def _of_shape(shape: str, device: Device, items: int) -> Sides:
    """A random encoder on random texts of 16 to 128 tokens, from their token ids on."""
    rows = random_rows(len(LANGUAGES) * items, 16, 128)
    head = ClassificationHead(TOKENIZER, ("a", "b", "c"))
    fast = Classifier(ready(random_model(shape).eval(), device), TOKENIZER, head)
    plain = random_model(shape).eval().to(device.place)
    encoded = Encoded(("en",), (tuple(rows),))
    packed = fast.model.config._attn_implementation == NAME
    print(f"XLM-R, {shape} shape, {'without' if packed else 'with'} padding")

    @torch.no_grad()
    def plainly() -> Scores:
        parts = []
        for start in range(0, len(rows), BATCH):
            with device.autocast():
                logits = plain(**pad(rows[start : start + BATCH], 1, device)).logits
            parts.append(logits.float().softmax(-1).cpu().numpy())
        return np.concatenate(parts)

    lengths = [len(row) for row in rows]
    return Sides(
        lambda: predict_encoded(fast, encoded, device)[0], plainly, flops(plain, lengths), lengths
    )


if __name__ == "__main__":
    typer.run(main)

"""Memory of scoring a million examples through the door of ``python -m core predict``.

    python -m benchmarks.scoring_memory [--examples 1000000 --languages 1]

A csv of random sentences is scored by a small randomly initialised encoder. A process of its own
scores a thousand examples first, so that the imports, the model and what torch keeps are there;
growth is counted from then on, and has everything in it: reading the file, checking it, tokens,
scores, the run's record and its arrays. Pages of files that are mapped count too, though the system
takes them back when it needs them.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Annotated

import numpy as np
import psutil
import typer

from benchmarks.machine import machine

CODES = ("en", "fr", "sw", "de", "tr", "es", "id", "vi")
CLASSES = ("fruit", "metal", "weather")
WORDS = 200
"""Different ones."""
LENGTH = 12
"""Words of a sentence."""
WARM = 1000
"""Examples scored before anything is counted."""
TRAINING = 10
"""Examples of the file that are there to train on, which nothing does."""


def main(
    examples: Annotated[int, typer.Option(help="Examples of each language.")] = 1_000_000,
    languages: Annotated[int, typer.Option(help="Languages, 8 at most.")] = 1,
    threads: Annotated[int, typer.Option(help="Threads of the forward pass.")] = 1,
    cached: Annotated[bool, typer.Option(help="Keep token ids on the disk.")] = True,
    folder: Annotated[str | None, typer.Option(hidden=True)] = None,
) -> None:
    """Print the growth of the resident memory, per example too, its peak and the speed."""
    if folder is not None:
        print(json.dumps(_measured(Path(folder), threads)))
        return
    with tempfile.TemporaryDirectory() as place:
        for name, count in (("warm", WARM), ("all", examples)):
            _write_texts(Path(place) / f"{name}.csv", count, CODES[:languages])
        _write_model(Path(place) / "model")
        found = _in_own_process(Path(place), threads, cached)
    scored = examples * languages
    growth = found["peak"] - found["before"]
    print(machine())
    print(
        f"{examples:,} examples in {languages} languages, {found['tokens']:.0f} tokens each, "
        f"{threads} threads, token ids {'on the disk' if cached else 'in memory'}"
    )
    print(f"  before: {found['before'] / 1e6:8.0f} MB, with the model loaded and in use")
    print(f"  peak:   {found['peak'] / 1e6:8.0f} MB")
    print(f"  growth: {growth / 1e6:8.0f} MB, {growth / scored:.0f} bytes an example and language")
    print(f"  time:   {found['seconds']:8.0f} s, {scored / found['seconds']:,.0f} a second")


def _in_own_process(place: Path, threads: int, cached: bool) -> dict[str, float]:
    import os

    command = [sys.executable, "-m", "benchmarks.scoring_memory", "--folder", str(place)]
    tokens = {"CORE_TOKENS": str(place / "tokens") if cached else ""}
    done = subprocess.run(
        [*command, "--threads", str(threads)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": str(threads), **tokens},
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _measured(place: Path, threads: int) -> dict[str, float]:
    """Bytes before and at the peak, seconds, and tokens of a text."""
    from core.config import PredictConfig
    from core.jobs.runner import run_now
    from core.runs.store import RunStore

    def score(name: str) -> None:
        config = PredictConfig(
            model=str(place / "model"),
            dataset=str(place / f"{name}.csv"),
            finetune="never",
            labelled=0,
            max_length=64,
            threads=threads,
        )
        run_now("predict", config, RunStore(place / "store"))

    score("warm")
    before = psutil.Process().memory_info().rss
    start = time.perf_counter()
    with _watched() as peak:
        score("all")
    seconds = time.perf_counter() - start
    return {"before": before, "peak": peak(), "seconds": seconds, "tokens": _tokens(place)}


@contextmanager
def _watched() -> Iterator[Callable[[], int]]:
    """The most this process holds inside the block, looked at 50 times a second."""
    process, over, found = psutil.Process(), threading.Event(), [0]

    def watch() -> None:
        while not over.wait(0.02):
            found[0] = max(found[0], process.memory_info().rss)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield lambda: found[0]
    finally:
        over.set()
        thread.join()


def _sentences(count: int, seed: int) -> Iterator[str]:
    """Random sentences of made-up words, each its own."""
    rng = np.random.default_rng(seed)
    syllables = [f"{a}{b}" for a in "klmnprstv" for b in "aeiou"]
    words = ["".join(rng.choice(syllables, 2)) for _ in range(WORDS)]
    for number in range(count):
        yield f"{' '.join(words[i] for i in rng.integers(WORDS, size=LENGTH))} {number}"


def _write_texts(path: Path, count: int, codes: tuple[str, ...]) -> None:
    """A long-form csv, nearly all of it to evaluate on."""
    with path.open("w", encoding="utf-8") as handle:
        handle.write("id,language,split,text,label\n")
        for seed, code in enumerate(codes):
            for item, text in enumerate(_sentences(count + TRAINING, seed)):
                part = "train" if item < TRAINING else "test"
                handle.write(f"i{item},{code},{part},{text},{CLASSES[item % len(CLASSES)]}\n")


def _write_model(folder: Path) -> None:
    """An encoder of some ten thousand parameters with a tokenizer for the texts."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    from core.balancing.tokenizer import train_tokenizer

    torch.manual_seed(0)
    tokenizer = train_tokenizer(_sentences(200, 0), 400, 64)
    config = BertConfig(
        vocab_size=len(tokenizer),
        pad_token_id=tokenizer.pad_token_id,
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        id2label=dict(enumerate(CLASSES)),
        label2id={name: k for k, name in enumerate(CLASSES)},
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _tokens(place: Path) -> float:
    """Of a text, on average."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(place / "model")
    rows = tokenizer(list(islice(_sentences(WARM, 0), WARM)))["input_ids"]
    return float(np.mean([len(row) for row in rows]))


if __name__ == "__main__":
    typer.run(main)

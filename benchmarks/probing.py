"""Probing: candidates and prompts batched, against one candidate, one mask, one forward at a time.

    python -m benchmarks.probing [--model FOLDER --data FOLDER] [--sample 40 | --whole]

With ``--data`` GeoMLAMA in five languages, calibrated as its public scorer does; without, the
fact world's prompts in as many. Both sides run the same model in the same process, one after the
other, language by language. One at a time is timed on seeded prompts (with ``--whole`` on all of
them, with their country) and scaled to all its forwards, which are counted, not estimated; its
scores are compared with the batched ones. It tokenizes once per mask and takes the head's logits
at every place, as plain code does. On a busy machine read the CPU seconds of one thread
(``OMP_NUM_THREADS=1``): waiting for a core is not in them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer

from benchmarks.machine import machine
from benchmarks.rows import Row, tell
from core.config import EngineConfig, ModelConfig
from core.data.geomlama_alignment import LANGUAGES
from core.data.load_probing import load_probing
from core.models.device import Device, pick_device
from core.models.find import find_model
from core.models.language_model import LanguageModel, load_language_model
from core.models.surprisal import Engine
from core.probing.dataset import prompts_in
from core.probing.pieces import candidate_pieces
from core.probing.prompts import GAP, Prompts, Scoring
from core.probing.score import score
from core.runs.store import RunStore

Data = dict[str, tuple[Prompts, tuple[str, ...] | None]]


def main(
    model: Annotated[str, typer.Option(help="A masked LM: folder, hub id or run.")] = "built-in",
    data: Annotated[Path | None, typer.Option(help="Folder of GeoMLAMA's files.")] = None,
    device: Annotated[str, typer.Option(help="cpu, cuda or auto.")] = "cpu",
    batch: Annotated[int, typer.Option(help="Sequences in one forward pass.")] = 64,
    sample: Annotated[int, typer.Option(help="Prompts timed one at a time, per language.")] = 40,
    whole: Annotated[bool, typer.Option(help="Time all prompts one at a time.")] = False,
) -> None:
    """Print the times, their ratio, and the forwards done and saved."""
    place = pick_device(EngineConfig(device=device, precision="float32"))
    config = ModelConfig(model=model)
    found = load_language_model(find_model(config, RunStore(Path("cached_runs")), "language model"))
    sets = _data(data)
    load = f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load unknown"
    print(f"{machine()}, {load}")
    print(f"{'GeoMLAMA' if data else 'fact world'}, {place.place.type}, batches of {batch}")
    totals = np.zeros(8)
    for language, (prompts, country_less) in sets.items():
        row = _language(found, prompts, country_less, Engine(place, batch), sample, whole)
        totals += row
        _report(language, row)
    _report("all", totals)
    fast, alone, name = totals[:2], totals[2:4], "GeoMLAMA" if data else "fact world"
    saved = f"{totals[4]:,.0f} of {totals[5]:,.0f} forwards"
    tell(Row("probing", f"{name}; s", fast[0], alone[0], alone[1] / fast[1], saved))
    print(f"load at the end {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "")


def _data(folder: Path | None) -> Data:
    """Prompts in five languages; those of the fact world have none without country."""
    found = (
        load_probing("geomlama", folder, LANGUAGES)
        if folder
        else load_probing("fact-world", None, LANGUAGES, facts="test")
    )
    return {
        language: (prompts_in(found, language), probes.countryless or None)
        for language, probes in found.probes.items()
    }


def _language(
    model: LanguageModel,
    prompts: Prompts,
    country_less: Sequence[str] | None,
    engine: Engine,
    sample: int,
    whole: bool,
) -> np.ndarray:
    """Seconds and CPU seconds of both, and forwards: done, of a plain scorer, of a sharing one."""
    scoring = Scoring(calibration="calibrated" if country_less else "raw")
    start = _clocks()
    found = score(model, prompts, country_less, engine, scoring)
    _wait(engine.device)
    batched = _clocks() - start
    pieces = candidate_pieces(model.tokenizer, prompts)
    steps = np.array([sum(map(len, row)) for row in pieces])
    chosen = np.random.default_rng(0).permutation(len(prompts))
    chosen = chosen if whole else chosen[:sample]
    start = _clocks()
    for i in chosen:
        plain = _one_at_a_time(model, prompts, int(i), engine.device)
        off = float(np.abs(plain - found.raw[i]).max())
        if off > 1e-3:
            raise SystemExit(f"{prompts.named()[i][0]}: scores differ by {off:.5f}")
    alone = (_clocks() - start) / steps[chosen].sum()
    everything = int(steps.sum()) * (2 if country_less else 1)
    counts = [found.counts.done, everything, found.counts.one_at_a_time, len(chosen)]
    return np.concatenate([batched, alone * everything, counts])


def _clocks() -> np.ndarray:
    """Seconds by the clock, and of all cores in this process."""
    return np.array([time.perf_counter(), time.process_time()])


@torch.no_grad()
def _one_at_a_time(
    model: LanguageModel, prompts: Prompts, index: int, device: Device
) -> np.ndarray:
    """The plain scorer: [candidates] of one prompt, filled by ids."""
    network, tokenizer = model.model.eval(), model.tokenizer
    scores = []
    text = prompts.texts[index]
    alone = Prompts((text,), (prompts.candidates[index],), prompts.language)
    for pieces in candidate_pieces(tokenizer, alone)[0]:
        masks = (" " if prompts.spaced else "").join([tokenizer.mask_token] * len(pieces))
        total = 0.0
        for step, piece in enumerate(pieces):
            row = tokenizer(text.replace(GAP, masks), return_tensors="pt").to(device.place)
            places = (row["input_ids"][0] == tokenizer.mask_token_id).nonzero()[:, 0]
            for place, known in zip(places, pieces[:step], strict=False):
                row["input_ids"][0, place] = known
            logits = network(
                input_ids=row["input_ids"], attention_mask=row["attention_mask"]
            ).logits
            total -= logits[0, places[step]].float().log_softmax(-1)[piece].item()
        scores.append(total / len(pieces))
    return np.array(scores)


def _report(name: str, row: np.ndarray) -> None:
    batched, alone = row[:2], row[2:4]
    done, everything, shared, timed = row[4:]
    how = f"{timed:.0f} prompts timed, scaled to all forwards"
    print(
        f"{name:>4}: forwards {done:,.0f} of {everything:,.0f}, {everything - done:,.0f} saved; "
        f"batched {batched[0]:.1f} s (CPU {batched[1]:.1f}), one at a time {alone[0]:.1f} s "
        f"(CPU {alone[1]:.1f}; {how}), ratio {alone[0] / batched[0]:.1f}x "
        f"(CPU {alone[1] / batched[1]:.1f}x)"
    )
    if shared != everything:
        ratio = alone / batched * shared / everything
        print(
            f"      with a group's country-less prompts shared, one at a time does {shared:,.0f} "
            f"forwards: ratio {ratio[0]:.1f}x (CPU {ratio[1]:.1f}x)"
        )


def _wait(device: Device) -> None:
    if device.place.type == "cuda":
        torch.cuda.synchronize(device.place)


if __name__ == "__main__":
    typer.run(main)

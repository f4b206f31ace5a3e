"""Saving a model so that transformers loads it, with a card that says what it is."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from core import processes
from core.runs.files import flush, share

FOLDER = "model"


def save_model(
    run: Path,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    card: str,
    *,
    half: bool = False,
    folder: str = FOLDER,
    beside: Mapping[str, str] | None = None,
) -> str:
    """Write weights (safetensors), config, tokenizer and README.md; complete or not at all.

    The main process writes; the others wait.

    Args:
        run: the run's folder.
        model: saved in float32 unless ``half``.
        tokenizer: saved beside it.
        card: text of the model card.
        half: save the weights in float16 (for models shipped with the project).
        folder: where, inside the run's folder.
        beside: file name -> text of further files.

    Returns:
        The folder's name inside the run.
    """
    if processes.is_main():
        _save(run / folder, model.to(torch.float16) if half else model, tokenizer, card, beside)
    processes.wait()
    return folder


def _save(
    place: Path,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    card: str,
    beside: Mapping[str, str] | None,
) -> None:
    fresh = place.with_name(f".{place.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        model.save_pretrained(fresh)
        tokenizer.save_pretrained(fresh)
        for name, text in {"README.md": card, **(beside or {})}.items():
            (fresh / name).write_text(text, encoding="utf-8")
        for path in (path for path in fresh.rglob("*") if path.is_file()):
            share(path)
            flush(path)
        shutil.rmtree(place, ignore_errors=True)
        fresh.rename(place)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)  # there only if something failed

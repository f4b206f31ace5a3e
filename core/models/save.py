"""Saving a model so that transformers loads it, with a card that says what it is."""

from __future__ import annotations

import shutil
from pathlib import Path

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from core.runs.files import share

FOLDER = "model"


def save_model(
    run: Path,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    card: str,
    *,
    half: bool = False,
) -> str:
    """Write weights (safetensors), config, tokenizer and README.md; complete or not at all.

    Args:
        run: the run's folder.
        model: saved in float32 unless ``half``.
        tokenizer: saved beside it.
        card: text of the model card.
        half: save the weights in float16 (for models shipped with the project).

    Returns:
        The folder's name inside the run.
    """
    fresh, place = run / f".{FOLDER}.new", run / FOLDER
    shutil.rmtree(fresh, ignore_errors=True)
    if half:
        model = model.to(torch.float16)
    model.save_pretrained(fresh)
    tokenizer.save_pretrained(fresh)
    for weights in fresh.glob("*.safetensors"):
        share(weights)
    (fresh / "README.md").write_text(card, encoding="utf-8")
    shutil.rmtree(place, ignore_errors=True)
    fresh.rename(place)
    return FOLDER

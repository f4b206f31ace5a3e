"""A language model's head applied only at the places that are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from transformers import PreTrainedModel

from core.models.batches import pad
from core.models.device import Device
from core.models.language_model import LanguageModel
from core.models.ready import ready

Inputs = dict[str, Any]


def inputs_of(model: LanguageModel, rows: Sequence[tuple[int, ...]], device: Device) -> Inputs:
    """Inputs of a masked or causal model's forward for these sequences, padded."""
    inputs: Inputs = dict(pad([list(row) for row in rows], model.pad_id, device))
    return inputs if model.family == "masked" else {**inputs, "use_cache": False}


@contextmanager
def evaluating(model: PreTrainedModel, device: Device) -> Iterator[None]:
    """The model on its device, without dropout and gradients; its mode is put back.

    Weights are cast to fewer bits once, not once a batch.
    """
    was_training = model.training
    ready(model, device).eval()
    try:
        with torch.no_grad(), device.autocast():
            yield
    finally:
        model.train(was_training)


def logits_at(
    model: PreTrainedModel, inputs: Inputs, rows: torch.Tensor, places: torch.Tensor, narrow: bool
) -> torch.Tensor:
    """Logits over the vocabulary at some places of a batch.

    Args:
        model: any language model.
        inputs: of its forward, a batch of sequences.
        rows: [asked], which sequence.
        places: [asked], where in it (in the decoder's input where there is one).
        narrow: give the head these places only (see `can_narrow`), else all and pick afterwards.

    Returns:
        [asked, vocabulary].
    """
    if not narrow:
        return model(**inputs).logits[rows, places]
    with _only(_body(model), rows, places):
        return model(**inputs).logits[0]


def can_narrow(model: PreTrainedModel, inputs: Inputs) -> bool:
    """Whether the head may be given single places: it is tried, and compared with the whole.

    Heads differ (``lm_head`` of XLM-R, ``cls`` of BERT, ``head`` and ``decoder`` of ModernBERT)
    but work place by place on what the body returns, so its output is cut down on the way.

    Args:
        model: any language model.
        inputs: of its forward; one short sequence is enough.
    """
    if _body(model) is model:
        return False
    whole = model(**inputs).logits
    last = whole.shape[1] - 1
    places = torch.tensor([0, 0, last], device=whole.device)
    rows = torch.zeros_like(places)
    try:
        part = logits_at(model, inputs, rows, places, narrow=True)
    except (RuntimeError, IndexError, TypeError, AttributeError):  # a head of another build
        return False
    expected = whole[rows, places]
    limit = 1e-3 * max(1.0, float(expected.abs().max()))
    return part.shape == expected.shape and torch.allclose(part, expected, atol=limit, rtol=0)


def _body(model: PreTrainedModel) -> nn.Module:
    """The part before the head; the model itself where it is not told apart."""
    if model.config.is_encoder_decoder:
        return model.get_decoder()
    return model.base_model


@contextmanager
def _only(body: nn.Module, rows: torch.Tensor, places: torch.Tensor) -> Iterator[None]:
    """Within it the body returns [1, asked, hidden] in place of [sequences, longest, hidden]."""

    def pick(_module: nn.Module, _inputs: Any, output: Any) -> Any:
        chosen = output[0][rows, places].unsqueeze(0)
        if isinstance(output, tuple):
            return (chosen, *output[1:])
        output.last_hidden_state = chosen
        return output

    handle = body.register_forward_hook(pick)
    try:
        yield
    finally:
        handle.remove()

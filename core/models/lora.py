"""Low-rank adapters (LoRA, Hu et al. 2021): large models trained in a fraction of the memory.

In every linear layer of the encoder a product of two thin matrices is trained beside weights that
stay as they are: W + 2 B A, with A [rank, in] drawn and B [out, rank] zero at the start. A new
head (classifier, span head) is trained whole. Optimizer state, gradients, checkpoints and the kept
best weights exist for what is trained only. The adapters live inside one training: at its end they
are added to the weights, so that a saved model is an ordinary one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn
from transformers import PreTrainedModel
from transformers.pytorch_utils import Conv1D

SCALE = 2
"""The product is multiplied by it (alpha is twice the rank)."""


@contextmanager
def adapted(model: PreTrainedModel, rank: int | None, seed: int) -> Iterator[None]:
    """Around a training: its model has adapters inside, and weights changed by them afterwards.

    Args:
        model: changed in place.
        rank: of the adapters; None trains the model itself.
        seed: of A.
    """
    if rank is None:
        yield
        return
    trained = {name for name, one in model.named_parameters() if one.requires_grad}
    add_adapters(model, rank, seed)
    yield
    merge_adapters(model)
    for name, one in model.named_parameters():
        one.requires_grad_(name in trained)


def add_adapters(model: PreTrainedModel, rank: int, seed: int) -> None:
    """Freeze the model but for adapters in its encoder, and for a head that is no language model's.

    Args:
        model: changed in place.
        rank: of the adapters.
        seed: of A.
    """
    from peft import LoraConfig, inject_adapter_in_model

    base, output = model.base_model, model.get_output_embeddings()
    inside = set(base.modules())
    places = [
        name
        for name, one in model.named_modules()
        if isinstance(one, nn.Linear | Conv1D) and one in inside and one is not output
    ]
    known = set(base.parameters()) | (set() if output is None else set(model.parameters()))
    head = [one for one in model.parameters() if one not in known and one.requires_grad]
    turned = any(isinstance(one, Conv1D) for one in inside)
    config = LoraConfig(
        r=rank, lora_alpha=SCALE * rank, target_modules=places, fan_in_fan_out=turned
    )
    torch.manual_seed(seed)
    inject_adapter_in_model(config, model)
    for one in head:
        one.requires_grad_(True)


def merge_adapters(model: PreTrainedModel) -> None:
    """Add every adapter to the weights it stands beside, and take it away."""
    from peft.tuners.tuners_utils import BaseTunerLayer

    for name, one in [x for x in model.named_modules() if isinstance(x[1], BaseTunerLayer)]:
        one.merge()
        model.set_submodule(name, one.get_base_layer())
    if hasattr(model, "peft_config"):
        del model.peft_config

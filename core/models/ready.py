"""A model made ready for a device, whatever it is then used for."""

from __future__ import annotations

from typing import TypeVar

from torch import nn
from transformers import PreTrainedModel

from core.models.device import Device
from core.models.packing import pack

Model = TypeVar("Model", bound=PreTrainedModel)


def ready(model: Model, device: Device) -> Model:
    """Move a model to its device; let it run without padding and compiled, as the device says.

    Its weights and their names stay as they are. Doing it twice is doing it once.

    Args:
        model: changed in place.
        device: where to, and how.

    Returns:
        The same model.
    """
    model.to(device.place)
    pack(model, device)
    if device.compiled:
        for layer in layers_of(model):
            layer.compile(dynamic=True)
    return model


def layers_of(model: PreTrainedModel) -> list[nn.Module]:
    """The encoder's layers, which are alike: what is compiled for one serves all."""
    lists = [module for module in model.base_model.modules() if isinstance(module, nn.ModuleList)]
    alike = [found for found in lists if len({type(one) for one in found}) == 1]
    return max(map(list, alike), key=len, default=[])

"""How fast this device is with a model of some shape: a few batches of random tokens, once."""

from __future__ import annotations

import copy
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import torch
from torch.nn import functional
from transformers import AutoModel, PretrainedConfig, PreTrainedModel

from core.estimate.cost import USUAL, Manner, Speed, Stage
from core.estimate.known_speeds import key_of, recall, remember
from core.estimate.shape import TRAINING, Shape
from core.models.device import Device
from core.models.lora import add_adapters
from core.models.optimizer import adamw, take_step
from core.models.pretrained import save_memory

SECONDS = 0.7
"""Of each measurement, about."""
WHOLE = 200_000_000
"""Parameters up to which the whole model is measured; of a larger one some layers are."""
SOME = 2
LENGTHS = (4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)
ROWS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
POSITIONS = (0, 1, 2, 4, 8, 16, 32, 64, 128)


def speed_of(
    settings: PretrainedConfig, device: Device, stage: Stage, manner: Manner = USUAL
) -> Speed:
    """The speed with batches of about such a shape, measured now or before.

    Args:
        settings: the model's configuration, with the dropout it is trained with; its weights are
            not needed.
        device: where it would run.
        stage: what would go through it.
        manner: how the model would be trained.
    """
    manner = manner if stage.trains else USUAL
    length = _near(LENGTHS, stage.tokens)
    rows = _near(ROWS, min(stage.at_once, max(1, device.budget // length)))
    places = min(length, _near(POSITIONS, stage.positions))
    described = device.describe()
    known = {"settings": settings.to_dict(), "torch": torch.__version__, **described}
    trained = {"trains": stage.trains, **asdict(manner)}
    key = key_of({**known, "batch": [rows, length, places], **trained})
    found = recall(key)
    if found is None:
        batch = _Batch(settings, device, rows, length, places)
        name = described["device"]
        found = batch.training(name, manner) if stage.trains else batch.asking(name)
        remember(key, found)
    return found


def load_libraries(settings: PretrainedConfig, device: Device) -> None:
    """Train a small model of the same architecture for a step: all code it needs is loaded."""
    own = copy.deepcopy(settings)
    _cut(own)
    own.vocab_size = min(own.vocab_size, 512)
    if (own.pad_token_id or 0) >= own.vocab_size:
        own.pad_token_id = 0
    batch = _Batch(own, device, 1, 8, 0)
    batch.train()
    batch.update()


def parameters_of(settings: PretrainedConfig) -> int:
    """Of the model without its head; an encoder-decoder's decoder with it."""
    with torch.device("meta"):
        return sum(x.numel() for x in AutoModel.from_config(settings).parameters())


class _Batch:
    """Random tokens and a model of random weights, or some layers of it."""

    def __init__(
        self, settings: PretrainedConfig, device: Device, rows: int, length: int, places: int
    ) -> None:
        own, self.device, self.places = copy.deepcopy(settings), device, places
        self.shape = part = Shape.of(settings.to_dict())
        if part.weights > WHOLE and part.layers > SOME:
            _cut(own)
            part = Shape.of(own.to_dict())
        torch.manual_seed(0)
        model: PreTrainedModel = AutoModel.from_config(own, dtype=torch.float32)
        self.model = model.to(device.place)
        if getattr(own, "is_encoder_decoder", False):
            self.model = model.get_encoder()
        self.ids = torch.randint(
            5, min(own.vocab_size, 32_000), (rows, length), device=device.place
        )
        self.mask = torch.ones_like(self.ids)
        self.mask[0, length // 2 + 1 :] = 0  # padded, as nearly every batch is: other kernels
        self.part, self.tokens = part, rows * length
        self.flops = rows * (part.forward(length) + part.logits(places))
        self.parameters = parameters_of(settings)
        self.optimizer = adamw(self.model, 1e-5, 0.0)

    def asking(self, name: str) -> Speed:
        """The speed without gradients, on the device of this name."""
        self.model.eval()
        rate = self.flops / _time(self.ask, self.device)
        return Speed(name, rate, 0.0, 0.0, 0.0, self.parameters, 0)

    def training(self, name: str, manner: Manner) -> Speed:
        """The speed forward and backward, and that of the optimizer."""
        self.model.train()
        layers, again = self.shape.layers / self.part.layers, 0
        if manner.checkpointing:  # one layer at a time is computed again
            again = _saved(self.train, self.model) // self.part.layers
            save_memory(self.model, self.model.config.model_type)
        if manner.lora is not None:
            add_adapters(self.model, manner.lora, seed=0)
        self.optimizer = adamw(self.model, 1e-5, 0.0)
        whole = sum(x.numel() for x in self.model.parameters() if x.requires_grad)
        trained = self.parameters if manner.lora is None else round(layers * whole)
        saved = _saved(self.train, self.model)
        both, update = _time(self.train, self.device), _time(self.update, self.device)
        return Speed(
            device=name,
            rate=TRAINING * self.flops / both,
            update=update * trained / whole,
            saved=saved * layers / self.tokens,
            again=again / self.tokens,
            parameters=self.parameters,
            trained=trained,
        )

    @torch.no_grad()
    def ask(self) -> None:
        """A forward pass."""
        with self.device.autocast():
            self._loss()

    def train(self) -> None:
        """A forward and a backward pass."""
        with self.device.autocast():
            loss = self._loss()
        loss.backward()

    def update(self) -> None:
        """An optimizer step."""
        take_step(self.model, self.optimizer, 1e-5, 1.0)

    def _loss(self) -> torch.Tensor:
        hidden = self.model(input_ids=self.ids, attention_mask=self.mask).last_hidden_state
        if not self.places:
            return hidden.float().mean()
        wanted = hidden[:, : self.places].reshape(-1, hidden.shape[-1])
        logits = wanted @ self.model.get_input_embeddings().weight.T
        return functional.cross_entropy(logits.float(), self.ids[:, : self.places].reshape(-1))


def _near(steps: tuple[int, ...], value: float) -> int:
    return min(steps, key=lambda one: abs(one - value))


def _cut(settings: Any) -> None:
    """Leave a configuration so few layers that random weights are made in seconds."""
    settings.num_hidden_layers = min(SOME, settings.num_hidden_layers)
    if getattr(settings, "num_decoder_layers", None):
        settings.num_decoder_layers = min(SOME, settings.num_decoder_layers)
    if getattr(settings, "layer_types", None):
        settings.layer_types = settings.layer_types[:SOME]


def _time(step: Callable[[], Any], device: Device) -> float:
    """Seconds of a step: the median of those that fit into `SECONDS`, after one to warm up."""
    took: list[float] = []
    for _ in range(50):
        began = clock(device)
        step()
        took.append(clock(device) - began)
        if len(took) > 2 and sum(took[1:]) > SECONDS:
            break
    return statistics.median(took[1:])


def clock(device: Device) -> float:
    """Seconds of an idle device: on a CPU what other programs take of it does not count."""
    if device.place.type == "cpu":
        return time.process_time() / torch.get_num_threads()
    if device.place.type == "cuda":
        torch.cuda.synchronize(device.place)
    return time.perf_counter()


def _saved(train: Callable[[], None], model: torch.nn.Module) -> int:
    """Bytes that a step keeps for its backward pass, each storage once, without the weights."""
    own = {parameter.untyped_storage().data_ptr() for parameter in model.parameters()}
    seen: dict[int, int] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            seen[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        train()
    return sum(seen.values())

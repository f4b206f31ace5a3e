"""Loading an encoder: a hub id, a folder, a run's model, or the built-in one."""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import (
    AutoConfig,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers import logging as transformers_logging

from core.config import ModelConfig
from core.errors import UserError
from core.runs.environment import ROOT
from core.runs.store import RunStore, StoredRun

BUILT_IN = "built-in"
HEAD = "ForSequenceClassification"


@dataclass(frozen=True)
class Classifier:
    """A sequence classifier and its tokenizer."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase

    @property
    def class_count(self) -> int:
        """Number of classes of the head."""
        return int(self.model.config.num_labels)


@dataclass(frozen=True)
class ModelSource:
    """A model that is there: what to pass to ``from_pretrained`` and what exactly it is."""

    given: str
    """As the user named it."""
    location: str
    """Folder or hub id."""
    fingerprint: str
    """Hash of the weights of a folder, commit of a hub repository."""
    has_head: bool
    """Whether it is saved as a sequence classifier."""
    class_count: int
    revision: str | None = None
    run: str | None = None
    """The run whose artifact it is, if any."""


def find_model(config: ModelConfig, store: RunStore) -> ModelSource:
    """Find the model the config names and read its configuration.

    Raises:
        UserError: there is no such model, or no encoder can be loaded from it.
    """
    location, run = _locate(config.model, store)
    settings = _read_settings(config, location)
    architectures = tuple(settings.architectures or ())
    folder = Path(location)
    if folder.is_dir():
        _check_folder(config.model, folder)
        fingerprint = _fingerprint(folder)
    else:
        fingerprint = getattr(settings, "_commit_hash", None) or "unknown"
    return ModelSource(
        given=config.model,
        location=location,
        fingerprint=fingerprint,
        has_head=any(name.endswith(HEAD) for name in architectures),
        class_count=int(settings.num_labels),
        revision=config.revision,
        run=run,
    )


def _locate(model: str, store: RunStore) -> tuple[str, str | None]:
    if model == BUILT_IN:
        run = built_in_run()
        return str(run.path / run.record.artifacts["model"]), run.id
    if Path(model).exists():
        return model, None
    if any(path.name.startswith(model) for path in store.paths()):
        run = store.find(model)
        if "model" not in run.record.artifacts:
            raise UserError(f"--model {model}: run {run.id} ({run.record.kind}) has no model")
        return str(run.path / run.record.artifacts["model"]), run.id
    return model, None


def built_in_run() -> StoredRun:
    """The recorded run whose artifact is the shipped fact-world model.

    Raises:
        UserError: the repository's ``cached_runs`` holds none.
    """
    for run in RunStore(ROOT / "cached_runs"):
        if not isinstance(run, StoredRun) or run.record.kind != "pretrain":
            continue
        if (run.path / run.record.artifacts.get("model", "model")).is_dir():
            return run
    raise UserError(
        "the built-in model is not in cached_runs/; restore that folder, or make it again: "
        "python -m core pretrain"
    )


def _read_settings(config: ModelConfig, location: str) -> Any:
    try:
        settings = AutoConfig.from_pretrained(location, revision=config.revision)
    except Exception as error:  # the hub's errors have no common root
        raise UserError(
            f"--model {config.model}: no model found there ({_first_line(error)}). Give a folder "
            "with config.json and *.safetensors, a hub id (offline: one in the hub's cache), a "
            "run id, or built-in"
        ) from error
    if type(settings) not in AutoModelForSequenceClassification._model_mapping:
        raise UserError(
            f"--model {config.model}: {settings.model_type} models have no sequence "
            "classification head; use an encoder such as XLM-R, mBERT or ModernBERT"
        )
    return settings


def _check_folder(given: str, folder: Path) -> None:
    if not list(folder.glob("*.safetensors")):
        raise UserError(
            f"--model {given}: no *.safetensors in it (other formats are not read). Convert: "
            "AutoModel.from_pretrained(folder).save_pretrained(folder)"
        )
    if not list(folder.glob("tokenizer*")) and not list(folder.glob("*.model")):
        raise UserError(f"--model {given}: no tokenizer in it; save the model's tokenizer there")


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.safetensors")):
        with path.open("rb") as handle:
            digest.update(hashlib.file_digest(handle, "sha256").digest())
    settings = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    settings.pop("transformers_version", None)
    digest.update(json.dumps(settings, sort_keys=True).encode())
    return digest.hexdigest()[:16]


def load_classifier(
    source: ModelSource, class_names: tuple[str, ...], dropout: float, seed: int
) -> Classifier:
    """Load the encoder with a classification head of these classes.

    A head that is not in the checkpoint is drawn from ``seed``. Every dropout field of the
    config is set to ``dropout``; it acts in training only.

    Raises:
        UserError: the weights or the tokenizer can't be loaded.
    """
    quiet()
    torch.manual_seed(seed)
    settings = AutoConfig.from_pretrained(source.location, revision=source.revision)
    set_dropout(settings, dropout)
    settings.num_labels = len(class_names)
    settings.id2label = dict(enumerate(class_names))
    settings.label2id = {name: index for index, name in enumerate(class_names)}
    try:
        model = AutoModelForSequenceClassification.from_pretrained(
            source.location,
            revision=source.revision,
            config=settings,
            dtype=torch.float32,
            use_safetensors=True,
        )
        tokenizer = AutoTokenizer.from_pretrained(source.location, revision=source.revision)
    except Exception as error:  # many kinds, none of them the user's to read in full
        raise UserError(f"--model {source.given}: can't be loaded: {_first_line(error)}") from error
    if tokenizer.pad_token_id is None:
        raise UserError(f"--model {source.given}: its tokenizer has no padding token")
    return Classifier(model, tokenizer)


def set_dropout(settings: Any, dropout: float) -> None:
    """Set every dropout field of a model config, whatever the architecture calls it."""
    for name, value in settings.to_dict().items():
        number = isinstance(value, float | int) and not isinstance(value, bool)
        if "drop" in name and (value is None or number):
            setattr(settings, name, dropout)


def quiet() -> None:
    """Keep transformers' notices (new head, progress bars) off stderr."""
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    logging.getLogger("transformers").setLevel(logging.ERROR)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]

"""What exactly a model is that a config names, and whether it can have the head that is wanted."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from huggingface_hub import (
    get_hf_file_metadata,
    hf_hub_download,
    hf_hub_url,
    try_to_load_from_cache,
)
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils import logging as hub_logging
from transformers import (
    AutoConfig,
    AutoModelForQuestionAnswering,
    AutoModelForSequenceClassification,
)

from core.config import ModelConfig
from core.errors import UserError
from core.models.family import Family, families_of, saved_as
from core.models.locate import locate
from core.runs.store import RunStore

HEAD, CHOICE_HEAD = "ForSequenceClassification", "ForMultipleChoice"
SPAN_HEADS = ("ForQuestionAnswering", "ForQuestionAnsweringSimple")
ANSWER_HEAD = "answer_head"
"""Field of a model's configuration that holds how its answers are read (`core.models.heads`)."""
Head = Literal["sequence classification", "language model", "question answering"]
"""What a model is wanted for."""
COMMIT = re.compile(r"[0-9a-f]{40}")
CONVERT = "Convert: AutoModel.from_pretrained(folder).save_pretrained(folder)"


@dataclass(frozen=True)
class ModelSource:
    """A model that is there: what to pass to ``from_pretrained`` and what exactly it is."""

    given: str
    """As the user named it."""
    location: str
    """Folder or hub id."""
    fingerprint: str
    """Hash of the weights of a folder; ``id@commit`` of a hub repository."""
    has_head: bool
    """Whether it is saved as a sequence classifier."""
    class_names: tuple[str, ...]
    """Names of its head's classes, in index order."""
    revision: str | None = None
    """Of a hub repository: the commit where it could be resolved, else as the user said."""
    run: str | None = None
    """The run whose artifact it is, if any."""
    width: int | None = None
    """Hidden units of the encoder, where its configuration says so."""
    classifies: bool = True
    """Whether transformers has a sequence classifier of its architecture."""
    chooses: bool = False
    """Whether it is saved as a ``...ForMultipleChoice``."""
    answers: bool = False
    """Whether it is saved with a span head, as a ``...ForQuestionAnswering``."""
    family: Family | None = None
    """What kind of language model it is saved as; None for a classifier."""
    answer_head: Mapping[str, Any] = field(default_factory=dict)
    """How its answers are read, where a run of this project fine-tuned it so."""

    @property
    def class_count(self) -> int:
        """Number of classes of its head."""
        return len(self.class_names)

    @property
    def named(self) -> bool:
        """Whether its classes have names, not just LABEL_0, LABEL_1, ..."""
        return self.class_names != tuple(f"LABEL_{k}" for k in range(self.class_count))

    def fits(self, class_names: tuple[str, ...]) -> bool:
        """Whether its head has these classes, in this order (case aside)."""
        own = [name.casefold() for name in self.class_names]
        return self.has_head and own == [name.casefold() for name in class_names]


def find_model(config: ModelConfig, store: RunStore, head: Head | None = None) -> ModelSource:
    """Find the model the config names and read its configuration.

    Args:
        config: names the model.
        store: where its run is looked for.
        head: what it is wanted for; as the config says if None.

    Raises:
        UserError: there is no such model, or it can't have such a head.
    """
    location, run = locate(config.model, store)
    folder = Path(location)
    if folder.is_dir() and config.revision is not None:
        raise UserError(
            f"--revision {config.revision}: {config.model} is not on the hub but a folder on this "
            "machine, which has no revisions: leave it out"
        )
    revision = None if folder.is_dir() else _commit(config, location) or config.revision
    settings = _read_settings(config, location, revision)
    _check_settings(config, settings, head)
    architectures = tuple(settings.architectures or ())
    headed = any(name.endswith((HEAD, CHOICE_HEAD, *SPAN_HEADS)) for name in architectures)
    if folder.is_dir():
        _check_folder(config.model, folder)
        fingerprint = _fingerprint(folder)
    else:
        fingerprint = f"{location}@{revision or 'main'}"
    return ModelSource(
        given=config.model,
        location=location,
        fingerprint=fingerprint,
        has_head=any(name.endswith(HEAD) for name in architectures),
        class_names=tuple(
            str(settings.id2label.get(k, f"LABEL_{k}")) for k in range(int(settings.num_labels))
        ),
        revision=revision,
        run=run,
        width=getattr(settings, "hidden_size", None),
        classifies=_classifies(settings),
        chooses=any(name.endswith(CHOICE_HEAD) for name in architectures),
        answers=any(name.endswith(SPAN_HEADS) for name in architectures),
        family=None if headed or not families_of(settings) else saved_as(settings),
        answer_head=getattr(settings, ANSWER_HEAD, None) or {},
    )


def _commit(config: ModelConfig, location: str) -> str | None:
    """The commit of a hub repository that the revision means now (offline: in the hub's cache)."""
    # The hub's library retries for half a minute, and writes a line for each try.
    hub_logging.set_verbosity_error()
    try:
        if try_to_load_from_cache(location, "config.json", revision=config.revision) is None:
            with suppress(HfHubHTTPError):  # it can be reached; the download says what is wrong
                get_hf_file_metadata(hf_hub_url(location, "config.json", revision=config.revision))
        path = Path(hf_hub_download(location, "config.json", revision=config.revision))
    except Exception as error:  # the hub's errors have no common root
        raise _not_found(config, error) from error
    return path.parent.name if COMMIT.fullmatch(path.parent.name) else None


def _not_found(config: ModelConfig, error: Exception) -> UserError:
    return UserError(
        f"--model {config.model}: no model found there ({first_line(error)}). Give a folder "
        "with config.json and *.safetensors, a hub id, a run id, or built-in; with "
        "HF_HUB_OFFLINE=1 only the hub's cache is asked"
    )


def _read_settings(config: ModelConfig, location: str, revision: str | None) -> Any:
    try:
        return AutoConfig.from_pretrained(location, revision=revision, trust_remote_code=False)
    except Exception as error:  # many kinds, none of them the user's to read in full
        raise _not_found(config, error) from error


def _classifies(settings: Any) -> bool:
    return type(settings) in AutoModelForSequenceClassification._model_mapping


def _check_settings(config: ModelConfig, settings: Any, head: Head | None) -> None:
    """Refuse an architecture that transformers has no such model of."""
    speaks = bool(families_of(settings))
    if head is None:
        asks = config.head in ("prompt", "first-step", "causal")
        head = "language model" if asks else "sequence classification"
        if config.head == "auto" and speaks and settings.architectures:
            return
    has = {
        "language model": speaks,
        "sequence classification": _classifies(settings),
        "question answering": type(settings) in AutoModelForQuestionAnswering._model_mapping,
    }
    if not has[head]:
        raise UserError(
            f"--model {config.model}: {settings.model_type} models have no {head} head; use an "
            "encoder such as XLM-R, mBERT or ModernBERT"
        )


def _check_folder(given: str, folder: Path) -> None:
    if not list(folder.glob("*.safetensors")):
        raise UserError(
            f"--model {given}: no *.safetensors in it (other formats are not read). {CONVERT}"
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


def first_line(error: Exception) -> str:
    """The first line of an error's message, or its kind; at most 300 characters."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]

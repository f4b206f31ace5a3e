"""What a run on questions reads: the questions of each use, the model, and how it is loaded."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from core.answering.features import Reader
from core.answering.spans import SpanModel, load_spans
from core.config import ModelConfig, QaEvaluateConfig, QaFinetuneConfig, QaTrainConfig
from core.data.qa.ledger import ledger_of
from core.data.qa.load import read_uses
from core.data.qa.uses import QaUses
from core.errors import UserError
from core.jobs.fitted import refuse_fitted_questions
from core.jobs.inputs import refuse_change
from core.languages import canonical
from core.models.device import Device, pick_device
from core.models.find import ModelSource, find_model
from core.models.load import load_tokenizer
from core.models.ready import ready
from core.models.recipe import settle, settled
from core.runs.live import LiveRun
from core.runs.store import RunStore

AnyQa = TypeVar("AnyQa", QaFinetuneConfig, QaTrainConfig, QaEvaluateConfig)


@dataclass(frozen=True)
class QaJob(Generic[AnyQa]):
    """Everything a run on questions needs, read and checked."""

    config: AnyQa
    """Its settings, none open."""
    uses: QaUses
    source: ModelSource
    """The model it starts from."""
    device: Device
    warnings: tuple[str, ...] = ()

    def describe(self, run: LiveRun, happened: Sequence[str]) -> None:
        """Write settings, fingerprints, ledger, badges and device to the record.

        Args:
            run: which.
            happened: the uses (see `core.data.qa.ledger.USES`) that it makes.

        Raises:
            UserError: it goes on from a checkpoint, and its model or its data changed.
        """
        parts = [data.fingerprint for use, data in self.uses.parts().items() if use in happened]
        data = hashlib.sha256("".join(parts).encode()).hexdigest()[:16]
        fingerprints = {"model": self.source.fingerprint, "data": data}
        refuse_change(run, fingerprints)
        run.update(
            config=self.config.model_dump(mode="json"),
            fingerprints={**run.record.fingerprints, **fingerprints},
            ledger=ledger_of(self.uses, happened).to_json(),
            badges=list(self.uses.badges),
            environment={**run.record.environment, **self.device.describe()},
        )
        run.warn(*self.warnings)
        for note in self.uses.notes:
            run.log(note)

    def load(self, source: ModelSource | None = None) -> SpanModel:
        """The model with its span head, where it computes; another one if it is given."""
        spans = load_spans(
            source or self.source,
            settled(self.config.dropout),
            self.config.seed,
            gradient_checkpointing=self.config.gradient_checkpointing,
        )
        ready(spans.model, self.device)
        return spans


def read(config: AnyQa, store: RunStore, uses: Sequence[str]) -> QaJob[AnyQa]:
    """Read what the config names.

    Args:
        config: of the run.
        store: where its model may lie.
        uses: what it uses questions for (see `core.data.qa.ledger.USES`).

    Raises:
        UserError: anything wrong with the questions, the model's name, or its tokenizer; or the
            model was fitted on questions of the evaluation, and that was not allowed.
    """
    questions = read_uses(config)
    device = pick_device(config)
    source = find_span_model(config.model, store, config.revision)
    Reader(load_tokenizer(source), config.max_length, config.stride)  # refuses what won't do
    warnings: tuple[str, ...] = ()
    if "evaluation" in uses:
        questions, warnings = refuse_fitted_questions(
            questions, source, store, allow=config.allow_overlap
        )
    return QaJob(settle(config, source), questions, source, device, warnings)


def find_span_model(model: str, store: RunStore, revision: str | None = None) -> ModelSource:
    """The model of this name, which has or can get a span head.

    Raises:
        UserError: there is none, or its architecture can't have such a head.
    """
    return find_model(ModelConfig(model=model, revision=revision), store, "question answering")


def check_answers(source: ModelSource, instead: str) -> None:
    """The model is saved with a span head.

    Args:
        source: of the model.
        instead: what to do if it isn't.

    Raises:
        UserError: it isn't.
    """
    if not source.answers:
        raise UserError(f"--model {source.given}: no span head, it can't answer yet; {instead}")


def source_languages(config: QaFinetuneConfig | QaTrainConfig) -> tuple[str, ...]:
    """The languages of stage 1, by their keys."""
    return tuple(dict.fromkeys(map(canonical, config.source)))

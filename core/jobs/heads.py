"""The head a run reads answers with: chosen, checked against the model, written to the record."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from core.config import TaskConfig
from core.data.templates.read import IN_ENGLISH
from core.data.templates.wording import Use
from core.errors import UserError
from core.jobs.inputs import Items, refuse_change
from core.models.find import ModelSource
from core.models.heads.spec import HeadSpec, choose_head, fits
from core.models.skeleton import skeleton_head
from core.runs.files import write_json
from core.runs.live import LiveRun

ASKED_IN = "templates.json"
"""File of a run with the words that each language was asked in."""


def head_of(config: TaskConfig, items: Items, source: ModelSource) -> HeadSpec:
    """The head of a run (see `core.models.heads.spec.choose_head`).

    Raises:
        UserError: the model or the data does not fit it.
    """
    return choose_head(config, source, items.uses.evaluation)  # never empty


def is_trained(config: TaskConfig, items: Items, source: ModelSource) -> bool:
    """Whether the model was trained for the head, so that no fine-tuning is needed."""
    return fits(source, head_of(config, items, source), items.uses.source)


def key_of(config: TaskConfig, items: Items, source: ModelSource) -> dict[str, Any]:
    """What of the head decides the fine-tuned weights."""
    return head_of(config, items, source).key(items.uses.source)


def check_trained(config: TaskConfig, items: Items, source: ModelSource) -> None:
    """The model can answer as it is.

    A head whose classes have no names (LABEL_0, ...) passes if their number fits; a language model
    asked with templates needs no trained head.

    Raises:
        UserError: it has no head for these classes, or for choices.
    """
    spec, names = head_of(config, items, source), items.class_names
    if spec.templates is not None:
        return
    if spec.kind == "multiple-choice":
        if not is_trained(config, items, source):
            raise UserError(
                f"--model {source.given}: no head for multiple choice; say --finetune always, or "
                "ask it with --head prompt"
            )
    elif not source.has_head:
        raise UserError(
            f"--model {source.given}: no classification head for {len(names)} classes; say "
            "--finetune always"
        )
    elif not source.fits(names) and (source.named or source.class_count != len(names)):
        raise UserError(
            f"--model {source.given}: its head has the classes {', '.join(source.class_names)}, "
            f"the data {', '.join(names)}; both must be the same, in the same order. Name them "
            "alike, or say --finetune always"
        )


def check_asked(config: TaskConfig, items: Items, source: ModelSource, uses: Sequence[str]) -> None:
    """The head can ask about all items, before the model is loaded and the run begins.

    Args:
        config: of the run.
        items: of the run.
        source: the model.
        uses: what the run uses items for.

    Raises:
        UserError: an item is too long without its texts, label words can't be told apart, ...
    """
    spec = head_of(config, items, source)
    if spec.kind == "classification":
        return
    head = skeleton_head(source, spec)
    for use, data in items.uses.parts().items():
        if use in uses:
            labelled = use in ("labelled", "stopping")
            asked = data.in_languages([items.uses.source]) if labelled else data
            head.check(asked, config.max_length)


def describe_head(run: LiveRun, spec: HeadSpec, items: Items) -> None:
    """Write to the record which head reads the answers; the words it asks in go to `ASKED_IN`.

    Raises:
        UserError: the run goes on from a checkpoint, and its templates changed.
    """
    run.update(config={**run.record.config, "head": spec.kind})
    if spec.templates is None:
        return
    words = json.dumps(spec.templates.to_json(), ensure_ascii=False, sort_keys=True)
    found = {"templates": hashlib.sha256(words.encode()).hexdigest()[:16]}
    refuse_change(run, found)
    run.update(fingerprints={**run.record.fingerprints, **found})
    languages = items.uses.evaluation.languages
    write_json(run.path / ASKED_IN, _wordings(spec, languages))
    in_english = spec.templates.lacking(languages)
    own = [language for language in languages if language not in in_english]
    asked = [f"own wording in {', '.join(own)}"] if own else []
    asked += [f"English wording in {', '.join(in_english)}"] if in_english else []
    run.log(f"head {spec.kind}: {'; '.join(asked)} (see {ASKED_IN})")
    use: Use = "causal" if spec.kind == "causal" else "template"
    for language, fields in spec.templates.silent(use).items():
        run.warn(f"The template in {language} never shows {', '.join(fields)} of the item's texts.")
    if in_english and run.record.config.get("templates") not in (None, IN_ENGLISH):
        run.warn(f"No templates in {', '.join(in_english)}: asked in English there.")


def _wordings(spec: HeadSpec, languages: Sequence[str]) -> dict[str, Any]:
    """The words each language is asked in, as in a file of templates."""
    if spec.templates is None:
        return {}
    names = spec.task.class_names
    return {x: spec.templates.of(x).to_json(names) for x in languages}

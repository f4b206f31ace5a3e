"""A run that makes unlabelled parallel text: written or read, translated, filtered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from core.config import GenerateConfig
from core.data import generated
from core.data.parallel import Fields, ParallelDataset
from core.errors import CoreError
from core.generation.batches import Stage
from core.generation.filters import Filtered, apply
from core.generation.prompting import PromptSet
from core.generation.sampling import Sampling
from core.generation.translating import on_device, translate_items
from core.generation.translator import Found
from core.generation.writing import Asked, Writer, write
from core.jobs.inputs import refuse_change
from core.jobs.kinds import Work
from core.jobs.parallel_text import name_of
from core.jobs.text_inputs import TextInputs, read_inputs
from core.languages import english_name
from core.models.device import Device, pick_device
from core.models.find import ModelSource
from core.models.language_model import load_language_model
from core.runs.checkpoints import remove_checkpoints
from core.runs.files import write_text
from core.runs.live import LiveRun
from core.runs.store import RunStore


@dataclass(frozen=True)
class Made:
    """What there is before the filters."""

    texts: Mapping[str, Sequence[Fields]]
    """language -> the fields of every item, the source language first."""
    fixed: tuple[int, ...] = ()
    """Positions of fields that are the same in every language."""


def prepare(config: GenerateConfig, store: RunStore) -> Work:
    """Check all input: texts, prompts, models, and that the translator knows the languages."""
    inputs = read_inputs(config, store)
    device = pick_device(config)

    def work(run: LiveRun) -> None:
        refuse_change(run, inputs.fingerprints)
        run.update(
            config=config.model_dump(mode="json"),
            fingerprints=inputs.fingerprints,
            parents=[inputs.model.run] if inputs.model and inputs.model.run else [],
            environment={**run.record.environment, **device.describe()},
        )
        made = _made(run, config, inputs, device)
        found = _filtered(run, config, inputs, made)
        _finish(run, inputs, made, found)

    return work


def _made(run: LiveRun, config: GenerateConfig, inputs: TextInputs, device: Device) -> Made:
    """All texts, in all languages."""
    if inputs.folder is not None:
        return Made(inputs.folder.texts)
    items: Sequence[Fields] = inputs.given
    fixed: tuple[int, ...] = ()
    if inputs.model is not None and inputs.prompts is not None:
        items = _written(run, config, inputs.given, inputs.prompts, inputs.model, device)
        fixed = inputs.prompts.fixed()
    source = inputs.languages[0]
    texts = {source: items}
    if inputs.translators:
        texts |= _translated(run, config, items, source, inputs.translators, fixed, device)
    return Made(texts, fixed)


def _written(
    run: LiveRun,
    config: GenerateConfig,
    given: Sequence[Fields],
    prompts: PromptSet,
    model: ModelSource,
    device: Device,
) -> list[Fields]:
    """Items that the language model writes, field after field; given ones have their first."""
    loaded = load_language_model(model)
    on_device(loaded, device)
    sampling = Sampling(config.temperature, config.top_k, config.top_p, config.repetition_penalty)
    writer = Writer(loaded, device, sampling, config.max_tokens, config.seed)
    items: list[Fields] = list(given) or [()] * config.items
    for position in range(len(items[0]), len(prompts.fields)):
        wordings = [prompts.prompt(n, position, item, config.seed) for n, item in enumerate(items)]
        asked = [Asked(n, wording.prompts[0]) for n, wording in enumerate(wordings) if wording[0]]
        name = prompts.fields[position]
        made = write(writer, position, asked, stage(run, config, f"writing {name}", position))
        rest = iter(made)
        items = [
            (*item, next(rest) if wording.text is None else wording.text)
            for item, wording in zip(items, wordings, strict=True)
        ]
    return items


def _translated(
    run: LiveRun,
    config: GenerateConfig,
    items: Sequence[Fields],
    source: str,
    translators: Mapping[str, Found],
    fixed: tuple[int, ...],
    device: Device,
) -> dict[str, list[Fields]]:
    """The items in every other language; texts too long for the translator are warned of."""

    def stage_of(language: str) -> Stage:
        return stage(run, config, f"translating into {english_name(language)}", language)

    found = translate_items(items, source, translators, fixed, device, config.beams, stage_of)
    if found.cut:
        listed = ", ".join(f"{key} {count:,}" for key, count in found.cut.items())
        run.warn(f"Texts too long for the translation model were cut before it: {listed}.")
    return found.texts


def stage(run: LiveRun, config: GenerateConfig, name: str, part: object) -> Stage:
    """A stage of the run, with its progress and its finished batches."""
    kept = f"{name.split(maxsplit=1)[0]}-{part}"
    return Stage(run.path, kept, config.prediction_batch, partial(run.progress, name), run.warn)


def _filtered(run: LiveRun, config: GenerateConfig, inputs: TextInputs, made: Made) -> Filtered:
    """Which items stay; fixed fields are not looked at."""
    looked_at = {
        key: [tuple(text for i, text in enumerate(item) if i not in made.fixed) for item in rows]
        for key, rows in made.texts.items()
    }
    source = inputs.source
    found = apply(looked_at, source, config, partial(run.progress, "filtering"))
    if found.unidentified:
        run.warn(
            f"Language identification does not know {', '.join(found.unidentified)}: only the "
            "script of these texts was checked."
        )
    return found


def _finish(run: LiveRun, inputs: TextInputs, made: Made, found: Filtered) -> None:
    """Write what is kept and the counts.

    Raises:
        CoreError: nothing is kept.
    """
    count = len(made.texts[inputs.source])
    choices = 0 if inputs.prompts is None else inputs.prompts.choices
    run.update(
        metrics={
            "made": count,
            "kept": len(found.kept),
            "languages": list(made.texts),
            "fields": len(made.texts[inputs.source][0]),
            "choices": choices,
            "dropped": found.dropped,
            "failed": found.texts,
            "ratios": found.ratios,
            "classes": _classes(inputs.prompts, count, found.kept),
        }
    )
    if not found.kept:
        most = max(found.dropped, key=lambda name: found.dropped[name])
        raise CoreError(
            f"the filters dropped all {count:,} items, most of them {most} "
            f"({found.dropped[most]:,}); look at the {_origin(inputs)}, or set --filters"
        )
    data = _dataset(run, inputs, made, choices).take(found.kept)
    text = generated.to_lines(data, texts=inputs.folder is None)
    write_text(run.path / generated.NAME, text)
    run.update(
        fingerprints={**run.record.fingerprints, "data": data.fingerprint},
        artifacts={"parallel": generated.NAME},
    )
    remove_checkpoints(run.path)


def _origin(inputs: TextInputs) -> str:
    """Where the items came from, for a message."""
    return "models and the prompts" if inputs.folder is None else "texts"


def _dataset(run: LiveRun, inputs: TextInputs, made: Made, choices: int) -> ParallelDataset:
    """All items, as those that read the run see them."""
    if inputs.folder is not None:
        return inputs.folder
    ids = tuple(f"item-{number}" for number in range(1, len(made.texts[inputs.source]) + 1))
    return ParallelDataset(
        name=name_of(run.id),
        item_ids=ids,
        texts={key: tuple(rows) for key, rows in made.texts.items()},
        class_names=tuple(f"choice {number + 1}" for number in range(choices)),
        choices=choices,
    )


def _classes(
    prompts: PromptSet | None, count: int, kept: Sequence[int]
) -> dict[str, dict[str, int]]:
    """How many items were meant for each class, made and kept: their balance, not their labels."""
    if prompts is None:
        return {}
    made = Counter(prompts.intended(item) for item in range(count))
    left = Counter(prompts.intended(item) for item in kept)
    return {label: {"made": made[label], "kept": left[label]} for label in prompts.classes}

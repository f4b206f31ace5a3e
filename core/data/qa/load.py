"""One door to all questions: the fact world, a benchmark, or files of the user's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from core.config.answering import QaDataConfig, QaStage1Config, QaTrainConfig
from core.data.qa import folder, hub, own
from core.data.qa.benchmarks import BENCHMARKS, needed, split_of
from core.data.qa.dataset import QaDataset
from core.data.qa.splits import deal, disjoint, in_languages, some, whole_articles
from core.data.qa.uses import QaUses
from core.errors import UserError
from core.languages import canonical, match_codes

WORLD = "fact-world"
WORLD_QUESTIONS = 120
"""To evaluate on in the fact world, about, unless the user says how many: in 12 x 12 pairs of
languages they are many answers for two cores."""
NAMES = (WORLD, *BENCHMARKS)
LABELLED, TRAINING, HELD_OUT = (
    ("labelled", "train"),
    ("unlabelled", "train", "dev"),
    ("test", "dev"),
)
"""Splits for stage 1, for stage 2 and for the evaluation; the first one there is taken."""


@dataclass(frozen=True)
class Options:
    """Options of the command line that say where some data are, for messages."""

    data: str = "--data"
    languages: str = "--languages"


def load_qa(
    name: str,
    data: Path | None = None,
    languages: Sequence[str] | None = None,
    preferences: Sequence[Sequence[str]] = (),
    options: Options = Options(),
) -> dict[str, QaDataset]:
    """Load questions.

    Args:
        name: one of `NAMES`, one with its split (``mlqa-dev``), or the path of a file or folder in
            SQuAD's format.
        data: folder with the benchmark's files; without it, the hub.
        languages: which ones, by any code, in this order; all by default.
        preferences: per use its splits, the first one there is read; all splits by default.
        options: that messages name.

    Returns:
        Split -> dataset: ``train``, ``dev``, ``test`` as far as there; ``labelled``,
        ``unlabelled``, ``test`` for the fact world; ``all`` where no split is named.

    Raises:
        DataError: all problems of the data.
        UserError: an unknown name or language, or data that can't be reached.
    """
    wanted = list(languages) if languages else None
    if name == WORLD:
        return _fact_world(wanted, preferences)
    base, split = split_of(name)
    if base in BENCHMARKS:
        if data is None:
            return hub.load(base, wanted, split, preferences, option=options.data)
        read = hub.load_saved if hub.is_saved(data) else folder.load
        return read(base, data, wanted, split, preferences)
    path = Path(name)
    if not path.exists():
        raise UserError(
            f"unknown dataset {name!r}: choose {', '.join(NAMES)}, or give the path of a json file "
            "in SQuAD's format, or of a folder with one such file per language"
        )
    return own.load(path, wanted, preferences, option=options.languages)


def read_uses(config: QaDataConfig) -> QaUses:
    """Read the questions of a run and give every one its use.

    Evaluation is the dataset's own test (or dev) questions; data without splits have articles
    held out for it, unless the run trains on nothing: then all of them. Another dataset to
    evaluate on is evaluated on as far as it has the languages of the training, if none are named.
    Stage 1 has the questions of its own dataset, or those the fact world has for it.

    Args:
        config: dataset, languages and how many questions for what; its kind says whether there is
            a stage 1 and a stage 2.

    Raises:
        DataError: all problems of the data.
        UserError: an unknown name or language, nothing left for a use, or the same questions for
            two purposes where that is not allowed.
    """
    trains = isinstance(config, QaStage1Config)
    seed = int(getattr(config, "seed", 0))
    stage1 = _stage1(config) if isinstance(config, QaStage1Config) else None
    uses = disjoint(QaUses(stage1, *_aligned(config, seed, trains)), config.allow_overlap)
    stage1, stage2 = uses.stage1, uses.stage2
    if stage1 is not None and isinstance(config, QaStage1Config):
        stage1 = some(stage1, config.stage1_questions, seed)
    if isinstance(config, QaTrainConfig):
        stage2 = some(stage2, config.stage2_questions, seed)
    uses = replace(uses, stage1=stage1, stage2=stage2)
    _check_sizes(uses, trains)
    return replace(uses, notes=(*_said(uses), *uses.notes))


def evaluation_of(settings: Mapping[str, Any]) -> QaDataset:
    """The questions that a run was evaluated on, with their texts, which runs do not keep.

    Args:
        settings: the config of a ``qa_train`` or ``qa_evaluate`` run, as its record has it.

    Raises:
        UserError: the data are not where the settings say, or are damaged.
    """
    given = {name: settings[name] for name in QaDataConfig.model_fields if name in settings}
    try:
        config = QaDataConfig.model_validate(given)
    except ValidationError as error:
        raise UserError(f"the run's settings name no questions: {error}") from error
    return _aligned(config, int(settings.get("seed", 0)), "source" in settings)[1]


def _stage1(config: QaStage1Config) -> QaDataset | None:
    """All questions there are for stage 1, in the source languages."""
    if config.stage1_dataset is not None:
        data, options = _path(config.stage1_data), Options("--stage1-data", "--source")
        splits = load_qa(config.stage1_dataset, data, config.source, [LABELLED], options)
    elif config.dataset == WORLD:
        splits = load_qa(WORLD, None, config.source, [LABELLED])
    else:
        return None
    return _first(splits, LABELLED)


def _aligned(config: QaDataConfig, seed: int, trains: bool) -> tuple[QaDataset, QaDataset]:
    """The questions of stage 2 (none where nothing is trained) and those of the evaluation."""
    languages, evaluated = _keys(config.languages), _keys(config.evaluation_languages)
    if config.evaluation is not None and not trains:
        held = _elsewhere(config, evaluated or languages, ())
        held = whole_articles(held, config.evaluation_questions, seed)
        return held.take([]), held
    either = [*languages, *(x for x in evaluated if x not in languages)] if languages else []
    uses = [*([TRAINING] if trains else []), *([] if config.evaluation else [HELD_OUT])]
    splits = load_qa(config.dataset, _path(config.data), either or languages, uses)
    stage2 = _first(splits, TRAINING)
    languages = languages or stage2.languages
    if config.evaluation is not None:
        held = _elsewhere(config, evaluated, languages)
    else:
        held = _first(splits, HELD_OUT)
    if held is stage2 and trains:
        stage2, held = deal(held, config.evaluation_questions, seed)
    else:
        in_world = config.evaluation is None and config.dataset == WORLD
        count = config.evaluation_questions or (WORLD_QUESTIONS if in_world else None)
        held = whole_articles(held, count, seed)
    stage2 = in_languages(stage2, languages) if trains else held.take([])
    if config.evaluation is None:
        held = in_languages(held, evaluated or languages)
    return stage2, held


def _elsewhere(
    config: QaDataConfig, languages: Sequence[str], training: Sequence[str]
) -> QaDataset:
    """The questions of another dataset, in the languages named or those of the training it has."""
    assert config.evaluation is not None
    data = _path(config.evaluation_data)
    options = Options("--evaluation-data", "--evaluation-languages")
    splits = load_qa(config.evaluation, data, languages, [HELD_OUT], options)
    held = _first(splits, HELD_OUT)
    if languages or not training:
        return held
    common = [language for language in training if language in held.sides]
    if not common:
        raise UserError(
            f"{held.name} has none of the languages of the training, {', '.join(training)}; it "
            f"has {', '.join(held.languages)}: say --evaluation-languages"
        )
    return in_languages(held, common)


def _path(given: str | None) -> Path | None:
    """The path as typed, or None."""
    return None if given is None else Path(given)


def _keys(codes: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(canonical(code) for code in codes))


def _first(splits: Mapping[str, QaDataset], names: Sequence[str]) -> QaDataset:
    """The first of these splits that is there, or any."""
    return splits[next((name for name in names if name in splits), next(iter(splits)))]


def _check_sizes(uses: QaUses, trains: bool) -> None:
    """Refuse a use without questions."""
    parts = {"stage 1": uses.stage1, "the evaluation": uses.evaluation}
    parts |= {"stage 2": uses.stage2} if trains else {}
    for use, data in parts.items():
        if data is not None and not len(data):
            raise UserError(f"{data.name}: no questions are left for {use}; bring more data")


def _said(uses: QaUses) -> tuple[str, ...]:
    """What the loaders have to say of the data, each thing once."""
    notes = (f"{d.name}: {d.source['note']}" for d in uses.parts().values() if "note" in d.source)
    return tuple(dict.fromkeys(notes))


def _fact_world(
    languages: Sequence[str] | None, preferences: Sequence[Sequence[str]]
) -> dict[str, QaDataset]:
    """The built-in benchmark's questions, of the world the built-in model was trained on."""
    from core.data.fact_world import FactWorld, Split, qa

    world = FactWorld.build()
    keys = list(match_codes(world.languages, languages, WORLD))
    splits: tuple[Split, ...] = ("labelled", "unlabelled", "test")
    chosen = needed(splits, preferences)
    return {split: qa(world, split).in_languages(keys) for split in splits if split in chosen}

"""Options that would change nothing beside the others, in one table: they are refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.config import (
    BalanceConfig,
    Config,
    DataConfig,
    DistillConfig,
    GenerateConfig,
    ModelConfig,
    QaDataConfig,
    QaStage1Config,
    QaTrainConfig,
    SelectConfig,
    TeachersConfig,
    TeachingConfig,
)
from core.config.answering import WEIGHTED
from core.config.balance import MULTILINGUAL, parse_model
from core.config.generate import SamplingConfig, TextConfig
from core.config.strategies import STRATEGIES
from core.data.brought import is_logs
from core.data.corpora.load import FACT_WORLD
from core.data.corpora.load import NAMES as CORPORA
from core.data.load import FOLDERS, NAMES, UNLABELLED
from core.data.qa.benchmarks import BENCHMARKS, split_of
from core.quoting import quote, quote_all


@dataclass(frozen=True)
class Needs:
    """Options of a config that have an effect under one condition only."""

    config: type[Config]
    names: tuple[str, ...]
    met: Callable[[Any], bool]
    """Whether they have an effect, of such a config."""
    otherwise: str
    """Why not, where it isn't met; {field} stands for a setting."""


def problems_of_unused(config: Config) -> Iterator[tuple[str, str]]:
    """Each option that is not at its default and has no effect, and why it has none."""
    fields = type(config).model_fields
    for needs in TABLE:
        if not isinstance(config, needs.config) or needs.met(config):
            continue
        why = needs.otherwise.format_map({name: quote(getattr(config, name)) for name in fields})
        for name in needs.names:
            value = getattr(config, name)
            if value != fields[name].default:
                given = quote_all(value) if isinstance(value, tuple) else quote(value)
                yield name, f"{given} has no effect: {why}; leave it out"


def _own(name: str | None) -> bool:
    """Whether data are a file or folder of the user's own."""
    return name is not None and name not in NAMES


def _there(dataset: str) -> bool:
    """Whether a dataset is known or its file is there; one that isn't is told of by itself."""
    return dataset in NAMES or Path(dataset).exists()


def _trains(config: BalanceConfig, data: str | None = None, *, soft: bool = False) -> bool:
    """Whether a model is trained on such data, or with soft labels; an unknown one may be."""
    for name in config.models:
        try:
            way = MULTILINGUAL[parse_model(name)[0]]
        except ValueError:
            return True
        if way.data == data or (soft and way.soft):
            return True
    return False


def _by_epochs(config: BalanceConfig) -> bool:
    """Whether a model is trained for a number of epochs."""
    return config.budget == "epochs" or any(name.endswith("-epochs") for name in config.models)


_BROUGHT = tuple(
    name
    for name in (*DataConfig.model_fields, *ModelConfig.model_fields)
    if name not in ("languages", "source")
)
_COLUMNS = "columns are those of a file of your own, and the dataset is {dataset}"
_SAMPLING = [name for name in SamplingConfig.model_fields if name not in TextConfig.model_fields]
TABLE = (
    Needs(
        SelectConfig,
        _BROUGHT,
        lambda config: config.predictions is None,
        "the choice is made from --predictions, which needs neither data nor a model",
    ),
    Needs(
        SelectConfig,
        ("log_task", "length_normalised"),
        lambda config: config.predictions is not None and is_logs(Path(config.predictions)),
        "--predictions names no logs of lm-evaluation-harness",
    ),
    Needs(
        DataConfig,
        ("data",),
        lambda config: config.dataset in (*FOLDERS, *UNLABELLED) or not _there(config.dataset),
        "only benchmarks are read from such a folder, and the dataset is {dataset}",
    ),
    Needs(
        DataConfig,
        ("parallel_data", "parallel_first"),
        lambda config: config.parallel is not None,
        "no unlabelled parallel text is named (--parallel)",
    ),
    Needs(
        DataConfig,
        ("text_columns", "id_column", "language_column"),
        lambda config: _own(config.dataset) or _own(config.parallel),
        _COLUMNS,
    ),
    Needs(
        DataConfig, ("label_column", "split_column"), lambda config: _own(config.dataset), _COLUMNS
    ),
    Needs(
        TeachersConfig,
        ("threshold",),
        lambda config: not STRATEGIES[config.strategy].without_threshold,
        "the strategy is {strategy}",
    ),
    Needs(
        TeachingConfig,
        ("sharpen",),
        lambda config: config.teacher_mode != "live",
        "the teacher mode is live, and only frozen and ema sharpen",
    ),
    Needs(
        TeachingConfig,
        ("ema_decay",),
        lambda config: config.teacher_mode == "ema",
        "the teacher mode is {teacher_mode}, and only ema takes it",
    ),
    Needs(
        TeachingConfig,
        ("weight_power",),
        lambda config: config.teacher_weights == "confidence",
        "the teachers' weights are equal",
    ),
    Needs(
        DistillConfig,
        ("anchor_batch",),
        lambda config: config.anchor > 0,
        "there is no anchor (--anchor 0)",
    ),
    Needs(
        GenerateConfig,
        ("items",),
        lambda config: config.from_ is None,
        "the texts are those of --from",
    ),
    Needs(
        GenerateConfig,
        ("prompts", *_SAMPLING),
        lambda config: config.model is not None or config.from_ is None,  # else one is missing
        "no language model writes (--model)",
    ),
    Needs(
        GenerateConfig,
        ("first", "last"),
        lambda config: config.from_ is not None or config.model is None,
        "no texts are given (--from)",
    ),
    Needs(
        QaDataConfig,
        ("data",),
        lambda config: split_of(config.dataset)[0] in BENCHMARKS,
        "only benchmarks are read from such a folder, and the dataset is {dataset}",
    ),
    Needs(
        QaDataConfig,
        ("evaluation_data",),
        lambda config: config.evaluation is not None,
        "no other dataset to evaluate on is named (--evaluation)",
    ),
    Needs(
        QaTrainConfig,
        tuple(name for name in QaStage1Config.model_fields if name.startswith("stage1_")),
        lambda config: config.stage1 != "never",
        "the model is taken as it is (--stage1 never)",
    ),
    Needs(
        QaStage1Config,
        ("stage1_data",),
        lambda config: config.stage1_dataset is not None,
        "no dataset of stage 1 is named (--stage1-dataset)",
    ),
    Needs(
        QaTrainConfig,
        ("temperature",),
        lambda config: config.objective != "ce",
        "the objective is ce, which learns from no teacher",
    ),
    Needs(
        QaTrainConfig,
        ("coefficient",),
        lambda config: config.objective in WEIGHTED,
        "the objective is {objective}; only kl-map and skd-map weigh the KL by what is known",
    ),
    Needs(
        BalanceConfig,
        ("configuration", "text_column"),
        lambda config: config.dataset not in CORPORA and not Path(config.dataset).exists(),
        "the text is not on the hub",
    ),
    Needs(
        BalanceConfig,
        ("data",),
        lambda config: config.dataset != FACT_WORLD and not Path(config.dataset).is_dir(),
        "the text is {dataset}, which is read from no other folder",
    ),
    Needs(
        BalanceConfig,
        ("balanced_characters",),
        lambda config: _trains(config, "balanced"),
        "no model is trained on balanced data",
    ),
    Needs(
        BalanceConfig,
        ("sampling_temperature",),
        lambda config: _trains(config, "sampled"),
        "no model is trained on languages drawn at a temperature",
    ),
    Needs(
        BalanceConfig,
        ("soft_learning_rate", "teacher_precision"),
        lambda config: _trains(config, soft=True),
        "no model learns soft labels",
    ),
    Needs(
        BalanceConfig,
        ("epochs",),
        _by_epochs,
        "every model is trained for the same steps",
    ),
)
"""What needs what; the first row that an option fails is said."""

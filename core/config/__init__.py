"""One frozen config per kind of run. It drives the form, the command line and the record.

A field's description is its help text everywhere; its default is the recommended value.
"""

from core.config.answering import (
    DecodingConfig,
    QaDataConfig,
    QaEvaluateConfig,
    QaFinetuneConfig,
    QaModelConfig,
    QaStage1Config,
    QaTrainConfig,
)
from core.config.balance import BalanceConfig
from core.config.balance_probe import BalanceProbeConfig
from core.config.base import TYPED, AdapterConfig, Config, EngineConfig, Lines, Names, flag
from core.config.distill import (
    BROUGHT,
    DemoConfig,
    DistillConfig,
    SelectConfig,
    TeachersConfig,
    TeachingConfig,
)
from core.config.generate import FILTERS, FilterName, GenerateConfig
from core.config.pretrain import PretrainConfig
from core.config.prompts import (
    AskConfig,
    DistillProbeConfig,
    LanguageModelConfig,
    ProbeConfig,
    PromptsConfig,
)
from core.config.task import DataConfig, FinetuneConfig, ModelConfig, PredictConfig, TaskConfig

__all__ = [
    "BROUGHT",
    "FILTERS",
    "TYPED",
    "AdapterConfig",
    "AskConfig",
    "BalanceConfig",
    "BalanceProbeConfig",
    "Config",
    "DataConfig",
    "DecodingConfig",
    "DemoConfig",
    "DistillConfig",
    "DistillProbeConfig",
    "EngineConfig",
    "FilterName",
    "FinetuneConfig",
    "GenerateConfig",
    "LanguageModelConfig",
    "Lines",
    "ModelConfig",
    "Names",
    "PredictConfig",
    "PretrainConfig",
    "ProbeConfig",
    "PromptsConfig",
    "QaDataConfig",
    "QaEvaluateConfig",
    "QaFinetuneConfig",
    "QaModelConfig",
    "QaStage1Config",
    "QaTrainConfig",
    "SelectConfig",
    "TaskConfig",
    "TeachersConfig",
    "TeachingConfig",
    "flag",
]

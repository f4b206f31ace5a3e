"""What the strategies other than the paper's need to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.config import TeachersConfig
from core.config.strategies import OPTIONS


@dataclass(frozen=True)
class StrategyOptions:
    """What the strategies other than the paper's need to know; each takes only some of it."""

    teachers: tuple[str, ...] = ()
    """``by-hand``: the languages that teach."""
    corpus: str = "cc100"
    """``scale``: cc100 or mc4."""
    weak_share: float = 0.5
    """``exclude-weak-...``: share of the students, or of the teachers, that are weak."""
    neighbours: int = 3
    """``proximity``: teachers each language learns from."""
    seed: int = 0
    """``random``: of the draw."""
    draw: int = 0
    """``random``: which of several draws with this seed, such as the number of a region."""

    @classmethod
    def of(cls, config: TeachersConfig, seed: int) -> StrategyOptions:
        """What a run's settings say."""
        return cls(config.teachers, config.corpus, config.weak_share, config.neighbours, seed)

    @classmethod
    def recorded(cls, config: Mapping[str, Any], teachers: Sequence[str] = ()) -> StrategyOptions:
        """The options in a record's settings; the defaults where they can't be read.

        Args:
            config: of the record.
            teachers: those of its selection, for ``by-hand``.
        """
        given = {name: config[name] for name in OPTIONS if name in config}
        named = tuple(teachers)
        try:
            kept = TeachersConfig.model_validate({**given, "teachers": named})
        except ValueError:  # pydantic's own is one
            kept = TeachersConfig(teachers=named)
        seed = config.get("seed")
        return cls.of(kept, seed if isinstance(seed, int) and seed >= 0 else 0)

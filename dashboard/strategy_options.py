"""The options that a strategy of teacher selection takes, one widget each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, get_args

import streamlit as st

from core.config import TeachersConfig
from core.config.strategies import STRATEGIES
from core.selection.strategies import StrategyOptions
from core.selection.teachers import Selection
from dashboard.choice import pick_list, pick_one
from dashboard.choice_numbers import pick_number, slide

FIELDS = TeachersConfig.model_fields
LEAST_SHARE, STEP = 0.05, 0.05


def draw_options(
    strategy: str, start: StrategyOptions, scored: Selection, of: str
) -> StrategyOptions:
    """Say in a sentence what the strategy does, and draw the options that it takes.

    Args:
        strategy: a key of `core.config.strategies.STRATEGIES`.
        start: where the controls stand before they are moved, and what the others keep.
        scored: the languages, and the threshold's teachers.
        of: whose choice it is; what was chosen for another one does not count.
    """
    names = ("seed",) if strategy == "random" else STRATEGIES[strategy].options
    said = st.container()
    if names:
        own, said = st.columns([2, 3], gap="large", vertical_alignment="center")
        with own:
            start = replace(start, **{name: WIDGETS[name](start, scored, of) for name in names})
    said.caption(STRATEGIES[strategy].sentence)
    return start


def _teachers(start: StrategyOptions, scored: Selection, of: str) -> tuple[str, ...]:
    return tuple(
        pick_list(
            scored.languages,
            start.teachers or scored.teachers,
            label="Teachers",
            key="teachers",
            of=of,
            help="Languages that teach; all others are students. Starts from the run's own "
            "choice, else from the threshold's.",
        )
    )


def _corpus(start: StrategyOptions, scored: Selection, of: str) -> str:
    return pick_one(
        get_args(FIELDS["corpus"].annotation),
        label="Corpus",
        default=start.corpus,
        key="corpus",
        of=of,
        help=str(FIELDS["corpus"].description),
    )


def _weak_share(start: StrategyOptions, scored: Selection, of: str) -> float:
    return slide(
        (LEAST_SHARE, 1.0, STEP),
        max(LEAST_SHARE, start.weak_share),
        label="Weak share",
        key="weak_share",
        of=of,
        help=str(FIELDS["weak_share"].description),
    )


def _neighbours(start: StrategyOptions, scored: Selection, of: str) -> int:
    most = len(scored.languages)
    chosen = slide(
        (1, most, 1),
        min(start.neighbours, most),
        label="Neighbours",
        key="neighbours",
        of=of,
        help=str(FIELDS["neighbours"].description),
    )
    return int(chosen)


def _seed(start: StrategyOptions, scored: Selection, of: str) -> int:
    return pick_number(
        None,
        low=0,
        default=start.seed,
        label="Seed",
        key="seed",
        width=None,
        of=of,
        help="Of the draw; a distillation with these teachers uses it for all that is random.",
    )


WIDGETS: Mapping[str, Callable[[StrategyOptions, Selection, str], Any]] = MappingProxyType(
    {
        "teachers": _teachers,
        "corpus": _corpus,
        "weak_share": _weak_share,
        "neighbours": _neighbours,
        "seed": _seed,
    }
)
"""Name of an option -> what draws it."""

"""Ways to choose the teachers: the paper's rule and what it is compared with.

A strategy is a function from the scored languages and the options to the teachers' names; a
new one is added to :data:`STRATEGIES`, and its options to :class:`StrategyOptions`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from core.data.predictions import Predictions
from core.errors import UserError
from core.selection.teachers import Selection, select_teachers


@dataclass(frozen=True)
class StrategyOptions:
    """What the strategies other than the paper's need to know."""

    teachers: tuple[str, ...] = ()
    """``by-hand``: the languages that teach."""


Strategy = Callable[[Selection, StrategyOptions], Sequence[str]]
"""From the selection at the threshold and the options to the teachers' names."""


def _alsace(selection: Selection, options: StrategyOptions) -> Sequence[str]:
    """Languages whose normalized confidence reaches the threshold (Eq. 3)."""
    return selection.teachers


def _none(selection: Selection, options: StrategyOptions) -> Sequence[str]:
    """No selection: every language teaches (Tables 3 and 10)."""
    return selection.languages


def _by_hand(selection: Selection, options: StrategyOptions) -> Sequence[str]:
    """The languages the user names."""
    if not options.teachers:
        raise UserError("strategy by-hand needs the teachers: name at least one language")
    unknown = [x for x in options.teachers if x not in selection.languages]
    if unknown:
        raise UserError(
            f"can't teach: {', '.join(unknown)}; the languages are {', '.join(selection.languages)}"
        )
    return options.teachers


STRATEGIES: Mapping[str, Strategy] = MappingProxyType(
    {"alsace": _alsace, "none": _none, "by-hand": _by_hand}
)


def choose(
    predictions: Predictions,
    strategy: str = "alsace",
    threshold: float | None = None,
    options: StrategyOptions | None = None,
) -> Selection:
    """Score the languages and let a strategy name the teachers.

    The vote, the confidences and the threshold are reported whatever the strategy; languages
    that do not teach are students. Both lists keep the order of the languages.

    Args:
        predictions: one model's answers on the same examples in every language.
        strategy: a key of :data:`STRATEGIES`.
        threshold: on the normalized confidence; None for its mean.
        options: what the strategy needs besides.

    Raises:
        UserError: an unknown strategy, or options it can't work with.
    """
    if strategy not in STRATEGIES:
        raise UserError(f"unknown strategy {strategy!r}; choose one of {', '.join(STRATEGIES)}")
    selection = select_teachers(predictions, threshold)
    named = set(STRATEGIES[strategy](selection, options or StrategyOptions()))
    return replace(
        selection,
        teachers=tuple(x for x in selection.languages if x in named),
        students=tuple(x for x in selection.languages if x not in named),
        strategy=strategy,
    )

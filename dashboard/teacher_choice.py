"""The teachers on the screen: by a strategy, its options and the threshold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from core.config import TeachersConfig
from core.config.strategies import OPTIONS, STRATEGIES, WITHOUT_THRESHOLD
from core.data.predictions import Predictions
from core.errors import UserError
from core.runs.store import StoredRun
from core.selection.strategies import StrategyOptions, choose
from core.selection.teachers import Selection, select_teachers
from dashboard.choice import pick
from dashboard.labels import escape
from dashboard.shell import show_error
from dashboard.strategy_options import draw_options
from dashboard.threshold import threshold_slider

OFFERED = tuple(name for name, known in STRATEGIES.items() if not known.prompts_only)
"""Those that need no regions; region by region is shown on the page Knowledge probing."""
WITHOUT_VOTE = "max-probability"
"""The strategy with confidences of its own, which the slider covers."""


@dataclass(frozen=True)
class Choice:
    """What the user chose and what follows from it."""

    selection: Selection
    threshold: float | None = None
    """None for the mean."""
    options: StrategyOptions = field(default_factory=StrategyOptions)

    def settings(self) -> dict[str, Any]:
        """The fields of a config that make the same choice; those it does not take at default."""
        strategy, fields = self.selection.strategy, TeachersConfig.model_fields
        taken = STRATEGIES[strategy].options
        made: dict[str, Any] = {
            name: getattr(self.options, name) if name in taken else fields[name].default
            for name in OPTIONS
        }
        made |= {
            "strategy": strategy,
            "threshold": None if strategy in WITHOUT_THRESHOLD else self.threshold,
        }
        return {**made, "seed": self.options.seed} if strategy == "random" else made


@dataclass(frozen=True)
class Start:
    """Where the controls stand before the user moves them."""

    strategy: str = "alsace"
    threshold: float | None = None
    """None for the mean."""
    options: StrategyOptions = field(default_factory=StrategyOptions)

    @classmethod
    def of(cls, run: StoredRun | None, languages: Sequence[str]) -> Start:
        """What the run's own selection used; the paper's rule at the mean without one."""
        recorded = (run.record.selection if run else None) or {}
        if run is None or not recorded:
            return cls()
        config, value = run.record.config, recorded.get("threshold")
        strategy = config.get("strategy", "alsace")
        named = recorded.get("teachers")
        teachers = tuple(x for x in languages if isinstance(named, list) and x in named)
        return cls(
            strategy if strategy in OFFERED else "alsace",
            float(value) if isinstance(value, int | float) else None,
            StrategyOptions.recorded(config, teachers),
        )


def choose_teachers(
    predictions: Predictions, run: StoredRun | None = None, url_key: str = "theta"
) -> Choice:
    """Draw the strategies, the options of the chosen one and the slider; return what they give.

    A strategy that can't choose here (no teacher named, a language of unknown family) says why,
    and nobody teaches.

    Args:
        predictions: what the choice is made from.
        run: the run they are of; the controls start from its own selection.
        url_key: name of the threshold in the address.
    """
    of = run.id if run else ""
    start = Start.of(run, predictions.languages)
    left, right = st.columns([2, 3], gap="large", vertical_alignment="bottom")
    with left:
        strategy = _pick_strategy(start.strategy, of)
    scored = choose(predictions, strategy) if strategy == WITHOUT_VOTE else None
    mean = scored or select_teachers(predictions)
    with right:
        threshold = threshold_slider(
            mean,
            start.threshold,
            url_key,
            of=f"{of} {strategy == WITHOUT_VOTE}",
            disabled=strategy in WITHOUT_THRESHOLD,
        )
    options = draw_options(strategy, start.options, mean, of)
    try:
        selection = choose(predictions, strategy, threshold, options)
    except UserError as error:
        show_error(error)
        nobody = select_teachers(predictions, threshold).with_teachers(())
        return Choice(replace(nobody, strategy=strategy), threshold, options)
    if not selection.teachers:
        st.warning(
            "No language reaches this threshold, so none teaches: move θ to the left.",
            icon=":material/warning:",
        )
    for note in selection.notes:
        st.caption(escape(note))
    return Choice(selection, threshold, options)


def _pick_strategy(start: str, of: str) -> str:
    """The list of strategies; all their sentences stand in its help, the chosen one's below."""
    listed = "\n".join(f"- **{name}**: {_described(name)}" for name in OFFERED)
    return pick(
        OFFERED,
        label="Strategy",
        default=start,
        bare=True,
        key="strategy",
        of=of,
        help="How the teachers are chosen. Starts from the run's own strategy; teachers region by "
        f"region are on the page Knowledge probing.\n\n{listed}",
    )


def _described(strategy: str) -> str:
    """The strategy's sentence, and where the paper has it."""
    known = STRATEGIES[strategy]
    return f"{known.sentence} {f'({known.tables})' if known.tables else ''}".strip()

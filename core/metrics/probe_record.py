"""A run of linear probes as its record holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import UserError
from core.metrics.balance_scores import ALL, HIGH, LOW, TEACHER, TEACHERS

IN_LANG, ZERO_SHOT = "in_lang", "zero_shot"
MEASURES = (IN_LANG, ZERO_SHOT)


@dataclass(frozen=True)
class MeanSd:
    """A score over the seeds, in percent."""

    mean: float
    sd: float | None


Cells = Mapping[str, Mapping[str, MeanSd]]


@dataclass(frozen=True)
class ProbeRecord:
    """What linear probes on frozen encoders scored."""

    task: str
    measure: str
    seeds: int
    pairs: Mapping[str, Cells]
    """model -> source -> target; teachers, which have one language each, left out."""
    by_language: Mapping[str, Cells]
    """in_lang or zero_shot -> model -> language; `TEACHERS` in their own languages."""
    by_group: Mapping[str, Cells]
    """in_lang or zero_shot -> model -> group (high, low, all)."""
    groups: Mapping[str, tuple[str, ...]]
    fitted_on: Mapping[str, str]
    """language -> the split its probes were fitted on."""
    majority: Mapping[str, float]
    """language -> what always saying the commonest tag scores."""

    @property
    def languages(self) -> tuple[str, ...]:
        """All of them."""
        return self.groups["all"]

    @property
    def models(self) -> tuple[str, ...]:
        """Those probed in every language."""
        return tuple(self.pairs)

    def marked(self, language: str) -> str:
        """The language, with a star where its probes were fitted on something else than train."""
        return language + "*" * (self.fitted_on.get(language, "train") != "train")

    @classmethod
    def from_json(cls, metrics: Mapping[str, Any]) -> ProbeRecord | None:
        """Read a record's metrics; None while it holds none.

        Raises:
            UserError: they are damaged.
        """
        if "in_lang" not in metrics:
            return None
        try:
            teachers = [x for x in metrics["scores"] if x.startswith(TEACHER)]
            by_language: dict[str, dict[str, dict[str, MeanSd]]] = {}
            for measure in MEASURES:
                found = {x: _row(own) for x, own in metrics[measure].items() if x not in teachers}
                own = [_row(metrics[measure].get(x, {})) for x in teachers]
                if any(own):
                    found[TEACHERS] = {k: v for part in own for k, v in part.items()}
                by_language[measure] = found
            by_group = {
                measure: {
                    model: _row({g: own[measure] for g, own in found.items() if measure in own})
                    for model, found in metrics["group_scores"].items()
                }
                for measure in MEASURES
            }
            return cls(
                task=str(metrics["task"]),
                measure=str(metrics["measure"]),
                seeds=int(metrics["seeds"]),
                pairs={
                    model: {source: _row(own) for source, own in pairs.items()}
                    for model, pairs in metrics["scores"].items()
                    if model not in teachers
                },
                by_language=by_language,
                by_group=by_group,
                groups=_groups(metrics["groups"]),
                fitted_on={str(x): str(s) for x, s in metrics.get("fitted_on", {}).items()},
                majority={str(x): float(s) for x, s in metrics.get("majority", {}).items()},
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UserError(f"the recorded probes can't be read: {error!r}") from error


def _groups(found: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Languages by group; all of them in the order of the others: high-resource ones first."""
    groups = {str(name): tuple(map(str, own)) for name, own in found.items()}
    ordered = [x for name in (HIGH, LOW, ALL) for x in groups.get(name, ())]
    return groups | {ALL: tuple(dict.fromkeys(x for x in ordered if x in found[ALL]))}


def _row(cells: Mapping[str, Any]) -> dict[str, MeanSd]:
    return {
        str(name): MeanSd(
            float(cell["mean"]), None if cell.get("sd") is None else float(cell["sd"])
        )
        for name, cell in cells.items()
    }

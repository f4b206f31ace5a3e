"""The content of a run's ``status.json`` as text; whatever stands in it, nothing raises."""

from __future__ import annotations

from dataclasses import dataclass

from core.runs.view import RunView
from dashboard.labels import duration


@dataclass(frozen=True)
class Progress:
    """Where a run is."""

    stage: str
    step: int
    total: int
    """0 if unknown."""
    rate: float | None
    """Steps a second."""
    seconds_left: float | None
    """Of this stage."""
    values: tuple[tuple[str, str], ...]
    """Latest numbers, by name."""

    @property
    def share(self) -> float:
        """Done of this stage, 0 to 1."""
        return min(1.0, self.step / self.total) if self.total else 0.0

    @property
    def steps(self) -> str:
        """Steps done and to do, or nothing where they are not counted."""
        return f"step {self.step:,} of {self.total:,}" if self.total else ""

    @property
    def speed(self) -> str:
        """Steps a second, or seconds a step where those are more."""
        if self.rate is None or self.rate <= 0:
            return ""
        return f"{self.rate:.1f} steps/s" if self.rate >= 1 else f"{1 / self.rate:.1f} s a step"

    @property
    def left(self) -> str:
        """Time left of this stage."""
        return "" if self.seconds_left is None else f"{duration(max(self.seconds_left, 0))} left"

    @property
    def short(self) -> str:
        """All in one short line."""
        count = f"{self.step:,}/{self.total:,}" if self.total else ""
        return " · ".join(part for part in (self.stage, count, self.speed, self.left) if part)


def progress_of(view: RunView) -> Progress:
    """The progress a run's worker wrote last."""
    status = view.progress() or {}
    values = status.get("values")
    return Progress(
        stage=str(status.get("stage") or "running"),
        step=_count(status.get("step")),
        total=_count(status.get("total")),
        rate=_number(status.get("steps_per_second")),
        seconds_left=_number(status.get("seconds_left")),
        values=tuple((str(key), _short(x)) for key, x in values.items())
        if isinstance(values, dict)
        else (),
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and abs(value) < 1e12 else None


def _count(value: object) -> int:
    return int(value) if isinstance(value, int | float) and 0 <= value < 1e12 else 0


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)

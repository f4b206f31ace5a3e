"""Every error a user can cause or meet; the command line turns each into one message.

Exit status: :class:`UserError` 2, :class:`RunCancelledError` 130, anything else 1.
"""

from __future__ import annotations

from collections.abc import Sequence


class CoreError(Exception):
    """Root of the errors raised on purpose by the engine."""


class UserError(CoreError):
    """Bad input. The message says what was wrong, where, and what to do."""


class DataError(UserError):
    """All problems of one input, in one message.

    Args:
        source: the file, folder or hub dataset the problems are in.
        problems: one line each, already naming the row or language.
        remedy: what the user can do about it.
    """

    SHOWN = 36
    """Problems of a message, so that it has no more lines than `core.quoting` lets through."""

    def __init__(self, source: str, problems: Sequence[str], remedy: str = "") -> None:
        self.source, self.problems, self.remedy = source, tuple(problems), remedy
        shown = list(self.problems[: self.SHOWN])
        if len(self.problems) > self.SHOWN:
            shown.append(f"... and {len(self.problems) - self.SHOWN} more")
        count = "1 problem" if len(self.problems) == 1 else f"{len(self.problems)} problems"
        lines = [f"{source}: {count}", *(f"  - {problem}" for problem in shown)]
        super().__init__("\n".join(lines + ([remedy] if remedy else [])))


class RunCancelledError(CoreError):
    """A run stopped because the user asked for it; its checkpoint is kept."""


class RunPausedError(RunCancelledError):
    """A run stopped because its machine is needed back; its checkpoint is kept, and it waits."""


class ClaimLostError(CoreError):
    """Another process took the run over, believing this one gone; this one writes no more."""


def exit_status(error: Exception) -> int:
    """The exit status of a process that this error ends."""
    if isinstance(error, RunCancelledError):
        return 130
    return 2 if isinstance(error, UserError) else 1

"""When memory runs out: half as much at once, and on."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

from accelerate.utils.memory import find_executable_batch_size, should_reduce_batch_size

from core.errors import CoreError

T = TypeVar("T")
Note = Callable[[str], None]
"""Told in one sentence when less goes through the model at once."""


class Fitting:
    """How many things go through the model at once; halved when memory runs out, and kept so.

    The result of a step does not depend on it but for the order of sums and the dropout drawn.

    Args:
        size: how many at first.
        what: they are, in the plural, for the note.
        note: told when there are fewer.
    """

    def __init__(self, size: int, what: str, note: Note | None = None) -> None:
        self.size, self.what, self.note = size, what, note

    def __call__(self, attempt: Callable[[int], T]) -> T:
        """Do a step, with less at once after each time that memory runs out.

        Args:
            attempt: the step; told how many go through the model at once. It is begun anew, so
                nothing it did before may count twice.

        Raises:
            CoreError: not even one fits.
        """
        try:
            return attempt(self.size)
        except RuntimeError as error:
            if not should_reduce_batch_size(error):
                raise
        return self._again(attempt)

    def _again(self, attempt: Callable[[int], T]) -> T:
        before = self.size

        def halve() -> int:
            self.size //= 2
            return self.size

        def step(size: int) -> T:
            return attempt(size)

        try:
            done: T = find_executable_batch_size(
                step, starting_batch_size=halve(), reduce_batch_size_fn=halve
            )()
        except RuntimeError as error:
            if self.size:
                raise
            self.size = before
            raise CoreError(
                f"out of memory even with the fewest {self.what} at a time; shorten --max-length, "
                "use --precision bfloat16 or --gradient-checkpointing, train adapters (--lora 8), "
                "or take a smaller model"
            ) from error
        text = f"Memory ran out with {before:,} {self.what} at once; from then on {self.size:,}."
        sys.stderr.write(f"{text}\n")
        if self.note is not None:
            self.note(text)
        return done

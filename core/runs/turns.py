"""A few processes at a time: each waits for one of so many places, and keeps it while it works.

A place is a claim (`core.runs.claims`); that of a process that died is simply taken over.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.runs import claims

LOOK_SECONDS = 1.0


@contextmanager
def turn(folder: Path, count: int, given_up: Callable[[], bool]) -> Iterator[int | None]:
    """Hold one of the places inside the block; all who wait are on one machine.

    Args:
        folder: of the places.
        count: how many there are.
        given_up: asked between two looks; True ends the waiting.

    Yields:
        The number of the place, from 0; None if the waiting was given up.

    Raises:
        OSError: the folder can't be written to.
    """
    while not given_up():
        for number in range(count):
            claim = _take(folder / str(number))
            if claim is not None:
                try:
                    yield number
                finally:
                    claim.release()
                return
        time.sleep(LOOK_SECONDS * random.uniform(0.5, 1.0))
    yield None


def _take(place: Path) -> claims.Claim | None:
    place.mkdir(parents=True, exist_ok=True)
    found = claims.newest(place)
    return claims.take(place, found) if found.is_alive()[0] is False else None

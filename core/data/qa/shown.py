"""What a model answered to a few questions, to be looked at: best spans, start and end curves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data.arrays import load_arrays, save_arrays
from core.errors import UserError

NONE = -1
"""Stands for a span or a position that is not there."""
PLACES = ("spans", "offsets")
"""Arrays of places in a context."""
FINEST = 2.0**-11
"""Step between two probabilities of a curve: finer than can be drawn, and far smaller on disk."""


def drawable(probabilities: NDArray[np.floating]) -> NDArray[np.float16]:
    """Probabilities of a curve in steps of `FINEST`."""
    return (np.round(probabilities / FINEST) * FINEST).astype(np.float16)


@dataclass(frozen=True)
class ShownAnswers:
    """Q question languages, C context languages, S questions, R ranks; texts are not kept.

    The curves of all (question language, context language, question) lie one behind the other in
    arrays of T tokens; ``curve`` says which part is whose.
    """

    questions: tuple[str, ...]
    """Languages of the questions, in order."""
    contexts: tuple[str, ...]
    """Languages of the contexts, in order."""
    ids: tuple[str, ...]
    """The S items shown."""
    spans: NDArray[np.int32]
    """[Q, C, S, R, 2]: first character and the one after the last, of the best answers in the
    context; `NONE` where there are fewer."""
    probabilities: NDArray[np.float32]
    """[Q, C, S, R]: start probability x end probability; 0 where there are fewer."""
    right: NDArray[np.bool_]
    """[Q, C, S, R]: whether the answer is exactly right."""
    curve: NDArray[np.int64]
    """[Q, C, S, 2]: first token and the one after the last; both 0 where it was not asked."""
    offsets: NDArray[np.int32]
    """[T, 2]: characters of each context token of the window that holds the best answer."""
    start: NDArray[np.float16]
    """[T]: probability that the answer starts here, see `drawable`."""
    end: NDArray[np.float16]
    """[T]: probability that the answer ends here, see `drawable`."""
    gold: NDArray[np.int32]
    """[Q, C, S, 2]: right start and end, as places in the curve; `NONE` outside the window."""

    def save(self, path: Path) -> None:
        """Write everything to an npz file."""
        arrays: dict[str, NDArray[np.generic]] = {
            name: np.array(getattr(self, name)) for name in ("questions", "contexts", "ids")
        }
        names = ("probabilities", "right", "curve", "start", "end", "gold")
        arrays |= {name: getattr(self, name) for name in names}
        save_arrays(path, arrays | {name: _narrow(getattr(self, name)) for name in PLACES})

    @classmethod
    def load(cls, path: Path) -> ShownAnswers:
        """Read what `save` wrote.

        Raises:
            UserError: the file is missing or damaged.
        """
        try:
            found = load_arrays(path)
            for name in ("questions", "contexts", "ids"):
                found[name] = tuple(str(x) for x in found[name])  # type: ignore[assignment]
            for name in PLACES:
                found[name] = found[name].astype(np.int32)
            return cls(**found)  # type: ignore[arg-type]
        except Exception as error:
            raise UserError(f"{path.name} can't be read as shown answers: {error}") from error


def _narrow(places: NDArray[np.int32]) -> NDArray[np.signedinteger]:
    """The same in 16 bits where they fit: texts that long are rare, and half as many bytes."""
    fits = not places.size or places.max() <= np.iinfo(np.int16).max
    return places.astype(np.int16) if fits else places

"""What a model said about every example in every language: the input of all analysis."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import UserError
from core.quoting import quote, quote_all


@dataclass(frozen=True)
class Predictions:
    """Probabilities of one model on the same examples in every language.

    Stored as float32 and computed in float64; a brought file is kept exactly as read.
    """

    languages: tuple[str, ...]
    examples: tuple[str, ...]
    """One id per example, unique."""
    probabilities: NDArray[np.floating]
    """[languages, examples, classes]; rows sum to 1; 0 where a class is absent."""
    class_names: tuple[str, ...] = ()
    """Class names in index order; ``0, 1, ...`` when unknown."""
    gold: NDArray[np.bool_] | None = None
    """[examples, classes]: the right classes (one for classification, several for probing)."""
    class_mask: NDArray[np.bool_] | None = None
    """[examples, classes]: classes the example has; None when every example has all of them."""
    clusters: tuple[str, ...] = ()
    """One cluster per example, the unit of resampling; the example itself if empty."""

    def __post_init__(self) -> None:
        """Fill the defaults and check the shapes."""
        shape = (len(self.languages), len(self.examples))
        if self.probabilities.ndim != 3 or self.probabilities.shape[:2] != shape:
            raise UserError(
                f"predictions: probabilities have shape {self.probabilities.shape}, expected "
                f"[{shape[0]} languages, {shape[1]} examples, classes]"
            )
        if not self.clusters:
            object.__setattr__(self, "clusters", self.examples)
        if not self.class_names:
            names = tuple(str(k) for k in range(self.probabilities.shape[2]))
            object.__setattr__(self, "class_names", names)
        for name, part in (("gold", self.gold), ("class_mask", self.class_mask)):
            if part is not None and part.shape != self.probabilities.shape[1:]:
                raise UserError(
                    f"predictions: {name} has shape {part.shape}, expected "
                    f"{self.probabilities.shape[1:]} (examples, classes)"
                )
        self._check_gold()

    def _check_gold(self) -> None:
        """Every example needs a right class, and it must be one the example has."""
        if self.gold is None:
            return
        if len(bare := np.flatnonzero(~self.gold.any(axis=1))):
            raise UserError(
                f"predictions: example {quote(self.examples[bare[0]])} has no gold class"
            )
        if self.class_mask is not None and (self.gold & ~self.class_mask).any():
            first = int(np.flatnonzero((self.gold & ~self.class_mask).any(axis=1))[0])
            raise UserError(
                f"predictions: the gold class of example {quote(self.examples[first])} is none of "
                "its own"
            )

    def _check_names(self) -> None:
        """As many names as there are things, each once.

        Raises:
            ValueError: more, fewer, or one twice.
        """
        if len(self.clusters) != len(self.examples):
            raise ValueError(f"{len(self.clusters)} clusters of {len(self.examples)} examples")
        if len(self.class_names) != self.probabilities.shape[2]:
            raise ValueError(f"{len(self.class_names)} class names do not fit the probabilities")
        for what, names in (("language", self.languages), ("example", self.examples)):
            if len(set(names)) < len(names):
                raise ValueError(f"a {what} stands twice")

    @property
    def fingerprint(self) -> str:
        """SHA-256 of languages, examples and probabilities (16 hex digits)."""
        digest = hashlib.sha256("\x1e".join((*self.languages, *self.examples)).encode())
        digest.update(np.ascontiguousarray(self.probabilities, dtype="<f8").tobytes())
        return digest.hexdigest()[:16]

    def in_languages(self, languages: Sequence[str]) -> Predictions:
        """The same examples in these languages only, in this order."""
        missing = [language for language in languages if language not in self.languages]
        if missing:
            raise UserError(
                f"the predictions have no {quote_all(missing)}; they have "
                f"{quote_all(self.languages)}"
            )
        rows = [self.languages.index(language) for language in languages]
        return replace(self, languages=tuple(languages), probabilities=self.probabilities[rows])

    def save(self, path: Path) -> None:
        """Write one ``.npz`` (float32, no pickle), by a temporary file and a rename."""
        arrays: dict[str, NDArray[np.generic]] = {
            "languages": np.array(self.languages),
            "examples": np.array(self.examples),
            "class_names": np.array(self.class_names),
            "clusters": np.array(self.clusters),
            "probabilities": self.probabilities.astype(np.float32),
        }
        if self.gold is not None:
            arrays["gold"] = self.gold
        if self.class_mask is not None:
            arrays["class_mask"] = self.class_mask
        temporary = path.with_name(f".{path.name}.tmp")
        try:
            with temporary.open("wb") as handle:
                np.savez_compressed(handle, allow_pickle=False, **arrays)
                handle.flush()
                os.fsync(handle.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)  # there only if something failed

    @classmethod
    def load(cls, path: Path) -> Predictions:
        """Read what :meth:`save` wrote.

        Raises:
            UserError: the file is missing or damaged.
        """
        try:
            with np.load(path, allow_pickle=False) as arrays:
                found = cls(
                    languages=tuple(str(x) for x in arrays["languages"]),
                    examples=tuple(str(x) for x in arrays["examples"]),
                    probabilities=_of_kind(arrays["probabilities"], "f"),
                    class_names=tuple(str(x) for x in arrays["class_names"]),
                    gold=_of_kind(arrays.get("gold"), "b"),
                    class_mask=_of_kind(arrays.get("class_mask"), "b"),
                    clusters=tuple(str(x) for x in arrays["clusters"]),
                )
            found._check_names()
            return found
        except Exception as error:
            raise UserError(f"{path.name} can't be read as predictions: {error}") from error


def _of_kind(array: Any, kind: str) -> Any:
    """An array of one of numpy's kinds, or None as it is.

    Raises:
        ValueError: it is of another.
    """
    if array is not None and array.dtype.kind != kind:
        raise ValueError(f"an array holds {array.dtype} and not what it should")
    return array

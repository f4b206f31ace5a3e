"""What a model said about every example in every language: the input of all analysis."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data.answers import answers
from core.data.arrays import load_arrays, of_kind, save_arrays
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

    @cached_property
    def version(self) -> str:
        """SHA-256 of all they hold but the names of the classes: other ones have another."""
        gold, mask = (
            b"" if x is None else np.packbits(x).tobytes() for x in (self.gold, self.class_mask)
        )
        named = "\x1e".join((*self.languages, *self.examples, *self.clusters)).encode()
        digest = hashlib.sha256(named + gold + mask)
        digest.update(np.ascontiguousarray(self.probabilities).data)
        return digest.hexdigest()

    @cached_property
    def chosen(self) -> NDArray[np.int64]:
        """[languages, examples]: each language's answer, see `core.data.answers`."""
        return answers(self.probabilities, self.class_mask)

    def take(self, places: Sequence[int] | NDArray[np.integer]) -> Predictions:
        """The examples at these places, in this order."""
        chosen = np.asarray(places, dtype=np.int64)
        return replace(
            self,
            examples=tuple(self.examples[i] for i in chosen),
            probabilities=self.probabilities[:, chosen],
            gold=None if self.gold is None else self.gold[chosen],
            class_mask=None if self.class_mask is None else self.class_mask[chosen],
            clusters=tuple(self.clusters[i] for i in chosen),
        )

    def in_languages(self, languages: Sequence[str]) -> Predictions:
        """The same examples in these languages only, in this order."""
        if tuple(languages) == self.languages:
            return self
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
        examples = np.array(self.examples)
        arrays: dict[str, NDArray[np.generic]] = {
            "languages": np.array(self.languages),
            "examples": examples,
            "class_names": np.array(self.class_names),
            "clusters": examples if self.clusters == self.examples else np.array(self.clusters),
            "probabilities": self.probabilities.astype(np.float32, copy=False),
        }
        if self.gold is not None:
            arrays["gold"] = self.gold
        if self.class_mask is not None:
            arrays["class_mask"] = self.class_mask
        save_arrays(path, arrays)

    @classmethod
    def load(cls, path: Path) -> Predictions:
        """Read what :meth:`save` wrote.

        Raises:
            UserError: the file is missing or damaged.
        """
        try:
            arrays = load_arrays(path)
            found = cls(
                languages=tuple(str(x) for x in arrays["languages"]),
                examples=tuple(str(x) for x in arrays["examples"]),
                probabilities=of_kind(arrays["probabilities"], "f"),
                class_names=tuple(str(x) for x in arrays["class_names"]),
                gold=of_kind(arrays.get("gold"), "b"),
                class_mask=of_kind(arrays.get("class_mask"), "b"),
                clusters=tuple(str(x) for x in arrays["clusters"]),
            )
            found._check_names()
            return found
        except Exception as error:
            raise UserError(f"{path.name} can't be read as predictions: {error}") from error

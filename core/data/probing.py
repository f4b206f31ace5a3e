"""A probing dataset: prompts with a gap, and candidates for it that mean the same everywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.errors import UserError

MASK = "<mask>"
"""The gap in a prompt; a scorer replaces it by the model's own mask token(s)."""
Indexes = tuple[int, ...]


@dataclass(frozen=True)
class LanguageProbes:
    """What one language is asked; one entry per example in every part."""

    prompts: tuple[str, ...]
    """One `MASK` each."""
    candidates: tuple[tuple[str, ...], ...]
    """The language's own candidates, in the file's order; one may be listed twice."""
    classes: tuple[Indexes, ...]
    """Per candidate, the aligned class it means."""
    gold: tuple[Indexes, ...]
    """The right candidates by the language's own file, as indexes into `candidates`."""
    countryless: tuple[str, ...] = ()
    """The prompts without the country or region, for calibration; empty where there are none."""
    names: tuple[str, ...] = field(default=(), repr=False, compare=False)
    """What messages call each prompt, e.g. ``mine.jsonl line 3``; empty: after its example. Not
    printed, so that the fingerprint does not hang on where a prompt stands."""

    def take(self, positions: Sequence[int]) -> LanguageProbes:
        """The entries at these positions, in this order."""
        return LanguageProbes(
            prompts=tuple(self.prompts[i] for i in positions),
            candidates=tuple(self.candidates[i] for i in positions),
            classes=tuple(self.classes[i] for i in positions),
            gold=tuple(self.gold[i] for i in positions),
            countryless=tuple(self.countryless[i] for i in positions) if self.countryless else (),
            names=tuple(self.names[i] for i in positions) if self.names else (),
        )

    def followed_by(self, other: LanguageProbes) -> LanguageProbes:
        """The entries of both, one after the other."""
        return LanguageProbes(
            prompts=self.prompts + other.prompts,
            candidates=self.candidates + other.candidates,
            classes=self.classes + other.classes,
            gold=self.gold + other.gold,
            countryless=self.countryless + other.countryless,
            names=self.names + other.names,
        )

    def unchanged(self) -> Indexes:
        """Positions whose country-less prompt is the prompt itself.

        A calibrated score is 0 for every candidate there, so every right answer counts.
        """
        pairs = enumerate(zip(self.prompts, self.countryless, strict=False))
        return tuple(i for i, (prompt, plain) in pairs if prompt == plain)

    def lengths(self) -> dict[str, int]:
        """Entries of each part that must have one per example."""
        parts = {
            "prompts": self.prompts,
            "candidates": self.candidates,
            "classes": self.classes,
            "gold": self.gold,
        }
        if self.countryless:
            parts["countryless"] = self.countryless
        if self.names:
            parts["names"] = self.names
        return {name: len(part) for name, part in parts.items()}


@dataclass(frozen=True)
class ProbingDataset:
    """Examples that ask every language the same; the classes are the candidates by meaning.

    A language is SCORED on its own candidates and its own right answers
    (`core.metrics.probing`); languages VOTE and are distilled on the aligned classes
    (`core.data.probing_scores`). Loaders check the data before they build one; the constructor
    guards what the rest relies on.
    """

    name: str
    """Short name of the benchmark or file, e.g. ``geomlama``."""
    example_ids: tuple[str, ...]
    """One id per example, unique, the same in every language."""
    groups: tuple[str, ...]
    """One group per example, the unit of resampling and of splitting (cluster)."""
    regions: tuple[str, ...]
    """What the example asks about (a country code, a region); empty if there are no regions."""
    gold: tuple[Indexes, ...]
    """The right aligned classes, one or several, ascending."""
    probes: Mapping[str, LanguageProbes]
    """language -> what it is asked."""
    source: Mapping[str, str] = field(default_factory=dict)
    """Files, seeds, options. Never an absolute path."""

    def __post_init__(self) -> None:
        """Check the lengths, the ids, and that every map leads onto the same classes.

        Raises:
            UserError: one of them is wrong.
        """
        count = len(self.example_ids)
        lengths = {"groups": len(self.groups), "gold": len(self.gold)}
        if self.regions:
            lengths["regions"] = len(self.regions)
        for language, probes in self.probes.items():
            lengths |= {f"{language} {part}": n for part, n in probes.lengths().items()}
        wrong = [f"{part} has {length}" for part, length in lengths.items() if length != count]
        if wrong:
            raise UserError(f"{self.name}: {count} examples, but {', '.join(wrong)}")
        if len(set(self.example_ids)) != count:
            raise UserError(f"{self.name}: example ids are not unique")
        for language, probes in self.probes.items():
            for i, example in enumerate(self.example_ids):
                if problem := self._misfit(probes, i):
                    raise UserError(f"{self.name}: {language}, example {example}: {problem}")

    def _misfit(self, probes: LanguageProbes, i: int) -> str | None:
        """What is wrong with one language's entry of one example."""
        classes, gold = probes.classes[i], probes.gold[i]
        if len(classes) != len(probes.candidates[i]):
            return f"{len(probes.candidates[i])} candidates, but classes for {len(classes)}"
        if set(classes) != set(range(self.class_counts[i])):
            return f"the candidates do not cover the classes 0 to {self.class_counts[i] - 1}"
        if not set(gold) <= set(range(len(classes))):
            return "a right answer is not among the candidates"
        if not self.gold[i] or len(gold) != len(self.gold[i]):
            return f"{len(gold)} right answers, but {len(self.gold[i])} right classes"
        if not set(self.gold[i]) <= set(classes):
            return "a right class is not among the classes"
        return None

    def __len__(self) -> int:
        """Number of examples (not multiplied by languages)."""
        return len(self.example_ids)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages, in order."""
        return tuple(self.probes)

    @cached_property
    def class_counts(self) -> Indexes:
        """Number of aligned classes of each example."""
        first = next(iter(self.probes.values()), None)
        return () if first is None else tuple(max(row, default=-1) + 1 for row in first.classes)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of everything but name and source (16 hex digits)."""
        parts = (self.example_ids, self.groups, self.regions, self.gold)
        digest = hashlib.sha256(repr(parts).encode())
        for language, probes in self.probes.items():
            digest.update(repr((language, probes)).encode())
        return digest.hexdigest()[:16]

    def take(self, indices: Sequence[int] | NDArray[np.integer]) -> ProbingDataset:
        """The examples at these positions, in this order, in every language."""
        positions = [int(i) for i in indices]
        return replace(
            self,
            example_ids=tuple(self.example_ids[i] for i in positions),
            groups=tuple(self.groups[i] for i in positions),
            regions=tuple(self.regions[i] for i in positions) if self.regions else (),
            gold=tuple(self.gold[i] for i in positions),
            probes={language: probes.take(positions) for language, probes in self.probes.items()},
        )

    def followed_by(self, other: ProbingDataset) -> ProbingDataset:
        """Examples of the same languages, one dataset after the other; named as this one."""
        return replace(
            self,
            example_ids=self.example_ids + other.example_ids,
            groups=self.groups + other.groups,
            regions=self.regions + other.regions,
            gold=self.gold + other.gold,
            probes={
                language: probes.followed_by(other.probes[language])
                for language, probes in self.probes.items()
            },
        )

    def in_languages(self, languages: Sequence[str]) -> ProbingDataset:
        """The same examples in these languages only, in this order.

        Raises:
            UserError: a language is not in the dataset; the message lists those that are.
        """
        missing = [language for language in languages if language not in self.probes]
        if missing:
            raise UserError(
                f"{self.name} has no {', '.join(missing)}; it has {', '.join(self.languages)}"
            )
        return replace(self, probes={language: self.probes[language] for language in languages})

    def folds(self, count: int, seed: int) -> list[NDArray[np.int64]]:
        """Deal the groups to folds of nearly as many groups each, in a seeded order.

        Returns:
            Per fold the positions of its examples, ascending; together every example once.

        Raises:
            UserError: fewer than two folds, or more than there are groups.
        """
        names = list(dict.fromkeys(self.groups))
        if not 2 <= count <= len(names):
            possible = f"2 to {len(names)}" if len(names) > 1 else "no"
            raise UserError(
                f"--folds: {self.name} has {len(names)} question groups, so {possible} folds are "
                f"possible, not {count}; --folds 0 evaluates on the prompts that are distilled"
            )
        order = np.random.default_rng(seed).permutation(len(names))
        fold_of = {names[group]: place % count for place, group in enumerate(order)}
        folds = np.array([fold_of[group] for group in self.groups])
        return [np.flatnonzero(folds == fold) for fold in range(count)]

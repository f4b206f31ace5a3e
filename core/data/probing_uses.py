"""Which prompts are distilled, which choose the teachers, and which tell the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.data.fact_world import FactWorld, ProbeWordings, Split, as_probing, probe
from core.data.probing import ProbingDataset
from core.errors import UserError

LEFT_OVER = 300
"""Facts of the fact world on which teachers are chosen, at most."""
TRANSDUCTIVE = ("transductive", "selection items also distilled")
"""Badges of results on the prompts that were distilled."""


@dataclass(frozen=True)
class ProbingUses:
    """The examples of each use."""

    distillation: ProbingDataset
    selection: ProbingDataset
    """Teachers are chosen on them and collapse is watched on them."""
    evaluations: Mapping[str, ProbingDataset]
    """Name -> examples that tell the result; the first one is the main one."""
    badges: tuple[str, ...] = ()

    @property
    def main(self) -> str:
        """Name of the main evaluation."""
        return next(iter(self.evaluations))


def transductive(data: ProbingDataset) -> ProbingUses:
    """All examples for everything; the badges say so."""
    return ProbingUses(data, data, {"prompts that were distilled": data}, TRANSDUCTIVE)


def cross_validation(
    data: ProbingDataset, count: int, seed: int, selection_share: float
) -> list[ProbingUses]:
    """One split per fold: its groups tell the result, the others are distilled or choose.

    Args:
        data: whose groups stay whole (all paraphrases and countries of a question).
        count: of folds.
        seed: of the order in which groups are dealt.
        selection_share: of a fold's other groups.

    Raises:
        UserError: fewer than two folds or more than groups, or nothing would be left to distil.
    """
    folds = data.folds(count, seed)
    everything = np.arange(len(data))
    found = []
    for number, fold in enumerate(folds):
        rest = data.take(np.setdiff1d(everything, fold))
        selection, distillation = _deal(rest, selection_share, seed, number)
        found.append(
            ProbingUses(
                rest.take(distillation),
                rest.take(selection),
                {"prompts of groups that were not distilled": data.take(fold)},
            )
        )
    return found


def comparable(data: ProbingDataset) -> ProbingDataset:
    """The examples whose prompt names its country in every language.

    Where a prompt equals its country-less form, a calibrated distribution is uniform: that
    language has no opinion, and must not vote for the first candidate.
    """
    silent = {i for probes in data.probes.values() for i in probes.unchanged()}
    return data.take([i for i in range(len(data)) if i not in silent]) if silent else data


def only_comparable(uses: ProbingUses) -> ProbingUses:
    """The same evaluations, with `comparable` examples to distil and to choose teachers on.

    Raises:
        UserError: too few are left.
    """
    distillation = comparable(uses.distillation)
    same = uses.selection is uses.distillation
    selection = distillation if same else comparable(uses.selection)
    if min(len(distillation), len(selection)) < 2:
        raise UserError(
            f"{uses.distillation.name}: the country-less form of nearly all prompts is the prompt "
            "itself, so calibrated scores say nothing; give other ones, or say --calibration raw"
        )
    return replace(uses, distillation=distillation, selection=selection)


def _deal(
    rest: ProbingDataset, share: float, seed: int, number: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions for the selection and for the distillation, whole groups in seeded order."""
    names = list(dict.fromkeys(rest.groups))
    if len(names) < 2:
        raise UserError(
            f"{rest.name}: a fold leaves {len(names)} group, and 2 or more are needed, to choose "
            "teachers on and to distil on; say --folds 0, or give more groups"
        )
    order = np.random.default_rng((seed, number)).permutation(len(names))
    chosen = {names[i] for i in order[: min(len(names) - 1, max(1, round(share * len(names))))]}
    is_chosen = np.array([group in chosen for group in rest.groups])
    return np.flatnonzero(is_chosen), np.flatnonzero(~is_chosen)


def fact_world_uses(
    world: FactWorld, splits: tuple[Split, ...], shots: int, seed: int
) -> ProbingUses:
    """Facts to distil in one wording, and results on other wordings and on held-out facts.

    Held-out wordings stand in no training text; another wording stands there too, but is not the
    one that is distilled.

    Args:
        world: the world.
        splits: whose facts may be distilled; those of ``test`` are always held out.
        shots: facts to distil, about; territories stay whole.
        seed: of the order in which territories are dealt.

    Raises:
        UserError: nothing is left to choose teachers on.
    """

    def asked(splits: tuple[Split, ...], wordings: ProbeWordings) -> list[ProbingDataset]:
        return [as_probing(probe(world, split, wordings)) for split in splits]

    data = joined(asked(splits, "seen"))
    distilled, left = _by_size(data, shots, seed)
    if len(left) < 2 or len(distilled) < 2:
        raise UserError(
            f"fact-world: --shots {shots} of {len(data)} facts leaves {len(left)} to choose "
            "teachers on, 2 or more are needed; ask for fewer"
        )
    again = joined(asked(splits, "another")).take(distilled)
    unseen = joined(asked(splits, "held-out")).take(distilled)
    return ProbingUses(
        data.take(distilled),
        data.take(left[:LEFT_OVER]),
        {
            "distilled facts, held-out wordings": unseen,
            "distilled facts, another wording": again,
            "held-out facts": joined(asked(("test",), "seen")),
            "held-out facts, held-out wordings": joined(asked(("test",), "held-out")),
        },
    )


def _by_size(data: ProbingDataset, size: int, seed: int) -> tuple[list[int], list[int]]:
    """Positions of whole groups in seeded order, until there are so many; and of the others."""
    names = list(dict.fromkeys(data.groups))
    members: dict[str, list[int]] = {name: [] for name in names}
    for position, group in enumerate(data.groups):
        members[group].append(position)
    taken: list[int] = []
    left: list[int] = []
    for place in np.random.default_rng(seed).permutation(len(names)):
        target = taken if len(taken) < size else left
        target.extend(members[names[place]])
    return sorted(taken), left


def joined(parts: list[ProbingDataset]) -> ProbingDataset:
    """Datasets of the same languages one after the other."""
    first, *others = parts
    for other in others:
        first = first.followed_by(other)
    return first

"""Which prompts are distilled and which tell the result: groups stay whole, nothing is in both."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.data.fact_world import FactWorld
from core.data.probing import LanguageProbes, ProbingDataset
from core.data.probing_uses import (
    cross_validation,
    fact_world_uses,
    only_comparable,
    transductive,
)
from core.errors import UserError

COUNT = 40


def data(groups: int = 10) -> ProbingDataset:
    one, two = ("x", "y"), (0, 1)
    probes = LanguageProbes(("<mask>",) * COUNT, (one,) * COUNT, (two,) * COUNT, ((0,),) * COUNT)
    return ProbingDataset(
        "trial",
        tuple(str(i) for i in range(COUNT)),
        tuple(str(i % groups) for i in range(COUNT)),
        ("KE", "US") * (COUNT // 2),
        ((0,),) * COUNT,
        {"en": probes, "sw": probes},
    )


def test_folds_share_no_group_and_cover_everything() -> None:
    found = cross_validation(data(), 5, 0, 0.25)
    assert len(found) == 5
    asked = [x for uses in found for x in uses.evaluations[uses.main].example_ids]
    assert sorted(asked, key=int) == [str(i) for i in range(COUNT)]
    for uses in found:
        held_out = set(uses.evaluations[uses.main].groups)
        distilled, chosen = set(uses.distillation.groups), set(uses.selection.groups)
        assert not held_out & distilled and not held_out & chosen and not distilled & chosen
        assert len(held_out | distilled | chosen) == 10
        assert uses.badges == ()


def test_another_seed_deals_others() -> None:
    one, same, other = (cross_validation(data(), 5, seed, 0.25) for seed in (0, 0, 1))
    assert [u.distillation.example_ids for u in one] == [u.distillation.example_ids for u in same]
    assert [u.distillation.example_ids for u in one] != [u.distillation.example_ids for u in other]


def test_too_few_groups() -> None:
    with pytest.raises(UserError, match="--folds 0"):
        cross_validation(data(2), 2, 0, 0.25)
    with pytest.raises(UserError, match="2 to 10 folds"):
        cross_validation(data(), 11, 0, 0.25)


def test_the_prompts_themselves_carry_badges() -> None:
    assert transductive(data()).badges[0] == "transductive"


def test_facts_and_wordings_that_were_not_distilled() -> None:
    world = FactWorld.build(languages=("en", "sw"))
    uses = fact_world_uses(world, ("labelled", "unlabelled"), 250, 0)
    distilled = uses.distillation
    assert 250 <= len(distilled) < 265 and len(uses.selection) == 300
    assert not set(distilled.groups) & set(uses.selection.groups)
    unseen, another, held_out, both = uses.evaluations.values()

    def facts(part: ProbingDataset) -> list[str]:
        return [name.rsplit("/", 1)[0] for name in part.example_ids]

    assert facts(another) == facts(unseen) == facts(distilled)
    assert not set(another.example_ids) & set(distilled.example_ids)
    assert not set(unseen.example_ids) & set(distilled.example_ids)
    assert not set(facts(held_out)) & set(facts(distilled))
    assert facts(held_out) == facts(both)
    for part in (another, unseen):  # the same candidates, in another sentence
        assert part.probes["sw"].candidates == distilled.probes["sw"].candidates
        pairs = zip(part.probes["sw"].prompts, distilled.probes["sw"].prompts, strict=True)
        assert np.mean([one == other for one, other in pairs]) == 0


def test_prompts_equal_to_their_country_less_form_are_left_out() -> None:
    whole = data()
    plain = tuple("<mask>" if i == 3 else "" for i in range(COUNT))
    probes = {x: replace(probes, countryless=plain) for x, probes in whole.probes.items()}
    uses = only_comparable(transductive(replace(whole, probes=probes)))
    assert len(uses.distillation) == COUNT - 1 and "3" not in uses.distillation.example_ids
    assert uses.selection is uses.distillation and len(uses.evaluations[uses.main]) == COUNT
    silent = {x: replace(probes, countryless=probes.prompts) for x, probes in whole.probes.items()}
    with pytest.raises(UserError, match="--calibration raw"):
        only_comparable(transductive(replace(whole, probes=silent)))

"""The fact world: facts about territories in 12 languages, and every task the engine needs of them.

Which language was given which fact is known (`FactWorld.truth`), so the right teachers are known.

- `facts`: what CLDR says, and the names in every language
- `wordings`: the project's own sentences around the names
- `coverage`: which language is given which facts
- `knowing`: who was given more of a region's facts than the average language
- `world`: a seeded world with its splits
- `nli`, `probe`, `qa`, `text`: the tasks and the training text
- `pairs`: texts that mean the same, for pretraining
"""

from core.data.fact_world.coverage import AFFINITY, DEFAULT_COVERAGE, HOME_REGIONS
from core.data.fact_world.facts import (
    LANGUAGES,
    RELATIONS,
    Fact,
    cldr_facts,
    name,
    region_name,
    territory_name,
    value_name,
)
from core.data.fact_world.knowing import knowing, shares_given
from core.data.fact_world.nli import CLASS_NAMES, nli
from core.data.fact_world.pairs import name_pairs, parallel_texts, restatements
from core.data.fact_world.probe import ProbeDataset, ProbeItem, ProbeWordings, as_probing, probe
from core.data.fact_world.qa import QaItem, qa, qa_items
from core.data.fact_world.text import training_text
from core.data.fact_world.wordings import MASK, WordingSet
from core.data.fact_world.world import SPLIT_SHARES, FactWorld, Split

__all__ = [
    "AFFINITY",
    "CLASS_NAMES",
    "DEFAULT_COVERAGE",
    "HOME_REGIONS",
    "LANGUAGES",
    "MASK",
    "RELATIONS",
    "SPLIT_SHARES",
    "Fact",
    "FactWorld",
    "ProbeDataset",
    "ProbeItem",
    "ProbeWordings",
    "QaItem",
    "Split",
    "WordingSet",
    "as_probing",
    "cldr_facts",
    "knowing",
    "name",
    "name_pairs",
    "nli",
    "parallel_texts",
    "probe",
    "qa",
    "qa_items",
    "region_name",
    "restatements",
    "shares_given",
    "territory_name",
    "training_text",
    "value_name",
]

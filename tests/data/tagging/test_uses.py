"""Which sentences are fitted on and which tested on."""

from __future__ import annotations

import pytest

from core.data.tagging.dataset import TaggedSentences, TaggingDataset
from core.data.tagging.uses import allocate, ledger_of_probe
from core.errors import UserError


def part(name: str, count: int, word: str = "w") -> TaggedSentences:
    return TaggedSentences(
        tuple(f"{name}{i}" for i in range(count)),
        tuple((f"{word}{i}", name) for i in range(count)),
        tuple((0, 1) for _ in range(count)),
    )


def dataset(**languages: dict[str, TaggedSentences]) -> TaggingDataset:
    return TaggingDataset("ud", "pos", ("A", "B"), languages)


def test_draws_are_seeded_and_do_not_depend_on_other_languages() -> None:
    de = {"train": part("t", 50), "test": part("e", 30)}
    one = allocate(dataset(de=de), fit=10, test=5, seed=1)
    both = allocate(dataset(fr=de, de=de), fit=10, test=5, seed=1)
    other = allocate(dataset(de=de), fit=10, test=5, seed=2)
    assert one.fit["de"] == both.fit["de"] and one.test["de"] == both.test["de"]
    assert one.fit["de"] != both.fit["fr"] and one.fit["de"] != other.fit["de"]
    assert len(one.fit["de"]) == 10 and len(one.test["de"]) == 5
    places = [int(x[1:]) for x in one.fit["de"].ids]
    assert places == sorted(places) and len(set(places)) == 10


def test_all_there_is_where_there_is_less() -> None:
    uses = allocate(dataset(de={"dev": part("d", 4), "test": part("e", 3)}), fit=10)
    assert uses.fit["de"].ids == ("d0", "d1", "d2", "d3") and len(uses.test["de"]) == 3
    assert uses.fitted_on == {"de": "dev"}


def test_sentences_of_the_test_are_not_fitted_on() -> None:
    same = TaggedSentences(("a", "b"), (("x",), ("y",)), ((0,), (1,)))
    test = TaggedSentences(("c",), (("y",),), ((1,),))
    uses = allocate(dataset(de={"train": same, "test": test}))
    assert uses.fit["de"].ids == ("a",) and uses.repeated == {"de": 1}
    with pytest.raises(UserError, match="is one file a copy of the other"):
        allocate(dataset(de={"train": same, "test": same}))


def test_the_ledger_tells_the_uses_apart() -> None:
    data = dataset(de={"train": part("t", 5), "test": part("e", 3)})
    ledger = ledger_of_probe(data, allocate(data))
    counts = {use: used.count for use, used in ledger.uses.items()}
    assert counts == {"probe_fitting": 5, "evaluation": 3}
    assert not set(ledger.uses["probe_fitting"].items) & set(ledger.uses["evaluation"].items)


def test_parts_that_do_not_fit() -> None:
    with pytest.raises(UserError, match="sentence a has other numbers"):
        TaggedSentences(("a",), (("x", "y"),), ((0,),))

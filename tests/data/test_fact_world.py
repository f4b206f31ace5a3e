"""The fact world: complete names, disjoint splits, and text that says what the truth says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter, defaultdict

import numpy as np
import pytest

from core.data.fact_world import (
    AFFINITY,
    DEFAULT_COVERAGE,
    HOME_REGIONS,
    LANGUAGES,
    MASK,
    RELATIONS,
    SPLIT_SHARES,
    Fact,
    FactWorld,
    name_pairs,
    nli,
    parallel_texts,
    probe,
    qa,
    qa_items,
    restatements,
    territory_name,
    training_text,
    value_name,
)
from core.data.fact_world.wordings import (
    HELD_OUT,
    ask,
    questions,
    state,
    statements,
    wording_indices,
)
from core.data.parallel import ParallelDataset
from core.errors import UserError


@pytest.fixture(scope="module")
def world() -> FactWorld:
    """The default world."""
    return FactWorld.build()


@pytest.fixture(scope="module")
def texts(world: FactWorld) -> dict[str, list[str]]:
    """language -> its training text."""
    return {language: training_text(world, language) for language in world.languages}


def test_known_facts_are_there(world: FactWorld) -> None:
    values = {fact.id: fact.value for fact in world.facts}
    assert values["currency/KE"] == "KES"
    assert values["language/BR"] == "pt"
    assert values["region/VN"] == "035"
    assert values["weekday/US"] == "6"
    assert values["city/EG"] == "Africa/Cairo"
    assert "language/KE" not in values, "two official languages: no single gold value"
    assert len(world.facts) > 850
    assert len({fact.territory for fact in world.facts}) > 200


def test_every_name_is_distinct_in_every_language(world: FactWorld) -> None:
    for language in LANGUAGES:
        seen: dict[tuple[str, str], str] = {}
        for fact in world.facts:
            for kind, code, name in (
                ("territory", fact.territory, territory_name(fact, language)),
                (fact.relation, fact.value, value_name(fact, language)),
            ):
                assert name.strip() == name
                assert name not in ("", code)
                assert seen.setdefault((kind, name), code) == code, (language, name)


@pytest.mark.parametrize("relation", RELATIONS)
def test_wordings_are_parallel(relation: str) -> None:
    for language in LANGUAGES:
        said, asked = statements(relation, language), questions(relation, language)
        assert len(said) == len(set(said)) == len(statements(relation, "en")) >= HELD_OUT + 2
        assert len(asked) == len(set(asked)) == len(questions(relation, "en")) >= 2
        for wording in said:
            assert sorted(re.findall(r"{\w*}", wording)) == ["{territory}", "{value}"]
        for wording in asked:
            assert re.findall(r"{\w*}", wording) == ["{territory}"]


def test_splits_share_no_territory(world: FactWorld) -> None:
    places = {name: {fact.territory for fact in world.split(name)} for name in SPLIT_SHARES}
    everywhere = set().union(*places.values())
    assert sum(map(len, places.values())) == len(everywhere)
    assert everywhere == {fact.territory for fact in world.facts}
    for name, share in SPLIT_SHARES.items():
        assert len(places[name]) / len(everywhere) == pytest.approx(share, abs=0.02)
    with pytest.raises(UserError, match="labelled, unlabelled, test"):
        world.split("train")  # type: ignore[arg-type]


def test_truth_follows_the_coverage(world: FactWorld) -> None:
    for language, known in world.truth().items():
        home = HOME_REGIONS[language]
        inside = [fact.id in known for fact in world.facts if fact.region in home]
        outside = [fact.id in known for fact in world.facts if fact.region not in home]
        assert np.mean(inside) == pytest.approx(AFFINITY, abs=0.08)
        assert np.mean(outside) == pytest.approx(DEFAULT_COVERAGE[language], abs=0.05)
    east = [fact for fact in world.facts if fact.region == "eastern-africa"]
    known_there = {lang: sum(f.id in ids for f in east) for lang, ids in world.truth().items()}
    assert max(known_there, key=lambda language: known_there[language]) == "sw"


def test_coverage_is_checked_and_nested(world: FactWorld) -> None:
    with pytest.raises(UserError, match="sw"):
        FactWorld.build(languages=("en", "sw"), coverage={"en": 0.5})
    with pytest.raises(UserError, match="it has en, fr"):
        FactWorld.build(languages=("en", "xx"))
    less = FactWorld.build(languages=("en",), coverage={"en": 0.5})
    assert less.truth()["en"] < world.truth()["en"]
    assert less.splits == world.splits
    everything = FactWorld.build(languages=("en",), coverage={"en": 1.0})
    assert len(everything.truth()["en"]) == len(world.facts)


def test_text_states_the_given_facts_and_no_others(
    world: FactWorld, texts: dict[str, list[str]]
) -> None:
    for language, lines in texts.items():
        # A sentence starts a text or follows the end of another: "Guinea lies in ..." is not said
        # by "Equatorial Guinea lies in ...".
        together = "\n" + re.sub(r"([.।。»]) ", r"\1\n", "\n".join(lines))
        known = world.truth()[language]
        for fact in world.facts:
            for wording in wording_indices(fact.relation, "seen"):
                sentence = re.sub(r"([.।。»]) ", r"\1\n", state(fact, language, wording))
                assert ("\n" + sentence in together) == (fact.id in known), sentence
            for wording in wording_indices(fact.relation, "held-out"):
                assert state(fact, language, wording) not in together


def test_held_out_wordings_are_not_in_the_text(texts: dict[str, list[str]]) -> None:
    for language, lines in texts.items():
        together = "\n".join(lines)
        for relation in RELATIONS:
            for i in wording_indices(relation, "held-out"):
                parts = re.split(r"{\w*}", statements(relation, language)[i])
                longest = max(parts, key=len)
                assert longest not in together, (language, relation, i)


def test_every_name_occurs_in_every_text(world: FactWorld, texts: dict[str, list[str]]) -> None:
    for language, lines in texts.items():
        together = "\n".join(lines)
        for fact in world.facts:
            assert territory_name(fact, language) in together
            assert value_name(fact, language) in together


@pytest.mark.parametrize(
    ("split", "fewest"), [("labelled", 900), ("unlabelled", 500), ("test", 400)]
)
def test_nli_labels_are_right(world: FactWorld, split: str, fewest: int) -> None:
    data = nli(world, split)
    assert len(data) >= fewest
    assert data.languages == LANGUAGES
    assert Counter(data.labels.tolist()) == {k: len(data) // 3 for k in range(3)}
    facts = {fact.id: fact for fact in world.split(split)}
    place_facts = defaultdict(list)
    for fact in facts.values():
        place_facts[fact.territory].append(fact)
    for i, identifier in enumerate(data.item_ids):
        _, _, relation, place, label, pair = identifier.split("/")
        fact = facts[f"{relation}/{place}"]
        first, second = map(int, pair.split("-"))
        assert data.clusters[i] == place
        assert data.class_names[data.labels[i]] == label
        for language in ("en", "ru", "zh"):
            premise, hypothesis = data.texts[language][i]
            assert premise == state(fact, language, first)
            same = state(fact, language, second)
            assert (hypothesis == same) == (label == "entailment")
            about = [f for f in place_facts[place] if _says(hypothesis, f, language, second)]
            assert about, hypothesis
            assert (fact in about) == (label != "neutral"), hypothesis


def _says(sentence: str, fact: Fact, language: str, wording: int) -> bool:
    """Whether the sentence is the fact's wording about its territory, with any value."""
    wanted = statements(fact.relation, language)[wording]
    wanted = re.escape(wanted.replace("{territory}", territory_name(fact, language)))
    return re.fullmatch(wanted.replace(re.escape("{value}"), ".+"), sentence) is not None


def test_nli_hypothesis_alone_does_not_give_the_label(world: FactWorld) -> None:
    """A majority vote by hypothesis value and relation stays near chance (1/3) on test."""
    train, test = nli(world, "labelled"), nli(world, "test")

    def features(data: ParallelDataset) -> list[tuple[str, ...]]:
        rows = []
        values = sorted({value_name(f, "en") for f in world.facts}, key=len, reverse=True)
        for _, hypothesis in data.texts["en"]:
            value = next(v for v in values if v in hypothesis)
            rows.append((value, hypothesis.split()[0]))
        return rows

    for columns in ((0,), (0, 1)):
        votes: defaultdict[tuple[str, ...], Counter[int]] = defaultdict(Counter)
        for row, label in zip(features(train), train.labels.tolist(), strict=True):
            votes[tuple(row[c] for c in columns)][label] += 1
        guess = {key: count.most_common(1)[0][0] for key, count in votes.items()}
        hits = [
            guess.get(tuple(row[c] for c in columns), 0) == label
            for row, label in zip(features(test), test.labels.tolist(), strict=True)
        ]
        print(f"hypothesis-only majority, columns {columns}: {np.mean(hits):.3f}")
        assert np.mean(hits) < 0.42


def test_nli_items_and_wordings(world: FactWorld) -> None:
    seen, held_out = nli(world, "test"), nli(world, "test", wordings="held-out")
    assert not set(seen.item_ids) & set(held_out.item_ids)
    short = nli(world, "test", items=30)
    assert short.item_ids == seen.item_ids[:30]
    with pytest.raises(UserError, match="multiple of 3"):
        nli(world, "test", items=10)


@pytest.mark.parametrize("wordings", ["seen", "held-out"])
def test_probe_prompts_have_one_mask(world: FactWorld, wordings: str) -> None:
    data = probe(world, wordings=wordings)
    facts = {fact.id: fact for fact in world.facts}
    assert len(data) == len(world.facts)
    for language in LANGUAGES:
        for item, prompt, names in zip(
            data.items, data.prompts[language], data.candidates[language], strict=True
        ):
            fact = facts[item.fact]
            assert prompt.count(MASK) == 1
            assert prompt.replace(MASK, names[item.gold]) == state(fact, language, item.wording)
            assert 4 <= len(names) == len(set(names)) == len(item.values) <= 9
            assert item.values[item.gold] == fact.value
    assert len(probe(world, "test")) == len(world.split("test"))


@pytest.mark.parametrize("split", ["labelled", "test"])
def test_qa_answers_are_spans(world: FactWorld, split: str) -> None:
    data, items = qa(world, split), qa_items(world, split)
    facts = {fact.id: fact for fact in world.split(split)}
    assert len(data) == len(facts)
    assert data.ids == tuple(item.id for item in items)
    assert data.clusters == tuple(facts[item.fact].territory for item in items)
    for language in LANGUAGES:
        side = data.sides[language]
        assert side.questions == tuple(ask(facts[i.fact], language, i.wording) for i in items)
        for item, context, (answer,) in zip(items, side.contexts, side.answers, strict=True):
            assert context is not None
            assert context[answer.start : answer.start + len(answer.text)] == answer.text
            assert answer.text == value_name(facts[item.fact], language)
            assert 3 <= len(item.statements) <= 6
            said = {facts[identifier] for identifier, _ in item.statements}
            assert len({fact.territory for fact in said}) <= 2
            same = [
                f for f in said if (f.relation, f.value) == (item.relation, facts[item.fact].value)
            ]
            assert len(same) == 1, "the answer is stated once"


def test_the_same_world_in_another_process(world: FactWorld) -> None:
    again = FactWorld.build()
    assert again.fingerprint == world.fingerprint
    assert FactWorld.build(seed=1).fingerprint != world.fingerprint
    code = (
        "from core.data.fact_world import *; import hashlib; w = FactWorld.build();"
        "text = hashlib.sha256('\\n'.join(training_text(w, 'sw')).encode()).hexdigest();"
        "print(w.fingerprint, nli(w, 'test').fingerprint, probe(w).fingerprint,"
        "      qa(w, 'test').fingerprint, text)"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            text=True,
            env={
                **os.environ,
                "PYTHONHASHSEED": str(seed),
                "PYTHONPATH": os.pathsep.join(sys.path),
            },
        ).stdout
        for seed in (1, 2)
    }
    assert len(outputs) == 1
    assert next(iter(outputs)).split()[:2] == [world.fingerprint, nli(world, "test").fingerprint]


def test_pairs_reveal_nothing_a_language_was_not_given_and_no_fact_to_be_tested():
    world = FactWorld.build(0)
    labelled = {
        state(fact, language, wording): (fact, language)
        for fact in world.split("labelled")
        for language in world.languages
        for wording in wording_indices(fact.relation, "seen")
    }
    untouched = {
        state(fact, language, wording)
        for split in ("unlabelled", "test")
        for fact in world.split(split)
        for language in world.languages
        for wording in range(len(statements(fact.relation, language)))
    }
    parallel = parallel_texts(world, 400)
    said = [text for pair in restatements(world, 400) for text in pair]
    said += [text for pair in parallel for side in pair for text in side]
    names = {text for pair in name_pairs(world, 50) for text in pair}
    listed = 0
    for text in said:
        if text in labelled:
            fact, language = labelled[text]
            assert fact.id in world.given[language]
        else:
            listed += 1
            assert text not in untouched
    assert 0 < listed < 0.2 * len(said)
    assert not names & set(labelled)
    assert {len(first) for first, _ in parallel} == {1, 2}
    assert all(len(first) == len(second) for first, second in parallel)


def test_pairs_across_languages_need_two():
    world = FactWorld.build(0, languages=("en",))
    assert len(restatements(world, 3)) == 3
    for make in (name_pairs, parallel_texts):
        with pytest.raises(UserError, match="two languages"):
            make(world, 3)


def test_a_language_that_was_given_less_has_fewer_translations():
    world = FactWorld.build(0)
    names = [text for pair in name_pairs(world, 300) for text in pair]
    own = {language: 0 for language in ("en", "hi")}
    for fact in world.facts:
        for language in own:
            own[language] += names.count(territory_name(fact, language))
    assert len(world.given["hi"]) < len(world.given["en"]) / 2
    assert own["en"] > 3 * own["hi"]

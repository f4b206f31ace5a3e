"""Every passage has one use; sizes are nested; what is held out is the same in every language."""

from dataclasses import replace

import pytest

from core.data.corpora.corpus import Corpus, Passage, characters
from core.data.corpora.division import Amounts, divide
from core.data.corpora.sizes import PAPER, high_resource, parse_sizes, shares_of
from core.errors import UserError


def corpus(sections: int = 40, translations: int = 2) -> Corpus:
    """Ten items a section; English in two translations, Swahili without the last ten sections."""

    def text(code: str, version: int, count: int) -> list[Passage]:
        return [
            Passage(f"s{s:02}", f"s{s:02}:{i}", f"{code}{version} {s:02} {i} words")
            for s in range(count)
            for i in range(10)
        ]

    english = [one for version in range(translations) for one in text("en", version, sections)]
    return Corpus("made up", {"en": tuple(english), "sw": tuple(text("sw", 0, sections - 10))})


def ids(passages):
    return {one.item for one in passages}


def sections(passages):
    return {one.section for one in passages}


def test_test_and_dev_are_the_same_chapters_in_every_language_and_translation():
    found = divide(corpus(), Amounts(), seed=0)
    for part, count in ((found.test, 3), (found.dev, 2)):
        assert sections(part["en"]) == sections(part["sw"])
        assert len(sections(part["en"])) == count
        assert ids(part["en"]) == ids(part["sw"])
    held = sections(found.test["en"]) | sections(found.dev["en"])
    assert not sections(found.test["en"]) & sections(found.dev["en"])
    for language in ("en", "sw"):
        assert not held & sections(found.train[language])
    assert {one.text[:3] for one in found.train["en"]} == {"en0", "en1"}


def test_a_verse_is_asked_once_however_many_translations_there_are():
    found = divide(corpus(), Amounts(test_texts=12), seed=0)
    for language in ("en", "sw"):
        assert len(found.test[language]) == len(ids(found.test[language])) == 12
    assert ids(found.test["en"]) == ids(found.test["sw"])


def test_languages_are_cut_to_their_sizes():
    amounts = Amounts(shares={"en": 1.0, "sw": 0.25}, characters=4000)
    found = divide(corpus(), amounts, seed=0)
    longest = 13
    assert 4000 - longest <= characters(found.train["en"]) <= 4000
    assert 1000 - longest <= characters(found.train["sw"]) <= 1000
    assert abs(characters(found.balanced["en"]) - characters(found.balanced["sw"])) <= longest
    assert found.balanced["en"] == found.train["en"][: len(found.balanced["en"])]
    assert not found.short


def test_without_characters_all_sizes_are_as_large_as_the_text_allows():
    found = divide(corpus(), Amounts(shares={"en": 1.0, "sw": 1.0}), seed=0)
    assert len(found.train["sw"]) == 250
    assert abs(characters(found.train["en"]) - characters(found.train["sw"])) <= 13


def test_a_language_with_too_little_text_is_told():
    found = divide(corpus(), Amounts(shares={"en": 1.0, "sw": 1.0}, characters=6000), seed=0)
    assert found.short == {"sw": (6000, characters(found.train["sw"]))}


def test_smaller_data_are_contained_in_larger_ones_and_translations_come_last():
    small, large = (
        divide(corpus(), Amounts(shares={"en": 1, "sw": 0.1}, characters=count), seed=0).train["en"]
        for count in (1000, 7000)
    )
    assert large[: len(small)] == small
    first = [one.text[:3] for one in large]
    assert first == sorted(first) and set(first) == {"en0", "en1"}
    assert ids(large[: first.count("en0")]) >= ids(large[first.count("en0") :])


def test_balanced_data_may_be_smaller_but_not_larger():
    amounts = Amounts(balanced_characters=300)
    found = divide(corpus(), amounts, seed=0)
    assert all(287 <= characters(own) <= 300 for own in found.balanced.values())
    with pytest.raises(UserError, match="--balanced-characters 99,999: sw has"):
        divide(corpus(), replace(amounts, balanced_characters=99_999), seed=0)


def test_text_that_stands_in_the_test_set_is_not_trained_on():
    plain = corpus(translations=1)
    target = divide(plain, Amounts(), seed=0).test["sw"][0].text
    copy = Passage("s39", "s39:99", f"  {target.upper()} ")
    passages = {**plain.passages, "en": (*plain.passages["en"], copy)}
    found = divide(Corpus("copied", passages), Amounts(), seed=0)
    assert found.repeated == 1
    assert copy not in found.train["en"]


def test_the_seed_decides_what_is_held_out():
    first, again, other = (divide(corpus(), Amounts(), seed=seed) for seed in (0, 0, 1))
    assert first == again
    assert sections(first.test["en"]) != sections(other.test["en"])


def test_too_few_sections_are_refused():
    with pytest.raises(UserError, match="leave none to train on"):
        divide(corpus(sections=12), Amounts(), seed=0)


def test_a_language_that_says_one_thing_only_is_refused():
    one = {x: tuple(replace(y, text=x) for y in own) for x, own in corpus().passages.items()}
    with pytest.raises(UserError, match="in en, sw also stands in the test or the dev set"):
        divide(Corpus("made up", one), Amounts(), seed=0)


def test_sizes():
    assert parse_sizes(["table-1", "fr:0.4"]) == {**PAPER, "fr": 0.4}
    assert parse_sizes(["deu_Latn:2", "eu:.5"]) == {"de": 2.0, "eu": 0.5}
    assert sum(PAPER[x] for x in ("en", "de", "es", "hu", "vi", "tr", "eu")) == pytest.approx(3.2)
    assert high_resource({"en": 1, "es": 0.5, "hu": 0.3}) == ("en", "es")
    assert shares_of(["table-1"], ["de", "eu"]) == {"de": 1.0, "eu": 0.1}
    assert shares_of([], ["de"]) == {}
    for wrong in ("de", "de:-1", "de:inf", "table1:x"):
        with pytest.raises(UserError, match=r"is no size; write language:share"):
            parse_sizes([wrong])


def test_the_tokenizer_sees_as_much_of_each_language_whatever_the_sizes():
    found = [
        divide(corpus(), Amounts(shares=shares, characters=3000, tokenizer_characters=2000), seed=0)
        for shares in ({"en": 1.0, "sw": 1.0}, {"en": 0.5, "sw": 0.1})
    ]
    assert found[0].tokenizer == found[1].tokenizer
    assert all(1987 <= characters(own) <= 2000 for own in found[0].tokenizer.values())
    assert found[0].train != found[1].train
    assert found[0].test == found[1].test

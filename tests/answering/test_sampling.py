"""Which pairs of languages each question is trained in."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest

from core.answering.sampling import never_asked, sample_pairs
from core.data.qa.dataset import Answer, LanguageQa, QaDataset
from core.errors import UserError

SIX = ("en", "es", "de", "zh", "ar", "hi")


def data(languages=SIX, items=40, lacking=()) -> QaDataset:
    """Questions that all languages have, but for some (item, language)."""

    def side(language):
        there = [(item, language) not in lacking for item in range(items)]
        return LanguageQa(
            tuple(f"{language}{i}?" if has else None for i, has in enumerate(there)),
            tuple(f"{language} {i}" if has else None for i, has in enumerate(there)),
            tuple((Answer(language, 0),) if has else () for has in there),
        )

    ids = tuple(f"q{i}" for i in range(items))
    return QaDataset("own", ids, ids, {language: side(language) for language in languages})


@pytest.mark.parametrize("targets", range(1, 6))
def test_there_are_n_seed_times_one_plus_ntl_squared(targets):
    asked = sample_pairs(data(), ["en"], targets, 0)
    assert len(asked) == 40 * (1 + targets) ** 2
    assert len(set(asked)) == len(asked)


@pytest.mark.parametrize(("targets", "count"), [(5, 42_840), (3, 19_040)])
def test_the_numbers_of_table_2(targets, count):
    """XQuAD's 1,190 questions (the text's 1,090 is a slip)."""
    assert len(sample_pairs(data(items=1190), ["en"], targets, 1)) == count


@pytest.mark.parametrize("targets", [1, 2, 5])
def test_each_question_has_all_pairs_of_its_languages_the_source_among_them(targets):
    asked = sample_pairs(data(), ["en"], targets, 7)
    for item in range(40):
        pairs = [(x.question, x.context) for x in asked if x.item == item]
        languages = {language for pair in pairs for language in pair}
        assert len(languages) == 1 + targets and "en" in languages
        assert sorted(pairs) == sorted(product(languages, repeat=2))


def test_every_pair_of_languages_occurs_and_languages_are_drawn_evenly():
    asked = sample_pairs(data(items=400), ["en"], 2, 0)
    assert never_asked(asked, SIX) == []
    drawn = Counter(x.question for x in asked if x.question == x.context)
    assert drawn["en"] == 400
    assert all(120 < drawn[language] < 200 for language in SIX[1:])  # 160 each on average


def test_the_draw_is_anew_for_each_question_and_repeats_with_the_seed():
    first, again = (sample_pairs(data(), ["en"], 2, 3) for _ in range(2))
    assert first == again != sample_pairs(data(), ["en"], 2, 4)
    drawn = {frozenset(x.question for x in first if x.item == item) for item in range(40)}
    assert len(drawn) > 5


def test_languages_that_an_item_lacks_are_not_drawn():
    lacking = {(0, "es"), (0, "de"), (0, "zh"), (0, "ar"), (1, "en")}
    asked = sample_pairs(data(items=3, lacking=lacking), ["en"], 3, 0)
    languages = [{x.question for x in asked if x.item == item} for item in range(3)]
    assert languages[0] == {"en", "hi"}
    assert languages[1] == set()  # no seed: it is not there in the source language
    assert len(languages[2]) == 4


def test_of_several_sources_the_first_that_an_item_has_is_its_source():
    asked = sample_pairs(data(("en", "es", "de"), 30, {(0, "en")}), ["en", "de"], 1, 0)
    assert {x.question for x in asked if x.item == 0} == {"de", "es"}
    assert all("en" in {x.question for x in asked if x.item == item} for item in range(1, 30))


@pytest.mark.parametrize(
    ("languages", "source", "targets", "said"),
    [
        (SIX, "en", 6, r"--targets: 6, and there are 5 beside the source .*; draw 5 or fewer"),
        (("en", "es"), "en", 2, r"--targets: 2, and there is 1 beside the source"),
        (("es", "de"), "en", 1, r"own: .*English \(en\) is not among the languages es, de"),
        (("en",), "en", 1, r"own: only en; languages learn from each other"),
    ],
)
def test_what_can_not_be_drawn_is_refused(languages, source, targets, said):
    with pytest.raises(UserError, match=said) as error:
        sample_pairs(data(languages), [source], targets, 0)
    assert "\n" not in str(error.value)


def test_pairs_that_no_question_has_are_named():
    asked = sample_pairs(data(("en", "es", "de"), items=1), ["en"], 1, 0)
    drawn = next(x.question for x in asked if x.question != "en")
    other = ({"es", "de"} - {drawn}).pop()
    expected = {("en", other), (other, "en"), (other, other), (drawn, other), (other, drawn)}
    assert set(never_asked(asked, ("en", "es", "de"))) == expected

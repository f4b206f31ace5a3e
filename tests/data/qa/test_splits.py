"""Questions dealt to their uses: whole articles, disjoint by id and by context."""

from dataclasses import replace

import numpy as np
import pytest

from core.data.qa.dataset import Answer, LanguageQa, QaDataset
from core.data.qa.splits import (
    OTHER_LANGUAGES,
    SEEN,
    TWICE,
    deal,
    disjoint,
    in_languages,
    shared,
    some,
    whole_articles,
)
from core.data.qa.uses import QaUses
from core.errors import UserError

SIZES = (7, 1, 12, 3, 3, 20, 5, 9)


def data(
    name: str = "x",
    sizes: tuple[int, ...] = SIZES,
    languages: tuple[str, ...] = ("en", "tr"),
    prefix: str = "",
) -> QaDataset:
    """Articles of these sizes; every question has its own context."""
    clusters = tuple(f"{prefix}{a}" for a, size in enumerate(sizes) for _ in range(size))
    ids = tuple(f"{prefix}{i}" for i in range(len(clusters)))
    return QaDataset(
        name,
        ids,
        clusters,
        {
            language: LanguageQa(
                tuple(f"{language} {i}?" for i in ids),
                tuple(f"{language} context {i}" for i in ids),
                tuple((Answer("context", 3),) for _ in ids),
            )
            for language in languages
        },
    )


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("questions", [None, 1, 10, 20, 45])
def test_articles_stay_whole(questions: int | None, seed: int) -> None:
    whole = data()
    left, held = deal(whole, questions, seed)
    assert set(left.clusters).isdisjoint(held.clusters)
    assert sorted([*left.ids, *held.ids], key=int) == list(whole.ids)
    assert list(held.ids) == sorted(held.ids, key=int)
    if questions is None:
        assert len(set(held.clusters)) == 2, "a quarter of eight articles"
    else:
        # Another article, or one less, would not come nearer.
        assert abs(len(held) - questions) <= max(SIZES)
    again = deal(whole, questions, seed)[1]
    assert again.ids == held.ids
    assert len({deal(whole, questions, s)[1].ids for s in range(10)}) > 1


def test_about_so_many_questions() -> None:
    whole = data(sizes=(5,) * 40)
    assert [len(deal(whole, n, 0)[1]) for n in (1, 5, 7, 8, 100, 102)] == [5, 5, 5, 10, 100, 100]
    assert deal(whole, 20, 0)[1].take(range(5)).ids  # grows with the number, article by article
    assert set(deal(whole, 20, 0)[1].ids) < set(deal(whole, 60, 0)[1].ids)


def test_nothing_would_be_left() -> None:
    with pytest.raises(UserError, match="60 questions to evaluate on leave none of its 60 to"):
        deal(data(), 60, 0)
    with pytest.raises(UserError, match="--evaluation-questions"):
        deal(data(sizes=(9,)), None, 0)
    assert whole_articles(data(sizes=(9,)), 3, 0).ids == data(sizes=(9,)).ids
    assert whole_articles(data(), None, 0).ids == data().ids
    assert whole_articles(data(), 20, 3).ids == deal(data(), 20, 3)[1].ids


def test_some_questions_without_regard_to_articles() -> None:
    whole = data()
    drawn = some(whole, 20, 1)
    assert len(set(drawn.ids)) == 20
    assert list(drawn.ids) == sorted(drawn.ids, key=int)
    assert some(whole, 20, 1).ids == drawn.ids != some(whole, 20, 2).ids
    assert some(whole, 100, 1) is whole
    assert some(whole, None, 1) is whole


def test_items_of_some_languages() -> None:
    lacking = data(sizes=(3,))
    side = replace(
        lacking.sides["tr"],
        questions=("a", None, None),
        contexts=("b", None, None),
        answers=((Answer("b", 0),), (), ()),
    )
    lacking = replace(lacking, sides={**lacking.sides, "tr": side})
    assert in_languages(lacking, ["tr"]).ids == ("0",)
    assert in_languages(lacking, ["tr", "en"]).ids == ("0", "1", "2")
    with pytest.raises(UserError, match="x has no sw; it has en, tr"):
        in_languages(lacking, ["sw"])


def test_shared_by_id_and_by_context() -> None:
    one = data(sizes=(4,), prefix="a")
    assert shared(one, one).tolist() == [0, 1, 2, 3]
    assert not len(shared(one, data(sizes=(4,), prefix="b")))
    # The context of a2, spaced otherwise, in another dataset and under another language's name
    side = one.sides["tr"].take([2])
    spaced = replace(side, contexts=("  tr\n context  a2 ",))
    other = QaDataset("y", ("z",), ("z",), {"de": spaced})
    assert shared(one, other).tolist() == [2]
    assert shared(other, one).tolist() == [0]
    # Running numbers of two datasets are equal by chance, long ids are not.
    blank = replace(side, contexts=("elsewhere",))
    for name, item, found in (("y", "a1", []), ("x", "a1", [1]), ("y", "56beb4343aea", [])):
        assert shared(one, QaDataset(name, (item,), ("z",), {"de": blank})).tolist() == found
    long = replace(one, ids=("56beb4343aea", "1", "2", "3"))
    assert shared(long, QaDataset("y", ("56beb4343aea",), ("z",), {"de": blank})).tolist() == [0]


def test_a_few_shared_questions_are_left_out() -> None:
    evaluation = data(sizes=(30,), prefix="e")
    train = data(sizes=(99, 1), prefix="t")
    contexts = list(train.sides["en"].contexts)
    contexts[40] = "en context e3"
    train = replace(
        train, sides={**train.sides, "en": replace(train.sides["en"], contexts=tuple(contexts))}
    )
    found = disjoint(QaUses(None, train, evaluation), allow=False)
    assert len(found.stage2) == 99
    assert "t40" not in found.stage2.ids
    assert found.notes == (
        "1 questions of stage 2 were left out: they, or their contexts, are in the evaluation too",
    )
    assert found.badges == ()
    assert found.evaluation is evaluation
    untouched = QaUses(data(prefix="s"), train.take([0, 1]), evaluation)
    assert disjoint(untouched, allow=False) == untouched


def test_many_are_refused_or_told() -> None:
    whole = data(sizes=(50,))
    uses = QaUses(data(sizes=(50,), prefix="s"), whole, whole.take(range(10)))
    with pytest.raises(UserError, match="10 of the 50 questions of stage 2 are in the evaluation"):
        disjoint(uses, allow=False)
    allowed = disjoint(uses, allow=True)
    assert (len(allowed.stage2), allowed.badges) == (50, (SEEN,))
    apart = replace(
        uses,
        stage2=whole.in_languages(["en"]),
        evaluation=whole.in_languages(["tr"]),
    )
    assert disjoint(apart, allow=True).badges == (OTHER_LANGUAGES,)
    first = QaUses(whole, whole.take(range(10)), data(sizes=(9,), prefix="e"))
    with pytest.raises(UserError, match="10 of the 50 questions of stage 1 are in stage 2"):
        disjoint(first, allow=False)
    assert disjoint(first, allow=True).badges == (TWICE,)
    stage1 = QaUses(whole, data(prefix="t"), whole.take(range(10)))
    with pytest.raises(UserError, match="stage 1 are in the evaluation"):
        disjoint(stage1, allow=False)


def test_an_evaluation_alone_shares_nothing() -> None:
    whole = data()
    uses = QaUses(None, whole.take(np.array([], dtype=int)), whole)
    assert disjoint(uses, allow=False) == uses
    assert list(uses.parts()) == ["evaluation"]

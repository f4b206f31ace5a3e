"""The probing dataset, and what candidate scores say about its classes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.data.fact_world import FactWorld, as_probing, probe
from core.data.probing import LanguageProbes, ProbingDataset
from core.data.probing_scores import check_scores, class_scores, to_predictions
from core.errors import UserError

PROMPTS = ("a <mask>", "b <mask>", "c <mask>")


def make(**changes) -> ProbingDataset:
    """Three examples in two languages; Swahili turns the first around and lists a word twice."""
    en = LanguageProbes(
        PROMPTS,
        (("x", "y", "z"), ("x", "y"), ("p", "q", "r", "s")),
        ((0, 1, 2), (0, 1), (0, 1, 1, 2)),
        ((0,), (1,), (0, 3)),
        ("<mask>", "b <mask>", "<mask>"),
    )
    sw = LanguageProbes(
        PROMPTS,
        (("C", "B", "A"), ("X", "Y"), ("P", "S", "Q", "S")),
        ((2, 1, 0), (0, 1), (0, 2, 1, 2)),
        ((2,), (1,), (0, 1)),
    )
    parts = {
        "name": "trial",
        "example_ids": ("1", "2", "3"),
        "groups": ("g", "g", "h"),
        "regions": ("KE", "US", "KE"),
        "gold": ((0,), (1,), (0, 2)),
        "probes": {"en": en, "sw": sw},
    }
    return ProbingDataset(**(parts | changes))


def scores() -> dict[str, list[np.ndarray]]:
    return {
        "en": [np.array([1.0, 2.0, 3.0]), np.array([0.5, 0.5]), np.array([4.0, 1.0, 9.0, 3.0])],
        "sw": [np.array([3.0, 2.0, 1.0]), np.array([7.0, 5.0]), np.array([4.0, 3.0, 1.0, 3.0])],
    }


def test_counts_and_languages() -> None:
    data = make()
    assert (len(data), data.languages, data.class_counts) == (3, ("en", "sw"), (3, 2, 3))
    assert data.probes["en"].unchanged() == (1,)
    assert data.probes["sw"].unchanged() == ()
    assert data.in_languages(["sw"]).languages == ("sw",)
    with pytest.raises(UserError, match="no fr; it has en, sw"):
        data.in_languages(["fr"])


def test_taking_examples_keeps_every_part_in_step() -> None:
    part = make().take([2, 0])
    assert part.example_ids == ("3", "1")
    assert part.groups == ("h", "g")
    assert part.regions == ("KE", "KE")
    assert part.gold == ((0, 2), (0,))
    assert part.probes["en"].prompts == ("c <mask>", "a <mask>")
    assert part.probes["sw"].classes == ((0, 2, 1, 2), (2, 1, 0))
    assert part.probes["en"].countryless == ("<mask>", "<mask>")
    assert make(regions=()).take([1]).regions == ()


def test_the_fingerprint_sees_every_part() -> None:
    data = make()
    probes = dict(data.probes)
    other = replace(probes["sw"], candidates=(("C", "B", "a"), *probes["sw"].candidates[1:]))
    changed = [
        make(groups=("g", "h", "h")),
        make(regions=()),
        make(probes={"sw": probes["sw"], "en": probes["en"]}),
        make(probes=probes | {"sw": other}),
        make(probes=probes | {"en": replace(probes["en"], countryless=())}),
    ]
    assert make().fingerprint == data.fingerprint
    assert make(name="other", source={"a": "b"}).fingerprint == data.fingerprint
    assert len({data.fingerprint, *(each.fingerprint for each in changed)}) == 6


def broken(**parts) -> dict:
    """The dataset's languages with parts of Swahili changed."""
    probes = dict(make().probes)
    return {"probes": probes | {"sw": replace(probes["sw"], **parts)}}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"groups": ("g",)}, "3 examples, but groups has 1"),
        ({"regions": ("KE",)}, "regions has 1"),
        (broken(prompts=PROMPTS[:2]), "sw prompts has 2"),
        ({"example_ids": ("1", "1", "2")}, "ids are not unique"),
        (broken(classes=((2, 1), (0, 1), (0, 2, 1, 2))), "example 1: 3 candidates, but classes"),
        (broken(classes=((2, 1, 2), (0, 1), (0, 2, 1, 2))), "do not cover the classes 0 to 2"),
        (broken(gold=((3,), (1,), (0, 1))), "a right answer is not among the candidates"),
        (broken(gold=((2,), (1,), (0,))), "1 right answers, but 2 right classes"),
        ({"gold": ((), (1,), (0, 2))}, "1 right answers, but 0 right classes"),
        ({"gold": ((5,), (1,), (0, 2))}, "a right class is not among the classes"),
    ],
)
def test_what_does_not_fit_is_refused(changes: dict, message: str) -> None:
    with pytest.raises(UserError, match=message):
        make(**changes)


def test_folds_keep_groups_whole() -> None:
    count = 20
    probes = LanguageProbes(
        ("<mask>",) * count, (("x", "y"),) * count, ((0, 1),) * count, ((0,),) * count
    )
    groups = tuple(str(i % 7) for i in range(count))
    data = ProbingDataset(
        "trial", tuple(map(str, range(count))), groups, (), ((0,),) * count, {"en": probes}
    )
    folds = data.folds(3, seed=0)
    assert sorted(np.concatenate(folds).tolist()) == list(range(count))
    names = [{groups[i] for i in fold} for fold in folds]
    assert sum(map(len, names)) == 7
    assert sorted(map(len, names)) == [2, 2, 3]
    assert all((a == b).all() for a, b in zip(folds, data.folds(3, seed=0), strict=True))
    with pytest.raises(UserError, match="2 to 7 folds are possible, not 8"):
        data.folds(8, seed=0)


def test_a_class_has_the_score_of_its_best_candidate() -> None:
    assert class_scores(np.array([4.0, 1.0, 9.0, 3.0]), (0, 1, 1, 2), 3).tolist() == [4, 1, 3]
    assert class_scores(np.array([4.0, 3.0, 1.0, 3.0]), (0, 2, 1, 2), 3).tolist() == [4, 1, 3]


def test_predictions_are_over_the_aligned_classes() -> None:
    found = to_predictions(make(), scores())
    assert found.languages == ("en", "sw")
    assert found.clusters == ("g", "g", "h")
    assert found.class_mask.tolist() == [[1, 1, 1], [1, 1, 0], [1, 1, 1]]
    assert found.gold.tolist() == [[1, 0, 0], [0, 1, 0], [1, 0, 1]]
    expected = np.exp([-1, -2, -3]) / np.exp([-1, -2, -3]).sum()
    np.testing.assert_allclose(found.probabilities[:, 0], [expected, expected])
    np.testing.assert_allclose(found.probabilities[0, 1], [0.5, 0.5, 0])
    np.testing.assert_allclose(found.probabilities[0, 2], found.probabilities[1, 2])
    np.testing.assert_allclose(found.probabilities.sum(axis=2), 1)


def test_huge_scores_stay_finite() -> None:
    wild = {lang: [np.array(row) * 1e5 - 3e5 for row in rows] for lang, rows in scores().items()}
    found = to_predictions(make(), wild)
    assert np.isfinite(found.probabilities).all()
    np.testing.assert_allclose(found.probabilities[:, 0], [[1, 0, 0]] * 2)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sw": None}, "no scores in sw"),
        ({"sw": [np.zeros(3)]}, "sw has scores of 1 of 3"),
        ({"sw": [np.zeros(3), np.zeros(3), np.zeros(4)]}, r"sw, example 2: scores of shape \(3,\)"),
        ({"en": [np.full(3, np.nan), np.zeros(2), np.zeros(4)]}, "en, example 1: a score is no"),
        ({"en": [np.zeros(3), np.array([0, np.inf]), np.zeros(4)]}, "example 2: a score is no"),
    ],
)
def test_scores_that_do_not_fit_are_refused(changes: dict, message: str) -> None:
    given = {lang: rows for lang, rows in (scores() | changes).items() if rows is not None}
    with pytest.raises(UserError, match=message):
        check_scores(make(), given)


def test_the_fact_world_as_probing() -> None:
    items = probe(FactWorld.build(), "test", "held-out")
    data = as_probing(items)
    assert data.languages == items.languages
    assert len(data) == len(items)
    first = items.items[0]
    assert (data.groups[0], data.regions[0]) == (first.territory, first.region)
    assert data.gold[0] == data.probes["sw"].gold[0] == (first.gold,)
    assert data.probes["sw"].candidates[0] == items.candidates["sw"][0]
    assert all(prompt.count("<mask>") == 1 for prompt in data.probes["zh"].prompts)

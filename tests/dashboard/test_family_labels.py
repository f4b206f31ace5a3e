"""A label names what sets runs apart: their languages first, settings only if need be."""

from __future__ import annotations

from core.runs.families import families, trials_of
from core.runs.variations import variations
from dashboard.family_labels import family_names, variation_names
from tests.dashboard.compared_runs import trial_run

FEW, OTHERS = ("en", "fr", "sw"), ("en", "fr", "yo")


def names(*runs: tuple[tuple[str, ...], dict[str, object]]) -> list[str]:
    made = [
        trial_run(dict.fromkeys(x, 50.0), dict.fromkeys(x, 51.0), number=i, **settings)  # type: ignore[arg-type]
        for i, (x, settings) in enumerate(runs)
    ]
    found = families(trials_of(made), {"seed"})
    return list(family_names(found, dict.fromkeys([x.key for x in found], "1 row")).values())


def test_languages_are_named_where_their_number_is_that_of_another() -> None:
    one, other = names((FEW, {"steps": 9}), (OTHERS, {"steps": 60, "dropout": 0.2}))
    assert one == "fact-world · built-in · 3 languages (en, fr, sw) · 1 row"
    assert "(en, fr, yo)" in other and "steps" not in other and "dropout" not in other
    one, other = names((FEW, {}), ((*FEW, "yo"), {"steps": 60}))
    assert one.endswith("3 languages · 1 row") and other.endswith("4 languages · 1 row")


def test_settings_are_named_where_all_else_is_the_same() -> None:
    one, other = names((FEW, {"steps": 9}), (FEW, {"steps": 60}))
    assert (one[-7:], other[-8:]) == ("steps 9", "steps 60")
    assert one.startswith("fact-world · built-in · 3 languages · 1 row")


def test_a_number_of_languages_that_varies_is_not_told_as_one() -> None:
    sets = [("en", "fr"), FEW, (*FEW, "yo")]
    runs = [
        trial_run(dict.fromkeys(x, 50.0), dict.fromkeys(x, 51.0), number=i, languages=x)
        for i, x in enumerate(sets)
    ]
    runs += [
        trial_run(dict.fromkeys(FEW, 50.0), dict.fromkeys(FEW, 51.0), number=9, steps=7,
                  languages=FEW)
    ]  # fmt: skip
    told = variation_names(variations(trials_of(runs)))
    assert sorted(told.values()) == [
        "languages · fact-world · built-in · 2, 3, 4 · 1 seed",
        "steps · fact-world · built-in · 3 languages · 7, 150 · 1 seed",
    ]

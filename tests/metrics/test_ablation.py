"""The table of an ablation against numbers worked out by hand, and words that follow them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t as student

from core.data.predictions import Predictions
from core.errors import UserError
from core.metrics.ablation import Ablation, Scored, ablation, columns_of
from core.metrics.ablation_differences import (
    Difference,
    difference,
    item_intervals,
    language_differences,
    languages_against,
)
from core.metrics.ablation_text import summary_of, text_of, verdict_of
from core.metrics.bootstrap import Interval
from core.metrics.paired_bootstrap import paired_bootstrap
from core.metrics.spread import Spread

SCORES = {"en": 80.0, "fr": 70.0, "sw": 50.0, "yo": 40.0}


def table_of(rows: Mapping[str, Sequence[float]]) -> Ablation:
    """Rows that add a number to every language, a number a seed; ALSACE chooses en and fr."""
    return ablation(
        [
            Scored(
                row,
                seed,
                SCORES,
                {x: score + gain for x, score in SCORES.items()},
                ("en", "fr") if row == "alsace" else None,
            )
            for row, gains in rows.items()
            for seed, gain in enumerate(gains)
        ]
    )


def found_in(rows: Mapping[str, Sequence[float]], row: str, other: str) -> Difference:
    found = difference(table_of(rows), row, other)
    assert found is not None
    return found


def test_columns_by_hand() -> None:
    assert columns_of(SCORES, (("sw", "yo"), ("en", "fr"))) == pytest.approx(
        {
            "avg(S)": 45, "gap(S)": 35, "avg(T)": 75, "gap(T)": 10,
            "avg(A)": 60, "gap(A)": 80 - 160 / 3,
        }
    )  # fmt: skip
    # English among the students: in the average, not in the gap
    assert columns_of(SCORES, (("en", "sw"), ("fr", "yo")))["avg(S)"] == 65
    assert columns_of(SCORES, (("en", "sw"), ("fr", "yo")))["gap(S)"] == 30
    assert set(columns_of(SCORES, None)) == {"avg(A)", "gap(A)"}
    assert set(columns_of(SCORES, ((), tuple(SCORES)))) == {"avg(T)", "gap(T)", "avg(A)", "gap(A)"}
    assert set(columns_of({"fr": 3.0, "sw": 5.0}, (("sw",), ("fr",)))) == {
        "avg(S)", "avg(T)", "avg(A)",
    }  # fmt: skip
    assert "gap(T)" not in columns_of(SCORES, (("fr", "sw", "yo"), ("en",)))


def test_groups_are_those_of_the_alsace_run_of_the_seed() -> None:
    def run(row: str, seed: int, teachers: tuple[str, ...] | None = None) -> Scored:
        return Scored(row, seed, SCORES, SCORES, teachers)

    table = ablation(
        [run("none", 0), run("none", 1), run("none", 2),
         run("alsace", 0, ("en", "fr")), run("alsace", 1, ("en", "yo"))]
    )  # fmt: skip
    assert table.groups == {0: (("sw", "yo"), ("en", "fr")), 1: (("fr", "sw"), ("en", "yo"))}
    none = table.rows["none"].columns
    assert none["avg(S)"].by_seed == {0: 45, 1: 60}
    assert none["avg(A)"].by_seed == {0: 60, 1: 60, 2: 60}
    assert table.rows["before"].columns["avg(T)"].by_seed == {0: 75, 1: 60}
    assert list(table.rows) == ["before", "none", "alsace"]
    assert table.seeds == (0, 1, 2)


def test_spread() -> None:
    spread = Spread({2: 4.0, 0: 1.0, 1: 3.0})
    assert (spread.values, spread.n, spread.low, spread.high) == ((1.0, 3.0, 4.0), 3, 1, 4)
    assert spread.mean == pytest.approx(8 / 3)
    assert spread.median == 3
    assert spread.deviation == pytest.approx(np.sqrt(7 / 3))
    assert spread.quartiles == (2.0, 3.5)
    assert Spread({0: 5.0}).deviation is None


def test_bad_input() -> None:
    with pytest.raises(UserError, match="at least one run"):
        ablation([])
    with pytest.raises(UserError, match="same languages"):
        ablation([Scored("a", 0, SCORES, SCORES), Scored("b", 0, {"en": 1.0}, {"en": 1.0})])


def test_other_starts_are_told() -> None:
    moved = {x: score + 2 for x, score in SCORES.items()}
    table = ablation([Scored("none", 0, SCORES, SCORES), Scored("alsace", 0, moved, moved)])
    assert table.starts == 2
    assert any("did not start from the same model" in line for line in summary_of(table))
    assert not any("same model" in line for line in summary_of(table_of({"none": [1]})))


def test_the_interval_of_a_difference() -> None:
    found = found_in({"alsace": [1, 2, 4], "none": [0, 0, 1]}, "alsace", "none")
    assert found.spread.by_seed == {0: 1, 1: 2, 2: 3}
    half = student.ppf(0.975, 2) * 1 / np.sqrt(3)
    assert found.interval == pytest.approx((2 - half, 2 + half))
    items = {0: Interval(-3, 5, 1, 2), 1: Interval(1, 3, 2, 0.5)}  # half widths 4 and 1
    wider = replace(found, items=items).interval
    both = np.sqrt(half**2 + (16 + 1) / 2)
    assert wider == pytest.approx((2 - both, 2 + both))
    assert found_in({"alsace": [1], "none": [0]}, "alsace", "none").interval is None


@pytest.mark.parametrize(
    ("alsace", "none", "verdict", "said", "not_said"),
    [
        ([5, 5.1, 4.9], [0, 0, 0], "beats none", "“alsace” beats “none”", "not"),
        ([0, 0.1, 0], [5, 5, 5], "falls behind none", "“alsace” falls behind “none”", "not"),
        ([0, 3, 0], [0, 0, 0], "undetermined", "not shown to beat “none”", "alsace” beats"),
        ([0, 0, 0], [0, 3, 0], "undetermined", "not shown to beat “none”", "alsace” falls"),
        ([0, 3, 0], [0, 3, 0], "same as none", "0.0 points in every language", "alsace” falls"),
        ([5], [0], "undetermined", "with one seed", "alsace” beats"),
        ([0], [5], "undetermined", "with one seed", "alsace” falls"),
    ],
)
def test_the_words_follow_the_numbers(
    alsace: list[float], none: list[float], verdict: str, said: str, not_said: str
) -> None:
    found = found_in({"alsace": alsace, "none": none}, "alsace", "none")
    assert verdict_of(found) == verdict
    text = text_of(found)
    assert said in text
    assert not_said not in text
    mean = np.mean(alsace) - np.mean(none)
    assert (f"{mean:+.1f}".replace("-", "−") if mean else "0.0") in text
    assert text in summary_of(table_of({"alsace": alsace, "none": none}))


def test_the_summary_tells_of_all_rows() -> None:
    rows = {
        "none": [0.0, 0.1, 0], "random": [0, 0.1, 0.1], "scale": [6, 6, 6.1],
        "same-script": [-2, 3, 0], "alsace": [1, 1.1, 1],
    }  # fmt: skip
    text = "\n".join(summary_of(table_of(rows)))
    assert "“alsace” beats “none”" in text and "“alsace” beats “random”" in text
    assert (
        "Against “none” (every language teaches), the other rows: beating it: scale (+6.0 [+5.8, "
        "+6.2], over seeds only); not shown to beat it, undetermined: random (0.0 [−0.1, +0.2], "
        "over seeds only), same-script (+0.3 [−5.8, +6.4], over seeds only)." in text
    )
    worse = {**rows, "alsace": [-1.0, -1.1, -1], "scale": [-6, -6, -6.1]}
    text = "\n".join(summary_of(table_of(worse)))
    assert "“alsace” beats" not in text and "rows: beating it" not in text
    assert "not beating it, but falling behind: scale (−6.1 [−6.2, −5.9], over" in text
    assert "not shown to beat it, undetermined: random (0.0 [" in text


def test_the_verdict_is_as_strict_downwards_as_upwards() -> None:
    """Mean 4.8 and a wide interval, either way: neither row is said to win."""
    wide = [-20.0, 4.0, 1.6]
    down = found_in({"alsace": wide, "none": [0, 0, 0]}, "alsace", "none")
    up = found_in({"alsace": [-x for x in wide], "none": [0, 0, 0]}, "alsace", "none")
    assert down.spread.mean == pytest.approx(-4.8)
    assert down.verdict == up.verdict == "undetermined"


def test_what_is_missing_is_named() -> None:
    text = "\n".join(summary_of(table_of({"alsace": [1, 2], "scale": [1]})))
    assert "no “none” run" in text and "--strategy random" in text
    assert "One seed only, so without a spread: scale." in text
    text = "\n".join(summary_of(table_of({"none": [1, 2], "scale": [1, 1]})))
    assert "no “alsace” run" in text and "no S and T" in text


@pytest.mark.parametrize(("moved", "named"), [({"en": 60.0}, True), ({"sw": 60.0}, False)])
def test_a_gap_that_shrinks_without_a_gain_is_named(moved: dict[str, float], named: bool) -> None:
    runs = [
        Scored("alsace", 0, SCORES, {**SCORES, **moved}, ("en",)),
        Scored("none", 0, SCORES, SCORES),
    ]
    lines = [x for x in summary_of(ablation(runs)) if "smaller gap" in x]
    assert bool(lines) == named
    assert all("distillation: alsace." in x for x in lines)


def test_differences_are_paired() -> None:
    found = difference(table_of({"alsace": [1, 5, 9], "none": [0, 2]}), "alsace", "none")
    assert found is not None
    assert found.spread.by_seed == {0: 1, 1: 3}
    assert difference(table_of({"alsace": [1]}), "alsace", "none") is None
    assert difference(table_of({"none": [1]}), "none", "none") is None


def test_languages() -> None:
    table = ablation(
        [Scored("none", 0, SCORES, SCORES), Scored("alsace", 0, SCORES, {**SCORES, "sw": 58.0})]
    )
    assert table.languages == ("en", "fr", "sw", "yo")
    assert language_differences(table, "alsace", "none")["sw"].mean == 8
    found = languages_against(table, "none", last=("fr",))
    assert list(found) == ["before", "alsace"]
    assert list(found["alsace"].items()) == [("en", 0), ("sw", 8), ("yo", 0), ("fr", 0)]


def predictions(seed: int, languages: tuple[str, ...] = ("fr", "en")) -> Predictions:
    gold = np.eye(3, dtype=bool)[np.arange(30) % 3]
    p = np.random.default_rng(seed).dirichlet(np.ones(3), size=(len(languages), 30))
    clusters = tuple(f"c{i // 2}" for i in range(30))
    return Predictions(languages, tuple(map(str, range(30))), p, gold=gold, clusters=clusters)


def test_items_are_resampled_as_by_the_paired_bootstrap() -> None:
    answers = {"alsace": predictions(1), "none": predictions(2), "before": predictions(3)}
    pairs = [("alsace", "none"), ("alsace", "before"), ("none", "before"), ("alsace", "random")]
    found = item_intervals(answers, pairs, resamples=400, seed=5)
    assert set(found) == set(pairs[:3])
    for row, other in found:
        one = paired_bootstrap(answers[other], answers[row], resamples=400, seed=5).average
        assert found[row, other].low == pytest.approx(one.low)
        assert found[row, other].high == pytest.approx(one.high)
        assert found[row, other].estimate == pytest.approx(one.estimate)


def test_the_order_of_languages_does_not_matter_but_the_items_do() -> None:
    pair = [("alsace", "none")]
    one = predictions(2)
    turned = one.in_languages(("en", "fr"))
    assert item_intervals({"alsace": predictions(1), "none": one}, pair, resamples=50) == (
        item_intervals({"alsace": predictions(1), "none": turned}, pair, resamples=50)
    )
    other = replace(one, examples=tuple(f"x{i}" for i in range(30)), clusters=())
    assert item_intervals({"alsace": predictions(1), "none": other}, pair, resamples=50) == {}
    blind = replace(one, gold=None)
    assert item_intervals({"alsace": blind, "none": blind}, pair) == {}

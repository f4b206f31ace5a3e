"""Figures of how far a teacher choice can be trusted: their data, and that all fits."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from core.data.predictions import Predictions
from core.errors import UserError
from core.figures.agreement import agreement
from core.figures.disagreement import RIGHT, UNKNOWN, WRONG, disagreement
from core.figures.distance_agreement import distance_agreement
from core.figures.export import table, to_svg
from core.figures.registry import builder
from core.figures.reliability import reliability
from core.figures.stability import stability
from core.figures.stability_size import SAME, stability_size
from core.figures.teacher_threshold import teacher_threshold
from core.languages import family
from core.metrics.calibration import reliabilities
from core.metrics.disagreement import disagreement as split_votes
from core.selection import stability as resampling
from core.selection.nearness import nearness
from core.selection.strategies import choose
from tests.figures.test_figures import found_in, run_for, some_run
from tests.figures.test_layout import TWELVE, faults
from tests.figures.text_boxes import text_boxes

SIXTEEN = (*TWELVE, "bg", "el", "eu", "hu")


def answers(languages: tuple[str, ...] = SIXTEEN, *, gold: bool = True) -> Predictions:
    """Languages from sure to unsure on 300 examples."""
    generator = np.random.default_rng(0)
    right = np.eye(3, dtype=bool)[generator.integers(3, size=300)]
    skill = np.linspace(2, 0.3, len(languages))[:, None, None]
    p = np.exp(generator.normal(size=(len(languages), 300, 3)) + skill * right)
    p /= p.sum(axis=2, keepdims=True)
    names = tuple(map(str, range(300)))
    return Predictions(languages, names, p, gold=right if gold else None)


def repeated(strategy: str = "alsace", threshold: float | None = None) -> resampling.Stability:
    found = answers()
    return resampling.stability(found, choose(found, strategy, threshold), resamples=200)


@pytest.mark.parametrize("width", [218, 454])
def test_sixteen_languages_fit_on_paper(width: int) -> None:
    found = answers()
    chosen = choose(found)
    sizes = resampling.stability_by_size(found, chosen, resamples=50)
    vote = split_votes(found, chosen.pseudo_labels)
    draws = [
        partial(stability, repeated()),
        partial(stability_size, sizes),
        partial(teacher_threshold, repeated()),
        partial(reliability, reliabilities(found)),
        partial(disagreement, vote),
        partial(distance_agreement, nearness(found)),
    ]
    for draw in draws:
        assert faults(partial(draw, badges=["small"]), width) == [], draw.func


def test_every_name_is_written() -> None:
    for draw in (stability, teacher_threshold):
        boxes = {x.text for x in text_boxes(to_svg(draw(repeated(), paper=True, width=218)))}
        assert set(SIXTEEN) <= boxes
    texts = " ".join(
        x.text for x in text_boxes(to_svg(reliability(reliabilities(answers()), paper=True)))
    )
    assert all(f"{name} (ECE " in texts for name in SIXTEEN)


def test_stability_holds_every_share() -> None:
    found = repeated()
    rows = table(stability(found)).set_index("language")
    assert rows["probability"].to_dict() == pytest.approx(
        dict(zip(SIXTEEN, 100 * found.probability, strict=True))
    )
    teachers = [x for x in rows.index if rows.loc[x, "role"] == "teacher here"]
    assert set(teachers) == set(found.selection.teachers)
    assert list(rows["normalized"]) == sorted(rows["normalized"], reverse=True)
    assert (rows["low"] < rows["normalized"]).all() and (rows["normalized"] < rows["high"]).all()


def test_the_curve_falls_and_passes_the_bars_at_the_threshold() -> None:
    found = repeated()
    rows = table(teacher_threshold(found))
    for i, name in enumerate(SIXTEEN):
        curve = rows[rows["language"] == name]
        assert (np.diff(curve["probability"]) <= 1e-9).all()
        assert (curve["probability"].iloc[0], curve["probability"].iloc[-1]) == (100, 0)
        at = np.interp(found.selection.threshold, curve["threshold"], curve["probability"])
        assert at == pytest.approx(100 * found.probability[i], abs=12)


def test_a_threshold_far_away_does_not_squeeze_the_curves() -> None:
    rows = table(teacher_threshold(repeated(threshold=0.9)))
    assert rows["threshold"].max() < 0.2
    with pytest.raises(UserError, match="no curve over the threshold"):
        teacher_threshold(repeated("none"))


def test_sizes_have_a_row_of_the_same_set() -> None:
    found = answers()
    sizes = resampling.stability_by_size(found, choose(found), resamples=50)
    rows = table(stability_size(sizes)).set_index(["language", "examples"])["probability"]
    assert rows[SAME, "300"] == pytest.approx(100 * sizes.same[-1])
    assert rows["en", "75"] == pytest.approx(100 * sizes.probability[sizes.examples.index(75), 0])


def test_reliability_holds_every_filled_bin() -> None:
    found = reliabilities(answers())
    rows = table(reliability(found))
    for name, bins in found.items():
        own = rows[rows["language"] == name]
        assert own["examples"].sum() == 300 and own["share"].sum() == pytest.approx(100)
        assert len(own) == (bins.counts > 0).sum()
        off = (own["accuracy"] - own["confidence"]).abs() * own["share"] / 100
        assert off.sum() == pytest.approx(100 * bins.error)


@pytest.mark.parametrize("gold", [True, False])
def test_disagreement_counts_every_example_once(gold: bool) -> None:
    found = answers(gold=gold)
    rows = table(disagreement(split_votes(found, choose(found).pseudo_labels)))
    assert rows["examples"].sum() == 300
    assert set(rows["vote"]) == ({RIGHT, WRONG} if gold else {UNKNOWN})


def test_every_pair_is_a_point() -> None:
    found = nearness(answers())
    rows = table(distance_agreement(found))
    assert len(rows) == 120
    for row in rows.itertuples():
        i, j = found.languages.index(row.language), found.languages.index(row.other)
        assert (row.distance, row.kappa) == pytest.approx((found.distance[i, j], found.kappa[i, j]))
        same = family(row.language) == family(row.other)
        assert (row.families == "same family") == same
    assert "Mantel test p = " in str(distance_agreement(found).to_dict()["title"])


def test_groups_stand_together_and_are_framed() -> None:
    names, shares = ("a", "b", "c", "d"), np.full((4, 4), 0.6)
    shares[0, 2] = shares[2, 0] = 0.9
    groups = (("d",), ("a", "c"), ("b",))
    chart = agreement(names, shares, groups=groups, paper=True, width=218)
    rows = table(chart).set_index(["language", "other"])["agreement"]
    assert rows["a", "c"] == rows["c", "a"] == 90 and rows["a", "b"] == 60
    spec = chart.to_dict()
    assert ["d", "a", "c", "b"] in found_in(spec, "domain")
    frames = [x for x in spec["datasets"].values() if "last" in x[0]]
    assert frames == [[{"other": "a", "last": "c", "language": "a"}]]
    boxes = [x for x in text_boxes(to_svg(chart)) if x.text in names]
    down = sorted((x for x in boxes if x.left < 40), key=lambda x: x.top)
    assert [x.text for x in down[:4]] == ["d", "a", "c", "b"]
    assert faults(partial(agreement, names, shares, groups=groups), 218) == []


def test_a_run_without_teachers_has_no_stability() -> None:
    run = some_run()
    run.record.config["method"] = "self-training-all"
    with pytest.raises(UserError, match="no choice to repeat"):
        builder("stability", run)(paper=True, width=218)


def test_a_run_is_repeated_with_its_own_strategy_and_threshold() -> None:
    run = run_for("stability")
    run.record.config |= {"strategy": "by-hand"}
    run.record.selection["teachers"] = ["tr", "sw"]
    rows = table(builder("stability", run)(paper=True, width=218)).set_index("language")
    assert rows["probability"].to_dict() == {"en": 0, "fr": 0, "tr": 100, "sw": 100, "zh": 0}

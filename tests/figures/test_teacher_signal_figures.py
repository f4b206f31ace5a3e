"""The gain matrix and the scatter of the teacher signal: what they say, and that all fits."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from core.errors import UserError
from core.figures.data_table import table
from core.figures.export import to_svg
from core.figures.gain_matrix import LIMIT, OTHERS, gain_matrix
from core.figures.teacher_signal import teacher_signal
from core.metrics.rank_correlation import rank_correlation
from core.metrics.teacher_signal import GainMatrix, TeacherSignal, teacher_signals
from tests.figures.test_figures import found_in
from tests.figures.test_layout import TWELVE, faults
from tests.figures.text_boxes import text_boxes


def some_matrix(languages: tuple[str, ...] = TWELVE, seeds: int = 3) -> GainMatrix:
    """Gains drawn around what the confidence promises."""
    generator, count = np.random.default_rng(0), len(languages)
    confidence = np.linspace(0.9, 0.45, count)
    gains = generator.normal(20 * (confidence - 0.6)[:, None], 3, (count, count))
    gains[0, 1] = 0.3
    return GainMatrix(
        teachers=languages,
        students=languages,
        gains=gains,
        spread=np.full((count, count), np.nan),
        seeds=(seeds,) * (count - 1) + (1,),
        confidence=confidence[::-1],
        accuracy=100 * confidence[::-1] - 7 + generator.normal(0, 3, count),
    )


def test_the_matrix_holds_every_gain_and_the_mean_of_the_others() -> None:
    matrix = some_matrix()
    cells = table(gain_matrix(matrix)).set_index(["teacher", "student"])["gain"]
    assert len(cells) == 12 * 13
    assert cells["ar", "zh"] == pytest.approx(matrix.gains[1, 11])
    assert cells["en", OTHERS] == pytest.approx(matrix.gains[0, 1:].mean())


def test_the_surest_teacher_stands_first_and_zero_is_the_middle() -> None:
    spec = gain_matrix(some_matrix()).to_dict()
    domains = [x["domain"] for x in found_in(spec, "scale") if "domain" in x]
    assert next(x for x in domains if "zh (0.90)" in x)[:2] == ["zh (0.90)", "vi (0.86)"]
    assert [-LIMIT, LIMIT] in domains
    svg = to_svg(gain_matrix(some_matrix(), paper=True, width=454))
    assert ">0<" in svg and ">+0<" not in svg and ">−0<" not in svg
    assert "mean of 1 to 3 seeds" in svg


def test_no_column_is_empty_and_few_rows_hold_the_title() -> None:
    few = some_matrix(("en", "fr", "sw", "zh"))
    svg = to_svg(gain_matrix(few, paper=True, width=218))
    boxes = {x.text: x for x in text_boxes(svg)}
    middles = [(boxes[x].left + boxes[x].right) / 2 for x in ("zh", "sw", "fr", "en", OTHERS)]
    assert np.diff(middles) == pytest.approx(np.diff(middles)[0], abs=0.6)
    title = boxes["Teacher"]
    assert boxes["zh (0.90)"].top < title.top and title.bottom < boxes["en (0.45)"].bottom


def test_teachers_that_were_not_tried_are_students_only() -> None:
    whole = some_matrix()
    some = GainMatrix(
        whole.teachers[:2],
        whole.students,
        whole.gains[:2],
        whole.spread[:2],
        (1, 1),
        whole.confidence[:2],
        whole.accuracy[:2],
    )
    rows = table(gain_matrix(some))
    assert set(rows["teacher"]) == {"en", "ar"} and set(rows["student"]) == {*TWELVE, OTHERS}


@pytest.mark.parametrize("width", [218, 454])
def test_everything_fits_on_paper(width: int) -> None:
    matrix = some_matrix()
    assert faults(partial(gain_matrix, matrix, badges=["overlap: selection"]), width) == []
    for signal in teacher_signals(matrix, resamples=100):
        assert faults(partial(teacher_signal, signal), width) == []


def test_too_many_languages_are_refused() -> None:
    matrix = some_matrix(tuple(f"x{i}" for i in range(60)))
    with pytest.raises(UserError, match="60 languages don't fit"):
        gain_matrix(matrix, paper=True, width=218)
    assert gain_matrix(matrix)


def test_the_scatter_says_rho_with_its_interval() -> None:
    accuracy, gain = teacher_signals(some_matrix(), resamples=200)
    found = gain.correlation
    spec = teacher_signal(gain).to_dict()
    assert f"ρ = {found.rho:.2f}".replace("-", "−") in str(spec["title"])
    assert "bootstrap over 12 languages" in " ".join(spec["title"]["subtitle"])
    rows = table(teacher_signal(accuracy)).set_index("language")
    assert rows.loc["en", "accuracy"] == pytest.approx(accuracy.outcome[0])
    assert list(rows.columns) == ["confidence", "accuracy"]


def test_languages_at_one_point_are_not_written_over_each_other() -> None:
    matrix = some_matrix()
    same = GainMatrix(
        matrix.teachers,
        matrix.students,
        matrix.gains,
        matrix.spread,
        matrix.seeds,
        np.full(12, 0.5),
        np.full(12, 60.0),
    )
    accuracy, _ = teacher_signals(same, resamples=50)
    assert faults(partial(teacher_signal, accuracy), 218) == []
    title = str(teacher_signal(accuracy).to_dict()["title"])
    assert "no rank correlation" in title and "names left out" in title


def test_a_name_with_neighbours_on_all_four_sides_stands_in_a_corner() -> None:
    """A point with neighbours left, right, above and below; its corners are free."""
    x = np.array([0.5, 0.44, 0.56, 0.5, 0.5, 0.0, 1.0])
    y = np.array([50.0, 50, 50, 55, 45, 0, 100])
    names = ("mm", "a", "b", "c", "d", "e", "f")
    signal = TeacherSignal("accuracy", names, x, y, rank_correlation(x, y, resamples=50))
    chart = teacher_signal(signal)
    assert "left out" not in str(found_in(chart.to_dict(), "subtitle"))
    assert {x.text for x in text_boxes(to_svg(chart))} >= set(names)

"""Figures of compared runs: their data, their titles, and their page on paper."""

from __future__ import annotations

import re
from functools import partial

import numpy as np
import pytest

from core.errors import UserError
from core.figures import theme
from core.figures.ablation import ablation_dots
from core.figures.data_table import latex, table
from core.figures.differences import MEAN, difference_map
from core.figures.export import Builder, to_svg
from core.figures.family_figures import ABLATIONS, against_map, family_builder
from core.figures.style import WIDTHS
from core.figures.teacher_student import teacher_student
from core.figures.variation import variation_lines
from core.metrics.ablation import Ablation, Scored, ablation
from core.metrics.variation import AVERAGE, GAP, points_of
from core.runs.ablation_rows import ORDER
from core.runs.store import RunStore
from tests.dashboard import balanced_runs, compared_runs
from tests.figures.test_figures import found_in
from tests.figures.test_layout import faults
from tests.figures.text_boxes import text_boxes

LANGUAGES = ("en", "ar", "de", "es", "fr", "hi", "ru", "sw")
LONG = "exclude-weak-teachers (weak share 0.25)"


def made_up(seeds: int = 3, rows: tuple[str, ...] = (*ORDER, LONG)) -> Ablation:
    """Every row at some seeds, with gains that differ by row, seed and language."""
    before = {x: 80.0 - 4 * i for i, x in enumerate(LANGUAGES)}
    return ablation(
        [
            Scored(
                row,
                seed,
                before,
                {x: y + place / 2 - i * seed / 3 for i, (x, y) in enumerate(before.items())},
                ("en", "de", "es") if row == "alsace" else None,
            )
            for place, row in enumerate(rows)
            for seed in range(seeds)
        ]
    )


def drawn() -> dict[str, Builder]:
    table, changes = made_up(), {0: ({"en": 60.0}, {"en": 61.5}), 3: ({"en": 62.0}, {"en": 60.0})}
    points = points_of({50.0: changes, 1000.0: changes}, AVERAGE, ("en",))
    badges = ["transductive"]
    return {
        "dots": partial(ablation_dots, table, badges=badges),
        "gaps": partial(ablation_dots, table, "gap"),
        "one seed": partial(ablation_dots, made_up(1)),
        "few rows": partial(ablation_dots, made_up(2, ("none", "alsace"))),
        "no groups": partial(ablation_dots, made_up(2, ("none", "random"))),
        "languages": partial(against_map, table, "none", unseen=("sw",), badges=badges),
        "lines": partial(
            variation_lines, points, "unlabelled parallel items (shots)", AVERAGE, badges=badges
        ),
    }


@pytest.mark.parametrize("width", ["acl-column", "acl-page"])
@pytest.mark.parametrize("name", drawn())
def test_on_paper(name: str, width: str) -> None:
    assert faults(drawn()[name], WIDTHS[width]) == []


def test_every_seed_and_mean_is_drawn() -> None:
    rows = table(ablation_dots(made_up(2, ("none", "alsace"))))
    counts = rows.groupby(["row", "group", "kind"]).size().unstack(fill_value=0)
    assert counts["start"].to_dict()["before", "all"] == 0  # it is the start
    assert list(rows.columns) == ["row", "group", "kind", "seed", "value", "low", "high"]
    assert {kind: [x for x in counts[kind] if x] for kind in counts} == {
        "mean": [1] * 9, "seed": [2] * 9, "start": [1] * 6,
    }  # fmt: skip
    alsace = rows[(rows.row == "alsace") & (rows.group == "all")]
    seeds, mean = alsace[alsace.kind == "seed"].value, alsace[alsace.kind == "mean"].iloc[0]
    assert mean.value == pytest.approx(seeds.mean())
    assert (mean.low, mean.high) == (seeds.min(), seeds.max())


def test_what_the_note_says() -> None:
    def note(seeds: int, *rows: str) -> str:
        return " ".join(found_in(ablation_dots(made_up(seeds, rows)).to_dict(), "subtitle")[0])

    assert "3 seeds" in note(3, "none", "alsace")
    assert "hollow" not in note(3, "none", "alsace") and "1 to" not in note(3, "none", "alsace")
    assert "1 seed, so no spread" in note(1, "none", "alsace")
    assert "no ALSACE run" in note(1, "none", "random")


def test_before_is_a_row_with_the_marks_of_its_lines() -> None:
    svg = to_svg(ablation_dots(made_up(3, ("none", "alsace")), paper=True, width=218))
    boxes = [x for x in text_boxes(svg) if x.text in ("before", "none", "alsace")]
    assert [x.text for x in sorted(boxes, key=lambda x: x.top)] == ["before", "none", "alsace"]
    # a mark a seed, row and group, and the three of the legend
    assert len(re.findall(r'aria-roledescription="point"', svg)) == 3 * 3 * 3
    # a bar a row and group, and in the two rows below a line where they started
    assert len(re.findall(r'aria-roledescription="tick"', svg)) == 3 * 3 + 2 * 3


def mixed() -> Ablation:
    """ALSACE at seeds 0 and 1, which start at 60 and 50; “none” at seed 0 only, unchanged."""
    high, low = {"en": 70.0, "sw": 50.0}, {"en": 60.0, "sw": 40.0}
    return ablation(
        [
            Scored("none", 0, high, high),
            Scored("alsace", 0, high, high, ("en",)),
            Scored("alsace", 1, low, low, ("en",)),
        ]
    )


def test_a_row_of_one_seed_stands_beside_its_own_start() -> None:
    chart = ablation_dots(mixed())
    rows = table(chart)
    none = rows[(rows.row == "none") & (rows.group == "all")]
    assert none[["kind", "value"]].to_dict("records") == [
        {"kind": "seed", "value": 60}, {"kind": "start", "value": 60},
    ]  # fmt: skip
    other = rows[(rows.row == "alsace") & (rows.group == "all")].set_index("kind").value
    assert other["mean"] == other["start"] == 55
    note = " ".join(found_in(chart.to_dict(), "subtitle")[0])
    assert "1 to 2 seeds" in note and "hollow: one seed only" in note


def test_marks_of_one_seed_are_hollow_and_have_no_bar() -> None:
    svg = to_svg(ablation_dots(mixed(), paper=True, width=218))
    points = [x for x in re.findall("<path[^>]*>", svg) if 'description="point"' in x]
    filled = {
        row: {'fill="#' in x for x in points if f"row: {row};" in x}
        for row in ("before", "none", "alsace")
    }
    assert filled == {"before": {True}, "none": {False}, "alsace": {True}}
    one = to_svg(ablation_dots(made_up(1, ("none", "alsace")), paper=True, width=218))
    assert len(re.findall(r'aria-roledescription="tick"', one)) == 2 * 3  # their starts


def test_all_is_light_on_a_dark_page_and_ranges_are_strong() -> None:
    def colours(**look: bool) -> list[str]:
        spec = ablation_dots(made_up(2, ("none", "alsace")), **look).to_dict()
        return next(x["range"] for x in found_in(spec, "scale") if "#D55E00" in x.get("range", ()))

    assert colours(dark=True)[2] == theme.SKY
    assert colours()[2] == colours(dark=True, paper=True)[2] == theme.BLUE


def test_labels_of_the_ticks_stand_below_their_ticks() -> None:
    chart = ablation_dots(made_up(), paper=True, width=218)
    assert set(found_in(chart.to_dict(), "labelFlush")) == {False}
    numbers = [x for x in text_boxes(to_svg(chart)) if x.text.isdigit()]
    middles = [(x.left + x.right) / 2 for x in numbers]
    assert len(middles) > 2
    assert np.diff(middles) == pytest.approx(np.diff(middles)[0], abs=0.8)


def test_measures() -> None:
    with pytest.raises(UserError, match="unknown measure"):
        ablation_dots(made_up(1), "kappa")
    alone = ablation([Scored("none", 0, {"fr": 1.0, "sw": 2.0}, {"fr": 1.0, "sw": 2.0})])
    with pytest.raises(UserError, match="no row has a gap"):
        ablation_dots(alone, "gap")


def test_differences_have_a_mean_and_a_table() -> None:
    rows = {"a": {"en": 1.0, "sw": -3.0}, "b": {"en": 2.0, "sw": 0.5}}
    chart = difference_map(rows, heading="H", unseen=("sw",))
    cells = {(x["row"], x["language"]): x["difference"] for x in table(chart).to_dict("records")}
    assert cells["a", MEAN] == -1 and cells["b", MEAN] == 1.25
    assert cells["a", "sw†"] == -3
    assert "a & 1.00 & -3.00 & -1.00" in latex(chart)
    assert "never saw" in str(found_in(chart.to_dict(), "subtitle"))
    assert "never saw" not in str(difference_map(rows, heading="H").to_dict())
    with pytest.raises(UserError, match="no differences"):
        difference_map({}, heading="H")


def test_the_average_of_medians_is_not_the_median_of_averages() -> None:
    rows = {"10": {"en": 0.0, "sw": 0.0, MEAN: 1.2}, "50": {"en": 2.0, "sw": 4.0}}
    chart = difference_map(rows, heading="H")
    shown = table(chart).to_dict("records")
    cells = {(x["row"], x["language"]): x["difference"] for x in shown}
    assert len(cells) == len(shown) == 6
    assert cells["10", MEAN] == 1.2 and cells["50", MEAN] == 3


def test_many_languages_need_a_wider_page() -> None:
    rows = {"alsace": {f"x{i}": -12.5 for i in range(20)}}
    with pytest.raises(
        UserError, match=r"20 languages don't fit into this width: choose .*acl-page"
    ):
        difference_map(rows, heading="H", paper=True, width=218)
    assert faults(partial(difference_map, rows, heading="H"), 486) == []


def test_after_is_light_on_a_dark_page() -> None:
    draw = drawn()["lines"]
    assert theme.BLUE in str(draw().to_dict()) and theme.SKY not in str(draw().to_dict())
    assert theme.SKY in str(draw(dark=True).to_dict())
    assert theme.BLUE not in str(draw(dark=True).to_dict())


def test_a_wide_range_is_logarithmic() -> None:
    def axis(*values: float) -> str:
        runs = {x: {0: ({"en": 60.0, "fr": 50.0}, {"en": 61.0, "fr": 52.0})} for x in values}
        spec = variation_lines(points_of(runs, GAP, ("en", "fr")), "shots", GAP).to_dict()
        return str(found_in(spec, "title"))

    assert "Shots (logarithmic)" in axis(10, 1000)
    assert "logarithmic" not in axis(50, 200) and "logarithmic" not in axis(0, 1000)
    with pytest.raises(UserError, match="nothing to draw"):
        variation_lines([], "shots", GAP)


def test_the_figures_of_a_runs_family(tmp_path) -> None:
    made = compared_runs.fill(tmp_path, {"alsace": [3, 4], "none": [0, 1]})
    (lonely,) = compared_runs.fill(tmp_path, {"alsace": [3]}, steps=7)
    store = RunStore(tmp_path)
    for name in ABLATIONS:
        chart = family_builder(name, made[0], store)(paper=True, width=454)
        assert "alsace" in set(table(chart)["row"])
    with pytest.raises(UserError, match="part of no ablation"):
        family_builder("ablation", lonely, store)


def test_the_sizes_of_a_teacher_and_its_student(tmp_path) -> None:
    store = RunStore(tmp_path)
    made = [balanced_runs.sized(store, *x) for x in ((400, 100), (400, 200), (900, 100))]
    lonely = balanced_runs.compared(store)
    draw = family_builder("teacher-student", made[0], store)
    for width in (218, 454):
        shown = table(draw(paper=True, width=width))
        assert set(shown["labels"]) == {"hard labels", "teacher of 400", "teacher of 900"}
    hard = shown[(shown["labels"] == "hard labels") & (shown["own"] == 400 / 1e6)]
    teachers = [run.record.metrics["teachers"]["de"] for run in made[:2]]  # the newer one counts
    assert any(hard["value"].iloc[0] == pytest.approx(x) for x in teachers)
    with pytest.raises(UserError, match="no comparison in one language"):
        family_builder("teacher-student", lonely, store)
    with pytest.raises(UserError, match="no sizes"):
        teacher_student([], "German")

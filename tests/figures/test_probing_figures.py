"""The figures of knowledge probing: what their cells, bars and marks say."""

from __future__ import annotations

from functools import partial

import pytest

from core.errors import UserError
from core.figures import theme
from core.figures.asked import asked, read_answers
from core.figures.data_table import table
from core.figures.export import render, to_svg
from core.figures.probing import AVERAGE, CHANCE, PANELS, probing_map
from core.figures.probing_bars import one_row, probing_bars
from core.figures.regional_teachers import TOGETHER, regional_teachers
from core.figures.registry import builder
from core.metrics.probing import ProbingScores
from core.metrics.probing_bootstrap import probing_intervals
from core.published.alsace.geomlama import table_12
from core.selection.regions import choose_by_region
from core.selection.strategies import choose
from tests.dashboard import probed_runs
from tests.figures.test_figures import found_in, probed_run, some_run
from tests.figures.test_layout import TWELVE, faults

REGIONS = tuple(f"a-long-name-of-region-{i}" for i in range(17))


def printed() -> tuple[ProbingScores, ProbingScores]:
    before, after = (x.scores for x in table_12().values())
    return before, after


def test_the_map_of_the_papers_table() -> None:
    rows = table(probing_map(*printed()))
    cells = rows.set_index(["panel", "region", "language"])["value"]
    assert cells["before", "KE", "fa"] == pytest.approx(42.5)
    assert cells["after", "US", "fa"] == pytest.approx(50.34, abs=0.01)
    assert cells["difference", "US", "fa"] == pytest.approx(2.07, abs=0.01)
    assert cells["after", AVERAGE, "sw"] == pytest.approx(30.95, abs=0.01)
    assert cells[CHANCE, "IN", CHANCE] == pytest.approx(34.19, abs=0.01)
    low = rows[rows["at_chance"]].set_index(["panel", "region", "language"])
    assert ("before", "CN", "en") in low.index and ("before", "US", "en") not in low.index
    assert set(low.reset_index()["panel"]) == {"before", "after"}


def test_scales_are_the_same_in_every_map() -> None:
    for scores in (printed(), [probed_runs.some_scores(REGIONS, TWELVE, x) for x in (0, 1)]):
        spec = probing_map(*scores).to_dict()
        domains = [x["domain"] for x in found_in(spec, "scale") if "scheme" in x]
        assert domains == [[0, 100], [0, 100], [-30, 30]][-len(domains) :]
        assert [-30, 30] in domains and [0, 100] in domains


def test_a_probe_has_one_panel_and_no_scale_of_differences() -> None:
    chart = probing_map(printed()[0])
    assert set(table(chart)["panel"]) == {"before", CHANCE}
    assert "Change (points)" not in str(chart.to_dict())


def test_panels_can_be_left_out() -> None:
    chart = probing_map(*printed(), panels=("difference",))
    assert set(table(chart)["panel"]) == {"difference", CHANCE}
    assert len(set(table(probing_map(*printed(), panels=PANELS))["panel"])) == 4


@pytest.mark.parametrize("width", [218, 454])
def test_maps_of_any_size_have_a_tidy_page(width: int) -> None:
    assert faults(partial(probing_map, *printed()), width) == []
    before, after = (probed_runs.some_scores(REGIONS, TWELVE, x) for x in (0, 1))
    assert faults(partial(probing_map, before, after, badges=["transductive"]), width) == []


def test_too_many_languages_are_refused_on_paper() -> None:
    scores = probed_runs.some_scores(REGIONS, [f"x{i}" for i in range(60)])
    with pytest.raises(UserError, match="60 languages don't fit"):
        probing_map(scores, paper=True, width=218)
    scores = probed_runs.some_scores(REGIONS, [f"x{i}" for i in range(90)])
    with pytest.raises(UserError, match="90 languages don't fit"):
        probing_bars(scores, paper=True, width=218)
    assert probing_map(scores)


def test_a_zero_has_no_sign() -> None:
    svg = to_svg(probing_map(*printed(), paper=True, width=454))
    assert ">0.0<" in svg and ">+0.0<" not in svg and ">−0.0<" not in svg
    assert ">+4.3<" in svg and ">−4.8<" in svg


def test_bars_have_intervals_and_chance() -> None:
    run = probed_run()
    intervals = probing_intervals(run.scored["before"], run.scored["after"], resamples=200)
    before = ProbingScores.from_json(run.record.metrics["before"])
    after = ProbingScores.from_json(run.record.metrics["after"])
    rows = table(probing_bars(before, after, intervals=intervals, regions=("polynesia",)))
    assert set(rows["region"]) == {"polynesia"}
    assert (rows["low"] <= rows["accuracy"]).all() and (rows["accuracy"] <= rows["high"]).all()
    assert (rows["chance"] == 25).all()
    assert set(rows["when"]) == {"before", "after"}
    assert set(table(probing_bars(before))["when"]) == {"before"}
    with pytest.raises(UserError, match=r"no region mars; there are eastern-africa"):
        probing_bars(before, regions=("mars",))


def test_bars_of_many_regions_take_more_rows() -> None:
    scores = probed_runs.some_scores(REGIONS, TWELVE)
    assert not one_row(TWELVE, REGIONS, 590) and one_row(TWELVE, REGIONS[:2], 590)
    spec = probing_bars(scores, scores, width=590).to_dict()
    assert len(spec["vconcat"]) == 9
    assert faults(partial(probing_bars, scores, scores), 218) == []


def test_teachers_are_framed() -> None:
    run = probed_run()
    regions = run.scored["before"].regions
    found = run.predicted["before"]
    chart = regional_teachers(choose_by_region(found, regions), choose(found))
    rows = table(chart).set_index(["region", "language"])
    teachers = choose(found).teachers
    assert {x for x in found.languages if rows.loc[(TOGETHER, x), "role"] == "teacher"} == set(
        teachers
    )
    assert theme.VERMILLION in str(chart.to_dict())
    assert "θ = 0.2, the mean" in str(chart.to_dict()["title"])
    tex = render(builder("regional-teachers", run), "tex", 218).decode()
    assert tex.count(r"\\") == 5  # head, three regions, all together


def test_words_the_papers_font_lacks_are_numbers() -> None:
    answers = read_answers({"answers": probed_runs.ASKED})
    svg = to_svg(asked(answers, paper=True, width=454))
    assert ">Nairobi<" in svg and ">नैरोबी<" not in svg and ">2<" in svg
    assert "नैरोबी" in str(asked(answers).to_dict())
    assert faults(partial(asked, answers), 218) == []


@pytest.mark.parametrize(
    "answers", [3, {"en": 1}, {"en": {"prompt": "x", "candidates": ["a"], "scores": []}}]
)
def test_damaged_answers_are_named(answers: object) -> None:
    with pytest.raises(UserError, match="recorded answers can't be read"):
        read_answers({"answers": answers})


def test_figures_of_a_task_are_refused_of_prompts() -> None:
    for name in ("before-after", "transfer-gap", "gap-change"):
        with pytest.raises(UserError, match="accuracy on a task"):
            builder(name, probed_run())(paper=True, width=218)
    for name in ("probing", "probing-bars", "regional-teachers", "answers"):
        with pytest.raises(UserError):
            builder(name, some_run())(paper=True, width=218)

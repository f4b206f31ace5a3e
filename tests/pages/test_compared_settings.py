"""Runs with other settings side by side: the page's words follow the runs of the store."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df as bytes_to_frame
from streamlit.testing.v1 import AppTest

from core.runs.store import RunStore
from tests.dashboard import compared_runs
from tests.pages.opened import open_page
from tests.pages.test_pages import text_of


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty store, set as the dashboard's."""
    place = tmp_path / "runs"
    monkeypatch.setenv("CORE_STORE", str(place))
    return place


def opened(**query: str | list[str]) -> AppTest:
    app = open_page("compare_runs", **query)
    assert not app.exception
    assert not [x.value for x in app.error]
    return app


def test_what_to_run_is_said_where_nothing_can_be_compared(root: Path) -> None:
    compared_runs.fill(root, {"alsace": [3]})
    codes = "\n".join(x.value for x in opened().code)
    assert "--strategy $strategy" in codes
    assert "--labelled $k" in codes
    assert "python -m core sweep --config cached_runs/sweeps/fact-world-gains.toml" in codes


@pytest.mark.parametrize(
    ("alsace", "words"),
    [
        ([20, 20, 21], "“alsace” beats “none”"),
        ([0, 1, 0], "“alsace” is not shown to beat “none”"),
        ([0, 0, 1], "“alsace” falls behind “none”"),
        ([3, 9, 0], "“alsace” is not shown to beat “none”"),
    ],
)
def test_the_page_says_who_beats_whom(root: Path, alsace: list[int], words: str) -> None:
    compared_runs.fill(root, {"alsace": alsace, "none": [1, 1, 2], "random": [0, 1, 0]})
    text = text_of(opened()).replace("\\", "")
    assert words in text
    assert "T = en, fr (seeds 0, 1, 2)" in text


def test_the_commands_of_the_rows(root: Path) -> None:
    compared_runs.fill(root, {"alsace": [3, 4], "none": [1, 2]})
    codes = "\n".join(x.value for x in opened().code)
    assert "# none\npython -m core distill --languages en,fr,sw,yo --strategy none  # run" in codes
    assert codes.count("--strategy none") >= 2


def test_another_family_is_picked_and_linked(root: Path) -> None:
    compared_runs.fill(root, {"alsace": [3, 4], "none": [1, 2], "random": [0, 0]})
    compared_runs.fill(root, {"alsace": [0], "none": [5]}, steps=9)
    app = opened()
    box = app.selectbox(key="family")
    assert "3 rows, 2 seeds · steps 150" in box.options[0]
    other = next(x for x, name in zip(_keys(app), box.options, strict=True) if "steps 9" in name)
    box.select(other).run()
    assert other in app.query_params["family"]
    assert "falls behind “none”" not in text_of(app) and "One seed" in text_of(app)
    again = opened(family=other)
    assert again.selectbox(key="family").value == other


def _keys(app: AppTest) -> list[str]:
    """The families by key, in the order of the list."""
    from core.runs.ablation_rows import ablations
    from dashboard.ablation_data import trials

    return [family.key for family in ablations(trials())]


def test_the_number_of_seeds_is_true_of_every_row(root: Path) -> None:
    compared_runs.fill(root, {"alsace": [3, 4, 2], "none": [1, 2, 1], "random": [0]})
    app = opened()
    assert "3 rows, 1 to 3 seeds each" in app.selectbox(key="family").options[0]
    shown = next(x.value for x in app.dataframe if "Δ(A)" in x.value.columns)
    assert not shown["Method"].str.startswith("ALSACE").any()  # the paper's rows are off
    app.selectbox(key="ablation_published").select("XLM-R-large").run()
    shown = next(x.value for x in app.dataframe if "Δ(A)" in x.value.columns)
    assert list(shown["Method"].str.startswith("ALSACE, Table ")).index(True) == 4


def test_a_setting_that_varies(root: Path) -> None:
    compared_runs.fill(root, {"alsace": [1, 2]}, labelled=20)
    compared_runs.fill(root, {"alsace": [4, 5]}, labelled=80)
    text = text_of(opened()).replace("\\", "")
    assert "rises in every seed at 20 (+1.5), 80 (+4.5)" in text
    assert "128 labelled English items, median of 5 runs" in text


def test_the_map_has_the_average_of_the_sentence(root: Path) -> None:
    """Medians over seeds of the languages are 0 each, that of their average is +1."""
    store = RunStore(root)
    for labelled in (20, 80):
        for seed in range(3):
            config = compared_runs.DistillConfig(
                labelled=labelled, seed=seed, languages=compared_runs.LANGUAGES
            )
            moved = {compared_runs.LANGUAGES[1 + seed]: 4}
            compared_runs.run(store, config, moved, seed)
    app = opened()
    assert "at 20 (+1.0), 80 (+1.0)" in text_of(app).replace("\\", "")
    charts = [x.proto for x in app.get("vega_lite_chart")]
    shown = next(x for x in charts if "Change by language" in x.spec)
    data = shown.data.data or shown.datasets[0].data.data
    cells = bytes_to_frame(data)
    assert cells[cells.language == "avg"].difference.tolist() == [1, 1]
    assert cells[cells.language != "avg"].difference.abs().max() == 0


def test_the_teacher_signal(root: Path) -> None:
    gains = {"by-hand:en": [9], "by-hand:fr": [6], "by-hand:sw": [3], "by-hand:yo": [1]}
    compared_runs.fill(root, gains)
    app = opened()
    text = text_of(app).replace("\\", "")
    specs = [json.loads(x.proto.spec) for x in app.get("vega_lite_chart")]
    halves = [x for x in specs if "ρ" in str(x["title"])]
    assert len(halves) == 2 and {x["width"] for x in halves} == {260}  # half a narrow window
    assert "en gives the others most (+9.0 points), and it is also the surest language" in text
    assert "With one seed it is not known" in text
    assert "predicts the gain as well" in text
    assert "fewer than 6 cannot tell, 1 seed each" in text and "better teaching here" not in text


def test_languages_never_seen(root: Path) -> None:
    compared_runs.fill(root, {"alsace": [3, 4], "none": [1, 2]}, model="models/mini-mplm")
    app = opened()
    assert app.multiselect(key="unseen").value == ["yo"]
    assert "Languages the encoder never saw (yo)" in text_of(app).replace("\\", "")
    app.multiselect(key="unseen").set_value([]).run()
    assert "never saw (yo)" not in text_of(app).replace("\\", "")
    assert opened(unseen="sw,xx").multiselect(key="unseen").value == ["sw"]
    assert opened(unseen="").multiselect(key="unseen").value == []


def test_languages_of_another_family_are_not_offered_and_stay_chosen(root: Path) -> None:
    store = RunStore(root)
    for languages, seeds in ((("en", "fr", "sw", "yo"), 2), (("en", "fr", "sw"), 1)):
        for strategy in ("alsace", "none", "random")[: 1 + seeds]:
            config = compared_runs.DistillConfig(
                strategy=strategy, languages=languages, model="models/mini-mplm"
            )
            compared_runs.run(store, config, {"fr": 2}, 0)
    app = opened()
    box = app.selectbox(key="family")
    assert app.multiselect(key="unseen").value == ["yo"]
    other = next(x for x, name in zip(_keys(app), box.options, strict=True) if "3 lang" in name)
    box.select(other).run()
    chosen = app.multiselect(key="unseen")
    assert "yo" not in chosen.options and chosen.value == []
    chosen.set_value(["sw"]).run()
    assert "".join(app.query_params["unseen"]) == "sw"  # what the control shows, no more
    first = next(x for x in _keys(app) if x != other)
    app.selectbox(key="family").select(first).run()
    assert sorted(app.multiselect(key="unseen").value) == ["sw", "yo"]
    app = opened(family=other, unseen="yo")
    assert app.multiselect(key="unseen").value == []
    assert "".join(app.query_params["unseen"]) == ""
    app.selectbox(key="family").select(first).run()
    assert app.multiselect(key="unseen").value == ["yo"]


def test_damaged_predictions_leave_the_table(root: Path) -> None:
    made = compared_runs.fill(root, {"alsace": [3, 4], "none": [1, 2]})
    (made[0].path / "predictions_after.npz").write_bytes(b"no archive")
    app = open_page("compare_runs")
    assert not app.exception
    said = [x.value.replace("\\", "") for x in app.error]  # of the examples, if it is chosen
    assert all("predictions_after.npz can't be read" in x for x in said)
    text = text_of(app).replace("\\", "")
    assert "beats" in text

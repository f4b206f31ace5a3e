"""How far a teacher choice can be trusted, on the page of teacher selection."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.runs.store import StoredRun
from core.selection.stability import stability
from core.selection.stability_text import summary_of
from core.selection.strategies import choose
from dashboard import cache, chosen_examples, example_data
from dashboard.labels import escape
from dashboard.selection_panel import selection_items
from tests.dashboard import stored_runs
from tests.pages.opened import open_page
from tests.pages.test_example_browser import listed

HEADING = "How far to trust this choice"


def opened(run: StoredRun, **query: str) -> AppTest:
    app = open_page("teacher_selection", run=run.id, **query)
    assert not app.exception and not app.error
    assert HEADING in [x.value for x in app.subheader]
    return app


def titles(app: AppTest) -> str:
    return " ".join(str(x.proto.spec) for x in app.get("vega_lite_chart"))


def said(app: AppTest) -> str:
    return " ".join(x.value for x in app.markdown)


def test_the_words_are_there_before_any_view(filled: dict[str, StoredRun]) -> None:
    run = filled["demo"]
    app = opened(run)
    found, _ = selection_items(cache.run(run.id))
    first = summary_of(stability(found, choose(found)))[0]
    assert escape(first) in said(app)
    assert "Stability of the teacher choice" not in titles(app)
    app.slider(key="theta").set_value(app.slider(key="theta").max).run()
    assert "Nobody teaches in" in said(app)


def test_stability_by_threshold_and_by_examples(filled: dict[str, StoredRun]) -> None:
    app = opened(filled["demo"], trust="Stability")
    assert "Stability of the teacher choice" in titles(app)
    assert "Who would teach at which threshold" in titles(app)
    app = opened(filled["demo"], trust="Stability", against="the number of examples")
    assert "The choice with fewer examples" in titles(app)
    app.selectbox(key="strategy").select("none").run()
    assert not app.exception and not app.error
    assert "The choice with fewer examples" in titles(app)


def test_calibration_and_the_choice_after_it(filled: dict[str, StoredRun]) -> None:
    app = opened(filled["demo"], trust="Calibration")
    assert "Is the model as sure as it is right?" in titles(app)
    assert "Calibrated, " in said(app).replace("\\", "")
    [rows] = [x.value for x in app.dataframe if "Temperature" in x.value]
    assert list(rows["Language"]) and (rows["Temperature"] > 0).all()
    assert set(rows["Role"]) == {"teacher", "student"}
    assert any("labelled items; the choice is made from the unlabelled" in x.value
               for x in app.caption)  # fmt: skip


def test_without_gold_calibration_says_so(filled: dict[str, StoredRun]) -> None:
    run = filled["demo"]
    (run.path / "predictions_before.npz").unlink()
    app = opened(run, trust="Calibration")
    assert any("only be told with gold labels" in x.value for x in app.info)


@pytest.mark.parametrize("gold", [True, False])
def test_disagreement_lists_the_most_split_examples(
    gold: bool, filled: dict[str, StoredRun]
) -> None:
    run = filled["select"]
    found = stored_runs.predictions(stored_runs.SKILL_BEFORE, items=40, gold=gold)
    found.save(run.path / "predictions_before.npz")
    app = opened(run, trust="Disagreement")
    for title in ("Where the languages disagree", "Agreement between languages",
                  "Typological distance and agreement"):  # fmt: skip
        assert title in titles(app)
    [rows] = [x.value for x in app.dataframe if "Entropy" in x.value]
    assert len(rows) == 25 and ("Right" in rows) == gold
    assert (np.diff(rows["Entropy"]) <= 1e-9).all()
    assert set(stored_runs.LANGUAGES) <= set(rows.columns)
    app.slider(key="groups").set_value(4).run()
    assert "framed: 4 groups" in titles(app)


def points(app: AppTest) -> dict[str, Any]:
    [chart] = app.get("plotly_chart")
    return json.loads(chart.proto.spec)


def test_all_examples_are_points_in_one_view_only(filled: dict[str, StoredRun]) -> None:
    run = filled["select"]
    assert not opened(run, trust="Stability").get("plotly_chart")
    app = opened(run, trust="Disagreement")
    [chart] = app.get("plotly_chart")
    assert "Every example as a point" in chart.proto.alt
    assert "80 examples" in points(app)["layout"]["title"]["subtitle"]["text"]
    assert len(chart.proto.spec) < 20_000
    app.selectbox(key="map_language").select("sw").run()
    assert not app.exception and not app.error
    assert "sw" in app.query_params["map_language"]
    assert "on which sw differs" in points(app)["layout"]["title"]["subtitle"]["text"]


def test_a_selection_on_the_chart_changes_the_list(filled: dict[str, StoredRun]) -> None:
    run = filled["select"]
    found = cache.predictions(run, "before")
    assert found is not None
    places = {"selection": {"points": [{"customdata": 4}, {"customdata": 9}], "box": []}}
    told = chosen_examples.told(places["selection"], found.examples, len(found.languages))
    query = {key: text for key, text in told.items() if text}
    app = opened(run, trust="Disagreement", ex_show="all", **query)
    assert {x.split(" ")[1] for x in listed(app)} == {"item-4", "item-9"}
    assert "2 examples, item-4, item-9" in " ".join(x.value for x in app.caption).replace("\\", "")
    app.button(key="ex_all").click().run()
    assert not {"ex_ids", "ex_area"} & set(app.query_params)
    assert len({x.split(" ")[1] for x in listed(app)}) > 2


def test_a_box_on_the_chart_changes_the_list(filled: dict[str, StoredRun]) -> None:
    run = filled["select"]
    app = opened(run, trust="Disagreement", ex_show="all", ex_area="3-5,20-60")
    found = cache.predictions(run, "before")
    assert found is not None
    votes = example_data.of_choice(found, "x", ()).found.last
    kept = (votes.votes >= 3) & (votes.votes <= 5) & (votes.vote_confidence >= 0.2)
    kept &= votes.vote_confidence <= 0.6
    assert kept.any() and f"{12 * int(kept.sum())} of 960 answers" in " ".join(
        x.value for x in app.caption
    )


def test_odd_choices_in_a_link_are_told(filled: dict[str, StoredRun]) -> None:
    app = open_page("teacher_selection", run=filled["select"].id, ex_ids="no", ex_area="x")
    assert not app.exception and not app.error
    said = " ".join(x.value for x in app.warning).replace("\\", "")
    assert "no example no" in said and "a part of the map" in said


def test_languages_without_features_are_one_message(filled: dict[str, StoredRun]) -> None:
    run = filled["select"]
    found = stored_runs.predictions(stored_runs.SKILL_BEFORE, items=30)
    odd = tuple(f"mine{i}" for i in range(12))
    type(found)(odd, found.examples, found.probabilities, gold=found.gold).save(
        run.path / "predictions_before.npz"
    )
    app = open_page("teacher_selection", run=run.id, trust="Disagreement")
    assert not app.exception
    assert any("features are known of 0 of these languages" in x.value for x in app.error)
    assert "Where the languages disagree" in titles(app)


def test_one_cluster_can_not_be_resampled(filled: dict[str, StoredRun]) -> None:
    run = filled["select"]
    found = stored_runs.predictions(stored_runs.SKILL_BEFORE, items=1)
    found.save(run.path / "predictions_before.npz")
    app = open_page("teacher_selection", run=run.id)
    assert not app.exception
    assert any("takes 2 clusters" in x.value for x in app.error)

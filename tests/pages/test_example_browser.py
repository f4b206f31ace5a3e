"""The example browser on the pages that show runs of tasks."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.metrics.examples import Filter, matching
from core.runs.store import StoredRun
from dashboard import example_data
from dashboard.example_browser import ROWS
from tests.pages.opened import open_page
from tests.pages.test_pages import text_of


def listed(app: AppTest) -> list[str]:
    """Language and example of the rows of the page on the screen."""
    table = next(x.value for x in app.dataframe if "Right in" in x.value.columns)
    return [f"{a} {b}" for a, b in zip(table["Language"], table["Example"], strict=True)]


def expected(run: StoredRun, wanted: Filter) -> list[str]:
    subject = example_data.of_run(run)
    assert subject is not None
    found = subject.found
    places = matching(found, wanted).tolist()
    return [f"{found.languages[i]} {found.examples[j]}" for i, j in places]


@pytest.mark.parametrize("name", ["self_distillation", "transfer_gap", "compare_runs"])
def test_the_filters_of_a_link_are_shown(name: str, filled: dict[str, StoredRun]) -> None:
    run = filled["demo"]
    key = "run" if name == "self_distillation" else "runs"
    app = open_page(name, **{key: run.id}, ex_show="still wrong", ex_language="sw", ex_page="1")
    assert not app.exception
    wanted = expected(run, Filter("still wrong", ("sw",)))
    assert listed(app) == wanted[:ROWS]
    assert f"{len(wanted):,} of" in text_of(app)


def test_a_filter_changes_the_url_and_begins_on_its_first_page(
    filled: dict[str, StoredRun],
) -> None:
    run = filled["demo"]
    app = open_page("self_distillation", run=run.id, ex_show="still right", ex_page="2")
    wanted = expected(run, Filter("still right"))
    assert listed(app) == wanted[ROWS : 2 * ROWS]
    app.selectbox(key="ex_vote").select("split").run()
    assert not app.exception
    assert "split" in app.query_params["ex_vote"] and "ex_page" not in app.query_params
    assert listed(app) == expected(run, Filter("still right", vote="split"))[:ROWS]
    app.slider(key="ex_right").set_range(2, 3).run()
    assert "2-3" in app.query_params["ex_right"]
    wanted = expected(run, Filter("still right", vote="split", right_in=(2, 3)))
    assert (listed(app) if wanted else []) == wanted[:ROWS]
    app.selectbox(key="ex_vote").select("any").run()
    assert "ex_vote" not in app.query_params


def test_a_linked_example_is_shown_in_every_language(filled: dict[str, StoredRun]) -> None:
    run = filled["demo"]
    first = expected(run, Filter("turned right"))[0]
    app = open_page("self_distillation", run=run.id, ex_item=first)
    assert not app.exception
    assert "in every language; right:" in text_of(app)
    assert any("<table" in x.proto.body and "Swahili (sw)" in x.proto.body for x in app.get("html"))


@pytest.mark.parametrize(
    "odd",
    [{"ex_show": "x", "ex_language": "AVG"}, {"ex_page": "-3", "ex_right": "9-2"},
     {"ex_right": "a", "ex_page": "99999", "ex_vote": ""}, {"ex_item": "no such"}],
)  # fmt: skip
def test_odd_links_do_no_harm(odd: dict[str, str], filled: dict[str, StoredRun]) -> None:
    app = open_page("self_distillation", run=filled["demo"].id, **odd)
    assert not app.exception
    assert not [x.value for x in app.error]
    assert listed(app)


def test_teacher_selection_lists_what_it_chooses_from(filled: dict[str, StoredRun]) -> None:
    app = open_page("teacher_selection", run=filled["select"].id, ex_language="teachers")
    assert not app.exception
    chosen = set(filled["select"].record.selection["teachers"])  # type: ignore[index]
    assert {x.split(" ")[0] for x in listed(app)} <= chosen
    assert app.button(key="read_texts").label == "Read the texts"  # the run's data are on the hub


def test_a_run_without_answers_says_so(filled: dict[str, StoredRun]) -> None:
    run = filled["demo"]
    for when in ("before", "after"):
        (run.path / f"predictions_{when}.npz").unlink()
    app = open_page("self_distillation", run=run.id)
    assert not app.exception
    assert "keeps its answers to single examples" in text_of(app)


def test_a_run_with_answers_after_only(filled: dict[str, StoredRun]) -> None:
    run = filled["demo"]
    (run.path / "predictions_before.npz").unlink()
    app = open_page("self_distillation", run=run.id)
    assert not app.exception
    assert "no run of the store started alike" in text_of(app)
    assert app.selectbox(key="ex_show").options == ["wrong", "right", "all"]

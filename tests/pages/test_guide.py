"""The guided path, the glossary and the order of languages on the pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.figures.language_order import ORDERS
from core.glossary import glossary
from core.runs.store import StoredRun
from dashboard.guide_steps import NEEDS_ONE
from dashboard.labels import escape
from tests.pages.opened import open_page
from tests.pages.test_pages import PAGES, text_of


def test_the_list_is_closed_until_it_is_opened(filled: dict[str, StoredRun]) -> None:
    assert "vote on every item; those surest" not in text_of(open_page("overview"))
    opened = text_of(open_page("overview", first_steps="true"))
    assert "vote on every item; those surest" in opened
    assert "No run for this step yet" in opened  # nothing to compare the demo with


def test_an_empty_store_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORE_STORE", str(tmp_path / "none"))
    said = text_of(open_page("overview", first_steps="true"))
    assert "Start the demo” below" in said and "python -m core demo" in said
    assert said.count(NEEDS_ONE) == 6


def test_the_page_shows_the_place_on_the_path(filled: dict[str, StoredRun]) -> None:
    demo = filled["demo"].id
    app = open_page("teacher_selection", run=demo, step="2", trust="Stability")
    assert "**Step 2 of 7: How sure that choice is.**" in text_of(app)
    assert app.session_state["trust"] == "Stability"
    leave = next(x for x in app.button if x.label == "Leave the path")
    leave.click().run()
    assert "Step 2 of 7" not in text_of(app)


@pytest.mark.parametrize("step", ["0", "8", "x", "²", ""])
def test_no_such_step(step: str, filled: dict[str, StoredRun]) -> None:
    app = open_page("teacher_selection", step=step)
    assert not app.exception and not app.error
    assert " of 7:" not in text_of(app)


@pytest.mark.parametrize("name", [*PAGES, "balanced_training"])
def test_glossary_and_order_are_on_every_page(name: str, filled: dict[str, StoredRun]) -> None:
    app = open_page(name)
    shown = "\n".join(x.value for x in app.sidebar.markdown)
    assert not [name for name, term in glossary().items() if escape(term.title) not in shown]
    assert [x for x in app.sidebar.selectbox if x.label == "Order of languages"]


def test_the_order_stands_in_the_address_and_goes_with_one(filled: dict[str, StoredRun]) -> None:
    app = open_page("overview")
    assert "order" not in app.query_params
    order = next(x for x in app.sidebar.selectbox if x.label == "Order of languages")
    order.select(ORDERS["family"]).run()
    assert app.query_params["order"] == "family"
    app.query_params.clear()  # as the navigation does
    app.switch_page("../pages/transfer_gap.py").run()
    assert app.query_params["order"] == "family"

"""The address of a page opens the same view again, whatever was chosen; a wrong one says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboard import balanced_runs, compared_runs, probed_runs, qa_runs, stored_runs
from tests.pages.opened import open_page

PAGES = [
    ("overview", ""),
    ("teacher_selection", "trust=Disagreement strategy=random"),
    ("teacher_selection", "trust=Stability strategy=by-hand"),
    ("self_distillation", ""),
    ("geomlama", ""),
    ("geomlama", "run=probe"),
    ("balanced_training", ""),
    ("answer_ranks", "run=train"),
    ("transfer_gap", ""),
    ("compare_runs", ""),
    ("runs", "run=demo"),
]
"""A page, and where its controls are moved from."""
TIED = {
    "teacher_selection": {"strategy", "trust", "ex_show", "ex_right"},
    "self_distillation": {"run", "ex_show", "ex_vote", "ex_when"},
    "geomlama": {"regions", "theta", "verdict", "compared_on"},
    "balanced_training": {"models", "transfer"},
    "answer_ranks": {"qa_measure", "ranks_by", "ranks_form", "g_xlt_panels", "qa_group"},
    "transfer_gap": {"runs", "equity_tau", "equity_form"},
    "compare_runs": {
        "runs", "averages_over", "seeds", "equity_tau", "ablation_spread", "only_odd", "reference",
    },
    "runs": {"runs_tags"},
}  # fmt: skip
"""Controls that must be on a page, so that the test can't pass without them."""
HIDING = ("source", "trust", "strategy", "run")
"""Controls whose other values leave others out: they stay as the page was opened with."""
KINDS = ("segmented_control", "pills", "toggle", "slider", "selectbox", "multiselect")
TEXTS = ("markdown", "caption", "metric", "warning", "info", "error", "html")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A store with runs of every kind; some of them by name."""
    root = tmp_path_factory.mktemp("links") / "runs"
    named: dict[str, Any] = {"root": root}
    for kind in (stored_runs, probed_runs, qa_runs, balanced_runs):
        named |= kind.fill(root)
    compared_runs.fill(root, {"alsace": [3, 4], "none": [1, 2], "by-hand:fr": [2]})
    return named


@pytest.fixture(autouse=True)
def _served(made: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORE_STORE", str(made["root"]))


def controls(app: AppTest) -> dict[str, Any]:
    """What can be moved on the page, by its key; fields of forms for new runs have a dot in it."""
    found = [widget for kind in KINDS for widget in getattr(app, kind)]
    return {x.key: x for x in found if x.key and "." not in x.key and not x.proto.disabled}


def move(widget: Any) -> None:
    """Give a control another value, if it has another."""
    value = widget.value
    if widget.type == "toggle":
        widget.set_value(not value)
    elif widget.type == "slider" and isinstance(value, tuple | list):
        widget.set_value((value[0], max(value[1] - 1, value[0])))
    elif widget.type == "slider":
        widget.set_value(widget.min if value != widget.min else widget.max)
    elif isinstance(value, list):
        widget.set_value(value[:-1])
    else:
        shown = None if value is None else widget.format_func(value)
        other = [x for x in widget.options if x != shown]
        if other:
            widget.set_value(other[-1])


def values(app: AppTest) -> dict[str, Any]:
    return {key: widget.value for key, widget in controls(app).items()}


def view(app: AppTest) -> list[str]:
    """The texts, the tables and the charts with their data, in their order."""
    return list(_seen(app.main))


def _seen(block: Any) -> Iterator[str]:
    for node in getattr(block, "children", {}).values():
        if node.type in ("vega_lite_chart", "plotly_chart"):
            yield node.proto.spec
        elif node.type == "dataframe":
            yield node.value.to_csv()
        elif node.type in TEXTS:
            yield str(getattr(node, "value", node.proto))
        yield from _seen(node)


@pytest.mark.parametrize(("page", "start"), PAGES)
def test_the_address_reopens_the_view(page: str, start: str, made: dict[str, Any]) -> None:
    query = dict(part.split("=") for part in start.split())
    if "run" in query:
        query["run"] = made[query["run"]].id
    app = open_page(page, **query)
    assert set(controls(app)) >= TIED.get(page, set())
    assert ("map_language" in controls(app)) == ("Disagreement" in start)
    for key, widget in controls(app).items():
        if key not in HIDING:
            move(widget)
    app.run()
    assert not app.exception
    fresh = open_page(page, **dict(app.query_params))
    assert not fresh.exception
    assert values(fresh) == values(app)
    assert view(fresh) == view(app)
    assert not [x.value for x in fresh.warning if "link" in x.value]


def notes(app: AppTest) -> str:
    """What is said of the link, as it reads."""
    said = [x.value.replace("\\", "") for x in app.warning if "link" in x.value]
    assert len(said) < 2
    return "".join(said)


@pytest.mark.parametrize(
    ("page", "key", "text", "said"),
    [
        ("teacher_selection", "theta", "7", "theta = 7, but here it is a number from 0."),
        ("teacher_selection", "theta", "abc", "theta = abc, but here it is a number from 0."),
        ("teacher_selection", "theta", "nan", "theta = nan, but"),
        ("teacher_selection", "strategy", "magic", "strategy = magic, but here it is one of"),
        ("self_distillation", "ex_language", "xx", "ex_language = xx, but here it is "),
        ("self_distillation", "ex_right", "9-2", "ex_right = 9-2, but here it is a range"),
        ("teacher_selection", "ex_page", "0", "ex_page = 0, but here it is a whole number"),
        ("transfer_gap", "equity_tau", "2", "equity_tau = 2, but here it is a number from 0 to 1"),
        ("compare_runs", "seeds", "<b>", "seeds = <b>, but here it is one of together, apart"),
        ("compare_runs", "unseen", "en,xx", "unseen = en,xx, but here it is any of"),
        ("geomlama", "panels", "during", "panels = during, but here it is any of before, after"),
        ("answer_ranks", "qa_measure", "BLEU", "qa_measure = BLEU, but here it is one of F1, EM"),
        ("balanced_training", "models", "gpt", "models = gpt, but here it is any of"),
        ("runs", "run", "nobody", "names nobody, which is not in the table"),
    ],
)
def test_a_wrong_value_is_told_and_all_else_shown(
    page: str, key: str, text: str, said: str, made: dict[str, Any]
) -> None:
    # Which of the runs on prompts is the newest is not told by ids made within one second.
    start = {"run": made["global"].id} if page == "geomlama" else {}
    app = open_page(page, **start, **{key: text})
    assert not app.exception and not app.error
    assert said in notes(app)
    usual = open_page(page, **start)
    kept = {name: x for name, x in values(usual).items() if name != "unseen"}
    assert {name: x for name, x in values(app).items() if name != "unseen"} == kept
    assert not notes(usual)


@pytest.mark.parametrize(
    ("page", "key"),
    [("self_distillation", "run"), ("transfer_gap", "runs"), ("balanced_training", "probe")],
)
def test_a_run_that_is_gone_is_told(page: str, key: str, made: dict[str, Any]) -> None:
    gone, kept = "20200101T000000-demo-abcdef", made["demo"].id
    link = f"{gone},{kept}" if key == "runs" else gone
    app = open_page(page, **{key: link})
    assert not app.exception
    said = notes(app)
    assert gone in said and "exported file" in said and "page Runs" in said
    if key == "runs":
        assert app.multiselect(key="runs").value == [kept]
    else:
        assert app.selectbox(key=key).value != gone


def test_what_was_chosen_of_one_run_is_not_of_another(made: dict[str, Any]) -> None:
    app = open_page("teacher_selection", run=made["demo"].id, theta="0.0833")
    assert app.slider(key="theta").value == 0.0833
    app.selectbox(key="run").select(made["select"].id).run()
    assert "theta" not in app.query_params
    assert not notes(app)


def test_names_that_are_no_longer_offered_go_without_a_word() -> None:
    app = open_page("compare_runs", published_paper="alsace", published_table="Table 11")
    app.selectbox(key="published_paper").select("gxlt").run()
    assert not app.exception and not notes(app)
    assert "Table 11" not in app.query_params["published_table"]

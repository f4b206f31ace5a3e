"""The parts pages share, without a page around them where that is possible."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import altair as alt
import pytest
from streamlit.testing.v1 import AppTest

from core.config import DemoConfig, DistillConfig, PretrainConfig
from core.errors import UserError
from core.figures.language_order import OWN
from core.jobs.settings import problems_of
from core.metrics import gap_change
from core.metrics.transfer_gap import summarize
from core.runs import process
from core.runs.notes import annotate
from core.runs.store import RunStore
from core.selection.strategies import StrategyOptions, choose
from dashboard import badges, cache, figure_panel, labels, run_table, scores
from dashboard.config_form import DISTILL_GROUPS, HIDDEN
from dashboard.form_fields import kind_of, limits, title_of
from dashboard.run_picker import _resolved
from dashboard.score_panel import VERDICTS, _arrow, _colour, meaning
from dashboard.selection_panel import teaching_config
from dashboard.teacher_choice import Choice
from tests.dashboard import stored_runs

ROOT = Path(__file__).resolve().parents[2]


def form() -> None:
    from core.config import DistillConfig
    from dashboard.config_form import DISTILL_GROUPS, config_form

    config = config_form(DistillConfig, DISTILL_GROUPS, key="f")
    import streamlit as st

    st.session_state["made"] = config


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, stored_runs.StoredRun]:
    monkeypatch.setenv("CORE_STORE", str(tmp_path))
    return stored_runs.fill(tmp_path)


def test_untouched_form_gives_the_defaults() -> None:
    app = AppTest.from_function(form).run()
    assert not app.exception
    assert app.session_state["made"] == DistillConfig()


def test_form_reads_every_type_and_shows_errors_at_the_field() -> None:
    app = AppTest.from_function(form).run()
    app.text_input(key="f.languages").set_value("en, sw")
    app.text_input(key="f.learning_rate").set_value("1e-4")
    app.number_input(key="f.labelled").set_value(7)
    app.selectbox(key="f.teacher_mode").select("live")
    app.toggle(key="f.allow_overlap").set_value(True).run()
    made = app.session_state["made"]
    assert made.languages == ("en", "sw")
    assert (made.learning_rate, made.labelled, made.teacher_mode) == (1e-4, 7, "live")
    assert made.allow_overlap
    app.text_input(key="f.learning_rate").set_value("-1").run()
    assert app.session_state["made"] is None
    assert len(app.error) == 2
    app.text_input(key="f.learning_rate").set_value("<b>").run()
    assert app.session_state["made"] is None


def test_form_says_what_no_run_can_be_made_with() -> None:
    app = AppTest.from_function(form).run()
    app.text_input(key="f.model").set_value("path/to/encoder")
    app.text_input(key="f.dataset").set_value("glue").run()
    assert app.session_state["made"] is None
    said = " ".join(error.value for error in app.error)
    assert "no such folder, and no hub id" in said.replace("\\", "")
    assert "unknown dataset 'glue'" in said
    assert "2 settings are not usable yet" in said


def test_form_shows_the_options_of_the_strategy_only() -> None:
    app = AppTest.from_function(form).run()

    def drawn() -> set[str | None]:
        return {x.key for kind in (app.text_input, app.number_input, app.selectbox) for x in kind}

    options = {"f.teachers", "f.corpus", "f.weak_share", "f.neighbours"}
    assert not options & drawn()
    app.selectbox(key="f.strategy").select("scale").run()
    assert options & drawn() == {"f.corpus"}
    app.selectbox(key="f.corpus").select("mc4").run()
    assert app.session_state["made"] == DistillConfig(strategy="scale", corpus="mc4")
    app.selectbox(key="f.strategy").select("proximity").run()
    assert app.session_state["made"] == DistillConfig(strategy="proximity")


def huge_error() -> None:
    from core.errors import UserError
    from dashboard.shell import show_error

    show_error(UserError("\x1b[31m" + "x" * 100_000 + "\nline" * 100))


def test_an_error_is_shown_shortly_and_plainly() -> None:
    shown = AppTest.from_function(huge_error).run().error[0].value
    assert len(shown) < 2_000 and "and 61 more lines" in shown.replace("\\", "")
    assert "\x1b" not in shown


@pytest.mark.parametrize("config", [DistillConfig, DemoConfig, PretrainConfig])
def test_every_field_has_a_kind_and_a_help_text(config: type) -> None:
    for name, field in config.model_fields.items():
        kind = kind_of(field)
        assert field.description, name
        assert kind.base in (int, float, bool, str, tuple), name
        low, high = limits(field)
        assert low is None or high is None or low <= high
    assert title_of("learning_rate") == "Learning rate"


def test_groups_name_real_fields() -> None:
    named = [name for names in DISTILL_GROUPS.values() for name in names]
    assert len(set(named)) == len(named)
    assert set(named) | set(HIDDEN) <= set(DistillConfig.model_fields)


def test_escape_leaves_nothing_to_interpret() -> None:
    assert labels.escape("<b> :red[x] $y$\nz") == r"\<b\> \:red\[x\] \$y\$ z"


def test_durations() -> None:
    said = [labels.duration(x) for x in (None, 5, 89, 600, 7200)]
    assert said == ["unknown", "5 s", "89 s", "10 min", "2.0 h"]


def test_prefix_means_one_run_or_none(runs: dict[str, stored_runs.StoredRun]) -> None:
    by_id = {run.id: run for run in runs.values()}
    demo = runs["demo"].id
    assert _resolved([demo], by_id) == [demo]
    assert _resolved([demo[:-2], demo], by_id) == [demo]
    assert _resolved(["2"], by_id) == []
    assert _resolved([None], by_id) == []


def test_scores_of_a_run(runs: dict[str, stored_runs.StoredRun]) -> None:
    found = scores.comparison(runs["demo"])
    assert found is not None and found.change.verdict == "levelled up"
    assert found.intervals is not None and found.chance == pytest.approx(100 / 3)
    assert [x.label for x in scores.headlines(found)][-1] == "Gap to English"
    assert scores.comparison(runs["select"]) is None
    assert scores.summary(runs["running"]) == scores.Summary()


def test_without_english_the_headlines_name_the_source(tmp_path) -> None:
    live = stored_runs._start(
        RunStore(tmp_path), "distill", DistillConfig(dataset="xcopa", source="sw")
    )
    some = [
        stored_runs.predictions(skill).in_languages(["fr", "sw"])
        for skill in (stored_runs.SKILL_BEFORE, stored_runs.SKILL_AFTER)
    ]
    for when, found in zip(("before", "after"), some, strict=True):
        found.save(live.path / f"predictions_{when}.npz")
    live.update(metrics={w: summarize(p, "sw").to_json()
                         for w, p in zip(("before", "after"), some, strict=True)})  # fmt: skip
    live.finish()
    found = scores.comparison(stored_runs.StoredRun(live.path, live.record))
    assert found is not None
    lines = {line.part: line for line in scores.headlines(found)}
    assert (lines["pivot"].label, lines["gap"].label) == ("Swahili", "Gap to Swahili")
    assert lines["pivot"].after == found.after["sw"]
    assert lines["others"].after == found.after["fr"]
    assert lines["gap"].after == pytest.approx(found.after["sw"] - found.after["fr"])
    assert "Swahili, the only language with labels" in lines["pivot"].help
    assert not [line for line in lines.values() if "English" in line.label + line.help]
    assert found.intervals is not None and found.intervals.gap is not None


def test_a_collapse_paints_no_gap_green(runs: dict[str, stored_runs.StoredRun]) -> None:
    found = scores.comparison(runs["collapse"])
    assert found is not None and found.change.verdict == "collapse"
    gap = scores.headlines(found)[-1]
    assert gap.change < 0
    assert _colour(gap, found.change.verdict) == "gray"


def test_a_change_is_painted_and_points_by_its_sign() -> None:
    def line(part: scores.Part, change: float) -> scores.Headline:
        return scores.Headline(part, part, 50.0, 50.0 + change, change, None, "")

    assert [_arrow(x) for x in (1.2, -1.2, -0.04)] == ["up", "down", "off"]
    verdict = "levelled up"
    painted = [_colour(line(part, x), verdict) for part in ("average", "gap") for x in (2.0, -2.0)]
    assert painted == ["green", "red", "red", "green"]


def test_every_verdict_of_core_is_explained() -> None:
    listed = re.findall(r'"([^"]+)"', " ".join((gap_change.__doc__ or "").split()))
    assert set(listed) - {"flat"} | {"unchanged", "collapse"} == set(VERDICTS)


@pytest.mark.parametrize(
    ("pivot", "english", "said"),
    [
        ("en", -0.4, "The other languages rose and English did not decidedly fall."),
        ("en", 0.0, "The other languages rose and English did not decidedly fall."),
        ("en", 2.0, "The other languages rose, and English rose by less."),
        ("zh", -0.4, "The other languages rose and Chinese did not decidedly fall."),
        ("zh", 2.0, "The other languages rose, and Chinese rose by less."),
    ],
)
def test_levelled_up_says_whether_english_rose(pivot: str, english: float, said: str) -> None:
    before, after = {pivot: 80.0, "fr": 60.0}, {pivot: 80.0 + english, "fr": 66.0}
    assert meaning(gap_change.decompose(before, after, pivot=pivot)) == said


def test_undetermined_says_what_moved() -> None:
    before = {"en": 80.0, "fr": 60.0}
    assert "English rose" in meaning(gap_change.decompose(before, {"en": 80.7, "fr": 60.2}))
    assert "anything" in meaning(gap_change.decompose(before, {"en": 80.2, "fr": 60.2}))


def test_columns_of_the_gap_table(runs: dict[str, stored_runs.StoredRun]) -> None:
    made = scores.columns([runs["demo"], runs["select"], runs["running"]])
    found, without = made.scores, made.without
    assert made.pivots == dict.fromkeys(found, "en")
    tails = {name: labels.tail(run) for name, run in runs.items()}
    known = {name: cache.notes(runs[name]).name or tails[name] for name in ("demo", "select")}
    assert list(found) == [f"{known['demo']} before", f"{known['demo']} after", known["select"]]
    assert without == [runs["running"]]
    for name in ("demo", "select"):
        annotate(runs[name].path, name="The same long name of two runs")
    found = scores.columns([runs["demo"], runs["select"]]).scores
    assert list(found)[1:] == [f"The same…runs {tails['demo']} after",
                               f"The same…runs {tails['select']}"]  # fmt: skip
    annotate(runs["select"].path, name="")
    found = scores.columns([runs["demo"], runs["select"]]).scores
    assert list(found)[1:] == ["The same long…o runs after", tails["select"]]
    for name, seed in (("demo", 0), ("select", 1)):
        annotate(runs[name].path, name=f"Fact world, exclude-weak-students, seed {seed}")
    found = scores.columns([runs["demo"], runs["select"]]).scores
    assert list(found)[1:] == ["seed 0 after", "seed 1"]  # what they share is left out
    annotate(runs["select"].path, name="Fact world, random, seed 1")
    found = scores.columns([runs["demo"], runs["select"]]).scores
    assert list(found)[1:] == ["exclude-weak-…seed 0 after", "random, seed 1"]


def test_config_from_a_run_with_these_teachers(runs: dict[str, stored_runs.StoredRun]) -> None:
    found = stored_runs.predictions(stored_runs.SKILL_BEFORE)
    settings = cache.config_of(runs["select"], DistillConfig)
    options = StrategyOptions(("en", "fr"), corpus="mc4", weak_share=0.25, neighbours=2, seed=9)

    def made(strategy: str) -> DistillConfig:
        choice = Choice(choose(found, strategy, 0.08, options), 0.08, options)
        return teaching_config(settings, choice)

    plain = {"teachers": (), "corpus": "cc100", "weak_share": 0.5, "neighbours": 3, "seed": 1}
    for strategy, more in {
        "alsace": {"threshold": 0.08},
        "none": {"threshold": None},
        "random": {"threshold": 0.08, "seed": 9},
        "scale": {"threshold": 0.08, "corpus": "mc4"},
        "exclude-weak-students": {"threshold": 0.08, "weak_share": 0.25},
        "proximity": {"threshold": 0.08, "neighbours": 2},
        "by-hand": {"threshold": None, "teachers": ("en", "fr")},
    }.items():
        config = made(strategy)
        expected = {**plain, "strategy": strategy, "dataset": "sib200", **more}
        assert config.model_dump(include=set(expected)) == expected
        assert not problems_of(config).keys() & {*plain, "strategy", "threshold"}
    baseline = {**settings, "method": "self-training-all", "confident_share": 0.5}
    taught = teaching_config(baseline, Choice(choose(found)))
    assert (taught.method, taught.confident_share) == ("distillation", None)
    with pytest.raises(UserError, match="seed"):
        teaching_config({"seed": "x"}, Choice(choose(found)))


def test_store_by_argument_or_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORE_STORE", str(tmp_path / "a"))
    monkeypatch.setattr(sys, "argv", ["app.py"])
    assert cache.store() == RunStore(tmp_path / "a")
    monkeypatch.setattr(sys, "argv", ["app.py", "--store", str(tmp_path / "b")])
    assert cache.store() == RunStore(tmp_path / "b")
    monkeypatch.setattr(sys, "argv", ["app.py", "--store"])
    assert cache.store() == RunStore(tmp_path / "a")
    monkeypatch.delenv("CORE_STORE")
    assert cache.store().root == ROOT / "cached_runs"


def test_a_run_of_another_folder_is_refused(runs: dict[str, stored_runs.StoredRun]) -> None:
    for name in ("../etc", "", "nothing"):
        with pytest.raises(UserError):
            cache.run(name)


def test_the_server_loads_no_model_library() -> None:
    names = sorted(path.stem for path in (ROOT / "dashboard").glob("*.py") if path.stem != "app")
    lines = [f"import dashboard.{name}" for name in names if name != "__init__"]
    lines.append("import sys; bad = {'torch', 'transformers'} & set(sys.modules); assert not bad")
    subprocess.run([sys.executable, "-c", "\n".join(lines)], cwd=ROOT, check=True, timeout=120)


def test_names_and_tags_in_the_picker(runs: dict[str, stored_runs.StoredRun]) -> None:
    annotate(runs["demo"].path, name="The first", add=["keep"])
    option = labels.option(runs["demo"])
    assert "The first" in option and "[keep]" in option
    assert labels.subject(runs["demo"].record) not in option
    assert "[lesson: collapse]" in labels.option(runs["collapse"])
    assert labels.name(runs["select"]) == labels.subject(runs["select"].record)


def test_a_lost_run_is_not_active(runs: dict[str, stored_runs.StoredRun]) -> None:
    run = runs["running"]
    assert cache.is_active(run) and cache.lost(run) is None
    stored_runs.lose(run)
    if process.identity()["boot_id"] is None:
        pytest.skip("this system has no /proc")
    assert not cache.is_active(run) and cache.is_open(run)
    assert "gone" in (cache.lost(run) or "")
    assert labels.option(run).endswith("lost")


def test_tags_have_a_column_only_where_there_are_any(
    runs: dict[str, stored_runs.StoredRun],
) -> None:
    assert run_table._rows([runs["collapse"]])[0]["Tags"] == ["lesson: collapse"]
    assert "Tags" not in run_table._rows([runs["demo"]])[0]


def test_a_run_whose_gap_is_void_is_marked_in_the_list(
    runs: dict[str, stored_runs.StoredRun],
) -> None:
    collapsed, demo = run_table._rows([runs["collapse"], runs["demo"]])
    assert "average fell" in collapsed["Collapse"] and demo["Collapse"] is None
    assert "Collapse" not in run_table._rows([runs["demo"]])[0]


def test_a_page_opens_on_a_run_that_shows_alsace(runs: dict[str, stored_runs.StoredRun]) -> None:
    demo = runs["demo"]
    assert scores.shows_alsace(demo)
    unchanged = {**demo.record.metrics, "after": demo.record.metrics["before"]}
    for other in (
        {"metrics": unchanged},
        {"config": {**demo.record.config, "strategy": "none"}},
        {"config": {**demo.record.config, "method": "consistency"}},
    ):
        record = demo.record.model_copy(update=other)
        assert not scores.shows_alsace(replace(demo, record=record))


def test_a_warning_of_several_folds_stands_once() -> None:
    told = ["One thing.", "Fold 1: no step.", "Fold 2: collapse.", "Fold 3: no step."]
    expected = ["One thing.", "Folds 1, 3: no step.", "Fold 2: collapse."]
    assert badges.folds_together(told) == expected
    assert badges.folds_together([]) == []


def further(metrics: dict) -> AppTest:
    def draw(metrics: dict) -> None:
        from types import SimpleNamespace

        from dashboard.score_panel import further_table

        further_table(SimpleNamespace(record=SimpleNamespace(metrics=metrics)))

    return AppTest.from_function(draw, args=(metrics,)).run()


def test_further_scores_are_shown_before_and_after() -> None:
    was = {"accuracy": {"en": 40.0, "sw": 30.0}, "average_non_english": 30.0}
    now = {"accuracy": {"en": 42.5, "sw": 36.0}, "average_non_english": 36.0}
    app = further({"further": {"held-out wordings": {"before": was, "after": now}}})
    assert not app.exception
    shown = app.dataframe[0].value
    assert shown["Change"].tolist() == [2.5, 6.0]
    assert shown["Language"].tolist() == ["English", "Other languages"]


@pytest.mark.parametrize(
    "sets", [None, {}, 3, {"x": {"before": {}, "after": 4}}, {"x": {}, "y": 3}]
)
def test_no_table_without_further_scores(sets: object) -> None:
    app = further({"further": sets})
    assert not app.exception and not app.dataframe


def test_a_chart_is_drawn_once_for_the_same_arguments() -> None:
    drawn = []

    def draw(rows: list[int], *, paper: bool, width: int | None, dark: bool) -> alt.Chart:
        drawn.append(rows)
        return alt.Chart(alt.InlineData([{"x": x} for x in rows])).mark_point().encode(x="x:Q")

    def spec(rows: list[int], dark: bool) -> dict:
        build = partial(draw, rows)
        return figure_panel._drawn(figure_panel.figure_key(build), None, dark, OWN, build)[0]

    assert spec([1], False) is spec([1], False)
    assert spec([2], False)["mark"]["type"] == "point"
    spec([1], True)
    assert drawn == [[1], [2], [1]]


def crowded_panel() -> None:
    from functools import partial

    from core.figures.transfer_gap import transfer_gap_map
    from dashboard.figure_panel import figure_panel

    runs = {f"run {i}": {"en": 90.0, "fr": 50.0} for i in range(12)}
    figure_panel(partial(transfer_gap_map, runs), key="gap", alt="gaps", file="gap")


def test_a_figure_too_wide_for_a_column_says_so_before_the_click() -> None:
    app = AppTest.from_function(crowded_panel, default_timeout=60).run()
    assert not [*app.exception, *app.selectbox]
    app.session_state["paper_gap"] = True
    app.run()
    assert not app.exception
    assert any("12 columns don't fit" in box.value for box in app.error)
    app.selectbox(key="width_gap").set_value("acl-page").run()
    assert not app.error

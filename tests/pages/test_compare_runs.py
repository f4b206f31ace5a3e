"""The page Compare runs, and published rows wherever runs are compared."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.published.papers import PAPERS
from core.published.recompute import TEXT
from core.runs.store import StoredRun
from tests.dashboard import compared_runs
from tests.pages.opened import open_page
from tests.pages.test_pages import text_of

LARGE = "published-alsace-table-2-alsace-large"
ANLI = "published-alsace-table-6-alsace"
XCOPA = "published-alsace-table-9-alsace-large-co-zs"


def frame(app: AppTest, column: str):
    """The first table with this column."""
    return next(x.value for x in app.dataframe if column in x.value.columns)


def test_published_rows_are_never_the_default(filled: dict[str, StoredRun]) -> None:
    for name in ("compare_runs", "transfer_gap"):
        app = open_page(name)
        assert app.multiselect(key="runs").value
        assert not [x for x in app.multiselect(key="runs").value if x.startswith("published")]
        assert any("ALSACE Table 10" in option for option in app.multiselect(key="runs").options)
    for name in ("overview", "runs", "self_distillation", "teacher_selection"):
        assert "published" not in text_of(open_page(name))


def test_a_run_beside_published_rows(filled: dict[str, StoredRun]) -> None:
    app = open_page("compare_runs", runs=[filled["demo"].id, LARGE, XCOPA])
    assert not app.exception and not app.error
    shown = frame(app, "Worst language").set_index("Run")
    after = shown.loc["T2 ALSACE-large after"]
    assert (round(after["Gap"], 2), after["Printed gap"], after["Worst language"]) == (
        7.09,
        7.09,
        "sw",
    )
    before = shown.loc["T2 ALSACE-large before"]
    assert (round(before["Gap"], 2), before["Printed gap"]) == (9.07, 8.97)
    assert shown.loc["T9 ALSACE large CO after"]["Languages"] == 9
    said = text_of(app)
    assert "No items are published" in said and "different data" in said
    assert "different languages" in said


def test_averages_over_the_shared_languages(filled: dict[str, StoredRun]) -> None:
    app = open_page("compare_runs", runs=[LARGE, XCOPA])
    app.segmented_control(key="averages_over").set_value("those that all have").run()
    assert not app.exception
    shown = frame(app, "Worst language")
    assert set(shown["Languages"]) == {5}  # sw, th, tr, vi, zh
    assert "Printed gap" not in shown.columns
    row = shown.set_index("Run").loc["T9 ALSACE large CO after"]
    assert row["Average"] == pytest.approx((51.8 + 56.6 + 52.8 + 60.6 + 58.2) / 5)


def test_the_gap_page_copes_without_predictions(filled: dict[str, StoredRun]) -> None:
    app = open_page("transfer_gap", runs=[LARGE, XCOPA])
    assert not app.exception and not app.error
    said = text_of(app)
    assert "No items are published, so there is no interval" in said
    assert "has no gap" in said  # XCOPA has no English
    assert list(frame(app, "Verdict")["Verdict"]) == ["levelled up", "no gap, no verdict"]


def test_what_moved_in_a_published_row_is_said(filled: dict[str, StoredRun]) -> None:
    """Table 6: English +0.7, the others +0.2, the gap +0.5, and 0.5 points count as none."""
    said = text_of(open_page("transfer_gap", runs=[ANLI]))
    assert "English rose; whether the gap or the other languages moved is not decided." in said
    assert "do not decide whether anything moved" not in said


def test_without_a_store_published_rows_can_be_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORE_STORE", str(tmp_path / "none"))
    for name in ("compare_runs", "transfer_gap"):
        app = open_page(name, runs=LARGE)
        assert not app.exception and not app.error
        assert app.multiselect(key="runs").value == [LARGE]


def test_every_table_is_shown_and_recomputed(filled: dict[str, StoredRun]) -> None:
    app = open_page("compare_runs", runs=LARGE)
    for paper in PAPERS.values():
        app.selectbox(key="published_paper").select(paper.paper.name).run()
        for number in (*paper.paper.numbers, TEXT):
            name = f"Table {number}" if number != TEXT else "Running text"
            app.selectbox(key="published_table").select(name).run()
            assert not app.exception and not app.error
            shown = [x for x in app.dataframe if "Rule" in x.value.columns]
            again = [one for one in paper.audit.repeated if one.table == number]
            assert bool(shown) == bool((*paper.audit.recompute(number), *again))


def test_deviating_cells_are_marked_with_a_sign(filled: dict[str, StoredRun]) -> None:
    app = open_page("compare_runs", runs=LARGE)
    printed = frame(app, "Measure")
    line = printed[(printed["Row"] == "XLM-R-large") & (printed["Measure"] == "gap")].iloc[0]
    assert line["fr"] == "5.45 ≠ 5.55" and line["avg"] == "8.97 (-) ≠ 9.07"
    alsace = printed[(printed["Row"] == "ALSACE-large") & (printed["Measure"] == "gap")].iloc[0]
    assert alsace["avg"] == "7.09 (−1.88) * ≠ −1.98"
    found = frame(app, "Explained by")
    assert set(found[""]) == {"≠"}
    app.toggle(key="only_odd").set_value(False).run()
    assert set(frame(app, "Explained by")[""]) == {"≠", "="}


def chosen_table(name: str) -> AppTest:
    app = open_page("compare_runs", runs=LARGE)
    app.selectbox(key="published_table").select(name).run()
    assert not app.exception and not app.error
    return app


def test_rows_of_the_same_name_have_their_setting(filled: dict[str, StoredRun]) -> None:
    """Table 9 has XLM-R-base twice, and no English."""
    app = chosen_table("Table 9")
    _, ours, again = (x.value for x in app.dataframe if "Setting" in x.value.columns)
    for rows in (ours, again):
        heads = list(zip(rows["Row"], rows["Of"], rows["Setting"], strict=True))
        assert len(set(heads)) == len(heads) == 8
        assert ("ALSACE", "XLM-R-large", "SI-CO-ZS") in heads
    assert not {"Others", "Gap (ours)", "Printed gap"} & set(ours.columns)
    assert "there is no gap" in text_of(app) and "the gap is over" not in text_of(app)
    assert "8 numbers can be computed from others; " in text_of(app)


def test_recomputed_numbers_are_written_like_the_printed(filled: dict[str, StoredRun]) -> None:
    rows = frame(chosen_table("Table 12"), "Rule")
    assert all(len(x.partition(".")[2]) == 4 for x in (*rows["Printed"], *rows["Recomputed"]))
    rows = frame(chosen_table("Table 2"), "Rule")
    change = rows[rows["Printed"] == "+0.82"].iloc[0]  # of XLM-R-Adapter's average gap
    assert (change["Recomputed"], round(change["Deviation"], 2)) == ("+0.72", 0.1)


def test_averages_come_before_the_languages(filled: dict[str, StoredRun]) -> None:
    columns = list(frame(open_page("compare_runs", runs=LARGE), "Measure").columns)
    assert columns[:5] == ["Row", "Of", "Measure", "avg", "en"]


def test_the_disagreements_are_listed(filled: dict[str, StoredRun]) -> None:
    said = text_of(open_page("compare_runs", runs=LARGE)).replace("\\", "")
    for words in (
        "printed 8.97; recomputed 9.07",
        "over 15, 7.09 over 14",
        "0.3607 in bold",
        "66.40 in bold; compared with 66.60 without ALSACE",
        "of scores that a softmax normalizes, none can exceed 0.31",
    ):
        assert words in said


def test_a_table_wider_than_the_page_says_so(filled: dict[str, StoredRun]) -> None:
    hint = "scroll it sideways"
    app = chosen_table("Table 2")
    assert hint in text_of(app)
    columns = list(frame(app, "Rule").columns)
    assert columns.index("Explained by") < columns.index("Rule")
    assert hint not in text_of(chosen_table("Table 3"))


def test_papers_in_other_measures_are_not_offered_here(filled: dict[str, StoredRun]) -> None:
    for name in ("compare_runs", "transfer_gap"):
        options = open_page(name).multiselect(key="runs").options
        assert any("ALSACE Table 2" in option for option in options)
        assert not [x for x in options if "Carrino" in x or "Limisiewicz" in x]


def test_the_chosen_papers_disagreements_are_listed(filled: dict[str, StoredRun]) -> None:
    app = open_page("compare_runs", runs=LARGE, published_paper="gxlt", published_table="Table 4")
    assert not app.exception and not app.error
    said = text_of(app).replace("\\", "")
    assert "printed 33.8; recomputed 42.7" in said and "8.97" not in said
    xquad = frame(app, "el")
    assert set(xquad["Scored"]) == {"SQuAD normalization; unseen languages, same items as training"}
    assert list(xquad["th"]) == ["?", "48.9", "?", "48.7", "?", "40.9", "?", "40.8"]
    app.selectbox(key="published_paper").select("Balanced distillation (Limisiewicz et al. 2022)")
    app.run()
    assert app.selectbox(key="published_table").value == "Table 4"
    assert "recomputed 26.9 in Table 7" in text_of(app).replace("\\", "")
    app.selectbox(key="published_table").select("Table 3").run()
    german = frame(app, "Ours Z-S").query("Row == '{de}' and Setting == 'Shared'")
    assert list(german["Ours Z-S"]) == ["33.0", "23.9 ≠ 26.90"]


def test_seeds_together_with_tests_verdicts_equity_and_items(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORE_STORE", str(tmp_path / "runs"))
    made = compared_runs.fill(tmp_path / "runs", {"alsace": [10, 12], "none": [0, 0]})
    app = open_page("compare_runs", runs=[run.id for run in made])
    assert not app.exception and not app.error
    settings = frame(app, "Setting").set_index("Setting")
    assert list(settings.index) == ["strategy"]
    assert sorted(settings.loc["strategy"]) == ["alsace", "none"]
    tests = frame(app, "p (Holm)").set_index("Language")
    assert (tests.loc["sw", "b"], tests.loc["sw", "c"], tests.loc["sw", "n"]) == (0, 22, 200)
    assert tests.loc["sw", "Difference"] == 11 and tests.loc["sw", "Verdict"] == "up"
    assert tests.loc["sw", "Seeds, SD"] == pytest.approx(2**0.5)
    changes = frame(app, "Δ gap")
    assert set(changes["Verdict"]) == {"unchanged", "everyone up, same gap"}
    ranks = frame(app, "Gap rank")
    assert len(ranks) == 4 and set(ranks["Better / worse"].dropna()) == {"4 / 0", "0 / 0"}
    assert list(ranks["Gap rank"]) == [1, 1, 1, 1]
    assert sorted(ranks["Rawls rank"]) == [1, 2, 2, 2]
    assert "None of these runs keeps a ledger" in text_of(app)
    app.segmented_control(key="seeds").set_value("apart").run()
    assert len(frame(app, "Gap rank")) == 8 and not app.exception


def test_against_another_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORE_STORE", str(tmp_path / "runs"))
    one, other = compared_runs.fill(tmp_path / "runs", {"alsace": [10], "none": [4]})
    app = open_page("compare_runs", runs=[one.id, other.id], reference=other.id)
    assert not app.exception and not app.error
    assert list(frame(app, "p (Holm)")["Difference"]) == [6.0] * 4


def test_a_collapse_is_warned_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORE_STORE", str(tmp_path / "runs"))
    [run] = compared_runs.fill(tmp_path / "runs", {"alsace": [-5]})
    for name in ("compare_runs", "transfer_gap"):
        app = open_page(name, runs=run.id)
        assert any("Its gap is void" in x.value for x in app.warning)

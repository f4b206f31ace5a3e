"""Published rows as runs: in memory, paired with their model, never among one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import UserError
from core.published.alsace.paper import ALSACE, table
from core.published.runs import BADGE, find_run, is_published, published_runs
from core.published.summaries import summaries
from core.runs.describe import describe, listing
from core.runs.record import RunRecord, Status
from core.runs.store import RunStore
from core.runs.view import RunView

RUNS = {run.id: run for run in published_runs("distill")}


def test_every_row_of_accuracies_is_one() -> None:
    rows = {number: len(table(number).rows) for number in (2, 5, 6, 8, 9, 10, 11)}
    assert len(RUNS) == len(published_runs("distill")) == sum(rows.values()) == 49
    for run in published_runs():
        assert is_published(run) and run.status is Status.FINISHED
        assert run.record.badges == [BADGE]
        assert not run.path.exists()
        assert RunRecord.model_validate(run.record.model_dump(mode="json")) == run.record


def test_a_method_starts_from_its_model() -> None:
    metrics = RUNS["published-alsace-table-2-alsace-large"].record.metrics
    own, before = (table(2).row(name) for name in ("alsace-large", "xlm-r-large"))
    assert metrics["before"]["accuracy"] == before.values("accuracy")
    assert metrics["after"]["accuracy"] == own.values("accuracy")
    others = [x for language, x in own.values("accuracy").items() if language != "en"]
    assert metrics["after"]["transfer_gap"] == pytest.approx(86.65 - sum(others) / 14)
    assert metrics["printed"]["before"] == {"average": 77.98, "transfer_gap": 8.97}
    assert metrics["printed"]["after"] == {"average": 80.03, "transfer_gap": 7.09}
    alone = RUNS["published-alsace-table-2-ernie-m-large"].record.metrics
    assert "after" not in alone


def test_placeholders_are_left_out_and_said() -> None:
    run = RUNS["published-alsace-table-9-alsace-large-co-zs"]
    before, after = (run.record.metrics[when]["accuracy"] for when in ("before", "after"))
    assert set(before) == set(after) and not {"ht", "qu"} & set(after)
    assert run.record.metrics["after"]["transfer_gap"] is None
    assert run.record.warnings == ["ht, qu: printed as (50), not measured; left out"]


def test_they_are_found_by_id_and_never_stored(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs")
    assert find_run(store, "published-alsace-table-8-pct").record.config["table"] == 8
    with pytest.raises(UserError, match="12 runs in the published tables"):
        find_run(store, "published-alsace-table-2-")
    with pytest.raises(UserError, match="runs list --published"):
        find_run(store, "published-nobody")
    with pytest.raises(UserError, match="no run in"):
        store.find("published-alsace-table-8-pct")
    assert not list(store) and not store.root.exists()


def test_they_have_no_predictions() -> None:
    view = RunView.of(RUNS["published-alsace-table-2-alsace-large"])
    assert view.predictions("before") is None and view.predictions("after") is None
    assert view.unlabelled() is None and view.history() == []


def test_they_are_listed_and_described() -> None:
    lines = listing(published_runs()).split("\n")
    assert len(lines) == len({run.id for run in published_runs()}) == 81
    assert not [line for line in lines if "can't be read" in line]
    assert any("alsace-large" in line and "gap 9.1 -> 7.1" in line for line in lines)
    text = describe(RUNS["published-alsace-table-2-alsace-large"].record)
    assert "gap, printed    8.97    7.09" in text and BADGE in text
    alone = describe(RUNS["published-alsace-table-9-xlm-r-large-co-zs"].record)
    assert "n/a" in alone and "not measured" in alone


def test_rows_are_found_by_the_kind_of_run_they_are_like() -> None:
    counts = {"distill": 49, "qa_train": 26, "balance": 2, "balance_probe": 4}
    for like, count in counts.items():
        found = published_runs(like)
        assert len(found) == count
        assert {run.record.config["like"] for run in found} == {like}
    both = {run.id for run in published_runs("balance", "balance_probe")}
    assert len(both) == 6 and both < {run.id for run in published_runs()}


def test_our_definition_beside_the_printed_one() -> None:
    found = {(one.table, one.row): one for one in summaries(ALSACE)}
    assert len(found) == 49
    alsace = found[10, "alsace"]
    assert round(alsace.gap, 2) == 7.09 and alsace.printed_gap == 6.62
    xcopa = found[9, "xlm-r-large-co-zs"]
    assert (xcopa.gap, xcopa.languages, xcopa.printed_gap) == (None, 9, None)
    assert (xcopa.worst, xcopa.worst_accuracy) == ("tr", 51.6)
    paws = found[6, "alsace"]
    assert paws.printed_gap is None and round(paws.gap, 2) == 7.48

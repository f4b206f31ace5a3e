"""Predictions before that a run does not keep, and what its change is then."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.config import DistillConfig
from core.errors import UserError
from core.metrics.paired_bootstrap import paired_bootstrap
from core.metrics.transfer_gap import summarize
from core.runs.changes import ITEMS, RECORD, change_of
from core.runs.groups import differing_settings, groups_of
from core.runs.ledgers import used_elsewhere
from core.runs.live import LiveRun
from core.runs.siblings import BEFORE, read_start, start_of
from core.runs.store import RunStore, StoredRun
from core.runs.view import RunView
from tests.dashboard.compared_runs import answers

START = {"en": 70, "fr": 60, "sw": 50}


def ledger(**uses: list[str]) -> dict[str, Any]:
    return {
        use: {"dataset": "d", "count": len(x), "languages": ["en"], "items": x}
        for use, x in uses.items()
    }


def make(
    store: RunStore, *, keeps: bool = True, gain: int = 10, seed: int = 0, **changed: Any
) -> StoredRun:
    """A distillation that gains so many points in every language but English."""
    config = DistillConfig(seed=seed, strategy=changed.pop("strategy", "alsace"))
    live = LiveRun(store.create("distill", config.model_dump(mode="json"), ["x"]))
    live.start()
    before = answers(changed.pop("start", START))
    counts = {x: round(summarize(before).accuracy[x]) for x in before.languages}
    after = answers({x: n + gain * (x != "en") for x, n in counts.items()})
    if keeps:
        before.save(live.path / BEFORE)
    after.save(live.path / "predictions_after.npz")
    change = {**paired_bootstrap(before, after).to_json(), "verdict": "levelled up"}
    scores = {"before": summarize(before).to_json(), "after": summarize(after).to_json()}
    live.update(
        metrics={**scores, "change": change},
        fingerprints={"model": changed.pop("model", "m0"), "data": f"d{seed}"},
        ledger=changed.pop("ledger", ledger(english_labels=["a", "b"], evaluation=["x", "y"])),
    )
    assert not changed
    live.finish()
    return StoredRun(live.path, live.record)


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


def test_a_run_that_keeps_its_own_needs_no_other(store: RunStore) -> None:
    run = make(store)
    assert start_of(run, []) is run


def test_found_in_a_run_that_started_alike(store: RunStore) -> None:
    kept, run = make(store), make(store, keeps=False, gain=5, strategy="none")
    found = start_of(run, store.readable())
    assert found is not None and found.id == kept.id
    assert read_start(run, found).examples == answers(START).examples
    view = RunView.find(store, run.id)
    before = view.predictions("before")
    assert before is not None and before.languages == tuple(START)
    assert RunView.of(run).predictions("before") is None


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 1},
        {"model": "m1"},
        {"start": {**START, "sw": 51}},
        {"ledger": ledger(english_labels=["a", "b"], evaluation=["x", "z"])},
        {"ledger": ledger(english_labels=["a", "c"], evaluation=["x", "y"])},
        {"keeps": False},
    ],
)
def test_not_found_in_another_start(store: RunStore, other: dict[str, Any]) -> None:
    make(store, **other)
    assert start_of(make(store, keeps=False), store.readable()) is None


def test_a_sibling_of_more_languages_gives_those_of_the_run(store: RunStore) -> None:
    make(store, start={**START, "yo": 40})
    run = make(store, keeps=False)
    found = start_of(run, store.readable())
    assert found is not None
    assert read_start(run, found).languages == tuple(START)


def test_a_file_that_is_not_what_the_record_counts_is_refused(store: RunStore) -> None:
    kept, run = make(store), make(store, keeps=False)
    answers({**START, "fr": 61}).save(kept.path / BEFORE)
    with pytest.raises(UserError, match="are not those that run"):
        read_start(run, kept)


def test_intervals_of_items_of_the_record_or_none(store: RunStore) -> None:
    run = make(store)
    before, after = (RunView.of(run).predictions(x) for x in ("before", "after"))
    items = change_of(run.record.metrics, before, after)
    record = change_of(run.record.metrics, None, None)
    assert items is not None and record is not None
    assert (items.source, record.source) == (ITEMS, RECORD)
    assert items.intervals is not None and record.intervals is not None
    assert items.intervals.gap is not None and record.intervals.gap is not None
    assert record.intervals.gap.low == pytest.approx(items.intervals.gap.low)
    assert (items.chance, record.chance) == (50.0, None)
    bare = {x: run.record.metrics[x] for x in ("before", "after")}
    none = change_of(bare, None, None)
    assert none is not None and (none.intervals, none.source) == (None, None)
    assert {x.change.verdict for x in (items, record, none)} == {"levelled up"}
    assert change_of({"before": bare["before"]}, None, None) is None


def test_the_recorded_verdict_is_kept_by_todays_name(store: RunStore) -> None:
    metrics = dict(make(store).record.metrics)
    for written, read in (
        ("collapse", "collapse"),
        ("everyone up but English more", "everyone up, gap up"),
        ("nonsense", "levelled up"),
    ):
        metrics["change"] = {**metrics["change"], "verdict": written}
        found = change_of(metrics, None, None)
        assert found is not None and found.change.verdict == read


def test_seeds_are_one_group(store: RunStore) -> None:
    runs = [make(store, seed=x, gain=10 + 2 * x) for x in (1, 0)]
    other = make(store, seed=0, gain=3, strategy="none")
    again = make(store, seed=0, gain=4, strategy="none")
    groups = groups_of([*runs, other, again])
    assert [group.seeds for group in groups] == [(0, 1), (0,), (0,)]
    assert [group.runs[0].id for group in groups[1:]] == [other.id, again.id]
    after = groups[0].scores("after")
    assert after is not None and after["fr"] == pytest.approx(71) and after["en"] == 70
    assert groups[0].spread("after", "fr").deviation == pytest.approx(2**0.5)
    assert len(groups_of([*runs, other], together=False)) == 3


def test_only_settings_that_differ(store: RunStore) -> None:
    two = groups_of([make(store, seed=0), make(store, seed=1)])
    one = groups_of([make(store, strategy="none")])
    rows = differing_settings({"a": two[0], "b": one[0]})
    assert {row["setting"]: (row["a"], row["b"]) for row in rows} == {
        "seed": ("0, 1", "0"),
        "strategy": ("alsace", "none"),
    }
    assert differing_settings({"a": one[0], "b": replace(one[0])}) == []


def test_items_that_another_run_is_evaluated_on(store: RunStore) -> None:
    one = make(store, ledger=ledger(english_labels=["a"], evaluation=["x", "y", "z"]))
    two = make(store, ledger=ledger(english_labels=["x", "y"], evaluation=["x", "y", "z"]))
    [found] = used_elsewhere([one, two])
    assert (found.evaluated, found.other, found.use) == (one.id, two.id, "english_labels")
    assert (found.count, found.of) == (2, 3)
    assert used_elsewhere([one]) == []

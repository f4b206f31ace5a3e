"""The static report: one page that holds everything, and opens without a network."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from core.config import DistillConfig
from core.errors import UserError
from core.published.runs import published_runs
from core.report.html import MOST_ROWS, pairs, table, text
from core.report.page import report, write_report
from core.report.sections import together
from core.runs.live import LiveRun
from core.runs.notes import annotate
from core.runs.store import RunStore, StoredRun
from tests.dashboard.stored_runs import MISCHIEF, complete

VOID = {"meta", "br", "path", "rect", "line", "use", "stop"}


class Page(HTMLParser):
    """The elements of a page, checked to be closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_data(self, data):
        if "style" not in self.open:
            self.texts.append(data)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> RunStore:
    return RunStore(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def runs(store: RunStore) -> list[StoredRun]:
    found = [distilled(store, x) for x in (0.1, 0.2)]
    annotate(found[0].path, name="<b>first</b> & best", note="For the paper.")
    return found


def distilled(store: RunStore, threshold: float) -> StoredRun:
    config = DistillConfig(dataset=MISCHIEF, threshold=threshold).model_dump(mode="json")
    live = LiveRun(store.create("distill", config, ["python", "-m", "core", "distill"]))
    live.start()
    complete(live)
    return StoredRun(live.path, live.record)


@pytest.fixture(scope="module")
def page(runs: list[StoredRun], store: RunStore) -> str:
    return report(runs, store)


def test_it_loads_nothing_from_anywhere(page: str) -> None:
    found = Page(page)
    assert not {tag for tag, _ in found.seen} & {"script", "link", "iframe", "img", "object"}
    places = [a[k] for _, a in found.seen for k in ("href", "src", "xlink:href") if a.get(k)]
    assert places and all(place.startswith("#") for place in places)
    assert "@import" not in page and not re.search(r"url\((?!#)", page)


def test_ids_are_used_once_and_links_lead_somewhere(page: str) -> None:
    seen = Page(page).seen
    ids = [a["id"] for _, a in seen if "id" in a]
    assert len(ids) == len(set(ids))
    linked = {a["href"][1:] for tag, a in seen if tag == "a"}
    clipped = set(re.findall(r"url\(#([^)]+)\)", page))
    assert linked and linked | clipped <= set(ids)


def test_names_are_escaped(page: str) -> None:
    assert "<b>first</b>" not in page and "alert(1)</script>" not in page
    assert "&lt;b&gt;first&lt;/b&gt; &amp; best" in page


def test_it_says_what_was_found_and_where_it_comes_from(page: str, runs: list[StoredRun]) -> None:
    said = " ".join(" ".join(Page(page).texts).split())
    for part in (
        "Side by side", "What it found", "Accuracy rose in", "The transfer gap from English",
        "Accuracy by language (%)", "Where it comes from", "For the paper.", "threshold",
    ):  # fmt: skip
        assert part in said, part
    assert all(run.id in said for run in runs)


def test_every_figure_is_there_in_light_and_dark(page: str) -> None:
    classes = [a.get("class") for _, a in Page(page).seen if a.get("role") == "img"]
    assert classes.count("light") == classes.count("dark") >= 10
    assert "prefers-color-scheme: dark" in page and "@media print" in page


def test_it_overwrites_nothing(runs: list[StoredRun], store: RunStore, tmp_path: Path) -> None:
    kept = tmp_path / "report" / "index.html"
    kept.parent.mkdir()
    kept.write_text("mine")
    with pytest.raises(UserError, match="overwrites nothing; name a new folder"):
        write_report(runs, store, kept.parent)
    with pytest.raises(UserError, match="is a file"):
        write_report(runs, store, kept)
    assert kept.read_text() == "mine"


def test_settings_that_differ_are_those_that_decide_the_result(
    page: str, runs: list[StoredRun], store: RunStore
) -> None:
    part = page.split("Settings that differ")[1].split("Only settings that decide", maxsplit=1)[0]
    ids = [run.id[-6:] for run in runs]
    assert Page(f"<h3>{part}</p>").texts == [
        "Setting", *ids, "threshold", "0.1", "0.2"
    ]  # fmt: skip
    record, older = runs[1].record, dict(runs[1].record.config)
    del older["prediction_batch"], older["threshold"]
    config = {**older, "threshold": 0.1, "checkpoint_seconds": 7.0}
    same = replace(runs[1], record=record.model_copy(update={"config": config}))
    assert "None: the runs have the same settings." in together([runs[0], same], store)
    assert "Settings that differ" not in together([runs[0], *published_runs()[:1]], store)


def test_tables() -> None:
    rows = [{"name": "<a>", "value": -1.25, "n": 1200, "none": None, "yes": True}]
    drawn = table(rows, digits=1)
    assert "<td>&lt;a&gt;</td>" in drawn
    assert '<td class="number">−1.2</td><td class="number">1,200</td>' in drawn
    assert "<td>–</td><td>yes</td>" in drawn
    assert "... and 1 more rows." in table([{"n": i} for i in range(MOST_ROWS + 1)])
    assert table([]) == ""
    assert "en, sw" in pairs({"languages": ["en", "sw"]})
    assert text("a\x1b<b>") == "a\\x1b&lt;b&gt;"

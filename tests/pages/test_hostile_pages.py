"""Pages on runs with something wrong inside: each is shown, or its reason is; nothing is raised."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.errors import UserError
from core.runs.files import write_json
from core.runs.store import StoredRun
from dashboard.upload import read_table
from tests.dashboard import stored_runs
from tests.pages.opened import open_page

PAGES = {
    "self_distillation": "run",
    "teacher_selection": "run",
    "transfer_gap": "runs",
    "geomlama": "run",
    "runs": "run",
}
ODD = (None, -1, 0, 1e308, "", "x" * 1000, [], {}, [[]], True, stored_runs.MISCHIEF, {"en": "NaN"})
ARRAYS = ("predictions_before.npz", "predictions_after.npz", "predictions_selection.npz")


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something lies in nested JSON."""
    found = [path] if path else []
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            found += places(inner, (*path, key))
    return found


def spoil_json(value: Any, rng: random.Random) -> Any:
    """One value somewhere in it replaced by another."""
    value = json.loads(json.dumps(value))
    *way, last = rng.choice(places(value))
    inner = value
    for key in way:
        inner = inner[key]
    inner[last] = rng.choice(ODD)
    return value


def spoil_record(path: Path, rng: random.Random) -> None:
    record = json.loads((path / "record.json").read_text())
    for _ in range(rng.randint(1, 3)):
        part = rng.choice(["metrics", "selection", "config", "environment", None])
        if part and record.get(part):
            record[part] = spoil_json(record[part], rng)
        else:
            record = spoil_json(record, rng) | {"id": path.name}
    write_json(path / "record.json", record)


def spoil_array(path: Path, rng: random.Random, names: tuple[str, ...] = ARRAYS) -> None:
    file = path / rng.choice(names)
    raw = bytearray(file.read_bytes())
    for _ in range(rng.randint(1, 40)):
        raw[rng.randrange(len(raw))] = rng.randrange(256)
    file.write_bytes(raw[: rng.choice([len(raw), len(raw) // 2, 10])])


def spoil_history(path: Path, rng: random.Random) -> None:
    lines = (path / "history.jsonl").read_text().splitlines()
    for _ in range(3):
        place = rng.randrange(len(lines))
        broken = [
            json.dumps(spoil_json(json.loads(lines[place]), rng)),
            lines[place][:20],
            "[1, 2]",
        ]
        lines[place] = rng.choice(broken)
        if not lines[place].startswith("{") or not lines[place].endswith("}"):
            break
    (path / "history.jsonl").write_text("\n".join(lines) + "\n")


SPOILERS: tuple[Callable[[Path, random.Random], None], ...] = (
    spoil_record,
    spoil_record,
    spoil_array,
    spoil_history,
)


def check(seed: int, demo: StoredRun) -> None:
    """One spoiled copy of the demo, seen on one page."""
    rng = random.Random(seed)
    path = demo.path.with_name(f"20300101T000000-demo-{seed:06x}")
    shutil.copytree(demo.path, path)
    record = json.loads((path / "record.json").read_text())
    write_json(path / "record.json", record | {"id": path.name})
    spoiler = SPOILERS[seed % len(SPOILERS)]
    spoiler(path, rng)
    page = list(PAGES)[seed // len(SPOILERS) % len(PAGES)]
    app = open_page(page, **{PAGES[page]: path.name})
    failed = [x.value for x in app.exception]
    failed += [x.value for x in app.error if "This part of the page failed" in x.value]
    details = "\n".join(str(x.value) for x in app.code if "Traceback" in str(x.value))
    shutil.rmtree(path)
    assert not failed, f"seed {seed}, {spoiler.__name__}, {page}: {failed}\n{details}"
    assert app.title[0].value


def test_spoiled_runs(filled: dict[str, StoredRun]) -> None:
    for seed in (*range(30), 131, 179, 180, 211, 243):  # the last ones once failed
        check(seed, filled["demo"])


@pytest.mark.slow
def test_three_hundred_spoiled_runs(filled: dict[str, StoredRun]) -> None:
    for seed in range(100, 400):
        check(seed, filled["demo"])


def test_spoiled_uploads() -> None:
    rng = random.Random(0)
    rows = ["language,example,p_0,p_1,label"]
    rows += [f"{x},e{i},0.75,0.25,0" for x in ("en", "fr", "sw") for i in range(5)]
    refused = 0
    for _ in range(300):
        raw = bytearray("\n".join(rows).encode())
        for _ in range(rng.randint(1, 6)):
            place = rng.randrange(len(raw))
            raw[place : place + rng.randint(0, 3)] = rng.randbytes(rng.randint(0, 3))
        try:
            read_table.__wrapped__(bytes(raw), rng.choice([".csv", ".csv", ".parquet"]), "mine.csv")
        except UserError as error:
            refused += 1
            assert str(error).strip()
    assert refused > 200

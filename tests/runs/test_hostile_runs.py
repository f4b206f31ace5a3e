"""Generated damage to a stored run: readers answer with a reason, and never raise."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.predictions import Predictions
from core.errors import UserError
from core.runs.describe import describe, listing
from core.runs.live import HISTORY, STATUS
from core.runs.liveness import Watch, is_lost, is_resumable
from core.runs.notes import NOTES, annotate, read_notes
from core.runs.store import RECORD, BrokenRun, RunStore, StoredRun, read_run
from core.runs.trash import delete, restore, trashed
from core.runs.usage import usage
from core.runs.view import RunView
from tests.runs.archives import packed
from tests.runs.hostile import as_bytes, edited, edits, hostile, json_values, raw_bytes, texts


@contextmanager
def fresh_run(pristine: tuple[StoredRun, Path]) -> Iterator[tuple[RunStore, StoredRun]]:
    """A copy of the run in a store of its own."""
    with TemporaryDirectory() as folder:
        store = RunStore(Path(folder))
        run = StoredRun(store.root / pristine[0].id, pristine[0].record)
        run.path.mkdir()
        for path in pristine[0].path.iterdir():
            if path.is_file():
                (run.path / path.name).write_bytes(path.read_bytes())
        yield store, run


def look_everywhere(store: RunStore, path: Path) -> StoredRun | BrokenRun:
    """Read a run in every way there is; only a UserError may come out."""
    found = read_run(path)
    assert [type(run) for run in store] == [type(found)]
    assert listing(list(store)).encode()
    usage(path)
    read_notes(path)
    if isinstance(found, BrokenRun):
        assert found.reason and len(found.reason) < 2000
        with pytest.raises(UserError, match="broken"):
            store.find(path.name)
        return found
    view = RunView.find(store, path.name)
    assert all(isinstance(row, dict) for row in view.history())
    view.progress()
    view.log_tail()
    for read in (lambda: view.predictions("before"), view.unlabelled):
        try:
            read()
        except UserError as error:
            assert "can't be read" in str(error)
    assert describe(found.record, view.notes()).encode()
    assert found.record.model_dump_json()
    is_lost(view, Watch())
    is_resumable(found)
    return found


@hostile
@given(raw=raw_bytes | json_values.map(as_bytes))
def test_records_of_any_bytes(raw: bytes, pristine: tuple[StoredRun, Path]) -> None:
    with fresh_run(pristine) as (store, run):
        (run.path / RECORD).write_bytes(raw)
        assert isinstance(look_everywhere(store, run.path), BrokenRun)
        delete(store, run.id)
        assert [type(found) for found in trashed(store)] == [BrokenRun]
        assert isinstance(restore(store, run.id), BrokenRun)


FIELDS = [
    "schema_version", "id", "kind", "config", "command", "environment", "fingerprints", "parents",
    "reuse_key", "submitted", "started", "finished", "cancelled", "error", "attempts", "metrics",
    "selection", "ledger", "badges", "warnings", "artifacts", "more",
]  # fmt: skip
SHAPED = [
    {"before": {}}, {"before": {"accuracy": [1]}, "after": 3}, {"teachers": 3}, {"teachers": [1]},
    {"model": "../x"}, {"model": "x" * 5000}, "2026-13-01", "2026-01-01", "2026-01-01T00:00:00",
]  # fmt: skip


@hostile
@given(
    changes=st.dictionaries(
        st.sampled_from(FIELDS), json_values | st.sampled_from(SHAPED), min_size=1, max_size=3
    )
)
def test_records_with_wrong_fields(
    changes: dict[str, Any], pristine: tuple[StoredRun, Path]
) -> None:
    with fresh_run(pristine) as (store, run):
        record = json.loads((run.path / RECORD).read_text())
        (run.path / RECORD).write_bytes(as_bytes({**record, **changes}))
        look_everywhere(store, run.path)


note_values = st.dictionaries(
    st.sampled_from(["name", "tags", "note", "x"]), json_values | st.lists(texts, max_size=3)
)


@hostile
@given(raw=raw_bytes | note_values.map(as_bytes) | json_values.map(as_bytes))
def test_notes_of_any_bytes(raw: bytes, pristine: tuple[StoredRun, Path]) -> None:
    with fresh_run(pristine) as (store, run):
        (run.path / NOTES).write_bytes(raw)
        look_everywhere(store, run.path)
        try:
            annotate(run.path, name="\ud800" if raw[:1] == b"n" else "new")
        except UserError:
            assert (run.path / NOTES).read_bytes() == raw


@hostile
@given(
    status=raw_bytes | json_values.map(as_bytes),
    rows=st.lists(raw_bytes | json_values.map(as_bytes), max_size=4),
    holder=raw_bytes | json_values.map(as_bytes),
    queue=raw_bytes,
)
def test_status_history_claims_and_queue_of_any_bytes(
    status: bytes, rows: list[bytes], holder: bytes, queue: bytes, pristine: tuple[StoredRun, Path]
) -> None:
    with fresh_run(pristine) as (store, run):
        record = json.loads((run.path / RECORD).read_text())
        (run.path / RECORD).write_bytes(as_bytes({**record, "finished": None}))
        (run.path / STATUS).write_bytes(status)
        (run.path / HISTORY).write_bytes(b"\n".join(rows))
        (run.path / "claims" / "3").mkdir(parents=True)
        (run.path / "claims" / "3" / "holder.json").write_bytes(holder)
        (store.root / ".queue").mkdir()
        (store.root / ".queue" / run.id).write_bytes(queue)
        assert isinstance(look_everywhere(store, run.path), StoredRun)
        with pytest.raises(UserError, match="held by"):
            delete(store, run.id)


def test_folders_where_files_belong(pristine: tuple[StoredRun, Path]) -> None:
    for name in (NOTES, STATUS, HISTORY, "log.txt", "predictions_before.npz", RECORD):
        with fresh_run(pristine) as (store, run):
            (run.path / name).unlink(missing_ok=True)
            (run.path / name).mkdir()
            look_everywhere(store, run.path)


ARRAYS = ("languages", "examples", "probabilities", "class_names", "gold", "class_mask", "clusters")
arrays = st.sampled_from(
    [
        np.array(3.0), np.zeros((2, 3)), np.zeros((2, 3, 2), complex), np.array(["x"] * 3),
        np.zeros((0, 0, 0)), np.zeros((2, 3, 2), bool), np.array(["a", "a"]),
        np.zeros((3, 2), "U3"), np.zeros(3, "M8[s]"), np.zeros(2, [("a", "f8")]),
        np.zeros((3, 2), bool), np.full(3, 0.5),
    ]
)  # fmt: skip


def npz(content: dict[str, Any]) -> bytes:
    handle = io.BytesIO()
    np.savez_compressed(handle, allow_pickle=False, **content)
    return handle.getvalue()


def good_arrays(run: StoredRun) -> dict[str, Any]:
    with np.load(run.path / "predictions_before.npz", allow_pickle=False) as found:
        return dict(found)


@hostile
@given(changes=st.dictionaries(st.sampled_from(ARRAYS), arrays | st.none(), min_size=1, max_size=3))
def test_arrays_of_any_kind(changes: dict[str, Any], pristine: tuple[StoredRun, Path]) -> None:
    with fresh_run(pristine) as (_, run):
        content = {**good_arrays(run), **changes}
        path = run.path / "predictions_before.npz"
        path.write_bytes(npz({name: x for name, x in content.items() if x is not None}))
        try:
            found = Predictions.load(path)
        except UserError as error:
            assert path.name in str(error)
        else:
            assert found.probabilities.dtype.kind == "f"
            assert len(found.clusters) == len(found.examples)


@hostile
@given(changes=edits, cut=st.just(1.0) | st.floats(0, 1))
def test_arrays_with_damaged_bytes(
    changes: list[tuple[float, bytes]], cut: float, pristine: tuple[StoredRun, Path]
) -> None:
    with fresh_run(pristine) as (store, run):
        path = run.path / "predictions_before.npz"
        path.write_bytes(edited(path.read_bytes(), changes, cut))
        look_everywhere(store, run.path)


def test_arrays_that_would_run_code_or_fill_the_memory(pristine: tuple[StoredRun, Path]) -> None:
    with fresh_run(pristine) as (store, run):
        path = run.path / "predictions_before.npz"
        huge = b"{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999, 9999999999), }\n"
        header = b"\x93NUMPY\x01\x00" + len(huge).to_bytes(2, "little") + huge
        objects = io.BytesIO()
        np.lib.format.write_array_header_1_0(
            objects, {"descr": "|O", "fortran_order": False, "shape": (2,)}
        )
        for raw in (header, objects.getvalue(), b"\x93NUMPY", b"cos\nsystem\n(S'x'\ntR."):
            for content in (packed({"languages.npy": raw}), raw):
                path.write_bytes(content)
                with pytest.raises(UserError, match="can't be read"):
                    RunView.find(store, run.id).predictions("before")

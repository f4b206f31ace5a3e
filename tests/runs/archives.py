"""Runs to export, and archives with something wrong in them."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.data.predictions import Predictions
from core.errors import UserError
from core.runs.archive import import_run
from core.runs.archive_entries import MANIFEST
from core.runs.archive_manifest import FORMAT, VERSION
from core.runs.live import LiveRun
from core.runs.notes import annotate
from core.runs.store import RunStore, StoredRun


def whole_run(store: RunStore) -> StoredRun:
    """A finished run with everything a run can have."""
    live = LiveRun(store.create("distill", {"dataset": "x"}, ["python", "-m", "core"]))
    live.start()
    rng = np.random.default_rng(0)
    found = Predictions(("en", "fr"), ("a", "b", "c"), rng.dirichlet(np.ones(2), (2, 3)))
    found.save(live.path / "predictions_before.npz")
    (live.path / "model" / "templates").mkdir(parents=True)
    for name in ("model.safetensors", "tokenizer.json", "sentencepiece.bpe.model", "vocab.txt"):
        (live.path / "model" / name).write_bytes(rng.bytes(700))
    (live.path / "model" / "templates" / "chat.jinja").write_text("{{ x }}")
    live.add_history({"step": 1, "loss": 0.5})
    live.log("a line ü")
    (live.path / "checkpoint").mkdir()
    (live.path / "checkpoint" / "state.json").write_text("{}")
    (live.path / ".model.new").mkdir()
    (live.path / "cancel").touch()
    live.update(artifacts={"model": "model"}, metrics={"seen": 3})
    live.finish()
    annotate(live.path, name="mine", add=["tag"], note="note")
    return StoredRun(live.path, live.record)


def parts(archive: Path) -> dict[str, bytes]:
    """The files of an archive, without its manifest."""
    with zipfile.ZipFile(archive) as opened:
        return {name: opened.read(name) for name in opened.namelist() if name != MANIFEST}


def manifest_of(run: str, files: Mapping[str, bytes], /, **changes: Any) -> dict[str, Any]:
    """A right manifest, but for the changes."""
    listed = {
        name: {"size": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
        for name, raw in files.items()
    }
    return {"format": FORMAT, "version": VERSION, "run": run, "files": listed, **changes}


def packed(
    files: Mapping[str, bytes] | list[tuple[str | zipfile.ZipInfo, bytes]],
    manifest: Any = None,
    compression: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """A zip of these entries, names as they are; the manifest is left out when it is None."""
    handle = io.BytesIO()
    with zipfile.ZipFile(handle, "w", compression) as archive:
        for name, raw in files.items() if isinstance(files, Mapping) else files:
            archive.writestr(name, raw)
        if manifest is not None:
            raw = manifest if isinstance(manifest, bytes) else json.dumps(manifest).encode()
            archive.writestr(MANIFEST, raw)
    return handle.getvalue()


def snapshot(root: Path) -> dict[str, bytes | None]:
    """Everything in a store, hidden things too."""
    if not root.exists():
        return {}
    return {
        str(path.relative_to(root)): path.read_bytes() if path.is_file() else None
        for path in root.rglob("*")
    }


def check_refused(raw: bytes, store: RunStore, match: str | None = None, **options: Any) -> None:
    """An import that must fail, with one message, and leave the store as it was."""
    before = snapshot(store.root)
    with pytest.raises(UserError, match=match) as refusal:
        import_run(io.BytesIO(raw), store, **options)
    assert snapshot(store.root) == before
    said = str(refusal.value)
    assert said.startswith("can't import") and len(said) < 2000 and "\x00" not in said


def imported(raw: bytes, store: RunStore) -> StoredRun | None:
    """The run an archive holds; None where it is refused, which leaves the store as it was."""
    try:
        return import_run(io.BytesIO(raw), store)
    except UserError:
        check_refused(raw, store)
        return None

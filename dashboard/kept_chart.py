"""Charts as they were drawn, kept in the store for the next start of the server.

Only for the chart that a new server shows first: then it can be seen before Altair is imported.
Nothing is lost with the folder.
"""

from __future__ import annotations

import base64
import hashlib
import importlib
import json
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from dashboard.store_root import ROOT, store_root

if TYPE_CHECKING:
    from core.figures.theme import Chart, Row

Drawn: TypeAlias = "tuple[dict[str, Any], Sequence[Row]]"
"""A chart in Vega-Lite with its data as Arrow, and the same data as rows."""
FOLDER = Path(".cache") / "charts"
"""In the store."""
LIMIT = 16
"""Charts; the oldest go first."""
SOURCES = (
    "core/figures",
    "core/metrics",
    "core/languages.py",
    "core/quoting.py",
    "core/selection/corpora.py",
    "dashboard/chart_data.py",
    "dashboard/drawing.py",
)
"""What draws it."""
ARROW = "arrow"


@dataclass(frozen=True)
class Later:
    """A figure whose builder is imported when it must be drawn, and not before."""

    module: str
    name: str
    given: Mapping[str, Any]
    """All that the figure depends on."""

    def figure(self) -> partial[Chart]:
        """What draws it."""
        return partial(getattr(importlib.import_module(self.module), self.name), **self.given)


def find(key: str) -> Drawn | None:
    """A kept chart; None where there is none that can be read."""
    try:
        found = json.loads(_path(key).read_bytes())
        datasets = {
            name: base64.b64decode(part[ARROW]) if isinstance(part, dict) else part
            for name, part in found["datasets"].items()
        }
        return {**found["spec"], **({"datasets": datasets} if datasets else {})}, found["rows"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def keep(key: str, drawn: Drawn) -> None:
    """Keep a chart, all of it or nothing; a full disk or a store of others is no fault."""
    spec, rows = drawn
    datasets = {
        name: {ARROW: base64.b64encode(part).decode()} if isinstance(part, bytes) else part
        for name, part in spec.get("datasets", {}).items()
    }
    bare = {name: part for name, part in spec.items() if name != "datasets"}
    path = _path(key)
    temporary = path.with_name(f".{secrets.token_hex(4)}.tmp")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            text = json.dumps({"spec": bare, "datasets": datasets, "rows": list(rows)})
            temporary.write_text(text, encoding="utf-8")
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        kept = sorted(path.parent.glob("*.json"), key=lambda x: x.stat().st_mtime)
        for old in kept[:-LIMIT]:
            old.unlink(missing_ok=True)


def _path(key: str) -> Path:
    name = hashlib.blake2b(f"{key} {_version()}".encode(), digest_size=16).hexdigest()
    return store_root() / FOLDER / f"{name}.json"


def _version() -> str:
    """Changes with what draws a chart: this code, and Altair."""
    found = []
    altair = find_spec("altair")
    places = [ROOT / source for source in SOURCES]
    files = [x for place in places for x in (sorted(place.glob("*.py")) or [place])]
    files += [Path(altair.origin)] if altair is not None and altair.origin else []
    for file in files:
        seen = file.stat()
        found.append(f"{file} {seen.st_size} {seen.st_mtime_ns}")
    return "\n".join(found)

"""Speeds measured before, kept in the user's cache folder; a device is measured once a shape."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.estimate.cost import Speed

VERSION = 3
"""Raised when a measurement means something else than before."""


def folder() -> Path:
    """Where they lie: below ``XDG_CACHE_HOME``, else ``~/.cache``."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "language-teachers" / "speeds"


def key_of(what: Mapping[str, Any]) -> str:
    """The name of a measurement: of all that decides it."""
    text = json.dumps({**what, "version": VERSION}, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def recall(key: str) -> Speed | None:
    """A speed measured before; None where there is none that can be read."""
    try:
        return Speed(**json.loads((folder() / f"{key}.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def remember(key: str, speed: Speed) -> None:
    """Keep a speed; a cache folder that can't be written to only costs a measurement."""
    place = folder() / f"{key}.json"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary = place.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(json.dumps(asdict(speed)), encoding="utf-8")
        temporary.replace(place)
    except OSError:
        return

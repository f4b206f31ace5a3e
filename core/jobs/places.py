"""Folders and models that a setting names and that are not there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from core.config.paths import HUB_ID
from core.quoting import quote

Found = Iterator[tuple[str, str]]
"""A field's name and what is wrong with its value."""


def folder_problems(field: str, folder: str | None) -> Found:
    """A folder that is none."""
    if folder is not None and not Path(folder).is_dir():
        what = "is a file, a folder is expected" if Path(folder).exists() else "no such folder"
        yield field, f"'{folder}': {what}"


def model_problems(model: str) -> Found:
    """A model that is neither there nor can be on the hub."""
    if not Path(model).exists() and not HUB_ID.fullmatch(model):
        yield (
            "model",
            f"'{quote(model)}': no such folder, and no hub id (name or org/name). Give a "
            "folder with config.json and *.safetensors, a hub id, a run id, or built-in",
        )

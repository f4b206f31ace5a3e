"""Files a user brought to be computed on, kept beside the runs of a store."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from core.errors import UserError
from core.runs.files import staging_folder
from core.runs.store import RunStore

FOLDER = "_brought"
"""In the store's folder; no run's id begins so."""


def keep(store: RunStore, files: Mapping[str, bytes], name: str) -> Path:
    """Keep files under a name made from what is in them, so that the same ones are kept once.

    Args:
        store: beside whose runs.
        files: name -> content.
        name: of the folder they lie in, where they are several.

    Returns:
        The only file, or the folder of several.

    Raises:
        UserError: a name that is no file's, or a store that can't be written to.
    """
    for file in files:
        if not file or Path(file).name != file or file.startswith("."):
            raise UserError(f"{file!r} is no name of a file to keep")
    digest = hashlib.sha256()
    for file, content in sorted(files.items()):
        digest.update(f"{file}\x1e{len(content)}\x1e".encode() + content)
    place = store.root / FOLDER / digest.hexdigest()[:12]
    several = len(files) > 1
    found = place / (Path(name).name or "files") if several else place / next(iter(files))
    if found.exists():
        return found
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with staging_folder(place.parent) as staging:
            target = staging / found.name if several else staging
            target.mkdir(exist_ok=True)
            for file, content in files.items():
                (target / file).write_bytes(content)
            staging.rename(place)
    except OSError as error:
        raise UserError(f"can't write to the store {store.root}: {error.strerror}") from error
    return found

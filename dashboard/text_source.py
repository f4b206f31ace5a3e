"""The texts behind a run, or one sentence on how to get them and a field for their folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import streamlit as st

from core.errors import UserError
from dashboard.labels import escape

T = TypeVar("T")


def texts_of(
    read: Callable[[str | None], T], *, dataset: str, recorded: str, shown: str, key: str
) -> T | None:
    """The texts, read from where the run's settings say or from a folder the user names.

    Args:
        read: reads them from a folder, or (None) from where the settings say.
        dataset: the run's.
        recorded: the folder in its settings; empty without one.
        shown: what the page shows without the texts.
        key: of the field with the folder.
    """
    typed = st.session_state.get(key) or ""
    try:
        return read(typed or None)
    except UserError as error:
        reason = str(error).splitlines()[0]
    where = Path(recorded).name or recorded or dataset
    st.info(
        f"Runs hold no texts of benchmarks, and `{escape(where)}` is not here ({escape(reason)}): "
        f"{shown} are shown. Name the folder that holds its public files to see the texts.",
        icon=":material/text_fields:",
    )
    st.text_input(
        "Folder with the texts",
        key=key,
        placeholder=recorded or "path/to/the/files",
        help="Read by this server only; nothing of it is kept in the run.",
    )
    return None

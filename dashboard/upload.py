"""A predictions file the user brings, read by core as on the command line."""

from __future__ import annotations

import tempfile
from pathlib import Path

import streamlit as st

from core.data.predictions import Predictions
from core.data.predictions_file import read_predictions
from core.errors import UserError

FORM = """
One line per language and example, as csv or parquet:

| column | content |
|---|---|
| `language` | any name, `en`, `sw`, ... |
| `example` | an id, the same in every language |
| `p_0`, `p_1`, ... | probability of each class; a line sums to 1 |
| `label` (optional) | index of the right class |
"""


def predictions_upload() -> Predictions | None:
    """Ask for a file; its predictions, or None while there is none.

    Raises:
        UserError: the file is not of the form; all problems at once.
    """
    file = st.file_uploader(
        "Predictions file",
        type=["csv", "parquet"],
        key="predictions_file",
        help="Probabilities of your own model on the same examples in every language. The file "
        "stays on this machine and is not kept.",
    )
    if file is None:
        with st.expander("What the file must look like", expanded=True):
            st.markdown(FORM)
        return None
    return _read(file.getvalue(), Path(file.name).suffix.lower(), Path(file.name).name)


@st.cache_data(max_entries=4, show_spinner="Reading the file ...")
def _read(content: bytes, suffix: str, name: str) -> Predictions:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"upload{suffix}"
        path.write_bytes(content)
        try:
            return read_predictions(path)
        except UserError as error:
            raise UserError(str(error).replace(str(path), name).replace(path.name, name)) from error

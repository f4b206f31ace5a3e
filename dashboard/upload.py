"""Predictions the user brings: a table or logs, read by core as on the command line."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st

from core.data.brought import read_brought
from core.data.harness_files import logs_in, unpacked
from core.data.predictions import Predictions
from core.data.predictions_columns import PredictionColumns, columns_in, first_rows, rewrite
from core.errors import DataError, UserError
from core.metrics.accuracy import accuracy
from dashboard.column_mapping import ROWS_SHOWN, mapped_columns
from dashboard.labels import escape

FORM = """
One line per language and example, as csv or parquet:

| column | content |
|---|---|
| `language` | any name, `en`, `sw`, ... |
| `example` | an id, the same in every language |
| `p_0`, `p_1`, ... | probability of each class; a line sums to 1 |
| `label` (optional) | index of the right class, or the name of its column |

Columns may have other names: you say below which is what.
"""
LOGS = """
What `lm_eval run ... --log_samples --output_path DIR` writes for a multiple-choice task, one file
a language (`samples_xnli_sw_....jsonl`; `xcopa`, `belebele`, ...): choose all of them, or a zip of
their folder. Probabilities are the softmax of the choices' log-likelihoods.
"""
TEMPLATE = """language,example,p_0,p_1,p_2,label
en,1,0.81,0.12,0.07,0
en,2,0.10,0.25,0.65,2
en,3,0.30,0.55,0.15,1
sw,1,0.55,0.30,0.15,0
sw,2,0.35,0.33,0.32,2
sw,3,0.25,0.60,0.15,1
"""
STAYS = "stays on this machine, and is kept only when you save it as a run."


@dataclass(frozen=True)
class Brought:
    """Predictions that were brought, and how they can be read again."""

    predictions: Predictions
    name: str
    key: str
    """Another one for other predictions."""
    files: Mapping[str, bytes]
    """As they are to be kept: a table has the expected columns."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Fields of a select config beside the path."""


def predictions_upload() -> Brought | None:
    """Ask for a table; its predictions, or None while there is none.

    Raises:
        UserError: the file is not of the form; all problems at once.
    """
    file = st.file_uploader(
        "Predictions file",
        type=["csv", "parquet"],
        key="predictions_file",
        help="Probabilities of your own model on the same examples in every language. The file "
        f"{STAYS}",
    )
    if file is None:
        with st.expander("What the file must look like", expanded=True):
            st.markdown(FORM)
            st.download_button(
                "Template",
                TEMPLATE,
                file_name="predictions.csv",
                mime="text/csv",
                on_click="ignore",
                icon=":material/download:",
                help="A table of the expected form with two languages, three examples and three "
                "classes, to be filled in.",
            )
        return None
    found = _table(Path(file.name).name, file.getvalue(), file.file_id)
    _summary(found.predictions)
    return found


def logs_upload() -> Brought | None:
    """Ask for logs of lm-evaluation-harness; their predictions, or None while there are none.

    Raises:
        UserError: they are no such logs; all problems at once.
    """
    chosen = st.file_uploader(
        "Logs of lm-evaluation-harness",
        type=["jsonl", "zip"],
        accept_multiple_files=True,
        key="logs_files",
        help="The per-sample logs of one model on one task, in two languages or more. What you "
        f"choose {STAYS}",
    )
    if not chosen:
        with st.expander("What the files must be", expanded=True):
            st.markdown(LOGS)
        return None
    key = ",".join(sorted(file.file_id for file in chosen))
    found = _logs({Path(file.name).name: file.getvalue() for file in chosen}, key)
    _summary(found.predictions)
    return found


def _table(name: str, content: bytes, key: str) -> Brought:
    """A table, its columns as the user says."""
    suffix = Path(name).suffix.lower()
    with _file(content, suffix, name) as path:
        names, rows = columns_in(path), first_rows(path, ROWS_SHOWN)
    columns = mapped_columns(names, rows, key)
    predictions, written = read_table(content, suffix, name, columns)
    return Brought(predictions, Path(name).stem, f"{key} {columns}", {name: written})


def _logs(files: Mapping[str, bytes], key: str) -> Brought:
    """Logs of one task, chosen where there are several."""
    tasks = _tasks(key, files)
    task = next(iter(tasks))
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        if len(tasks) > 1:
            task = st.selectbox(
                "Task",
                list(tasks),
                format_func=lambda name: f"{name} ({tasks[name]} languages)",
                key=f"log_task_{key}",
                help="The logs are of several tasks; one is read.",
            )
    with right:
        normalised = st.toggle(
            "Divide by length",
            key=f"length_normalised_{key}",
            help="Divide each choice's log-likelihood by its number of characters before the "
            "softmax, as the harness does for acc_norm. Off: as for acc.",
        )
    settings = {"log_task": task if len(tasks) > 1 else None, "length_normalised": normalised}
    predictions = _read_logs(key, task, normalised, files)
    name = task if len(files) > 1 else Path(next(iter(files))).stem
    return Brought(predictions, name, f"{key} {task} {normalised}", files, settings)


@st.cache_resource(max_entries=4, show_spinner=False)
def _tasks(key: str, _files: Mapping[str, bytes]) -> dict[str, int]:
    """Task -> how many languages it has."""
    with _place(_files) as path, unpacked(path) as folder:
        return {task: len(logs) for task, logs in logs_in(folder, path.name).items()}


@st.cache_resource(max_entries=4, show_spinner="Reading the logs ...")
def _read_logs(key: str, task: str, normalised: bool, _files: Mapping[str, bytes]) -> Predictions:
    with _place(_files) as path:
        return read_brought(path, task, length_normalised=normalised)


@st.cache_resource(max_entries=4, show_spinner="Reading the file ...")
def read_table(
    content: bytes, suffix: str, name: str, columns: PredictionColumns | None = None
) -> tuple[Predictions, bytes]:
    """The predictions in a table, and the table as it is kept: with the expected columns.

    Args:
        content: of the file.
        suffix: of its name.
        name: as the user knows it.
        columns: which is what; None where they have the expected names.

    Raises:
        UserError: all problems, naming the file as the user knows it.
    """
    with _file(content, suffix, name) as path:
        if columns is None:
            return read_brought(path), content
        (named := path.with_name("named")).mkdir()
        written = rewrite(path, columns, named / path.name)
        return read_brought(written), written.read_bytes()


@contextmanager
def _file(content: bytes, suffix: str, name: str) -> Iterator[Path]:
    """The content as a file while the block lasts; errors name it as the user does."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"upload{suffix}"
        path.write_bytes(content)
        try:
            yield path
        except DataError as error:
            said = (problem.replace(path.name, name) for problem in error.problems)
            raise DataError(name, list(said), error.remedy) from error
        except UserError as error:
            raise UserError(str(error).replace(str(path), name).replace(path.name, name)) from error


@contextmanager
def _place(files: Mapping[str, bytes]) -> Iterator[Path]:
    """The files in a folder, or the only one, while the block lasts."""
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "your files"
        folder.mkdir()
        for name, content in files.items():
            (folder / name).write_bytes(content)
        yield folder / next(iter(files)) if len(files) == 1 else folder


def _summary(found: Predictions) -> None:
    """What was read, in one line, and the accuracies where they are known."""
    languages, examples, classes = found.probabilities.shape
    groups = len(set(found.clusters))
    parts = [
        f"{languages} languages",
        f"{examples:,} examples" + (f" in {groups:,} clusters" if groups < examples else ""),
        f"{classes} classes ({', '.join(found.class_names[:6])}{', ...' * (classes > 6)})",
        "with gold labels" if found.gold is not None else "without gold labels",
    ]
    if found.gold is not None:
        scores = accuracy(found)
        best, worst = max(scores, key=scores.__getitem__), min(scores, key=scores.__getitem__)
        parts.append(f"accuracy {scores[worst]:.1f} ({worst}) to {scores[best]:.1f} ({best}) %")
    st.caption(f":material/check: {escape('Read: ' + ', '.join(parts) + '.')}")

"""Parallel texts the user brings: checked, shown, kept, and ready to choose teachers on."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from core.config import SelectConfig
from core.data import tabular
from core.data.columns import Columns
from core.data.formats import read_objects, read_separated
from core.data.parallel import ParallelDataset
from core.data.problems import Problems
from core.runs import brought as kept
from dashboard import cache
from dashboard.column_mapping import NONE, ROWS_SHOWN
from dashboard.config_form import Groups, config_form
from dashboard.job_panel import start_button
from dashboard.labels import escape
from dashboard.save_brought import SAVED, saved_link

FORM = """
One row per item and language (csv, tsv or jsonl), or one file a language without the column
`language` (`name.en.csv`, `name.sw.csv`, ...: choose all of them):

| column | content |
|---|---|
| `id` | the same in every language |
| `language` | `en`, `sw`, `eng_Latn`, ... |
| `text`, or `premise` and `hypothesis` | the sentence, or the pair |
| `label` (optional) | any name of a class |
| `split` (optional) | train, validation, test or unlabelled |
"""
TEMPLATE = """id,language,premise,hypothesis,label
1,en,The shop opens at nine.,The shop is closed at ten.,contradiction
1,sw,Duka hufunguliwa saa tatu.,Duka limefungwa saa nne.,contradiction
2,en,Two children play outside.,Children are playing.,entailment
2,sw,Watoto wawili wanacheza nje.,Watoto wanacheza.,entailment
"""
GROUPS: Groups = {
    "Model": ("model", "head", "finetune"),
    "Data": ("languages", "source", "labelled"),
    "Teachers": ("strategy", "threshold", "selection_items", "seed"),
}
NO_LABELS = "no labels (if a column holds them, name it above)"
ROLES = {
    "id": "Column with the id that an item has in every language.",
    "language": "Column with the language of each row; none for one file a language.",
    "label": "Column with the class; none for unlabelled text.",
    "split": "Column that says train, validation, test or unlabelled; none if nothing does.",
}


def texts_upload() -> None:
    """The section: files, columns, a preview, and what can be done with them."""
    chosen = st.file_uploader(
        "Texts",
        type=["csv", "tsv", "jsonl"],
        accept_multiple_files=True,
        key="texts_file",
        help="The same items in two languages or more. The files stay on this machine, and are "
        "kept only when you say so below.",
    )
    if not chosen:
        with st.expander("What the files must look like", expanded=True):
            st.markdown(FORM)
            st.download_button(
                "Template",
                TEMPLATE.encode(),
                file_name="texts.csv",
                mime="text/csv",
                on_click="ignore",
                icon=":material/download:",
                help="A table of the expected form with two items in two languages.",
            )
        return
    files = {Path(file.name).name: file.getvalue() for file in chosen}
    key = ",".join(sorted(file.file_id for file in chosen))
    columns = _columns(files, key)
    splits = read_texts(files, columns)
    _summary(splits)
    _keep(files, columns, key, labelled=any(x.labels is not None for x in splits.values()))


@st.cache_resource(max_entries=4, show_spinner="Reading the texts ...")
def read_texts(files: Mapping[str, bytes], columns: Columns) -> dict[str, ParallelDataset]:
    """The datasets in brought files, by split.

    Args:
        files: name -> content.
        columns: which is what; unset ones are looked for under their usual names.

    Raises:
        UserError: all problems of all files.
    """
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "your files"
        folder.mkdir()
        for name, content in files.items():
            (folder / name).write_bytes(content)
        place = folder if len(files) > 1 else folder / next(iter(files))
        return tabular.load(place, columns=columns)


def _columns(files: Mapping[str, bytes], key: str) -> Columns:
    """Which column is what: as named, else as the user says."""
    name, content = next(iter(files.items()))
    header, rows = _head(name, content)
    known = Columns().resolve(header)
    complete = bool(known.id and known.text and (known.language or len(files) > 1))
    with st.expander("Preview and columns", expanded=not complete, icon=":material/table_chart:"):
        st.dataframe(rows, hide_index=True, key="texts_preview", height="content")
        chosen: dict[str, Any] = {}
        for column, (role, help) in zip(st.columns(len(ROLES)), ROLES.items(), strict=True):
            options = [NONE, *header]
            usual = getattr(known, role)
            with column:
                picked = st.selectbox(
                    role.capitalize() if role != "id" else "Item id",
                    options,
                    index=options.index(usual) if usual else 0,
                    key=f"texts_{role}_{key}",
                    help=help,
                )
            chosen[role] = None if picked == NONE else picked
        text = st.multiselect(
            "Text, or the two texts of a pair in order",
            header,
            default=list(known.text),
            max_selections=2,
            key=f"texts_text_{key}",
            help="One column for single sentences, two for pairs.",
        )
    return Columns(text=tuple(text), **chosen)


def _head(name: str, content: bytes) -> tuple[list[str], list[dict[str, Any]]]:
    """Names of the columns and the first rows; none where the file can't be read (see below)."""
    problems = Problems(name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        if path.suffix == ".jsonl":
            rows, _ = read_objects(path, problems)
            return list(dict.fromkeys(key for row in rows for key in row)), rows[:ROWS_SHOWN]
        separator = tabular.SUFFIXES.get(path.suffix, ",")
        header, cells, _ = read_separated(path, None, problems, separator=separator)
    return header, [dict(zip(header, row, strict=True)) for row in cells[:ROWS_SHOWN]]


def _summary(splits: Mapping[str, ParallelDataset]) -> None:
    """What was read, a line a split."""
    for split, data in splits.items():
        classes = ", ".join(data.class_names) if data.labels is not None else NO_LABELS
        st.caption(
            f":material/check: Read: {escape(split)}: {len(data):,} items in "
            f"{len(data.languages)} languages ({escape(', '.join(data.languages))}); "
            f"{escape(classes)}."
        )


def _keep(files: Mapping[str, bytes], columns: Columns, key: str, *, labelled: bool) -> None:
    """Keep the files, then offer what can be computed on them."""
    state = f"kept_{key}"
    pressed = st.button(
        "Keep these texts",
        key="keep_texts",
        icon=":material/save:",
        help="Copies the files beside the runs of this store, so that runs can read them.",
    )
    if pressed:
        name = Path(next(iter(files))).stem.split(".")[0]
        st.session_state[state] = str(kept.keep(cache.store(), files, name))
    if state not in st.session_state:
        return
    path = os.path.relpath(st.session_state[state])
    if not labelled:
        st.info(
            "Without labels they can be distilled on, beside a dataset with labels: put the path "
            "below into “Parallel” on the page Self-distillation, or into the command.",
            icon=":material/info:",
        )
        st.code(f"python -m core distill --parallel {path}", language="bash", wrap_lines=True)
        return
    st.subheader("Choose teachers on them")
    start = {"dataset": path, **_settings(columns)}
    config = config_form(SelectConfig, GROUPS, key=f"brought_{key}", start=start)
    run = start_button(
        "Choose the teachers",
        "select",
        config,
        key="select_texts",
        help="Fine-tunes the model on the labels of one language if it has no head yet, and lets "
        "all languages vote, in a process of its own.",
    )
    if run is not None:
        st.session_state[SAVED] = run.id
        st.rerun()
    saved_link()


def _settings(columns: Columns) -> dict[str, str | Sequence[str]]:
    """The fields of a config that name these columns."""
    named = {
        "id_column": columns.id,
        "language_column": columns.language,
        "label_column": columns.label,
        "split_column": columns.split,
        "text_columns": columns.text,
    }
    return {name: value for name, value in named.items() if value}

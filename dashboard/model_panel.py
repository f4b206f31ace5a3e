"""Where the model of a run lies and how to load it."""

from __future__ import annotations

import os

import streamlit as st

from core.runs.store import StoredRun
from dashboard.labels import again, escape

LOADERS = {"distill_probe": "AutoModelForMaskedLM", "qa_train": "AutoModelForQuestionAnswering"}
"""Kind of run -> what loads its model; a classifier's loader for the others."""


def model_panel(run: StoredRun) -> None:
    """The folder of the run's model and the lines that load it, or why there is none."""
    folder = run.record.artifacts.get("model")
    if not folder:
        return
    st.subheader("The model")
    path = run.path / folder
    if not path.is_dir():
        st.info(
            f"The model of this run is not here: its folder {escape(f'{run.id}/{folder}')} is "
            "missing (recorded runs are shipped without weights). This command makes the run, and "
            "with it the model, again:",
            icon=":material/inventory_2:",
        )
        st.code(again(run.record), language="bash", wrap_lines=True)
        return
    shown = os.path.relpath(path)
    loader = LOADERS.get(run.record.kind, "AutoModelForSequenceClassification")
    st.markdown("The distilled model lies in this folder, with its tokenizer and a model card:")
    st.code(shown, language=None, wrap_lines=True)
    st.code(
        f"from transformers import {loader}, AutoTokenizer\n\n"
        f'tokenizer = AutoTokenizer.from_pretrained("{shown}")\n'
        f'model = {loader}.from_pretrained("{shown}")',
        language="python",
    )
    st.caption(f"On the command line, `--model {run.id}` takes this model.")

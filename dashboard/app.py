"""The navigation of the dashboard, and nothing else: ``streamlit run dashboard/app.py``."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402

PAGES = {
    "overview": ("Overview", ":material/home:"),
    "teacher_selection": ("Teacher selection", ":material/school:"),
    "self_distillation": ("Self-distillation", ":material/sync_alt:"),
    "geomlama": ("Knowledge probing", ":material/quiz:"),
    "balanced_training": ("Balanced training", ":material/balance:"),
    "transfer_gap": ("Transfer gap", ":material/grid_on:"),
    "compare_runs": ("Compare runs", ":material/compare_arrows:"),
    "runs": ("Runs", ":material/folder_open:"),
}

st.set_page_config(page_title="Language balance", layout="wide")
st.navigation(
    [
        st.Page(f"../pages/{file}.py", title=title, icon=icon, default=file == "overview")
        for file, (title, icon) in PAGES.items()
    ]
).run()

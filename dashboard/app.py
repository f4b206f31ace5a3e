"""The navigation of the dashboard, and whose runs it shows: ``streamlit run dashboard/app.py``."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402

from dashboard.garbage import search_less  # noqa: E402
from dashboard.store_root import store_root  # noqa: E402

PAGES = {
    "overview": ("Overview", ":material/home:"),
    "teacher_selection": ("Teacher selection", ":material/school:"),
    "self_distillation": ("Self-distillation", ":material/sync_alt:"),
    "geomlama": ("Knowledge probing", ":material/quiz:"),
    "balanced_training": ("Balanced training", ":material/balance:"),
    "answer_ranks": ("Answer ranks", ":material/format_list_numbered:"),
    "transfer_gap": ("Transfer gap", ":material/grid_on:"),
    "compare_runs": ("Compare runs", ":material/compare_arrows:"),
    "runs": ("Runs", ":material/folder_open:"),
}

search_less()
st.set_page_config(page_title="Language balance", layout="wide")
page = st.navigation(
    [
        st.Page(f"../pages/{file}.py", title=title, icon=icon, default=file == "overview")
        for file, (title, icon) in PAGES.items()
    ]
)
# Before a page imports what it needs: at its first element Streamlit looks through all modules.
st.sidebar.caption(f"Runs are read from `{store_root().name}`.")
page.run()

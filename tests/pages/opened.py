"""A page opened in Streamlit's own test runner."""

from __future__ import annotations

from pathlib import Path

from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[2]


def with_files(app: AppTest, *keys: str) -> AppTest:
    """The page with "Data and files for a paper" opened under the charts of these keys."""
    for key in keys:
        app.session_state[f"paper_{key}"] = True
    return app.run()


def open_page(name: str, **query: str | list[str]) -> AppTest:
    """The page of this name, after its first run."""
    app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=60)
    # Else every test reads the metadata of all installed packages, in search of components.
    app._bidi_component_manager = BidiComponentManager()
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    if name != "overview":
        app.switch_page(f"../pages/{name}.py")
        app.run()
    return app

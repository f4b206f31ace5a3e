"""The jobs in the sidebar, and what a poll does after a control was moved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dashboard import jobs_sidebar, url_state
from tests.dashboard import stored_runs
from tests.pages.opened import open_page


class DrawnAnewError(Exception):
    """The whole page is asked for."""


def test_a_poll_after_a_moved_control_draws_the_whole_page_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored_runs.fill(tmp_path)
    monkeypatch.setenv("CORE_STORE", str(tmp_path))
    state: dict[str, Any] = {"ranks_by": "context"}

    def rerun() -> None:
        raise DrawnAnewError

    monkeypatch.setattr(jobs_sidebar.st, "session_state", state)
    monkeypatch.setattr(jobs_sidebar.st, "rerun", rerun)
    url_state._moved("ranks_by", str, None, "")
    with pytest.raises(DrawnAnewError):
        jobs_sidebar._jobs()
    jobs_sidebar._jobs()


def test_a_page_drawn_whole_owes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored_runs.fill(tmp_path)
    monkeypatch.setenv("CORE_STORE", str(tmp_path))
    app = open_page("teacher_selection")
    app.selectbox(key="strategy").set_value("random").run()
    assert not app.exception
    assert app.query_params["strategy"] == "random"
    assert url_state.MOVED not in app.session_state

"""What a window gets for each change of a control, and when: read off its websocket.

Messages are read in this process, after a window that is busy drawing has passed them on: the
time the server itself takes is `tests.browser.timed_server`'s.
"""

from __future__ import annotations

import time

from playwright.sync_api import Page, WebSocket
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


class Answers:
    """Of every answered change of a control in a part of the page (a fragment) that is redrawn."""

    def __init__(self, page: Page) -> None:
        """Listen from the next load of the page on."""
        self.seconds: list[float] = []
        """From the window's request to the last message of the answer."""
        self.charts: list[list[str]] = []
        """The charts that each answer brought, in Vega-Lite."""
        self._asked: float | None = None
        self._drawn: list[str] = []
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framesent", self._sent)
        socket.on("framereceived", self._received)

    def _sent(self, data: str | bytes) -> None:
        if isinstance(data, bytes) and BackMsg.FromString(data).rerun_script.fragment_id:
            self._asked, self._drawn = time.perf_counter(), []

    def _received(self, data: str | bytes) -> None:
        if self._asked is None or not isinstance(data, bytes):
            return
        message = ForwardMsg.FromString(data)
        kind = message.WhichOneof("type")
        if kind == "delta":
            chart = message.delta.new_element.vega_lite_chart
            self._drawn += [chart.spec] if chart.spec else []
        elif kind == "script_finished":
            self.seconds.append(time.perf_counter() - self._asked)
            self.charts.append(self._drawn)
            self._asked = None

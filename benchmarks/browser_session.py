"""A browser session without a browser: the dashboard's own websocket, spoken as its page does.

The server can't tell it from an open window: it draws the whole page and answers every poll. What
is missing is the window itself (layout, charts), which works on the viewer's machine.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

FAULT = "This part of the page failed"
"""How a page begins the message of its own error."""


class BrowserSession:
    """One open window: reruns of its page, and the polls that the page asks for."""

    def __init__(self, socket: ClientConnection) -> None:
        self.polls: list[float] = []
        """Seconds from each poll to the end of its answer."""
        self.faults: list[str] = []
        """Errors that a page showed."""
        self.charted: float | None = None
        """When the first chart came, by `time.perf_counter`."""
        self._socket = socket
        self._hashes: dict[str, str] = {}
        self._place = ("", "")
        self._known: set[str] = set()
        self._drawn: asyncio.Future[None] | None = None
        self._begun = False
        self._timers: dict[str, tuple[float, asyncio.Task[None]]] = {}
        self._asked: dict[str, float] = {}

    async def visit(self, page: str = "", query: str = "") -> float:
        """Run a whole page.

        Args:
            page: as in its address; empty for the overview.
            query: of the address, e.g. ``run=ID``.

        Returns:
            Seconds until the page was drawn to its end.
        """
        self._place = (page, query)
        self._drawn = asyncio.get_running_loop().create_future()
        start = time.perf_counter()
        await self._ask()
        await self._drawn
        return time.perf_counter() - start

    async def listen(self) -> None:
        """Read what the server sends, and poll as it says, until the connection is closed."""
        try:
            async for data in self._socket:
                if isinstance(data, bytes):
                    self._take(ForwardMsg.FromString(data))
        finally:
            self._stop(list(self._timers))
            if self._drawn is not None and not self._drawn.done():
                self._drawn.set_exception(ConnectionError("the server closed the session"))

    async def _ask(self, fragment: str = "") -> None:
        page, query = self._place
        message = BackMsg()
        rerun = message.rerun_script
        rerun.query_string = query
        rerun.page_script_hash = self._hashes.get(page, "")
        rerun.page_name = "" if page in self._hashes else page
        rerun.fragment_id, rerun.is_auto_rerun = fragment, bool(fragment)
        rerun.cached_message_hashes.extend(self._known)
        rerun.context_info.color_scheme = "light"
        await self._socket.send(message.SerializeToString())

    def _take(self, message: ForwardMsg) -> None:
        """What a window does on one message."""
        if message.metadata.cacheable:
            self._known.add(message.hash)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            if not message.metadata.run.fragment_ids:
                self._begun = True
                self._stop(list(self._timers))
            elif self._begun:
                self._end()  # the server forgets to say so when a poll comes right at the end
        elif kind == "navigation":
            self._hashes = {
                "" if page.is_default else page.url_pathname: page.page_script_hash
                for page in message.navigation.app_pages
            }
        elif kind == "auto_rerun":
            self._poll(message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "stop_auto_rerun":
            self._stop(list(message.stop_auto_rerun.fragment_ids))
        elif kind == "script_finished":
            self._finished(message)
        elif kind == "delta":
            self._look(message)

    def _finished(self, message: ForwardMsg) -> None:
        if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
            self._end()
        elif message.script_finished == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY:
            now = time.perf_counter()
            answered = [x for x in message.metadata.run.fragment_ids if x in self._asked]
            self.polls += [now - self._asked.pop(fragment) for fragment in answered]

    def _end(self) -> None:
        """The whole page is drawn."""
        self._begun = False
        if self._drawn is not None and not self._drawn.done():
            self._drawn.set_result(None)

    def _look(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        if self.charted is None and element.HasField("vega_lite_chart"):
            self.charted = time.perf_counter()
        if element.HasField("exception"):
            self.faults.append(element.exception.message)
        elif element.HasField("alert") and element.alert.body.startswith(FAULT):
            self.faults.append(element.alert.body)

    def _poll(self, fragment: str, interval: float) -> None:
        """Ask for a part of the page again and again."""
        if self._timers.get(fragment, (None,))[0] != interval:
            self._stop([fragment])
            self._timers[fragment] = interval, asyncio.create_task(self._tick(fragment, interval))

    async def _tick(self, fragment: str, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            self._asked.setdefault(fragment, time.perf_counter())
            await self._ask(fragment)

    def _stop(self, fragments: list[str]) -> None:
        for fragment in fragments:
            self._asked.pop(fragment, None)
            if fragment in self._timers:
                self._timers.pop(fragment)[1].cancel()


@asynccontextmanager
async def session(address: str) -> AsyncIterator[BrowserSession]:
    """An open session of the dashboard at an address (``http://host:port``); closed at the end."""
    stream = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
    async with connect(stream, max_size=None) as socket:
        opened = BrowserSession(socket)
        listening = asyncio.create_task(opened.listen())
        try:
            yield opened
        finally:
            await socket.close()
            await listening

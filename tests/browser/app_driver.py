"""The real app in a process of its own, and headless Chromium that looks at it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.timed_server import TIMES

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SIZES = {"wide": (1440, 900), "narrow": (1024, 768)}
AT_REST = """async ([quiet, longest]) => {
  const app = () => document.querySelector('[data-testid=stApp]');
  const busy = () => app()?.dataset.testScriptState !== 'notRunning';
  const undrawn = () => [...document.querySelectorAll('[data-testid=stVegaLiteChart]')]
    .some(chart => !chart.querySelector('svg, canvas'));
  const begun = performance.now();
  let last = begun, frames = 0;
  const moved = () => { last = performance.now(); frames = 0; };
  const watch = new MutationObserver(moved);
  watch.observe(document.body, {childList: true, subtree: true, characterData: true});
  const over = () => performance.now() - begun > longest && !busy();
  while (!over() && (performance.now() - last < quiet || frames < 20)) {
    await new Promise(requestAnimationFrame);
    frames += 1;
    if (busy() || (undrawn() && performance.now() - begun < longest)) moved();
  }
  watch.disconnect();
}"""
"""Waits until no script runs, every chart is drawn and nothing has changed for a while: counted in
frames too, since a browser that gets no processor draws nothing in that time."""
QUIET, LONGEST = 800, 20_000
"""Milliseconds without a change; and after which a page that changes all the time is left so."""
PAGES = {
    "overview": "",
    "teacher_selection": "teacher_selection",
    "self_distillation": "self_distillation",
    "geomlama": "geomlama",
    "balanced_training": "balanced_training",
    "answer_ranks": "answer_ranks",
    "transfer_gap": "transfer_gap",
    "compare_runs": "compare_runs",
    "runs": "runs",
}


def chromium_path() -> str | None:
    """An installed Chromium, if any."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for path in map(shutil.which, names) if path), None)


@dataclass(frozen=True)
class Server:
    """The dashboard in a process of its own."""

    address: str
    pid: int
    begun: float
    """When the process was started, by `time.perf_counter`."""
    ready: float
    """Seconds from there until it answered."""


@contextmanager
def serve(store: Path) -> Iterator[str]:
    """Run the dashboard on a free port over a store; yields its address."""
    with serving(store) as server:
        yield server.address


@contextmanager
def serving(store: Path, times: Path | None = None) -> Iterator[Server]:
    """The same, and what is to be known of its process.

    Args:
        store: of the runs.
        times: gets how long every run of the script took (`tests.browser.timed_server`).
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    module = "streamlit" if times is None else "tests.browser.timed_server"
    command = [sys.executable, "-m", module, "run", "dashboard/app.py"]
    options = ["--server.port", str(port), "--server.headless", "true"]
    begun = time.perf_counter()
    server = subprocess.Popen(
        [*command, *options, "--", "--store", str(store)],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", **({TIMES: str(times)} if times else {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, server)
        yield Server(address, server.pid, begun, time.perf_counter() - begun)
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with status {server.returncode}")
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError("the server did not answer within a minute")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Headless Chromium as installed on this machine."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def window(browser: Browser, size: str = "wide", scheme: str = "light") -> Iterator[Page]:
    """A window of one of the sizes in the light or dark theme."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    try:
        yield context.new_page()
    finally:
        context.close()


def visit(page: Page, address: str, path: str, query: str = "") -> None:
    """Open a page of the app and wait until it is drawn."""
    page.goto(f"{address}/{path}{'?' + query if query else ''}")
    page.wait_for_selector("h1", timeout=60_000)
    settle(page)


def settle(page: Page, quiet: int = QUIET) -> None:
    """Wait until the script has run, the charts are drawn and nothing moves any more."""
    page.evaluate(AT_REST, [quiet, LONGEST])


def body(page: Page) -> str:
    """All text on the page."""
    return page.inner_text("body")

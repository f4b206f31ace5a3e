"""axe-core on a page of the app: what it finds of serious or critical impact."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

GRAVE = ("serious", "critical")
STREAMLITS: dict[str, str] = {}
"""Rule -> part of the selector of an element that Streamlit alone draws and no setting changes."""


@cache
def source() -> str:
    """axe-core as the development environment has it, in the package of its Python wrapper.

    Raises:
        RuntimeError: the package is not installed.
    """
    found = find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        raise RuntimeError("axe-playwright-python is not installed: see requirements-dev.txt")
    return (Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8")


def grave_violations(page: Page) -> list[str]:
    """Rule, element and reason of every violation that is ours; a line each."""
    page.evaluate(source())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{rule['impact']} {rule['id']}: {node['html'][:200]} ({_why(node)})"
        for rule in found
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
        if not _is_streamlits(rule["id"], node)
    ]


def _why(node: dict[str, Any]) -> str:
    reasons = [check["message"] for part in ("any", "all", "none") for check in node[part]]
    return "; ".join(reasons)[:300]


def _is_streamlits(rule: str, node: dict[str, Any]) -> bool:
    part = STREAMLITS.get(rule)
    return part is not None and any(part in str(target) for target in node["target"])

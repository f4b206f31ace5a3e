"""Paths in settings: recorded as typed, and never absolute; said as typed."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.quoting import quote

PATHS = (
    "data", "parallel_data", "predictions", "model", "dataset", "parallel", "from_", "prompts",
    "translator", "templates", "evaluation", "evaluation_data", "stage1_dataset", "stage1_data",
)  # fmt: skip
"""Fields that may hold a path; an absolute one is recorded relative to the working folder."""

HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?", re.ASCII)
"""``name`` or ``org/name``, what may stand instead of a model's path; a run id looks the same."""


def as_recorded(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with their absolute paths made relative; what is no path stays as it is."""
    return {
        name: os.path.relpath(value)
        if name in PATHS and isinstance(value, str) and Path(value).is_absolute()
        else value
        for name, value in settings.items()
    }


def as_typed(message: str, given: Mapping[str, Any]) -> str:
    """A message about settings with the absolute paths that the user gave.

    Args:
        message: that names paths as :func:`as_recorded` has them.
        given: the settings as the user gave them.
    """
    for name, recorded in as_recorded(given).items():
        typed = given[name]
        if not isinstance(recorded, str) or recorded == typed or os.sep not in recorded:
            continue  # a mere name can be any word
        for said, instead in ((recorded, typed), (quote(recorded), quote(typed))):
            parts = re.split(rf"(?<![\w./-]){re.escape(said)}(?![\w-])", message)
            message = instead.join(parts)
    return message

"""The languages of the two sets, and which of them have much text."""

from __future__ import annotations

from collections.abc import Sequence

from core.published.balanced.paper import table

SCRIPTS = ("shared", "diverse")
MODELS = ("HL", "HL balanced", "Ours")
"""As the tables call them: hard labels on all data, on balanced data, and the student."""
HIGH = 50
"""Million characters: the least text of a high-resource language (section 4.1)."""
GERMAN = "de"


def sizes(script: str) -> dict[str, float]:
    """Million characters of each language of a set (Table 1)."""
    rows = (row for row in table(1).rows if row.setting.lower() == script)
    return {row.short: row.values("size")["characters"] for row in rows}


def group(script: str, name: str) -> Sequence[str]:
    """The languages of ``low``, ``high``, ``de`` or ``all`` of a set."""
    found = sizes(script)
    kept = {
        "low": [x for x, size in found.items() if size < HIGH],
        "high": [x for x, size in found.items() if size >= HIGH],
        "de": [GERMAN],
        "all": list(found),
    }
    return kept[name]

"""The papers whose tables are kept here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.published.alsace.review import REVIEWED as ALSACE
from core.published.balanced.review import REVIEWED as BALANCED
from core.published.gxlt.review import REVIEWED as GXLT
from core.published.reviewed import Reviewed

PAPERS: Mapping[str, Reviewed] = MappingProxyType(
    {one.paper.id: one for one in (ALSACE, GXLT, BALANCED)}
)
"""Id -> paper, in the order of the sources."""

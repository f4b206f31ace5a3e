"""Python's search for garbage, made rarer: it held up the first page, and then every session."""

from __future__ import annotations

import gc
from functools import cache

YOUNG = 10_000
"""Objects that are made, and not given back, between two searches among the youngest."""


@cache
def search_less() -> None:
    """Look at what was imported so far never again, and at the rest less often.

    With Python's defaults (700 objects) the imports of the first page alone cause some three
    hundred searches, several of them through everything there is. What is kept longer until it is
    found is at most those few thousand objects.
    """
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])

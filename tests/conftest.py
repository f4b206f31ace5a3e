"""What several tests need."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("CORE_TOKENS", "")  # no cache of token ids but a test's own
SHARED = Path(__file__).resolve().parents[2] / "shared"
"""Real benchmark files beside the checkout; tests that need them are skipped without."""


@pytest.fixture(autouse=True)
def _main_module() -> Iterator[None]:
    """Streamlit's ``AppTest`` leaves its script as ``__main__``; spawned processes would run it."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main

"""What several tests need."""

from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared"
"""Real benchmark files beside the checkout; tests that need them are skipped without."""

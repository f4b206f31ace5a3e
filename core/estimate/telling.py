"""What an estimate says while it is made: lines on stderr, which a page shows too."""

from __future__ import annotations

GOING_ON = " ..."
"""Ends a line that says what is done now."""

"""Which folder the runs are read from; known without reading any of them."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def store_root() -> Path:
    """The folder named by ``-- --store DIR``, else by ``CORE_STORE``, else ``cached_runs``."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--store")
    try:
        named = parser.parse_known_args(sys.argv[1:])[0].store
    except argparse.ArgumentError:
        named = None
    return Path(named or os.environ.get("CORE_STORE") or ROOT / "cached_runs")

"""The verbs ``python -m core qa ...``: cross-lingual question answering."""

from __future__ import annotations

import typer

qa_app = typer.Typer(
    help="Cross-lingual question answering.", no_args_is_help=True, rich_markup_mode=None
)

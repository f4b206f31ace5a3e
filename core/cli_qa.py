"""The verbs ``python -m core qa ...``: cross-lingual question answering."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer

qa_app = typer.Typer(
    help="Cross-lingual question answering.", no_args_is_help=True, rich_markup_mode=None
)


@qa_app.command("score")
def score_file(
    gold: Annotated[
        Path, typer.Option("--gold", help="Right answers: json or jsonl in SQuAD's format.")
    ],
    predictions: Annotated[
        Path, typer.Option("--predictions", help="Anybody's answers: json, {id: text}.")
    ],
    language: Annotated[
        str, typer.Option("--language", help="Language of the contexts, e.g. zh or zho_Hans.")
    ],
    normalization: Annotated[
        Literal["mlqa", "squad"],
        typer.Option(
            "--normalization",
            help="How answers are compared: mlqa, by language; squad, English for all.",
        ),
    ] = "mlqa",
    as_json: Annotated[bool, typer.Option("--json", help="Print the scores as JSON.")] = False,
) -> None:
    """Score a file of predictions: exact match and F1, 0 to 100; no run is written.

    A question without a prediction scores 0.
    """
    from core.data.qa.answer_file import read_answers, read_golds
    from core.languages import canonical
    from core.metrics.qa_match import score

    key = canonical(language)
    golds, answers = read_golds(gold), read_answers(predictions)
    found = score(golds, answers, key, normalization)
    if found.unknown:
        _warn(
            f"{found.unknown:,} of {len(answers):,} predictions are left out: "
            f"{gold.name} has no question with their id"
        )
    if found.missing:
        _warn(f"{found.missing:,} of {found.total:,} questions have no prediction and score 0")
    told = {**asdict(found), "language": key, "normalization": normalization}
    if as_json:
        print(json.dumps(told, indent=1))
        return
    for name, value in told.items():
        print(f"{name:<14} {f'{value:.2f}' if isinstance(value, float) else value}")


def _warn(message: str) -> None:
    print(message, file=sys.stderr)

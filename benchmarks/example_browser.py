"""The example browser: server time from a changed filter to the new page of answers.

    python -m benchmarks.example_browser

The whole fragment runs in Streamlit's own test runner, without a network or a browser; the filter
alone is timed beside it. 15 x 5,010 items are 75,150 answers; 15 x 75,000 items are 1,125,000.
"""

from __future__ import annotations

import itertools
from typing import Annotated

import numpy as np
import torch
import typer
from streamlit.testing.v1 import AppTest

from benchmarks.machine import machine, seconds
from benchmarks.rows import Row, tell
from core.data.predictions import Predictions
from core.metrics.answered import Answered, Examples
from core.metrics.examples import Filter, matching
from core.selection.vote import majority_vote

CPU = torch.device("cpu")


def made(languages: int, items: int, classes: int = 3) -> Predictions:
    """Answers drawn at random, with gold labels."""
    rng = np.random.default_rng(0)
    return Predictions(
        tuple(f"l{i}" for i in range(languages)),
        tuple(map(str, range(items))),
        rng.dirichlet(np.ones(classes), (languages, items)).astype(np.float32),
        gold=np.eye(classes, dtype=bool)[rng.integers(0, classes, items)],
    )


def app(languages: int, items: int) -> None:
    """A page with the browser alone."""
    import streamlit as st

    from benchmarks.example_browser import made
    from dashboard.example_browser import choice_examples

    found = st.cache_resource(made)(languages, items)
    choice_examples(found, f"{languages} {items}", ("l0", "l1"), None)


def main(
    languages: Annotated[int, typer.Option(help="Languages.")] = 15,
    repeats: Annotated[int, typer.Option(help="Timed changes of a filter.")] = 9,
) -> None:
    """Print both times for both sizes."""
    print(machine())
    for items in (5010, 75_000):
        predictions = made(languages, items)
        vote = majority_vote(predictions.probabilities).pseudo_labels
        found = Examples(
            predictions.languages, predictions.examples, Answered.of(predictions, vote), None
        )
        wanted = Filter("wrong", predictions.languages[2:], "split", "l0", (1, languages - 1))
        alone = seconds(lambda: matching(found, wanted), repeats, CPU)  # noqa: B023
        page = AppTest.from_function(app, kwargs={"languages": languages, "items": items})
        page.run(timeout=120)
        votes = itertools.cycle(("split", "majority", "any"))
        change = seconds(
            lambda: page.selectbox(key="ex_vote").select(next(votes)).run(timeout=120),  # noqa: B023
            repeats,
            CPU,
        )
        print(
            f"{languages} x {items:,}: filter {1000 * alone:.1f} ms, change of a filter to the new "
            f"page {1000 * change:.0f} ms (median)"
        )
        what = f"change of a filter, {languages} x {items:,}; ms of the server"
        tell(Row("example browser", what, 1000 * change))


if __name__ == "__main__":
    typer.run(main)

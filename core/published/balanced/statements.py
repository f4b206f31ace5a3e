"""What the running text of the balanced-training paper states, and what its tables give."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from core.published.balanced.groups import MODELS, SCRIPTS, group, sizes
from core.published.balanced.paper import table
from core.published.computed import Computed, number_of, stated
from core.published.paper import Statement
from core.published.rounding import Rounded, exact

LAYERS, WIDTH, INNER, POSITIONS, VOCABULARY, SEGMENTS = 6, 512, 3072, 128, 50_000, 2
"""Of the architecture (section E.1); BERT's own feed-forward width and segments, and the
vocabulary with which the printed number of parameters comes out."""


def parameters() -> int:
    """Weights of a BERT of this size whose output embeddings are those of the input."""

    def linear(inner: int, outer: int) -> int:
        return inner * outer + outer

    norm = 2 * WIDTH
    embeddings = (VOCABULARY + POSITIONS + SEGMENTS) * WIDTH + norm
    attention = 4 * linear(WIDTH, WIDTH) + norm
    feed_forward = linear(WIDTH, INNER) + linear(INNER, WIDTH) + norm
    head = linear(WIDTH, WIDTH) + norm + VOCABULARY
    return embeddings + LAYERS * (attention + feed_forward) + head


def ahead(script: str, name: str) -> Rounded:
    """Table 2: the student minus the better of the two multilingual baselines, in one group."""
    row = table(2).row(f"{script}-{name}")
    *others, ours = (number_of(row, "difference", column) for column in MODELS)
    return ours - max(others, key=lambda x: x.value)


def _student_data(statement: Statement) -> Iterator[Computed]:
    for label in statement.labels:
        number = exact(min(sizes(label.lower()).values()))
        yield stated(statement, label, number, "Table 1, the smallest language")


def _languages(statement: Statement) -> Iterator[Computed]:
    both = {x for script in SCRIPTS for x in sizes(script)}
    yield stated(statement, "Table 1", exact(len(both)), "Table 1, German counted once")
    yield stated(statement, "tokenizer", exact(len(both) + 2), "with Hebrew and Lithuanian")


def _counts(statement: Statement) -> Iterator[Computed]:
    for label in statement.labels:
        script, name = label.lower().split()
        number = exact(len(group(script, name)))
        yield stated(statement, label, number, "Table 1, from 50 million characters on high")


def _parameters(statement: Statement) -> Iterator[Computed]:
    rule = (
        f"BERT: {LAYERS} layers, width {WIDTH}, feed-forward {INNER}, {POSITIONS} positions, "
        f"vocabulary {VOCABULARY:,}, tied"
    )
    yield stated(statement, statement.labels[0], exact(parameters()), rule)


def _german(statement: Statement) -> Iterator[Computed]:
    for label in statement.labels:
        model, better = label.removesuffix(" ahead").split(", ")
        row = next(x for x in table(5).rows if x.name == model)
        (other,) = {"Shared", "Diverse"} - {better}
        number = number_of(row, "difference", better) - number_of(row, "difference", other)
        yield stated(statement, label, number, f"Table 5, {better} minus {other}")


def _best(name: str) -> Callable[[Statement], Iterator[Computed]]:
    def worked_out(statement: Statement) -> Iterator[Computed]:
        for label in statement.labels:
            rule = "Table 2, Ours minus the better of HL and HL balanced"
            yield stated(statement, label, ahead(label.lower(), name), rule)

    return worked_out


RULES: Mapping[str, Callable[[Statement], Iterator[Computed]]] = {
    "student-data": _student_data,
    "languages": _languages,
    "groups": _counts,
    "parameters": _parameters,
    "german": _german,
    "best-all": _best("all"),
    "best-low": _best("low"),
}

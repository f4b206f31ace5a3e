"""What the running text of the cross-lingual QA paper states, and what its tables give."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from core.published.computed import Computed, number_of, stated
from core.published.gxlt.paper import table
from core.published.gxlt.rules import G_XLT, XLT, examples, languages
from core.published.paper import Statement
from core.published.rounding import Rounded, exact

DISTILLED = {"w/ skd": "skd", "w/ skd, mAP@k": "skd-map"}
CROSS_ENTROPY, ZERO_SHOT, BASELINE = "ce", "mbert-qa-en", "laf"
MLQA_ITEMS = {
    "dev": {"en": 1148, "de": 512, "es": 500, "ar": 517, "zh": 504, "vi": 511, "hi": 507},
    "test": {"en": 11590, "de": 4517, "es": 5254, "ar": 5335, "zh": 5137, "vi": 5495, "hi": 4918},
}
"""Questions in each language, from the README of MLQA's public repository."""
TAUGHT = ("ru", "sw")
"""Where the text grants that the baseline is ahead."""


def averages(row: str, measure: str, column: str) -> Rounded:
    """One average of Table 2."""
    return number_of(table(2).row(row), measure, column)


def _seeds(statement: Statement) -> Iterator[Computed]:
    number = averages("skd", "training", "N") * (1 / (1 + 5) ** 2)
    rule = "Table 2: 42,840 / (1 + ntl)², ntl = 5"
    note = f"a slip: {statement.numbers[0].text} would give {1090 * 36:,} examples"
    yield stated(statement, statement.labels[0], number, rule, note=note)


def _sizes(statement: Statement) -> Iterator[Computed]:
    for split in statement.labels:
        counts = MLQA_ITEMS[split]
        rule = f"sum of the {len(counts)} languages in the dataset's own README"
        yield stated(statement, split, exact(sum(counts.values())), rule)


def _languages(statement: Statement) -> Iterator[Computed]:
    trained, unseen = set(table(3).columns) - {"en"}, table(4).measures["xquad_f1"].columns[1:]
    rule = "Table 3's but English, and those of XQuAD in Table 4"
    yield stated(statement, statement.labels[0], exact(len(trained) + len(unseen)), rule)


def _data(statement: Statement) -> Iterator[Computed]:
    baseline = averages(BASELINE, "training", "N").value
    share = exact(100 * examples(5) / baseline)
    yield stated(statement, statement.labels[0], share, "Table 2: 42,840 of 1,233,776")


def _shares(statement: Statement) -> Iterator[Computed]:
    for label, (row, _, column) in _cells(statement):
        ours, theirs = (averages(x, "test_f1", column) for x in (row, BASELINE))
        share = 100 * ours.value / theirs.value
        error = share * (ours.error / ours.value + theirs.error / theirs.value)
        yield stated(statement, label, Rounded(share, error), "Table 2, of LAF's")


def _over_cross_entropy(statement: Statement) -> Iterator[Computed]:
    for label, (row, split, column) in _cells(statement):
        ahead = _ahead(row, CROSS_ENTROPY, split, column)
        yield stated(statement, label, ahead, "Table 2, minus w/ ce")


def _over_zero_shot(statement: Statement) -> Iterator[Computed]:
    for label, (row, split, column) in _cells(statement):
        ahead = _ahead(row, ZERO_SHOT, split, column)
        yield stated(statement, label, ahead, "Table 2, minus mBERT-qa-en")


def _ahead(row: str, other: str, split: str, column: str) -> Rounded:
    ours, theirs = (averages(name, f"{split}_f1", column) for name in (row, other))
    return ours - theirs


def _cells(statement: Statement) -> Iterator[tuple[str, tuple[str, str, str]]]:
    """What each label names: the row, the split (test if none) and the column (G-XLT if none)."""
    for label in statement.labels:
        model, _, rest = label.rpartition(", ")
        words = rest.split()
        split = next((x for x in words if x in MLQA_ITEMS), "test")
        yield label, (DISTILLED[model], split, XLT if XLT in words else G_XLT)


def over_baseline() -> dict[str, Rounded]:
    """TyDiQA-goldp: the better distilled model minus the baseline, where it is said to be ahead."""
    rows = {name: languages(table(4).row(name), "tydiqa_f1") for name in DISTILLED.values()}
    theirs = languages(table(4).row(BASELINE), "tydiqa_f1")
    best = {x: max((row[x] for row in rows.values()), key=lambda y: y.value) for x in theirs}
    return {x: best[x] - theirs[x] for x in theirs if x not in TAUGHT}


def _over_baseline(statement: Statement) -> Iterator[Computed]:
    found = over_baseline()
    for label, end in zip(statement.labels, (min, max), strict=True):
        language = end(found, key=lambda x: found[x].value)
        yield stated(statement, label, found[language], f"Table 4, {language}: minus LAF")


RULES: Mapping[str, Callable[[Statement], Iterator[Computed]]] = {
    "seeds": _seeds,
    "mlqa-sizes": _sizes,
    "xquad-languages": _languages,
    "share-of-data": _data,
    "share-of-baseline": _shares,
    "over-cross-entropy": _over_cross_entropy,
    "over-zero-shot": _over_zero_shot,
    "over-baseline": _over_baseline,
}

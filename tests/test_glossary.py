"""The glossary: every term has a meaning and a source, and the terms that must be there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.glossary import glossary, meaning

ROOT = Path(__file__).resolve().parents[1]
REQUIRED = (
    "teacher language", "student language", "pseudo-label", "majority vote", "confidence",
    "threshold", "transfer gap", "ledger", "transductive", "G-XLT", "mAP@k", "MRR", "collapse",
    "distance from the teachers", "self-distillation", "resource",
)  # fmt: skip


def test_the_terms_one_meets_are_there() -> None:
    assert not [name for name in REQUIRED if name not in glossary()]


@pytest.mark.parametrize("name", list(glossary()))
def test_a_term_says_what_it_means_and_who_says_so(name: str) -> None:
    term = glossary()[name]
    assert term.meaning[0].isupper() or term.meaning[0].isdigit()
    assert term.meaning.endswith(".") and len(term.meaning) > 25
    assert term.source and not term.source.endswith(".")
    assert not term.url or re.fullmatch(r"https://arxiv\.org/abs/\d{4}\.\d{5}", term.url)


def test_the_symbol_stands_beside_the_name() -> None:
    assert glossary()["threshold"].title == "threshold (θ)"
    assert glossary()["collapse"].title == "collapse"


def test_help_texts_name_terms_that_are_there() -> None:
    named = {
        name
        for folder in ("dashboard", "pages")
        for path in (ROOT / folder).glob("*.py")
        for name in re.findall(r"\bmeaning\([\"']([^\"']+)[\"']\)", path.read_text("utf-8"))
    }
    assert len(named) >= 6
    assert all(meaning(name) for name in named)

"""Texts with marked spans: every letter is kept, nothing of it is interpreted."""

from __future__ import annotations

import re
from html import unescape

import numpy as np
import pytest

from dashboard.marked_text import FIRST, GOLD, LATER, Marked, direction, marked, plain
from tests.dashboard.stored_runs import MISCHIEF


def letters(html: str) -> str:
    """The text that is read, without the ranks."""
    return unescape(re.sub(r"<[^>]*>", "", re.sub(r"<sup.*?</sup>", "", html)))


def shaded(html: str, colour: str) -> str:
    """All text on a background of this colour."""
    found = re.findall(rf'<span style="background:rgba\({colour},[^"]*">(.*?)</span>', html)
    return unescape("".join(found))


def test_spans_are_shaded_by_their_best_rank() -> None:
    html = marked("the city of Nairobi, Kenya", "en", [Marked(12, 19, 2), Marked(4, 26, 1)])
    assert shaded(html, FIRST) == "city of Nairobi, Kenya" and shaded(html, LATER) == ""
    html = marked("the city of Nairobi, Kenya", "en", [Marked(12, 19, 1), Marked(4, 26, 3)])
    assert shaded(html, FIRST) == "Nairobi" and shaded(html, LATER) == "city of , Kenya"
    assert re.findall(r"<sup[^>]*>(.*?)</sup>", html) == ["3", "1"]


def test_spans_that_begin_together_share_their_numbers() -> None:
    html = marked("abc", "en", [Marked(0, 2, 4), Marked(0, 1, 2)])
    assert re.findall(r"<sup[^>]*>(.*?)</sup>", html) == ["2,4"]


def test_right_answers_are_underlined() -> None:
    html = marked("in Nairobi now", "en", [Marked(3, 14, 1)], [(3, 10)])
    underlined = re.findall(rf'<span style="[^"]*rgb\({GOLD}\)">(.*?)</span>', html)
    assert underlined == ["Nairobi"]


@pytest.mark.parametrize("seed", range(20))
def test_no_letter_is_lost_or_interpreted(seed: int) -> None:
    rng = np.random.default_rng(seed)
    text = f"<b>&amp;{MISCHIEF} عاصمة 首都"
    edges = rng.integers(-5, len(text) + 9, (10, 2))
    spans = [Marked(int(a), int(b), rank) for rank, (a, b) in enumerate(edges, 1)]
    html = marked(text, "en", spans, [(2, 9), (30, 99)])
    assert letters(html) == text
    assert "<script" not in html and "<b>" not in html
    assert set(re.findall(r"<(\w+)", html)) <= {"p", "span", "sup"}


def test_the_direction_is_that_of_the_language() -> None:
    assert [direction(x) for x in ("ar", "fa", "ur", "he", "en", "zh", "odd")] == [
        "rtl", "rtl", "rtl", "rtl", "ltr", "ltr", "ltr"
    ]  # fmt: skip
    assert 'lang="ar" dir="rtl"' in marked("نص", "ar", [])
    assert 'dir="rtl"' in plain("نص", "fa")
    assert letters(marked("", "en", [Marked(0, 3, 1)])) == ""
    assert '"><' not in plain("x", '"><script>').replace('">', "", 1).split("x")[0]

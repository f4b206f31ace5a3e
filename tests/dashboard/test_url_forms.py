"""Values of controls as an address has them: there and back, and what is no value."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard import url_forms
from dashboard.url_state import Form, NotOffered


@pytest.mark.parametrize(
    ("form", "value", "text"),
    [
        (url_forms.one_of(["en", "sw"]), "sw", "sw"),
        (url_forms.one_or_none(["en", "sw"]), None, ""),
        (url_forms.one_or_none(["en", "sw"]), "en", "en"),
        (url_forms.some_of(["en", "sw", "yo"]), ["yo", "en"], "yo,en"),
        (url_forms.some_of(["en", "sw"]), [], ""),
        (url_forms.some_of(["a, b", "c"]), ["a, b", "c"], "a, b|c"),
        (url_forms.number(0, 1), 1 / 3, "0.3333333333333333"),
        (url_forms.whole(0, None), 12, "12"),
        (url_forms.span(0, 12), (2, 3), "2-3"),
        (url_forms.yes_or_no(), True, "yes"),
    ],
)
def test_there_and_back(form: Form[Any], value: Any, text: str) -> None:
    assert form.write(value) == text
    assert form.read(text) == value


@pytest.mark.parametrize(
    ("form", "text", "offered"),
    [
        (url_forms.one_of(["en", "sw"]), "xx", "one of en, sw"),
        (url_forms.one_of([]), "", "one of "),
        (url_forms.one_of(list(map(str, range(99)))), "x", "one of the 99 in its list"),
        (url_forms.number(0, 1), "7", "a number from 0 to 1"),
        (url_forms.number(0, 1), "inf", "a number from 0 to 1"),
        (url_forms.number(0, 1), "one", "a number from 0 to 1"),
        (url_forms.number(0.0625, 0.07, digits=".4f"), "7", "a number from 0.0625 to 0.0700"),
        (url_forms.whole(1, 5), "1.5", "a whole number from 1 to 5"),
        (url_forms.whole(1, 5), "²", "a whole number from 1 to 5"),
        (url_forms.whole(0, None), "-1", "a whole number from 0 on"),
        (url_forms.span(0, 12), "3", "a range within 0-12, the lesser number first"),
        (url_forms.span(0, 12), "4-13", "a range within 0-12, the lesser number first"),
        (url_forms.yes_or_no(), "1", "yes or no"),
    ],
)
def test_what_is_no_value_says_what_is(form: Form[Any], text: str, offered: str) -> None:
    with pytest.raises(NotOffered) as wrong:
        form.read(text)
    assert str(wrong.value) == offered and wrong.value.rest is None


def test_of_a_list_the_known_names_stay() -> None:
    with pytest.raises(NotOffered, match="any of en, sw, yo: not xx") as wrong:
        url_forms.some_of(["en", "sw", "yo"]).read("sw,xx,sw")
    assert wrong.value.rest == ["sw"]

"""A user's own probing prompts."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.data import prompts
from core.errors import DataError, UserError
from tests.data.files import write

EN = {"language": "en", "prompt": "Rain is <mask>.", "candidates": ["wet", "dry"], "gold": "wet"}
SW = {
    "language": "sw",
    "prompt": "Mvua ni <mask>.",
    "candidates": ["maji", "kavu"],
    "gold": ["maji"],
}
EN2 = EN | {"prompt": "Sand is <mask>.", "gold": ["dry"]}
SW2 = SW | {"prompt": "Mchanga ni <mask>.", "gold": ["kavu"]}


def jsonl(folder: Path, *rows: Any) -> Path:
    text = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)
    return write(folder / "mine.jsonl", text)


def test_rows_without_ids_belong_together_by_their_place(tmp_path: Path) -> None:
    data = prompts.load(jsonl(tmp_path, EN, EN2, SW, SW2))
    assert data.name == "mine"
    assert data.languages == ("en", "sw")
    assert data.example_ids == data.groups == ("1", "2")
    assert data.gold == ((0,), (1,))
    assert data.regions == ()
    assert data.probes["sw"].prompts == ("Mvua ni <mask>.", "Mchanga ni <mask>.")
    assert data.probes["sw"].countryless == ()


def test_rows_with_ids_may_stand_anywhere(tmp_path: Path) -> None:
    more = {"group": "weather", "region": "KE"}
    rows = [
        EN | {"id": "rain"} | more | {"countryless": "It is <mask>."},
        SW2 | {"id": 2} | more | {"language": "swh", "countryless": "Ni <mask>."},
        SW | {"id": "rain"} | more | {"language": "swh", "countryless": "Hii ni <mask>."},
        EN2 | {"id": "2"} | more | {"countryless": "That is <mask>."},
    ]
    data = prompts.load(jsonl(tmp_path, *rows), ["sw", "en"])
    assert data.languages == ("sw", "en")
    assert data.example_ids == ("2", "rain")
    assert data.probes["en"].prompts == ("Sand is <mask>.", "Rain is <mask>.")
    assert data.probes["en"].countryless == ("That is <mask>.", "It is <mask>.")
    assert data.groups == ("weather", "weather")
    assert data.regions == ("KE", "KE")
    assert data.source == {"sw": "swh", "en": "en"}


def test_several_right_answers(tmp_path: Path) -> None:
    one = EN | {"candidates": ["a", "b", "c"], "gold": ["c", "a"]}
    other = SW | {"candidates": ["x", "y", "z"], "gold": ["x", "z"]}
    assert prompts.load(jsonl(tmp_path, one, other)).gold == ((0, 2),)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"prompt": "Mvua."}, "mine.jsonl line 2: no <mask> in the prompt"),
        ({"prompt": "<mask> <mask>"}, "line 2: 2 times <mask>, expected one"),
        ({"prompt": ""}, "line 2: no prompt"),
        ({"prompt": " "}, "line 2: empty prompt"),
        ({"prompt": ["<mask>"]}, "line 2: prompt is no text"),
        ({"candidates": None}, "line 2: no candidates"),
        ({"candidates": "maji"}, "line 2: candidates is no list of texts"),
        ({"candidates": ["maji", 3]}, "line 2: candidates is no list of texts"),
        ({"candidates": ["maji"]}, "line 2: two candidates or more are needed, there are 1"),
        ({"candidates": ["maji", " "]}, "line 2: candidate 2 is empty"),
        ({"candidates": ["maji", "maji", "x"]}, "line 2: candidate 'maji' stands twice"),
        ({"candidates": ["maji", "kavu", "x"]}, "line 2: 3 candidates in sw, but 2 in en (line 1)"),
        ({"gold": "mvua"}, "line 2: right answer 'mvua' is not among the candidates"),
        ({"gold": "kavu"}, "line 2: gold is candidate 2 in sw, but 1 in en (line 1)"),
        ({"gold": ["maji", "maji"]}, "line 2: right answer 'maji' stands twice"),
        ({"gold": ["maji", "kavu"]}, "line 2: every candidate is right"),
        ({"gold": []}, "line 2: no gold"),
        ({"gold": {"a": 1}}, "line 2: gold is no list of texts"),
        ({"language": "klingon!"}, "line 2: unknown language 'klingon!'"),
        ({"group": "g"}, "line 1: no group, but other lines have one (1 of 2 lines lack it)"),
        ({"countryless": "Ni."}, "line 2: countryless needs one <mask>, it has 0"),
        ({"prompt": "\ud83d <mask>"}, "line 2: half a character"),
    ],
)
def test_each_problem_is_named(tmp_path: Path, change: dict, message: str) -> None:
    with pytest.raises(DataError) as error:
        prompts.load(jsonl(tmp_path, EN, SW | change))
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([EN, EN2, SW], "line 2: example 2 has no row in sw"),
        ([EN, SW, SW2], "line 3: example 2 has no row in en"),
        ([EN, EN, SW, SW2], "line 2: the prompt of line 1 again (en)"),
        ([EN | {"id": "a"}, EN2 | {"id": "a"}], "line 2: id 'a' was on line 1 already (en)"),
        ([EN | {"region": "KE"}, SW | {"region": "US"}], "line 2: region 'US', but 'KE' in en"),
        ([EN, "{"], "line 2: no JSON"),
        ([EN, "[1]"], "line 2: no JSON object"),
        ([], "mine.jsonl is empty"),
    ],
)
def test_rows_that_do_not_fit_together(tmp_path: Path, rows: list, message: str) -> None:
    with pytest.raises(DataError) as error:
        prompts.load(jsonl(tmp_path, *rows))
    assert message in str(error.value)


def test_all_problems_in_one_message(tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        prompts.load(jsonl(tmp_path, "{", EN | {"gold": "x"}, SW | {"prompt": "y"}))
    assert len(error.value.problems) == 3


def test_a_language_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="has no fr; it has en, sw"):
        prompts.load(jsonl(tmp_path, EN, SW), ["fr"])


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.sampled_from([EN, EN2, SW, SW2]), st.sampled_from([*SW, "id", "group"]), VALUES
        ),
        min_size=1,
        max_size=4,
    )
)
def test_any_broken_line_is_a_user_error(rows: list) -> None:
    """One value of each line is replaced by anything JSON can hold."""
    with tempfile.TemporaryDirectory() as folder:
        path = jsonl(Path(folder), *(row | {key: value} for row, key, value in rows))
        try:
            data = prompts.load(path)
        except UserError:
            return
        assert all(
            prompt.count("<mask>") == 1 for p in data.probes.values() for prompt in p.prompts
        )

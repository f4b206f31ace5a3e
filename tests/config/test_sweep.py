"""The form of a sweep file: what it expands to, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.config.sweep import Block, read_sweep
from core.errors import DataError, UserError


def test_a_grid_is_every_combination_and_seeds_follow_one_another() -> None:
    block = Block(
        kind="distill",
        base={"steps": 3},
        grid={"strategy": ["none", "alsace"], "shots": [10, 20]},
        seeds=[0, 1],
    )
    rows = [(x["strategy"], x["shots"], x["seed"]) for x in block.settings()]
    assert rows == [(a, b, c) for a in ("none", "alsace") for b in (10, 20) for c in (0, 1)]
    assert all(x["steps"] == 3 for x in block.settings())


def test_runs_stand_beside_the_grid_and_go_before_the_base() -> None:
    block = Block(kind="distill", base={"steps": 3}, grid={"shots": [5]}, runs=[{"steps": 4}])
    assert list(block.settings()) == [{"steps": 3, "shots": 5}, {"steps": 4}]
    assert list(Block(kind="x", base={"a": 1}).settings()) == [{"a": 1}]
    assert list(Block(kind="x", runs=[{"a": 1}]).settings()) == [{"a": 1}]


def test_fields_may_be_spelled_as_on_the_command_line() -> None:
    block = Block(kind="distill", base={"check-every": 1}, runs=[{"learning-rate": 1}])
    assert list(block.settings()) == [{"check_every": 1, "learning_rate": 1}]


def test_toml_and_json_say_the_same(tmp_path: Path) -> None:
    toml, other, single = (tmp_path / x for x in ("a.toml", "a.json", "one.toml"))
    toml.write_text('[base]\nsteps = 2\n[[sweep]]\nkind = "select"\nseeds = [1]\n')
    content = {"base": {"steps": 2}, "sweep": [{"kind": "select", "seeds": [1]}]}
    other.write_text(json.dumps(content))
    single.write_text('kind = "select"\nseeds = [1]\nbase = { steps = 2 }\n')
    blocks = [read_sweep(path).blocks() for path in (toml, other, single)]
    assert blocks[0] == blocks[1] == blocks[2]
    assert list(blocks[0][0].settings()) == [{"steps": 2, "seed": 1}]


def test_shared_settings_give_way_to_a_blocks_own(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text(
        '[base]\nsteps = 2\nshots = 3\n[[sweep]]\nkind = "select"\nbase = { steps = 4 }\n'
        'grid = { shots = [5] }\n[[sweep]]\nkind = "select"\n'
    )
    first, second = read_sweep(path).blocks()
    assert list(first.settings()) == [{"steps": 4, "shots": 5}] and first.problems() == []
    assert list(second.settings()) == [{"steps": 2, "shots": 3}]


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ({"base": {"steps": 1}, "grid": {"steps": [1]}}, "steps: in base and in grid"),
        ({"grid": {"steps": []}}, "steps: no values in grid"),
        ({"seeds": [0], "runs": [{"seed": 1}]}, "seed: given beside seeds"),
        ({"base": {"resume": "2026"}}, "resume: a sweep goes on"),
        ({"grid": {"a": [0] * 200, "b": [0] * 200}}, "40,000 combinations; 10,000 at most"),
    ],
)
def test_what_contradicts_itself_is_a_problem(block: dict, said: str) -> None:
    (problem,) = Block(kind="distill", **block).problems()
    assert said in problem


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "sweep: missing"),
        ("sweep = []", "sweep: one table or more, each as [[sweep]]"),
        ("[[sweep]]\nseeds = [0]", "block 1, kind: Field required"),
        ('[[sweep]]\nkind = "select"\n[[sweep]]\nkind = 3', "block 2, kind: Input should be"),
        ('[[sweep]]\nkind = "select"\nseed = [0]', "block 1, seed: no such key; did you"),
        ('[[sweep]]\nkind = "select"\ngrid = { seed = 0 }', "block 1, grid, seed: Input should"),
    ],
)
def test_problems_of_the_form_name_their_block(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text(text)
    with pytest.raises(DataError, match="1 problem") as error:
        read_sweep(path)
    assert said in str(error.value) and "[[sweep]]" in str(error.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    broken, latin = tmp_path / "a.toml", tmp_path / "b.json"
    broken.write_text("[[sweep]\n")
    latin.write_bytes(b"\xff\xfe\x00")
    for path, said in (
        (tmp_path / "nowhere.toml", "no such file"),
        (tmp_path, "Is a directory"),
        (broken, "line 1"),
        (latin, "not UTF-8"),
    ):
        with pytest.raises(UserError, match=said):
            read_sweep(path)

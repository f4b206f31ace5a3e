"""The texts behind the examples of a run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.data import texts
from core.data.fact_world.nli import nli
from core.data.fact_world.world import FactWorld
from core.data.parallel import ParallelDataset
from core.data.predictions import Predictions
from core.data.texts import ExampleTexts, Item, is_on_hub
from core.errors import UserError
from tests.conftest import SHARED

ROWS = """id,language,premise,hypothesis,label
1,en,A,B,yes
2,en,C,D,no
1,ar,أ,ب,yes
2,ar,ج,د,no
"""


def own(folder: Path) -> dict[str, object]:
    path = folder / "mine.csv"
    path.write_text(ROWS, encoding="utf-8")
    return {"dataset": str(path)}


def answers(gold: tuple[int, ...] = (1, 0), examples: tuple[str, ...] = ("1", "2")) -> Predictions:
    p = np.full((2, len(examples), 2), 0.5)
    return Predictions(("en", "ar"), examples, p, gold=np.eye(2, dtype=bool)[list(gold)])


def test_a_file_of_the_users_own(tmp_path: Path) -> None:
    found = ExampleTexts.of(own(tmp_path), ["2"])
    assert found.find("2", "ar") == Item(("ج", "د"))
    assert found.find("1", "ar") is None  # not asked for, so not kept
    assert found.find("2", "sw") is None
    ExampleTexts.of(own(tmp_path), ["1", "2"]).check(answers())  # labels sorted: no, yes


def test_other_data_are_refused(tmp_path: Path) -> None:
    found = ExampleTexts.of(own(tmp_path), ["1", "2"])
    with pytest.raises(UserError, match="example 1 has another label"):
        found.check(answers((0, 1)))
    with pytest.raises(UserError, match="no example 3"):
        found.check(answers((1, 0, 0), ("1", "2", "3")))
    with pytest.raises(UserError, match="have no sw"):
        found.check(replace(answers(), languages=("en", "sw")))
    with pytest.raises(UserError, match="name no data"):
        ExampleTexts.of({}, ["1"])
    with pytest.raises(UserError, match="unknown dataset"):
        ExampleTexts.of({"dataset": "nowhere.csv"}, ["1"])


def test_a_folder_too_large_to_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "LARGEST", 10)
    (tmp_path / "train.en.jsonl").write_text("x" * 11)
    with pytest.raises(UserError, match="are read at most"):
        ExampleTexts.of({"dataset": "xnli", "data": str(tmp_path)}, ["1"])


def test_the_fact_world_is_made_again() -> None:
    data = nli(FactWorld.build(), "test")
    wanted = data.item_ids[5]
    found = ExampleTexts.of({"dataset": "fact-world", "languages": ["en", "zh"]}, [wanted])
    assert found.find(wanted, "zh") == Item(data.texts["zh"][5])
    assert found.find(wanted, "sw") is None


def test_choices_are_apart_from_what_is_asked() -> None:
    fields = (("passage", "question", "one", "two"),)
    data = ParallelDataset(
        "made", ("a",), {"en": fields}, ("choice 1", "choice 2"), np.array([1]), choices=2
    )
    found = ExampleTexts({"a": (data, 0)})
    assert found.find("a", "en") == Item(("passage", "question"), ("one", "two"))


def test_what_is_on_the_hub() -> None:
    assert is_on_hub({"dataset": "xnli"})
    assert is_on_hub({"dataset": "mine.csv", "parallel": "paws-x"})
    assert not is_on_hub({"dataset": "xnli", "data": "folder"})
    assert not is_on_hub({"dataset": "fact-world", "parallel": "ntrex", "parallel_data": "x"})


def test_a_parallel_text_beside_the_data() -> None:
    folder = SHARED / "data"
    if not (folder / "ntrex").is_dir():
        pytest.skip("no shared data beside the checkout")
    config = {
        "dataset": "sib200", "data": str(folder / "sib200"), "languages": ["en", "sw"],
        "parallel": "ntrex", "parallel_data": str(folder / "ntrex"), "parallel_first": 1201,
    }  # fmt: skip
    found = ExampleTexts.of(config, ["ntrex/1201"])
    first = found.find("ntrex/1201", "sw")
    assert first is not None and first.fields[0]
    assert ExampleTexts.of({**config, "parallel": None}, ["ntrex/1201"]).places == {}

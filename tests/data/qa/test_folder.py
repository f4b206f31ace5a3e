"""The benchmarks' public files in a folder."""

import json
from pathlib import Path

import pytest

from core.data.qa import folder
from core.data.qa.benchmarks import BENCHMARKS, needed, split_of
from core.errors import DataError, UserError
from tests.conftest import SHARED
from tests.data.qa import files


def test_xquad(tmp_path: Path) -> None:
    (data,) = folder.load("xquad", files.xquad(tmp_path), None).values()
    assert (data.name, data.languages, len(data)) == ("xquad", ("en", "es", "tr"), 48)
    assert len(set(data.clusters)) == 8
    assert data.source["tr"] == "xquad.tr.json"
    assert all(data.has(i, *pair) for i in range(len(data)) for pair in data.pairs())
    for language, side in data.sides.items():
        for context, (answer,) in zip(side.contexts, side.answers, strict=True):
            assert context is not None
            assert context.startswith(language)
            assert context.startswith(answer.text, answer.start)
    chosen = folder.load("xquad", tmp_path, ["tur_Latn", "en"])["all"]
    assert chosen.languages == ("tr", "en")
    with pytest.raises(UserError, match="has no sw; it has en, es, tr"):
        folder.load("xquad", tmp_path, ["en", "sw"])


def test_all_faults_of_all_files_at_once(tmp_path: Path) -> None:
    files.xquad(tmp_path)
    broken = files.articles("es", 8)
    del broken[2]["paragraphs"][0]["qas"][1]
    broken[3]["paragraphs"][0]["context"] = ""
    files.write(tmp_path / "xquad.es.json", broken)
    broken = files.articles("tr", 8)
    broken[5]["paragraphs"][1]["qas"][2]["id"] = "q5-1-0"
    files.write(tmp_path / "xquad.tr.json", broken)
    with pytest.raises(DataError) as error:
        folder.load("xquad", tmp_path, None)
    assert sorted(error.value.problems) == [
        "xquad.es.json question q2-0-1: missing; xquad.en.json has it",
        *(f"xquad.es.json question q3-0-{i}: the context is empty" for i in range(3)),
        "xquad.tr.json question q5-1-0: the id stands 2 times",
        "xquad.tr.json question q5-1-2: missing; xquad.en.json has it",
    ]
    assert folder.load("xquad", tmp_path, ["en"])["all"].languages == ("en",)


def test_mlqa_has_items_that_some_languages_lack(tmp_path: Path) -> None:
    splits = folder.load("mlqa", files.mlqa(tmp_path), None)
    assert list(splits) == ["dev", "test"]
    dev = splits["dev"]
    assert (dev.languages, len(dev)) == (("en", "de", "hi"), 36)
    assert len(set(dev.clusters)) == 6, "an article has another title in every language"
    where = {item: i for i, item in enumerate(dev.ids)}
    lacking = where["dev0-0-0"]  # not in German
    assert dev.sides["de"].contexts[lacking] is None
    assert dev.sides["de"].answers[lacking] == ()
    assert dev.has(lacking, "en", "hi")
    assert not dev.has(lacking, "de", "hi")
    assert not dev.has(lacking, "hi", "de")
    asked = sum(dev.has(i, "de", "en") for i in range(len(dev)))
    assert asked == 4 * 6
    assert set(dev.ids).isdisjoint(splits["test"].ids)


def test_mlqa_as_its_archive_unpacks_and_by_split(tmp_path: Path) -> None:
    files.mlqa(tmp_path / "MLQA_V1")
    assert list(folder.load("mlqa", tmp_path, ["hi", "de"])) == ["dev", "test"]
    assert list(folder.load("mlqa", tmp_path, None, "test")) == ["test"]
    found = folder.load("mlqa", tmp_path / "MLQA_V1" / "dev", None)
    assert list(found) == ["dev"]
    with pytest.raises(DataError, match=r"no file such as test/test-context-en-question-en.json"):
        folder.load("mlqa", tmp_path / "MLQA_V1" / "dev", None, "test")


def test_tydi_questions_are_in_one_language_each(tmp_path: Path) -> None:
    splits = folder.load("tydiqa-goldp", files.tydi(tmp_path), None)
    assert {split: len(data) for split, data in splits.items()} == {"train": 24, "dev": 24}
    train = splits["train"]
    assert train.languages == ("en", "sw")
    for i, item in enumerate(train.ids):
        own = "en" if item.startswith("english") else "sw"
        assert [pair for pair in train.pairs() if train.has(i, *pair)] == [(own, own)]
    only = folder.load("tydiqa-goldp", tmp_path, ["swa"], "dev")["dev"]
    assert (only.languages, len(only)) == (("sw",), 12)


def test_one_language_benchmarks(tmp_path: Path) -> None:
    splits = folder.load("squad", files.squad(tmp_path), None)
    assert {split: (len(d), d.languages) for split, d in splits.items()} == {
        "train": (36, ("en",)),
        "dev": (18, ("en",)),
    }
    (tmp_path / "dev-v1.1.json").write_text("broken")
    assert list(folder.load("squad", tmp_path, None, preferences=[("train",)])) == ["train"]
    with pytest.raises(DataError, match=r"dev-v1.1.json is no JSON"):
        folder.load("squad", tmp_path, None)
    with pytest.raises(UserError, match="has no tr; it has en"):
        folder.load("squad", tmp_path, ["tr"])


def test_a_folder_without_the_files(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such folder") as error:
        folder.load("xquad", tmp_path / "no", None)
    assert str(tmp_path) not in str(error.value)
    with pytest.raises(DataError, match=r"no file such as xquad.en.json"):
        folder.load("xquad", tmp_path, None)


def test_names_with_a_split() -> None:
    assert split_of("mlqa-dev") == ("mlqa", "dev")
    assert split_of("tydiqa-goldp") == ("tydiqa-goldp", None)
    assert split_of("tydiqa-goldp-train") == ("tydiqa-goldp", "train")
    assert split_of("mlqa-train") == ("mlqa-train", None)
    assert split_of("xquad") == ("xquad", None)


def test_only_the_splits_of_some_use_are_read() -> None:
    assert needed(["train", "dev"], []) == ["train", "dev"]
    assert needed(["train", "dev"], [("test", "dev")]) == ["dev"]
    assert needed(["train", "dev"], [("train",), ("test", "dev")]) == ["train", "dev"]
    assert needed(["all"], [("train",), ("test",)]) == ["all"]


def test_no_entry_claims_to_have_been_tried_online() -> None:
    assert not [name for name, b in BENCHMARKS.items() if b.hub and b.hub.tried_online]


def real(name: str) -> Path:
    path = SHARED / "data" / name
    if not path.is_dir():
        pytest.skip(f"no {name} beside the checkout")
    return path


def test_the_public_xquad() -> None:
    data = folder.load("xquad", real("xquad"), ["en", "es", "zh", "th", "ar", "tr"])["all"]
    assert (len(data), len(set(data.clusters))) == (1190, 48)
    assert data.languages == ("en", "es", "zh", "th", "ar", "tr")
    assert "left_out" not in data.source
    texts = json.loads((real("xquad") / "xquad.zh.json").read_text())["data"]
    last = texts[-1]["paragraphs"][-1]["qas"][-1]
    side = data.sides["zh"]
    assert (data.ids[-1], side.questions[-1]) == (last["id"], last["question"])
    assert side.answers[-1][0].text == last["answers"][0]["text"]


def test_the_public_tquad_and_arcd() -> None:
    tquad = folder.load("tquad", real("tquad"), None)
    assert {s: (len(d), d.languages) for s, d in tquad.items()} == {
        "train": (8308, ("tr",)),
        "dev": (892, ("tr",)),
    }
    # 521 titles, but 40 contexts stand under several of them
    assert len(set(tquad["train"].clusters)) == 458
    arcd = folder.load("arcd", real("tquad"), ["ar"])
    assert {s: len(d) for s, d in arcd.items()} == {"train": 690, "test": 699}
    assert arcd["train"].source["answers_left_out"] == "3"
    assert "3 of 693" in arcd["train"].source["note"]
    assert "411858985910" in arcd["train"].source["left_out"]

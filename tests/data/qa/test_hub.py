"""QA benchmarks through `datasets`, with the network boundary replaced."""

from pathlib import Path
from typing import Any

import pytest
from datasets import Dataset, DatasetDict

from core.data.qa import folder, hub
from core.data.qa.load import load_qa
from core.errors import DataError, UserError
from tests.data.qa import files


def rows(articles: list[dict[str, Any]], *, titles: bool = True) -> Dataset:
    """The articles as the hub has them."""
    found = []
    for article in articles:
        for paragraph in article["paragraphs"]:
            for asked in paragraph["qas"]:
                answers = {
                    key: [answer[key] for answer in asked["answers"]]
                    for key in ("text", "answer_start")
                }
                row = {"id": asked["id"], "context": paragraph["context"],
                       "question": asked["question"], "answers": answers}  # fmt: skip
                found.append({"title": article["title"], **row} if titles else row)
    return Dataset.from_list(found)


def test_configurations_revisions_and_splits(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, dict[str, str]]] = []

    def load_dataset(path: str, **where: str) -> DatasetDict:
        asked.append((path, where))
        language = (where.get("name") or where["data_dir"])[-2:]
        made = files.articles(language, 2)
        return DatasetDict({"validation": rows(made, titles=False)})

    monkeypatch.setattr("datasets.load_dataset", load_dataset)
    mlqa = load_qa("mlqa", languages=["de", "en"])
    assert asked == [
        ("facebook/mlqa", {"data_dir": f"mlqa.{x}.{x}", "revision": "refs/convert/parquet"})
        for x in ("de", "en")
    ]
    assert list(mlqa) == ["dev"]
    assert len(set(mlqa["dev"].clusters)) == 4, "without titles, a context is an article"
    asked.clear()
    assert load_qa("xquad", languages=["el"])["all"].source["hub"] == "google/xquad@main"
    assert asked == [("google/xquad", {"name": "xquad.el", "revision": "main"})]
    with pytest.raises(DataError, match="no test split"):
        load_qa("mlqa-test", languages=["de"])
    with pytest.raises(UserError, match=r"google/xquad has no sw; it has .*, ro, ru"):
        load_qa("xquad", languages=["sw"])


def test_the_hub_gives_what_the_files_give(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = folder.load("squad", files.squad(tmp_path), None)
    made = {
        "train": rows(files.articles("train", 6, prefix="train")),
        "validation": rows(files.articles("dev", 3, prefix="dev", titles="dev")),
    }
    monkeypatch.setattr("datasets.load_dataset", lambda *args, **where: DatasetDict(made))
    found = load_qa("squad")
    assert {s: d.fingerprint for s, d in found.items()} == {
        s: d.fingerprint for s, d in own.items()
    }
    assert list(load_qa("squad-dev")) == ["dev"]


def test_saved_folders(tmp_path: Path) -> None:
    names = ("english", "swahili")
    made = [a for name in names for a in files.articles(name, 2, prefix=f"{name}-")]
    DatasetDict({"train": rows(made)}).save_to_disk(str(tmp_path / "t" / "secondary_task"))
    (data,) = load_qa("tydiqa-goldp", tmp_path / "t").values()
    assert (data.languages, len(data)) == (("en", "sw"), 24)
    (data,) = load_qa("tydiqa-goldp", tmp_path / "t", ["sw"]).values()
    assert (data.languages, len(data)) == (("sw",), 12)

    for language in ("en", "tr"):
        own = DatasetDict({"validation": rows(files.articles(language, 5), titles=False)})
        own.save_to_disk(str(tmp_path / "x" / f"xquad.{language}"))
    (data,) = load_qa("xquad", tmp_path / "x").values()
    assert (data.languages, len(data)) == (("en", "tr"), 30)
    assert data.clusters == tuple(f"article {i // 15}" for i in range(30)), "five paragraphs each"
    with pytest.raises(UserError, match="tquad is read from a folder"):
        hub.load_saved("tquad", tmp_path / "x", None)


def test_other_columns_and_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = DatasetDict({"train": Dataset.from_dict({"id": ["a"], "text": ["b"]})})
    monkeypatch.setattr("datasets.load_dataset", lambda *args, **where: changed)
    with pytest.raises(UserError, match="no column answers, context, question; there are id, text"):
        load_qa("squad")

    def unreachable(*args: Any, **where: Any) -> None:
        raise ConnectionError("Couldn't reach the Hub")

    monkeypatch.setattr("datasets.load_dataset", unreachable)
    with pytest.raises(UserError, match="--data DIR") as error:
        load_qa("tydiqa-goldp")
    assert "google-research-datasets/tydiqa (secondary_task)" in str(error.value)
    with pytest.raises(UserError, match="arcd is read from a folder of its public files: say"):
        load_qa("arcd")

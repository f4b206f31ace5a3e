"""Benchmarks through `datasets`, with the network boundary replaced."""

from pathlib import Path
from typing import Any

import pytest
from datasets import ClassLabel, Dataset, DatasetDict, Features, Value

from core.data import hub, sib200, xnli
from core.data.load import load_splits
from core.errors import DataError, UserError
from tests.data import files

NLI = Features(
    {
        "premise": Value("string"),
        "hypothesis": Value("string"),
        "label": ClassLabel(names=["entailment", "neutral", "contradiction"]),
    }
)


def nli(language: str, count: int = 6) -> DatasetDict:
    rows = {
        "premise": [f"{language} {i // 3}" for i in range(count)],
        "hypothesis": [f"{language} {i}" for i in range(count)],
        "label": [i % 3 for i in range(count)],
    }
    return DatasetDict({"validation": Dataset.from_dict(rows, features=NLI)})


def test_xnli_configuration_per_language(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, ...]] = []

    def load_dataset(path: str, name: str, revision: str) -> DatasetDict:
        asked.append((path, name, revision))
        return nli(name)

    monkeypatch.setattr("datasets.load_dataset", load_dataset)
    dataset = load_splits("xnli", languages=["sw", "en"])["validation"]
    assert asked == [("facebook/xnli", "sw", "main"), ("facebook/xnli", "en", "main")]
    assert dataset.class_names == xnli.CLASS_NAMES
    assert dataset.labels is not None
    assert dataset.labels.tolist() == [0, 1, 2, 0, 1, 2]
    assert len(set(dataset.clusters)) == 2
    assert dataset.source["hub"] == "facebook/xnli@main"


def test_sib200_gives_what_the_files_give(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = sib200.load(files.sib(tmp_path))

    def load_dataset(path: str, data_dir: str, revision: str) -> DatasetDict:
        assert (path, revision) == ("Davlan/sib200", "refs/convert/parquet")
        language = {code: key for key, code in files.FLORES.items()}[data_dir]
        return DatasetDict({split: sib_rows(data, language) for split, data in own.items()})

    monkeypatch.setattr("datasets.load_dataset", load_dataset)
    loaded = hub.load("sib200", ["en", "fr", "sw"])
    assert {s: d.fingerprint for s, d in loaded.items()} == {
        s: d.fingerprint for s, d in own.items()
    }


def sib_rows(data: Any, language: str) -> Dataset:
    return Dataset.from_dict(
        {
            "index_id": [int(item) for item in data.item_ids],
            "category": [data.class_names[k] for k in data.labels],
            "text": [text for (text,) in data.texts[language]],
        }
    )


def test_languages_out_of_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "datasets.load_dataset", lambda path, name, revision: nli(name, 6 if name == "en" else 5)
    )
    with pytest.raises(DataError, match=r"sw/validation lacks 1 item \(validation/5\)"):
        hub.load("xnli", ["en", "sw"])


def test_other_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = DatasetDict({"test": Dataset.from_dict({"text": ["a"]})})
    monkeypatch.setattr("datasets.load_dataset", lambda *args, **options: changed)
    with pytest.raises(UserError, match="no column hypothesis, label, premise; there are text"):
        hub.load("xnli", ["en", "sw"])


def test_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    def load_dataset(*args: Any, **options: Any) -> None:
        raise ConnectionError("Couldn't reach the Hub")

    monkeypatch.setattr("datasets.load_dataset", load_dataset)
    with pytest.raises(UserError, match="--data DIR") as error:
        hub.load("paws-x", ["en", "de"])
    assert "google-research-datasets/paws-x (en)" in str(error.value)
    with pytest.raises(UserError, match="has no sw; it has de, en"):
        hub.load("paws-x", ["en", "sw"])


def test_saved_to_disk(tmp_path: Path) -> None:
    for language in ("en", "sw"):
        nli(language).save_to_disk(str(tmp_path / language))
    dataset = load_splits("xnli", tmp_path)["validation"]
    assert dataset.languages == ("en", "sw")
    assert dataset.texts["sw"][4] == ("sw 1", "sw 4")
    for file in (tmp_path / "sw" / "validation").iterdir():
        file.unlink()
    with pytest.raises(UserError, match="can't be read"):
        load_splits("xnli", tmp_path)


def test_no_entry_claims_to_have_been_tried_online() -> None:
    assert [name for name, source in hub.HUB.items() if source.tried_online] == []

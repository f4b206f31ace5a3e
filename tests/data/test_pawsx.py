"""The PAWS-X loader."""

from pathlib import Path

import pytest

from core.data import pawsx
from core.errors import DataError
from tests.data import files


def test_loads_the_public_layout(tmp_path: Path) -> None:
    splits = pawsx.load(files.pawsx(tmp_path))
    assert {s: len(d) for s, d in splits.items()} == {"train": 8, "validation": 6, "test": 6}
    assert splits["train"].item_ids[0] == "train/0"
    assert splits["train"].class_names == ("different", "paraphrase")
    assert splits["test"].texts["fr"][2] == ("C'est \"tes 2", "Not C'est 2")  # quotes are text


def test_ns_items_are_dropped_in_all_languages(tmp_path: Path) -> None:
    dev = files.pawsx(tmp_path) / "fr/dev_2k.tsv"
    dev.write_text(dev.read_text().replace("Not C'est 4", "NS"))
    splits = pawsx.load(tmp_path)
    assert "validation/4" not in splits["validation"].item_ids
    assert [len(rows) for rows in splits["validation"].texts.values()] == [5, 5, 5]
    assert splits["validation"].source["untranslated_dropped"] == "1"
    assert "untranslated_dropped" not in splits["test"].source


def test_problems(tmp_path: Path) -> None:
    files.pawsx(tmp_path)
    (tmp_path / "sw/test_2k.tsv").unlink()
    dev = tmp_path / "fr/dev_2k.tsv"
    dev.write_text(dev.read_text().replace("\t1\n", "\tyes\n"))
    with pytest.raises(DataError) as error:
        pawsx.load(tmp_path)
    assert "fr/dev_2k.tsv line 3: unknown label 'yes', expected 0, 1" in str(error.value)
    assert "sw/test_2k.tsv is missing" in str(error.value)


def test_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no language folder"):
        pawsx.load(tmp_path)

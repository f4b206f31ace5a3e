"""WikiANN: files of either naming, prefixes, and what is refused."""

from __future__ import annotations

from pathlib import Path

import datasets
import pytest

from core.data.tagging.load import load_tagging
from core.data.tagging.wikiann import TAGS
from core.errors import DataError, UserError
from tests.data.tagging.files import wikiann, write

ROWS = [[("Ada", "B-PER"), ("Lovelace", "I-PER")], [("in", "O"), ("Paris", "B-LOC")]]


def test_a_folder_a_language(tmp_path: Path) -> None:
    write(tmp_path / "en" / "train", wikiann(ROWS, "en"))
    write(tmp_path / "en" / "test.txt.gz", wikiann(ROWS[:1], "en"))
    write(tmp_path / "en" / "extra", "what is not read")
    data = load_tagging("ner", str(tmp_path))
    part = data.splits["en"]["train"]
    assert data.tag_names == TAGS and len(TAGS) == 7
    assert part.words == (("Ada", "Lovelace"), ("in", "Paris"))
    assert part.tags == ((1, 2), (0, 5))
    assert part.ids == ("en/train/1", "en/train/2")


@pytest.mark.parametrize("name", ["train-sw.tsv", "sw-train.txt"])
def test_the_language_in_the_name_and_no_prefix(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, wikiann([[("re:", "O")], *ROWS]))
    data = load_tagging("ner", str(tmp_path))
    assert data.languages == ("sw",)
    assert data.splits["sw"]["train"].words[0] == ("re:",)


def test_every_problem_at_once(tmp_path: Path) -> None:
    text = wikiann(ROWS, "en").replace("B-LOC", "LOC").replace("en:Ada", "de:Ada") + "en:x O\n"
    write(tmp_path / "en" / "train", text)
    write(tmp_path / "en" / "test", wikiann(ROWS, "en").replace("\tO", "\tMISC"))
    with pytest.raises(DataError) as caught:
        load_tagging("ner", str(tmp_path))
    assert caught.value.problems == (
        "en/test line 4: tag MISC is none of O, B-PER, I-PER, B-ORG, I-ORG, B-LOC, I-LOC",
        "en/train line 1: de:Ada does not begin with en:, as other words do",
        "en/train line 5: tag LOC is none of O, B-PER, I-PER, B-ORG, I-ORG, B-LOC, I-LOC",
        "en/train line 6: 1 column, a word and its tag separated by a tab expected",
    )


def test_two_files_of_one_split(tmp_path: Path) -> None:
    write(tmp_path / "en" / "train", wikiann(ROWS))
    write(tmp_path / "train-en.tsv", wikiann(ROWS))
    with pytest.raises(DataError, match="en has two files of the split train"):
        load_tagging("ner", str(tmp_path))


def test_the_hubs_copy_as_saved(tmp_path: Path) -> None:
    rows = {
        "tokens": [["Ada", "Lovelace"], [], ["in", "Paris"]],
        "ner_tags": [[1, 2], [], [0, 5]],
        "langs": [["en"] * 2, [], ["en"] * 2],
    }
    split = datasets.Dataset.from_dict(rows)
    whole = datasets.DatasetDict({"train": split, "validation": split, "test": split})
    whole.save_to_disk(str(tmp_path / "en"))
    data = load_tagging("ner", str(tmp_path))
    assert list(data.splits["en"]) == ["train", "dev", "test"]
    assert data.splits["en"]["dev"].words == (("Ada", "Lovelace"), ("in", "Paris"))
    assert data.splits["en"]["dev"].ids == ("en/dev/1", "en/dev/3")
    assert data.splits["en"]["test"].tags == ((1, 2), (0, 5))


def test_a_hub_id_needs_languages() -> None:
    with pytest.raises(UserError, match="name those to use"):
        load_tagging("ner", None)
    with pytest.raises(UserError, match="no such folder, and no hub id"):
        load_tagging("ner", "no/such/folder", ["en"])

"""The SIB-200 loader, and with it the checks all loaders share."""

from pathlib import Path

import pytest

from core.data import sib200
from core.errors import DataError, UserError
from tests.conftest import SHARED
from tests.data import files


def test_loads_all_languages_and_splits(tmp_path: Path) -> None:
    splits = sib200.load(files.sib(tmp_path / "sib"))
    assert {split: len(data) for split, data in splits.items()} == {
        "train": 21,
        "validation": 4,
        "test": 6,
    }
    assert splits["train"].languages == ("en", "fr", "sw")  # English first
    assert splits["train"].source["sw"] == "swh_Latn"
    assert splits["test"].item_ids[0] == "25"
    assert splits["train"].labels is not None
    assert splits["train"].labels[:8].tolist() == [0, 1, 2, 3, 4, 5, 6, 0]


def test_languages_keep_the_order_asked_for(tmp_path: Path) -> None:
    splits = sib200.load(files.sib(tmp_path), ["swh_Latn", "en"])
    assert splits["test"].languages == ("sw", "en")


def test_csv_quotes_are_read(tmp_path: Path) -> None:
    train = files.sib(tmp_path) / "eng_Latn/train.tsv"
    train.write_text(train.read_text().replace("It is 3.", '"He said ""three""."'))
    assert sib200.load(tmp_path)["train"].texts["en"][3] == ('He said "three".',)


def test_rows_in_another_order_are_aligned(tmp_path: Path) -> None:
    train = files.sib(tmp_path) / "swh_Latn/train.tsv"
    header, *rows = train.read_text().splitlines()
    train.write_text("\n".join([header, *reversed(rows)]))
    dataset = sib200.load(tmp_path)["train"]
    assert dataset.item_ids[5] == "5"
    assert dataset.texts["sw"][5] == ("Ni 5.",)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("3\tpolitics", "3\tpolitic", "swh_Latn/train.tsv line 5: unknown label 'politic'"),
        ("3\tpolitics", "3\ttravel", "line 5: item 3 is 'travel', but 'politics' in eng_Latn"),
        ("3\tpolitics", "2\tpolitics", "line 5: id '2' was on line 4 already"),
        ("3\tpolitics", "99\tpolitics", "has 1 item (99) that eng_Latn/train.tsv lacks"),
        ("3\tpolitics", "\tpolitics", "line 5: empty id"),
        ("Ni 3.", "  ", "line 5: empty text"),
        ("Ni 3.", "Ni\t3.", "line 5: 4 columns, expected 3"),
        ("Ni 3.", '"Ni 3.', "broken quotes"),
        ("3\tpolitics\tNi 3.\n", "", "lacks 1 item (3) that eng_Latn/train.tsv has"),
        ("category", "topic", "line 1: no column category; there are index_id, topic, text"),
        ("Ni 3.", "x" * (1 << 20), "line 5: 1,048,"),
    ],
)
def test_each_problem_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    train = files.sib(tmp_path / "sib") / "swh_Latn/train.tsv"
    train.write_text(train.read_text().replace(old, new))
    with pytest.raises(DataError) as error:
        sib200.load(tmp_path / "sib")
    assert message in str(error.value)
    assert str(tmp_path) not in str(error.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "swh_Latn/dev.tsv is empty"),
        (b"\n \n", "holds only blank lines"),
        (b"index_id\tcategory\ttext\n", "swh_Latn/dev.tsv holds no examples"),
        (b"index_id\tcategory\ttext\n21\thealth\tna\xefve\n", "line 2: no UTF-8 at byte 13 (0xef)"),
    ],
)
def test_broken_files(tmp_path: Path, content: bytes, message: str) -> None:
    files.write(files.sib(tmp_path) / "swh_Latn/dev.tsv", content)
    with pytest.raises(DataError) as error:
        sib200.load(tmp_path)
    assert message in str(error.value)


def test_all_problems_of_all_files_at_once(tmp_path: Path) -> None:
    files.sib(tmp_path)
    (tmp_path / "swh_Latn/test.tsv").unlink()
    (tmp_path / "fra_Latn/dev.tsv").unlink()
    (tmp_path / "fra_Latn/dev.tsv").mkdir()
    train = tmp_path / "eng_Latn/train.tsv"
    train.write_text(train.read_text().replace("travel", "trip"))
    with pytest.raises(DataError) as error:
        sib200.load(tmp_path)
    for part in ("test.tsv is missing", "dev.tsv is a folder", "unknown label 'trip'"):
        assert part in str(error.value)


def test_folder_itself(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such folder"):
        sib200.load(tmp_path / "none")
    with pytest.raises(DataError, match="is a file"):
        sib200.load(files.write(tmp_path / "file", "x"))
    with pytest.raises(UserError, match="has no de; it has en, fr, sw"):
        sib200.load(files.sib(tmp_path / "sib"), ["de"])
    with pytest.raises(DataError, match="2 languages or more are needed, found: en"):
        sib200.load(tmp_path / "sib", ["en"])
    assert sib200.load(tmp_path / "sib", ["en"], minimum_languages=1)["test"].languages == ("en",)


def test_an_id_in_two_splits(tmp_path: Path) -> None:
    files.sib(tmp_path)
    for code in files.FLORES.values():
        dev = tmp_path / code / "dev.tsv"
        dev.write_text(dev.read_text().replace("21\tentertainment", "5\tentertainment"))
    with pytest.raises(DataError, match=r"train and validation share 1 item \(5\)"):
        sib200.load(tmp_path)


@pytest.mark.skipif(not SHARED.exists(), reason="no real data beside the checkout")
def test_real_files() -> None:
    splits = sib200.load(SHARED / "data/sib200")
    assert [len(splits[s]) for s in ("train", "validation", "test")] == [701, 99, 204]
    assert len(splits["train"].languages) == 30
    assert not any('""' in text for (text,) in splits["train"].texts["ar"])

"""A user's own files."""

import json
import sys
import tracemalloc
from pathlib import Path

import pytest

from core.data import tabular
from core.data.columns import Columns
from core.errors import DataError, UserError
from tests.data import files

LONG = """id,language,text,label
a,en,"Good, very",pos
b,en,Bad,neg
a,swh_Latn,Nzuri,pos
b,swh_Latn,Mbaya,neg
"""


def test_long_form(tmp_path: Path) -> None:
    splits = tabular.load(files.write(tmp_path / "reviews.csv", LONG))
    dataset = splits["all"]
    assert dataset.name == "reviews"
    assert dataset.languages == ("en", "sw")
    assert dataset.item_ids == ("a", "b")
    assert dataset.texts["en"][0] == ("Good, very",)
    assert dataset.class_names == ("neg", "pos")
    assert dataset.labels is not None
    assert dataset.labels.tolist() == [1, 0]
    assert dataset.clusters == ("a", "b")


def test_named_columns_two_texts_splits_and_clusters(tmp_path: Path) -> None:
    rows = [
        {"n": i, "lg": lg, "s1": f"{lg} {i}", "s2": "x", "y": i % 2 + 9, "part": part, "doc": i}
        for part in ("train", "dev")
        for lg in ("en", "fr")
        for i in range(4)
    ]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    columns = Columns("n", "lg", ("s1", "s2"), "y", "part", "doc")
    splits = tabular.load(files.write(tmp_path / "own.jsonl", text), columns=columns)
    assert list(splits) == ["train", "validation"]
    assert splits["train"].item_ids[1] == "train/1"
    assert splits["validation"].item_ids[1] == "validation/1"
    assert splits["train"].texts["fr"][2] == ("fr 2", "x")
    assert splits["train"].class_names == ("9", "10")  # numbers in numeric order
    assert splits["train"].clusters == ("0", "1", "2", "3")


def test_folder_with_a_file_per_language(tmp_path: Path) -> None:
    for split, count in (("train", 3), ("test", 2)):
        for language in ("en", "zho_Hans"):
            rows = "".join(f"{i}\t{language} {i}\n" for i in range(count))
            files.write(tmp_path / f"{split}.{language}.tsv", "id\ttext\n" + rows)
    splits = tabular.load(tmp_path)
    assert {split: len(data) for split, data in splits.items()} == {"train": 3, "test": 2}
    assert splits["test"].languages == ("en", "zh")
    assert splits["test"].labels is None


def test_one_name_is_no_split(tmp_path: Path) -> None:
    for language in ("en", "sw"):
        files.write(tmp_path / f"reviews.{language}.csv", "id,text\n1,a\n")
    assert list(tabular.load(tmp_path)) == ["all"]
    files.write(tmp_path / "other.sw.csv", "id,text\n1,a\n")
    with pytest.raises(DataError, match="files of several datasets: other, reviews"):
        tabular.load(tmp_path)


def test_a_quoted_text_may_span_lines(tmp_path: Path) -> None:
    text = LONG.replace("Good, very", "Good,\nvery").replace("b,swh_Latn,Mbaya,neg", "b,sw,,neg")
    path = files.write(tmp_path / "r.csv", text.replace("swh_Latn", "sw"))
    with pytest.raises(DataError, match=r"r.csv line 6: empty text"):
        tabular.load(path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("b,swh_Latn,Mbaya,neg", "b,swh_Latn,Mbaya,", "line 5: unknown label ''"),
        ("b,swh_Latn", "b,klingon", "line 5: unknown language 'klingon'"),
        ("id,", "nr,", "no column for the id; there are nr, language, text, label"),
        ("text,", "body,", "no column for the text"),
        ("b,swh_Latn", "c,swh_Latn", "has 1 item (c) that r.csv lacks"),
        ("text,label", "text,text", "column text stands twice"),
        ("Mbaya,neg", "Mbaya", "line 5: 3 columns, expected 4"),
        ("id,language,text,label\n", "", "no column"),
    ],
)
def test_each_problem_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = files.write(tmp_path / "r.csv", LONG.replace(old, new))
    with pytest.raises(DataError) as error:
        tabular.load(path)
    assert message in str(error.value)


def test_other_refusals(tmp_path: Path) -> None:
    path = files.write(tmp_path / "r.csv", LONG)
    with pytest.raises(DataError, match="no column 'rating'"):
        tabular.load(path, columns=Columns(label="rating"))
    with pytest.raises(UserError, match=r"r\.csv has no de; it has en, sw"):
        tabular.load(path, ["de"])
    with pytest.raises(DataError, match="2 languages or more"):
        tabular.load(path, ["sw"])
    with pytest.raises(UserError, match="used for two things"):
        Columns(id="a", label="a")
    with pytest.raises(UserError, match="one or two text columns, not 3"):
        Columns(text=("a", "b", "c"))
    with pytest.raises(DataError, match=r"is none of \.csv"):
        tabular.load(files.write(tmp_path / "r.xlsx", "x"))
    with pytest.raises(DataError, match="holds no examples"):
        tabular.load(files.write(tmp_path / "empty.csv", "id,language,text\n"))
    split = LONG.replace("label", "split").replace("pos", "train").replace("neg", "extra")
    with pytest.raises(DataError, match="line 3: unknown split 'extra'"):
        tabular.load(files.write(tmp_path / "s.csv", split))


def test_a_jsonl_line_may_have_a_column_that_none_before_it_has(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "language": "en", "text": "a"},
        {"id": "2", "language": "en", "text": "b", "label": "y"},
    ]
    path = files.write(tmp_path / "r.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(DataError, match="line 1: unknown label ''"):
        tabular.load(path, minimum_languages=1)
    broken = path.read_text() + "{\n"
    with pytest.raises(DataError) as error:
        tabular.load(files.write(path, broken), columns=Columns(id="nr"))
    assert "no column 'nr'" in str(error.value)
    assert str(error.value).count("r.jsonl line 3: no JSON") == 1


def test_nothing_but_the_texts_and_ids_is_held_for_a_row(tmp_path: Path) -> None:
    count, text = 20_000, "ka lo mi nu pe " * 4
    rows = "".join(f"i{n},en,{text}{n},{n % 3},more of {text}{n}\n" for n in range(count))
    path = files.write(tmp_path / "r.csv", "id,language,text,label,other\n" + rows)
    tracemalloc.start()
    try:
        data = tabular.load(path, minimum_languages=1)["all"]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    held = sum(map(sys.getsizeof, (*data.item_ids, *(t for (t,) in data.texts["en"]))))
    assert peak - held < 320 * count  # of which a row's tuple has 56, and a place in a list 8

"""Predictions brought as csv or parquet."""

from pathlib import Path

import numpy as np
import pytest

from core.data.predictions import Predictions
from core.data.predictions_file import read_predictions, write_predictions
from core.errors import DataError, UserError

GOOD = """language,example,p_0,p_1,p_2,label
en,007,0.1,0.2,0.7,2
en,7,0.5,0.5,,0
xx-model,7,1.0004,0,,0
xx-model,007,0.3,0.3,0.4,2
"""
GOOD = GOOD.replace("1.0004,0", "0.4,0.5996")


def write(folder: Path, text: str | bytes, name: str = "p.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_reads_in_order_of_appearance_and_keeps_values(tmp_path: Path) -> None:
    predictions = read_predictions(write(tmp_path, GOOD))
    assert predictions.languages == ("en", "xx-model")
    assert predictions.examples == ("007", "7")  # text: leading zeros stay
    assert predictions.probabilities.dtype == np.float64
    assert predictions.probabilities[1, 1].tolist() == [0.4, 0.5996, 0.0]  # not renormalised
    assert predictions.class_mask is not None
    assert predictions.class_mask.tolist() == [[True] * 3, [True, True, False]]
    assert predictions.gold is not None
    assert predictions.gold.argmax(axis=1).tolist() == [2, 0]


@pytest.mark.parametrize("change", ["\ufeff", "crlf", "blank line at the end", "quoted"])
def test_harmless_variants(tmp_path: Path, change: str) -> None:
    text = {
        "\ufeff": "\ufeff" + GOOD,
        "crlf": GOOD.replace("\n", "\r\n"),
        "blank line at the end": GOOD + "\n\n",
        "quoted": GOOD.replace("en,", '"en",').replace("language", '"language"'),
    }[change]
    plain = read_predictions(write(tmp_path, GOOD))
    other = read_predictions(write(tmp_path, text, "other.csv"))
    assert other.languages == plain.languages
    assert np.array_equal(other.probabilities, plain.probabilities)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("0.1,0.2,0.7,2", "0.1,0.2,0.6,2", "line 2 (en, example 007): probabilities sum to 0.9,"),
        ("0.1,0.2,0.7,2", "-0.1,0.4,0.7,2", "line 2 (en, example 007): p_0 is -0.1"),
        ("0.1,0.2,0.7,2", "nan,0.2,0.8,2", "line 2 (en, example 007): p_0 is nan"),
        ("0.1,0.2,0.7,2", "inf,0.2,0.8,2", "line 2 (en, example 007): p_0 is inf"),
        ("0.1,0.2,0.7,2", "a,0.2,0.7,2", "line 2: p_0 is 'a', expected a number"),
        ("0.1,0.2,0.7,2", "0.1,0.2,0.7", "line 2: 5 columns, expected 6"),
        ("0.1,0.2,0.7,2", "0.3,,0.7,2", "p_1 is blank between others"),
        ("0.1,0.2,0.7,2", ",,,2", "no probabilities"),
        ("0.1,0.2,0.7,2", "0.3,0.7,,1", "line 5 (xx-model, example 007): 3 classes, but 2 on"),
        ("0.1,0.2,0.7,2", "0.1,0.2,0.7,3", "label 3 is no class index (0 to 2)"),
        ("0.1,0.2,0.7,2", "0.1,0.2,0.7,1e300", "is no class index"),
        ("0.1,0.2,0.7,2", "0.1,0.2,0.7,0.5", "label 0.5 is no class index"),
        ("0.1,0.2,0.7,2", "0.1,0.2,0.7,1", "label 2, but 1 on line 2 for the same example"),
        ("0.1,0.2,0.7,2", "0.1,0.2,0.7,", "no label, but other rows have one"),
        ("0.1,0.2,0.7,2", "0.1,0.2,0.7,yes", "label is 'yes', expected a number"),
        ("0.5,0.5,,0", "0.5,0.5,,2", "label 2 is a class it does not have"),
        ("en,007", ",007", "empty language"),
        ("en,007", "en,", "empty example"),
        ("en,7", "en,007", "line 3 (en, example 007): this example was there already"),
        ("en,7", "en,007", "en lacks 1 of 2 examples (7)"),
        ("xx-model", "en", "only one language"),
        ("language,", "lang,", "no column language"),
        ("p_2", "p_3", "no column p_2, but p_3"),
        ("p_0,p_1,p_2", "a,b,c", "0 probability columns"),
        ("p_2", "p_1", "column p_1 stands twice"),
    ],
)
def test_each_problem_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = GOOD.replace(old, new)
    with pytest.raises(DataError) as error:
        read_predictions(write(tmp_path, text))
    assert message in str(error.value)


def test_all_problems_in_one_message(tmp_path: Path) -> None:
    text = GOOD.replace("0.1,0.2,0.7,2", "0.1,0.2,0.6,7").replace("xx-model,7", "xx-model,8")
    with pytest.raises(DataError) as error:
        read_predictions(write(tmp_path, text))
    for part in ("sum to 0.9", "label 7", "en lacks 1 of 3", "xx-model lacks 1 of 3"):
        assert part in str(error.value)


def test_a_cell_that_is_no_number_hides_nothing(tmp_path: Path) -> None:
    rows = [f"{lang},{i},0.5,0.5" for lang in ("en", "sw") for i in range(6)]
    rows[0] = "en,0,1.7,0.5"
    rows[2] = "en,2,abc,0.5"
    rows[4] = "en,4,0.5,0.4"
    text = "\n".join(["language,example,p_0,p_1", *rows[:-1], rows[0]]) + "\n"
    with pytest.raises(DataError) as error:
        read_predictions(write(tmp_path, text))
    assert list(error.value.problems) == [
        "line 4: p_0 is 'abc', expected a number",
        "line 2 (en, example 0): p_0 is 1.7, expected 0 to 1",
        "line 13 (en, example 0): p_0 is 1.7, expected 0 to 1",
        "line 6 (en, example 4): probabilities sum to 0.9, expected 1 within 0.001",
        "line 13 (en, example 0): this example was there already",
        "sw lacks 1 of 6 examples (5)",
    ]


def test_every_kind_of_problem_is_shown(tmp_path: Path) -> None:
    cells = ["1.7,0.5", "abc,0.5", "0.5,0.4", "0.5,0.5"] * 20
    rows = [f"{lang},{i},{x}" for lang in ("en", "sw") for i, x in enumerate(cells)]
    whole = "\n".join(["language,example,p_0,p_1", *rows[:-20], *rows[:20], "sw,1"])
    for text, others in ((whole, ["2 columns, expected 4"]), (whole[:-5], ["sw lacks 20 of 80"])):
        with pytest.raises(DataError) as error:
            read_predictions(write(tmp_path, text))
        kinds = ["expected a number", "expected 0 to 1", "expected 1 within", "was there already"]
        for kind in (*kinds, *others):
            assert kind in str(error.value)


def test_a_line_that_is_left_out_makes_no_other_fault(tmp_path: Path) -> None:
    for line in ("xx-model,007,0.3", "xx-model,007,0.3,0.3,\xff,2"):
        text = GOOD.replace("xx-model,007,0.3,0.3,0.4,2", line).replace("0.1,0.2", "0.1,1.2")
        with pytest.raises(DataError) as error:
            read_predictions(write(tmp_path, text.encode("latin-1")))
        first, second = error.value.problems
        assert "line 5: " in first and second.startswith("line 2 (en, example 007): p_1 is 1.2")


def test_a_cell_that_is_no_number_is_one_fault(tmp_path: Path) -> None:
    for old, new in (("0.5,0.5,,0", "x,0.5,,0"), ("0.5,0.5,,0", "0.5,0.5,,x")):
        with pytest.raises(DataError) as error:
            read_predictions(write(tmp_path, GOOD.replace(old, new)))
        assert len(error.value.problems) == 1


def test_many_problems_of_one_kind_do_not_hide_another(tmp_path: Path) -> None:
    rows = [f"{lang},{i},0.5,0.4" for lang in ("en", "sw") for i in range(500)]
    text = "language,example,p_0,p_1\n" + "\n".join([*rows, "sw,x,0.5,0.5"])
    with pytest.raises(DataError) as error:
        read_predictions(write(tmp_path, text))
    assert "995 more like these, the last on line 1001" in str(error.value)
    assert "en lacks 1 of 501 examples (x)" in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "p.csv is empty"),
        (b"\n", "no column language"),
        (b"language,example,p_0,p_1\n", "holds no rows"),
        (GOOD.encode() + b"en,\xff,1,0,,0\n", "line 6: no UTF-8 at byte 4 (0xff)"),
        (b"PK\x03\x04\x00\x00" + bytes(range(256)), "line 1: a NUL byte"),
        (b"lang\xfcage,example\n", "line 1: no UTF-8 at byte 5 (0xfc)"),
    ],
)
def test_broken_files(tmp_path: Path, text: bytes, message: str) -> None:
    with pytest.raises(DataError) as error:
        read_predictions(write(tmp_path, text))
    assert message in str(error.value)


def test_missing_folder_and_unknown_kind(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="missing"):
        read_predictions(tmp_path / "no.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(DataError, match="is a folder"):
        read_predictions(tmp_path / "folder.csv")
    with pytest.raises(UserError, match=r"neither \.csv nor \.parquet"):
        read_predictions(write(tmp_path, "x", "p.xlsx"))
    with pytest.raises(DataError, match="no readable parquet"):
        read_predictions(write(tmp_path, "x", "p.parquet"))


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_round_trip_is_exact(tmp_path: Path, suffix: str) -> None:
    rng = np.random.default_rng(0)
    mask = np.ones((9, 4), dtype=bool)
    mask[3, 2:] = False
    values = rng.random((3, 9, 4)) * mask
    gold = np.eye(4, dtype=bool)[[0, 1, 2, 1, 3, 0, 0, 1, 2]]
    predictions = Predictions(
        ("en", 'we"ird', "zh"),
        tuple(f"{i:03d}" for i in range(9)),
        values / values.sum(axis=2, keepdims=True),
        gold=gold,
        class_mask=mask,
    )
    path = tmp_path / f"p{suffix}"
    write_predictions(predictions, path)
    again = read_predictions(path)
    assert (again.languages, again.examples) == (predictions.languages, predictions.examples)
    assert np.array_equal(again.probabilities, predictions.probabilities)
    assert again.class_mask is not None
    assert again.gold is not None
    assert np.array_equal(again.class_mask, mask)
    assert np.array_equal(again.gold, gold)


def test_no_gold_without_a_label_column(tmp_path: Path) -> None:
    text = "language,example,p_0,p_1\nen,1,1,0\nsw,1,0,1\n"
    predictions = read_predictions(write(tmp_path, text))
    assert predictions.gold is None
    assert predictions.class_mask is None


def test_parquet_integers_and_wrong_kinds(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {"language": ["en", "sw"], "example": [1, 1], "p_0": [1, 0], "p_1": [0.0, 1.0]}
    pq.write_table(pa.table(columns), tmp_path / "ok.parquet")
    assert read_predictions(tmp_path / "ok.parquet").examples == ("1",)
    pq.write_table(pa.table({**columns, "p_1": ["a", "b"]}), tmp_path / "bad.parquet")
    with pytest.raises(DataError, match="column p_1 is string, expected a number"):
        read_predictions(tmp_path / "bad.parquet")

"""Predictions files with other names of columns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.data.predictions_columns import (
    PredictionColumns,
    columns_in,
    first_rows,
    guess,
    rewrite,
)
from core.data.predictions_file import read_predictions
from core.errors import DataError, UserError

TEXT = """lang,yes,no,item,gold,p_0
en,0.9,0.1,007,yes,x
en,0.2,0.8,8,no,x
sw,0.6,0.4,007,yes,x
sw,0.5,0.5,8,no,x
"""
COLUMNS = PredictionColumns("lang", "item", ("yes", "no"), "gold")


def write(folder: Path, text: str, name: str = "mine.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_columns_and_named_labels(kind: str, tmp_path: Path) -> None:
    path = write(tmp_path, TEXT)
    if kind == "parquet":
        import pyarrow as pa
        import pyarrow.csv as pa_csv
        import pyarrow.parquet as pq

        options = pa_csv.ConvertOptions(column_types={"item": pa.string()})
        pq.write_table(pa_csv.read_csv(path, convert_options=options), tmp_path / "mine.parquet")
        path = tmp_path / "mine.parquet"
    found = read_predictions(rewrite(path, COLUMNS, tmp_path / f"new.{kind}"))
    assert (found.languages, found.examples) == (("en", "sw"), ("007", "8"))
    assert found.probabilities.tolist() == [[[0.9, 0.1], [0.2, 0.8]], [[0.6, 0.4], [0.5, 0.5]]]
    assert found.gold is not None
    assert np.array_equal(found.gold, [[True, False], [False, True]])


def test_what_is_wrong_keeps_its_line(tmp_path: Path) -> None:
    text = TEXT.replace("en,0.2,0.8", "en,0.2,0.9").replace("sw,0.6,0.4,007,yes,x", "sw,0.6,0.4")
    text = text.replace("8,no", "8,perhaps", 1)
    with pytest.raises(DataError) as error:
        read_predictions(rewrite(write(tmp_path, text), COLUMNS, tmp_path / "new.csv"))
    said = str(error.value)
    assert "line 4: 3 columns" in said and "line 3: label is 'perhaps'" in said
    text = TEXT.replace("en,0.2,0.8", "en,0.2,0.9")
    with pytest.raises(DataError, match=r"line 3 \(en, example 8\): probabilities sum to 1.1"):
        read_predictions(rewrite(write(tmp_path, text), COLUMNS, tmp_path / "new.csv"))


def test_a_row_as_long_as_the_columns_that_are_read_is_no_row(tmp_path: Path) -> None:
    text = TEXT + "sw,0.5,0.5,9,no\n"  # 5 of 6 columns, as many as are read
    with pytest.raises(DataError, match="line 6: 6 columns, expected 5"):
        read_predictions(rewrite(write(tmp_path, text), COLUMNS, tmp_path / "new.csv"))


def test_guesses(tmp_path: Path) -> None:
    names = columns_in(write(tmp_path, TEXT))
    assert names == ["lang", "yes", "no", "item", "gold", "p_0"]
    rows = [dict(zip(names, ["en", "0.9", "0.1", "a", "yes", "x"], strict=True))]
    found = {"language": "lang", "example": "item", "label": "gold"}
    assert guess(names) == {**found, "probabilities": ("p_0",)}
    assert guess(names, rows) == {**found, "probabilities": ("yes", "no")}
    usual = guess(["example", "p_10", "p_9", "Language", "label"])
    assert usual == {
        "language": "Language", "example": "example", "label": "label",
        "probabilities": ("p_9", "p_10"),
    }  # fmt: skip


def test_expected_names() -> None:
    assert PredictionColumns("language", "example", ("p_0", "p_1")).expected
    assert PredictionColumns("language", "example", ("p_0", "p_1"), "label").expected
    assert not PredictionColumns("language", "example", ("p_1", "p_0")).expected
    assert not COLUMNS.expected


def test_what_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="column lang is used for two things"):
        PredictionColumns("lang", "lang", ("yes", "no"))
    with pytest.raises(UserError, match="1 columns of probabilities"):
        PredictionColumns("lang", "item", ("yes",))
    columns = PredictionColumns("lang", "item", ("yes", "perhaps"))
    with pytest.raises(DataError, match="no column perhaps"):
        rewrite(write(tmp_path, TEXT), columns, tmp_path / "new.csv")
    with pytest.raises(DataError, match="is empty"):
        columns_in(write(tmp_path, ""))
    with pytest.raises(DataError, match="no readable parquet"):
        columns_in(write(tmp_path, "x", "bad.parquet"))


def test_the_first_rows(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    found = first_rows(write(tmp_path, "a,b\n1,2\n3\n5,6\n"), 2)
    assert found == [{"a": "1", "b": "2"}, {"a": "3"}]
    assert first_rows(write(tmp_path, "\ufeff"), 2) == []
    pq.write_table(pa.table({"a": [1, 2, 3]}), tmp_path / "t.parquet")
    assert first_rows(tmp_path / "t.parquet", 2) == [{"a": 1}, {"a": 2}]
    pq.write_table(pa.table({"a": pa.array([], pa.int64())}), tmp_path / "t.parquet")
    assert first_rows(tmp_path / "t.parquet", 2) == []


def test_a_file_that_breaks_off_is_told(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    long = write(tmp_path, f"{TEXT}en,{'x' * 200_000},0.5,a,yes,x\n")
    with pytest.raises(DataError, match="line 6: field larger than"):
        first_rows(long, 9)
    with pytest.raises(DataError, match="line 6: field larger than"):
        rewrite(long, COLUMNS, tmp_path / "new.csv")
    path = tmp_path / "mine.parquet"
    columns = {"lang": ["en"] * 9, "item": ["a"] * 9, "yes": [1] * 9, "no": [0] * 9}
    pq.write_table(pa.table(columns), path)
    path.write_bytes(b"PAR1" + b"\xff" * 50 + path.read_bytes()[54:])
    with pytest.raises(DataError, match="no readable parquet file"):
        first_rows(path, 5)
    with pytest.raises(DataError, match="no readable parquet file"):
        rewrite(path, PredictionColumns("lang", "item", ("yes", "no")), tmp_path / "new.parquet")

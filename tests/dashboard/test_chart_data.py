"""The data of charts as Arrow: what Streamlit would make of them, without pandas."""

from __future__ import annotations

import subprocess
import sys

import pyarrow as pa
import pytest
from streamlit.dataframe_util import convert_anything_to_arrow_bytes

from core.runs.environment import ROOT
from dashboard.chart_data import arrow, with_arrow

ROWS = [
    {"language": "sw", "accuracy": 51.5, "items": 3, "sure": True, "lead": None},
    {"language": "Kiswahili ya Kenya, ñ", "accuracy": float("nan"), "items": 0, "sure": False},
    {"language": None, "accuracy": None, "items": -7, "sure": True, "lead": 2.25, "late": "x"},
]
MADE_WITHOUT_PANDAS = """
import sys
from dashboard.chart_data import arrow
assert arrow([{"a": 1.5, "b": "x", "c": True}, {"a": None, "b": None, "c": None}])
assert "pandas" not in sys.modules
"""


def read(stream: bytes) -> list[dict]:
    table = pa.ipc.open_stream(stream).read_all()
    table.validate(full=True)
    return table.to_pylist()


def test_the_table_is_the_one_streamlit_makes() -> None:
    stream = arrow(ROWS)
    assert stream is not None
    assert read(stream) == read(convert_anything_to_arrow_bytes(ROWS))


def test_more_than_eight_rows_and_none_at_all_in_a_column() -> None:
    rows = [{"x": i if i % 3 else None, "flag": i % 2 == 0, "empty": None} for i in range(19)]
    stream = arrow(rows)
    assert stream is not None
    assert read(stream) == rows


@pytest.mark.parametrize(
    "rows", [[], [{}], [{"x": 1}, {"x": "a"}], [{"x": [1]}], [{"x": True}, {"x": 1}]]
)
def test_other_data_are_left_to_streamlit(rows: list[dict]) -> None:
    assert arrow(rows) is None
    assert with_arrow({"datasets": {"data": rows}})["datasets"]["data"] == rows


def test_a_chart_keeps_the_rest() -> None:
    spec = {"mark": "bar", "data": {"name": "a"}, "datasets": {"a": ROWS}}
    made = with_arrow(spec)
    assert made == {**spec, "datasets": {"a": arrow(ROWS)}}
    assert spec["datasets"] == {"a": ROWS}
    assert with_arrow({"mark": "bar"}) == {"mark": "bar"}


def test_pandas_is_not_imported() -> None:
    subprocess.run([sys.executable, "-c", MADE_WITHOUT_PANDAS], check=True, cwd=ROOT, timeout=60)

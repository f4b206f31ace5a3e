"""The data of a chart as the browser reads them, made without pandas.

Streamlit would make a pandas table of them first: at every drawing, and for the first chart of a
server it would import pandas, which takes longer than everything else that chart needs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def with_arrow(spec: Mapping[str, Any]) -> dict[str, Any]:
    """A chart in Vega-Lite with its named data as Arrow, which Streamlit passes on as they are.

    Data that `arrow` does not know stay rows: Streamlit then makes the table itself.
    """
    named = {name: arrow(rows) or rows for name, rows in spec.get("datasets", {}).items()}
    return {**spec, "datasets": named} if named else dict(spec)


def arrow(rows: Sequence[Mapping[str, Any]]) -> bytes | None:
    """Rows as a stream of Arrow; None unless each column holds numbers, texts or truth values.

    Args:
        rows: what a row lacks, and what is not a number, is missing there.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = [_column([row.get(name) for row in rows]) for name in names]
    made = [column for column in columns if column is not None]
    if not names or len(made) < len(names):
        return None
    table = pa.Table.from_arrays(made, names=names)
    sink = pa.BufferOutputStream()
    with pa.RecordBatchStreamWriter(sink, table.schema) as writer:
        writer.write_table(table)
    found: bytes = sink.getvalue().to_pybytes()
    return found


def _column(values: Sequence[Any]) -> pa.Array | None:
    """One column, made from its bytes: `pyarrow.array` imports pandas to ask whether it is one."""
    there = [value for value in values if value is not None]
    known = np.array([value is not None for value in values])
    if all(isinstance(value, bool) for value in there):
        bits = _bits(np.array([bool(value) for value in values]))
        return pa.Array.from_buffers(pa.bool_(), len(values), [_bits(known), bits])
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in there):
        numbers = np.array([np.nan if value is None else value for value in values], dtype=float)
        parts = [_bits(~np.isnan(numbers)), pa.py_buffer(numbers.tobytes())]
        return pa.Array.from_buffers(pa.float64(), len(values), parts)
    if all(isinstance(value, str) for value in there):
        texts = [(value or "").encode() for value in values]
        ends = np.cumsum([0, *map(len, texts)], dtype=np.int32)
        parts = [_bits(known), pa.py_buffer(ends.tobytes()), pa.py_buffer(b"".join(texts))]
        return pa.Array.from_buffers(pa.string(), len(values), parts)
    return None


def _bits(flags: NDArray[np.bool_]) -> pa.Buffer:
    """One bit a value, the lowest first."""
    return pa.py_buffer(np.packbits(flags, bitorder="little").tobytes())

"""Lines of a file one by one."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from core.data.problems import MAX_LINE_BYTES, Problems, each_line, read_lines


def lines_of(path: Path) -> tuple[list[str], list[str]]:
    problems = Problems(path.name)
    return list(each_line(path, problems)), problems.found


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"a\nb\n", ["a", "b"]),
        (b"a\r\nb", ["a", "b"]),
        (b"\xef\xbb\xbfa\n\nb\n\n", ["a", "", "b", ""]),
        (b"\n \r\na\xe2\x80\xa8b\n", ["", " ", "a\u2028b"]),
    ],
)
def test_only_a_line_feed_ends_a_line(tmp_path: Path, content: bytes, lines: list[str]) -> None:
    for name, written in (("t.csv", content), ("t.csv.gz", gzip.compress(content))):
        (tmp_path / name).write_bytes(written)
        assert lines_of(tmp_path / name) == (lines, [])


def test_lines_that_cannot_be_read_come_back_empty(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a\n\xffb\n" + b"c" * (MAX_LINE_BYTES + 1) + b"\nd")
    lines, found = lines_of(path)
    assert lines == ["a", "", "", "d"]
    assert found == [
        f"t.csv line 3: {MAX_LINE_BYTES + 1:,} bytes, at most {MAX_LINE_BYTES:,} are read",
        "t.csv line 2: no UTF-8 at byte 1 (0xff)",
    ]


def test_blank_files_and_other_encodings_have_no_lines(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    for content, message in (
        (b"\n \n\r\n", "t.csv holds only blank lines"),
        (b"\xef\xbb\xbf", "t.csv holds only blank lines"),
        (b"", "t.csv is empty"),
        ("a,b\nc,d".encode("utf-16"), "t.csv is not UTF-8; it looks like UTF-16: save it as UTF-8"),
        ("a\nb\nc".encode("utf-16-le"), "t.csv is not UTF-8; it looks like UTF-16: save it as"),
    ):
        path.write_bytes(content)
        lines, (problem,) = lines_of(path)
        assert lines == [] and problem.startswith(message)
    path.unlink()
    problems = Problems("t.csv")
    assert read_lines(path, problems) == [] and problems.found == ["t.csv is missing"]

"""Line-aligned text."""

from pathlib import Path

import pytest

from core.data import lines
from core.errors import DataError, UserError
from tests.conftest import SHARED
from tests.data import files


def test_line_i_is_item_i(tmp_path: Path) -> None:
    dataset = lines.load(files.lines(tmp_path), first=3, last=5)["unlabelled"]
    assert dataset.item_ids == ("ntrex/3", "ntrex/4", "ntrex/5")
    assert dataset.languages == ("en", "sw", "zh")
    assert dataset.texts["zh"][0] == ("zh line 3",)  # no carriage return
    assert dataset.labels is None
    assert dataset.source["zh"] == "zho-CN"


def test_other_names(tmp_path: Path) -> None:
    for name in ("newstest2019-src.eng.txt", "newstest2019-ref.deu.txt", "LICENSE.txt"):
        files.write(tmp_path / name, "a\nb\n")
    assert lines.load(tmp_path, ["en", "de"], name="lines")["unlabelled"].item_ids[0] == "lines/1"
    with pytest.raises(UserError, match="unknown language 'LICENSE'"):
        lines.load(tmp_path)


def test_problems(tmp_path: Path) -> None:
    files.lines(tmp_path)
    files.write(tmp_path / "swa.txt", "one\n")
    with pytest.raises(DataError, match=r"differ in length.*eng-US 10, swa 1, zho-CN 10"):
        lines.load(tmp_path)
    files.write(tmp_path / "swa.txt", "x\n" * 4 + " \n" + "x\n" * 5)
    with pytest.raises(DataError, match=r"swa.txt line 5: empty line"):
        lines.load(tmp_path)
    assert len(lines.load(tmp_path, first=6)["unlabelled"]) == 5  # only the lines used count
    with pytest.raises(UserError, match="has 10 lines; asked for line 11"):
        lines.load(tmp_path, first=11)
    with pytest.raises(UserError, match="lines 5 to 4"):
        lines.load(tmp_path, first=5, last=4)
    files.write(tmp_path / "en.txt", "x\n" * 10)
    with pytest.raises(UserError, match=r"en and eng-US are the same language \(en\)"):
        lines.load(tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"no \.txt file"):
        lines.load(tmp_path / "empty")


@pytest.mark.skipif(not SHARED.exists(), reason="no real data beside the checkout")
def test_real_files() -> None:
    dataset = lines.load(SHARED / "data/ntrex", first=1201)["unlabelled"]
    assert len(dataset) == 797
    assert len(dataset.languages) == 26
    assert dataset.item_ids[0] == "ntrex/1201"

"""Treebanks in CoNLL-U: what is read, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.data.problems import Problems
from core.data.tagging.conllu import UPOS, parse_name, read_conllu
from core.data.tagging.load import load_tagging
from core.errors import DataError, UserError
from tests.conftest import SHARED
from tests.data.tagging.files import conllu, write

ONE = [("Haus", "NOUN"), ("steht", "VERB")]
OTHER = [("Sie", "PRON"), ("geht", "VERB"), (".", "PUNCT")]
HARD = """# sent_id = a
# text = zum Haus
1-2\tzum\t_\t_\t_\t_\t_\t_\t_\t_
1\tzu\tzu\tADP\t_\t_\t3\tcase\t_\t_
2\tdem\tder\tDET\t_\t_\t3\tdet\t_\t_
3\tHaus\tHaus\tNOUN\t_\t_\t0\troot\t_\t_
3.1\tging\tgehen\tVERB\t_\t_\t_\t_\t0:root\t_

# newdoc
# sent_id = b
1\tTrả lời\ttrả lời\tVERB\t_\t_\t0\troot\t_\t_
"""


def test_there_are_seventeen_parts_of_speech() -> None:
    assert len(UPOS) == len(set(UPOS)) == 17


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("en_ewt-ud-train.conllu.xz", ("en", "en_ewt", "train")),
        ("cs_pdt-ud-train-la.conllu", ("cs", "cs_pdt", "train")),
        ("sw-dev.conllu.gz", ("sw", "sw", "dev")),
        ("README.conllu", None),
        ("en_ewt-ud-train.txt", None),
    ],
)
def test_names(name: str, found: tuple[str, str, str] | None) -> None:
    parsed = parse_name(Path(name))
    assert (parsed and (parsed.language, parsed.treebank, parsed.split)) == found


def test_multiword_tokens_and_empty_nodes_are_no_words(tmp_path: Path) -> None:
    problems = Problems("x")
    path = write(tmp_path / "de_x-ud-dev.conllu", HARD)
    part = read_conllu(path, "de_x", problems)
    assert not problems
    assert part.words == (("zu", "dem", "Haus"), ("Trả lời",))
    assert [UPOS[tag] for tag in part.tags[0]] == ["ADP", "DET", "NOUN"]
    assert part.ids == ("de_x/a", "de_x/b")


def test_every_problem_of_a_file_at_once_with_its_line(tmp_path: Path) -> None:
    bad = HARD.replace("ADP", "PREP").replace("3\tHaus", "4\tHaus").replace("= b", "= a")
    bad += "1\tonly two\n"
    write(tmp_path / "de_x-ud-dev.conllu.xz", bad)
    write(tmp_path / "de_x-ud-test.conllu", conllu([ONE]).replace("NOUN", "N"))
    with pytest.raises(DataError) as caught:
        load_tagging("pos", str(tmp_path))
    text = str(caught.value)
    assert "line 4: tag PREP is none of the 17" in text
    assert "line 6: word id 4, 3 expected" in text
    assert "line 10: sent_id a as on line 1" in text
    assert "line 12: 2 columns, 10 separated by tabs expected" in text
    assert "de_x-ud-test.conllu line 2: tag N " in text
    assert len(caught.value.problems) == 5


def test_packed_files_that_are_damaged(tmp_path: Path) -> None:
    path = write(tmp_path / "de_x-ud-dev.conllu.xz", conllu([ONE] * 50))
    path.write_bytes(path.read_bytes()[:-20])
    write(tmp_path / "de_x-ud-test.conllu.gz", conllu([OTHER]))
    with pytest.raises(DataError, match=r"de_x-ud-dev.conllu.xz can't be read: damaged or cut off"):
        load_tagging("pos", str(tmp_path))


def test_treebanks_of_one_language_are_put_together(tmp_path: Path) -> None:
    for name in ("de_a-ud-train", "de_a-ud-test", "de_b-ud-train"):
        write(tmp_path / f"{name}.conllu", conllu([ONE, OTHER]))
    write(tmp_path / "deep" / "eng_c-ud-dev.conllu", conllu([ONE]))
    data = load_tagging("pos", str(tmp_path))
    assert data.languages == ("en", "de")
    assert data.splits["de"]["train"].ids == ("de_a/s1", "de_a/s2", "de_b/s1", "de_b/s2")
    assert data.splits["de"]["train"].word_count == 10
    assert data.roles("de") == ("train", "test")
    with pytest.raises(UserError, match="en has sentences in dev only"):
        data.roles("en")
    only = load_tagging("pos", str(tmp_path), ["deu"], ["de_b"])
    assert only.languages == ("de",) and len(only.splits["de"]["train"]) == 2
    assert only.fingerprint != data.fingerprint
    with pytest.raises(UserError, match="no treebank de_z; it has de_a, de_b, eng_c"):
        load_tagging("pos", str(tmp_path), None, ["de_z"])
    with pytest.raises(UserError, match="has no fr; it has de, en"):
        load_tagging("pos", str(tmp_path), ["fr"])


def test_the_fingerprint_follows_words_tags_and_splits(tmp_path: Path) -> None:
    seen = set()
    for number, (name, rows) in enumerate(
        [
            ("de_a-ud-train", [ONE, OTHER]),
            ("de_a-ud-dev", [ONE, OTHER]),
            ("de_a-ud-train", [OTHER, ONE]),
            ("de_a-ud-train", [[("Haus", "VERB"), ONE[1]], OTHER]),
            ("fr_a-ud-train", [ONE, OTHER]),
        ]
    ):
        write(tmp_path / str(number) / f"{name}.conllu", conllu(rows))
        seen.add(load_tagging("pos", str(tmp_path / str(number))).fingerprint)
    assert len(seen) == 5


def test_folders_without_treebanks(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no file such as en_ewt-ud-train\.conllu"):
        load_tagging("pos", str(tmp_path))
    with pytest.raises(DataError, match="no such folder"):
        load_tagging("pos", str(tmp_path / "none"))
    with pytest.raises(UserError, match="say --data DIR"):
        load_tagging("pos", None)


@pytest.mark.skipif(not (SHARED / "data" / "ud").is_dir(), reason="no shared/data/ud")
def test_the_public_treebanks() -> None:
    data = load_tagging("pos", str(SHARED / "data" / "ud"), ["te", "hu", "ru", "de"])
    assert data.roles("de") == ("dev", "test") and data.roles("hu") == ("train", "test")
    sizes = {x: len(data.splits[x]["test"]) for x in data.languages}
    assert sizes == {"te": 146, "hu": 449, "ru": 601 + 1217, "de": 977}
    assert data.source["ru treebanks"] == "ru_gsd, ru_taiga"

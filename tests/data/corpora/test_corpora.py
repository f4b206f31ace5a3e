"""Text to pretrain on: Bibles, folders, saved hub datasets, the fact world; its problems."""

import lzma

import datasets
import pytest

from core.data.corpora import bible, folder
from core.data.corpora.corpus import Passage, unique_items
from core.data.corpora.load import HubText, load_corpus
from core.data.fact_world import FactWorld, training_text
from core.errors import DataError, UserError
from tests.conftest import SHARED

VERSES = "Gen\t1\t1\tIn the beginning\nGen\t1\t2\tAnd the earth\nGen\t2\t1\tThus the heavens\n"


def write_bible(place):
    (place / "en.ASV.tsv").write_text(VERSES, encoding="utf-8")
    (place / "en.YLT.tsv.xz").write_bytes(
        lzma.compress(VERSES.replace("In the", "At the").encode())
    )
    (place / "de.Elb.tsv.xz").write_bytes(lzma.compress(b"Gen\t1\t1\tIm Anfang\n"))


def test_a_bible_has_several_translations_and_one_verse(tmp_path):
    write_bible(tmp_path)
    found = load_corpus("bible", tmp_path, ["deu", "en"])
    assert found.languages == ("de", "en")
    assert found.passages["de"] == (Passage("Gen 1", "Gen 1:1", "Im Anfang"),)
    texts = [one.text for one in found.passages["en"]]
    assert texts[::3] == ["In the beginning", "At the beginning"]
    assert (len(found.passages["en"]), unique_items(found.passages["en"])) == (6, 3)
    assert found.shared_sections() == ["Gen 1"]


def test_all_problems_of_a_bible_at_once(tmp_path):
    write_bible(tmp_path)
    (tmp_path / "fr.X.tsv").write_text("Gen\t1\t1\n" + "Gen\t1\t1\tx\n" * 2 + "Gen\t\t3\ty\n")
    (tmp_path / "es.X.tsv.xz").write_bytes(b"no archive")
    with pytest.raises(DataError) as raised:
        bible.load(tmp_path)
    text = str(raised.value)
    assert "fr.X.tsv line 1: 3 columns, expected 4" in text
    assert "fr.X.tsv line 3: Gen 1:1 stands there twice" in text
    assert "fr.X.tsv line 4: an empty column" in text
    assert "es.X.tsv.xz can't be read" in text


def test_a_folder_need_not_be_aligned(tmp_path):
    (tmp_path / "en.txt").write_text("\n".join(f"line {i}" for i in range(25)), encoding="utf-8")
    (tmp_path / "sw.txt").write_text("moja\n\n mbili \n", encoding="utf-8")
    found = folder.load(tmp_path)
    assert [one.text for one in found.passages["sw"]] == ["moja", "mbili"]
    assert [one.item for one in found.passages["sw"]] == ["0", "2"]
    assert len({one.section for one in found.passages["en"]}) == 3
    (tmp_path / "sw.txt").write_text("\n\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"sw.txt holds only blank lines"):
        folder.load(tmp_path)


@pytest.mark.parametrize("load", [bible.load, folder.load])
def test_a_folder_without_text_says_what_is_expected(load, tmp_path):
    with pytest.raises(DataError, match="Expected: "):
        load(tmp_path)
    with pytest.raises(DataError, match="no such folder"):
        load(tmp_path / "nowhere")


def test_a_saved_hub_dataset_is_read_until_there_is_enough(tmp_path):
    for code in ("en", "sw"):
        rows = [f"{code} heading\n{code} document {i}, with enough characters" for i in range(50)]
        made = datasets.Dataset.from_dict({"body": rows})
        datasets.DatasetDict({"train": made}).save_to_disk(str(tmp_path / f"2023.{code}"))
    text = HubText("2023.{language}", "body", {"en": 100, "sw": 10_000})
    found = load_corpus("org/name", tmp_path, ["en", "sw"], text)
    assert [len(own) for own in found.passages.values()] == [3, 50]
    assert found.passages["en"][1].item == "1.1"
    with pytest.raises(UserError, match=r"--text-column text: .* has no such column; it has body"):
        load_corpus("org/name", tmp_path, ["en"], HubText("2023.{language}", "text", {"en": 9}))
    with pytest.raises(UserError, match=r"org/name \(xx\) can't be read"):
        load_corpus("org/name", tmp_path, ["en"], HubText("xx", "body", {"en": 9}))


def test_the_fact_worlds_text_is_its_training_text():
    found = load_corpus("fact-world", None, ["sw", "eng_Latn"])
    world = FactWorld.build(languages=("sw", "en"))
    for language in ("sw", "en"):
        assert [one.text for one in found.passages[language]] == training_text(world, language)
    facts = {fact.id: fact.territory for fact in world.facts}
    named = [one for one in found.passages["en"] if one.item in facts]
    assert len({one.item for one in named}) < len(named)  # several wordings of one fact
    assert all(one.section == facts[one.item] for one in named)


@pytest.mark.skipif(not SHARED.exists(), reason="the real files are not beside the checkout")
def test_the_real_bibles():
    found = load_corpus("bible", SHARED / "data" / "bible", ["de", "en", "eu"])
    assert {x: unique_items(own) for x, own in found.passages.items()} == {
        "de": 31_102, "en": 31_102, "eu": 7901,
    }  # fmt: skip
    assert len(found.passages["en"]) == 31_086 + 31_102 + 31_102

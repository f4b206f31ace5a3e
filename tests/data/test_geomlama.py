"""The GeoMLAMA loader and the alignment of its candidates by meaning."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from core.data import geomlama
from core.data.geomlama import countryless
from core.data.geomlama_alignment import COUNTRIES, LANGUAGES, alignment, chance, totals
from core.data.probing import ProbingDataset
from core.errors import DataError, UserError
from tests.conftest import SHARED
from tests.data import files

REAL = SHARED / "data/geomlama"
needs_data = pytest.mark.skipif(not REAL.exists(), reason="no real data beside the checkout")


@pytest.fixture(scope="module")
def real() -> ProbingDataset:
    """The public files."""
    return geomlama.load(REAL)


# The table


def test_the_table_aligns_25_groups_in_five_languages() -> None:
    assert len(alignment()) == 25
    for group in alignment():
        assert tuple(group.classes) == LANGUAGES
        for classes in group.classes.values():
            assert len(classes) == len(group.classes["en"]), "as many candidates everywhere"
            assert set(classes) == set(range(max(group.classes["en"]) + 1)), "onto"
        assert len(group.gold) == len(COUNTRIES)
        assert all(list(gold) == sorted(set(gold)) for gold in group.gold)


def test_denominators_and_chance_are_the_published_ones() -> None:
    assert totals() == {"US": 145, "CN": 140, "IN": 165, "IR": 145, "KE": 160}
    rounded = {country: round(value, 4) for country, value in chance().items()}
    assert rounded == {"US": 0.3115, "CN": 0.2947, "IN": 0.3419, "IR": 0.3053, "KE": 0.3352}


def test_only_hindi_has_other_right_answers_and_only_in_groups_of_two() -> None:
    exchanged = {(i, lang) for i, group in enumerate(alignment()) for lang in group.exchanged}
    assert exchanged == {(13, "hi"), (14, "hi"), (15, "hi")}
    assert all(len(alignment()[i].classes["hi"]) == 2 for i, _ in exchanged)


# Files of our own in the public format


def test_examples_in_file_order(tmp_path: Path) -> None:
    data = geomlama.load(files.geomlama(tmp_path))
    assert data.languages == LANGUAGES
    assert len(data) == 625
    assert data.example_ids[:6] == (
        "00/US/0",
        "00/CN/0",
        "00/IN/0",
        "00/IR/0",
        "00/KE/0",
        "01/US/0",
    )
    assert data.example_ids[125] == "00/US/1"
    assert data.example_ids[125 + 37] == "01/IN/4"
    sw = data.probes["sw"]
    assert sw.prompts[125 + 37] == "1 4 in IN: <mask>"
    # ... has the answers of base row 37 // 20 * 5 + 37 % 5 = 7
    assert sw.prompts[7] == "1 in IN: <mask>"
    assert sw.candidates[125 + 37] == sw.candidates[7]
    assert sw.gold[125 + 37] == sw.gold[7]
    assert Counter(data.regions) == dict.fromkeys(COUNTRIES, 125)
    assert set(Counter(data.groups).values()) == {25}


def test_the_countryless_prompt_comes_from_the_groups_us_row(tmp_path: Path) -> None:
    folder = files.geomlama(tmp_path)
    for name, old in (("gd_prompt_sw.tsv", "3 in US"), ("gd_prompt_sw_aug.tsv", "3 1 in US")):
        path = folder / name
        text = path.read_text(encoding="utf-8").replace(old, "Nchini Marekani")
        path.write_text(text, encoding="utf-8", newline="")
    sw = geomlama.load(folder).probes["sw"]
    place = {name: i for i, name in enumerate(geomlama.load(folder).example_ids)}
    assert sw.countryless[place["03/KE/0"]] == "Nchini : <mask>"
    assert sw.countryless[place["03/KE/4"]] == "Nchini : <mask>"
    assert sw.countryless[place["04/US/0"]] == "4 in US: <mask>"


def test_without_paraphrases_their_files_are_not_needed(tmp_path: Path) -> None:
    folder = files.geomlama(tmp_path)
    for path in folder.glob("*_aug.tsv"):
        path.unlink()
    data = geomlama.load(folder, ["sw", "eng"], paraphrases=False)
    assert data.languages == ("sw", "en")
    assert len(data) == 125
    with pytest.raises(DataError, match=r"gd_prompt_en_aug\.tsv is missing"):
        geomlama.load(folder)


def test_other_languages_and_folders(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no file such as gd_prompt_en\.tsv"):
        geomlama.load(tmp_path)
    files.geomlama(tmp_path)
    (tmp_path / "gd_prompt_zh.tsv").unlink()
    assert geomlama.load(tmp_path).languages == ("en", "hi", "fa", "sw")
    with pytest.raises(UserError, match="no fr; it has en, fa, hi, sw"):
        geomlama.load(tmp_path, ["fr"])


@pytest.mark.parametrize(
    ("name", "line", "old", "new", "message"),
    [
        ("sw", 4, "<mask>", "gap", "gd_prompt_sw.tsv line 4: no <mask>"),
        ("sw", 4, "<mask>", "<mask> <mask>", "gd_prompt_sw.tsv line 4: 2 times <mask>"),
        ("sw", 2, "\tsw0c0\t", "\tnone\t", "line 2: right answer 'none' is not among"),
        ("sw", 2, "\tsw0c0\t", "\t\t", "line 2: no right answer"),
        ("sw", 2, "sw0c3", "", "line 2: candidate 4 is empty"),
        ("sw", 2, ", sw0c3", "", "line 2: 3 candidates, the alignment table has 4"),
        ("sw", 3, "sw0c3", "sw0c9", "line 3: not the candidates of the group's first row"),
        ("sw", 2, "\tsw0c0\t", "\tsw0c1\t", "the right answers are not those of the alignment"),
        ("sw", 2, "\t?\t", "\t", "line 2: 4 columns, expected 5"),
        ("sw", 1, "Ans\t", "Answer\t", "line 1: no column Ans"),
        ("sw", 4, None, "", "gd_prompt_sw.tsv has 124 prompts, expected 125"),
        ("sw_aug", 4, "<mask>", "gap", "gd_prompt_sw_aug.tsv line 4: no <mask>"),
        ("sw_aug", 4, None, "", "gd_prompt_sw_aug.tsv line 4: empty prompt"),
        ("sw_aug", 500, None, None, "gd_prompt_sw_aug.tsv has 499 lines, expected 500"),
    ],
)
def test_each_problem_is_named(
    tmp_path: Path, name: str, line: int, old: str | None, new: str | None, message: str
) -> None:
    path = files.geomlama(tmp_path) / f"gd_prompt_{name}.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[line - 1] = (new or "") if old is None else lines[line - 1].replace(old, new or "", 1)
    path.write_text("\n".join(lines if new is not None else lines[:-1]) + "\n", encoding="utf-8")
    with pytest.raises(DataError) as error:
        geomlama.load(tmp_path)
    assert message in str(error.value)


def test_problems_of_several_files_come_together(tmp_path: Path) -> None:
    folder = files.geomlama(tmp_path)
    for name in ("gd_prompt_en.tsv", "gd_prompt_fa_aug.tsv"):
        text = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(text.replace("<mask>", "gap", 2), encoding="utf-8")
    (folder / "gd_prompt_hi.tsv").write_bytes(b"\xfa\xfe\n")
    with pytest.raises(DataError) as error:
        geomlama.load(folder)
    for part in ("gd_prompt_en.tsv line 3", "gd_prompt_fa_aug.tsv line 2", "gd_prompt_hi.tsv line"):
        assert part in str(error.value)


def test_a_file_whose_hindi_answers_were_corrected_loads_too(tmp_path: Path) -> None:
    path = files.geomlama(tmp_path) / "gd_prompt_hi.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    for i, line in enumerate(lines):
        if line.startswith(("13 in", "14 in", "15 in")):
            cells = line.split("\t")
            cells[2] = next(text for text in cells[3].split(", ") if text != cells[2])
            lines[i] = "\t".join(cells)
    path.write_text("\n".join(lines), encoding="utf-8")
    data = geomlama.load(tmp_path)
    hi = data.probes["hi"]
    assert hi.classes[65][hi.gold[65][0]] == data.gold[65][0]


@pytest.mark.parametrize(
    ("language", "prompt", "expected"),
    [
        ("en", "In the United States, THE <mask>", "the <mask>"),
        ("en", "American people of United States <mask>", "people <mask>"),
        ("zh", "在美国，美国人的<mask>，美国的", "<mask>，"),
        ("hi", "अमेरिका में <mask> अमेरिकी अमेरिका का", " <mask>  का"),
        ("fa", "در ایالت متحده آمریکا, <mask> آمریکا", "<mask> آمریکا"),
        ("sw", "Wamarekani nchini Marekani: <mask> wamarekani", "Watu nchini : <mask> watu"),
    ],
)
def test_countryless(language: str, prompt: str, expected: str) -> None:
    assert countryless(prompt, language) == expected
    with pytest.raises(UserError, match="has no 'fr'"):
        countryless(prompt, "fr")


# The public files


@needs_data
def test_real_files(real: ProbingDataset) -> None:
    assert real.languages == LANGUAGES
    assert len(real) == 625
    for probes in real.probes.values():
        assert all(prompt.count("<mask>") == 1 for prompt in probes.prompts)
        assert all(prompt.count("<mask>") == 1 for prompt in probes.countryless)
        assert not any("\r" in prompt for prompt in probes.prompts)
        assert Counter(map(len, probes.gold)) == {1: 525, 2: 80, 3: 10, 4: 10}
        assert {len(row) for row in probes.candidates} == {2, 3, 4, 5, 8, 9}


@needs_data
def test_right_answers_are_the_same_classes_in_every_language_but_three_groups_of_hindi(
    real: ProbingDataset,
) -> None:
    """Where they differ, the public Hindi file has "common" and "rare" exchanged."""
    different = set()
    for i in range(125):
        for language, probes in real.probes.items():
            found = sorted({probes.classes[i][place] for place in probes.gold[i]})
            if tuple(found) != real.gold[i]:
                different.add((i, language))
    assert different == {(i, "hi") for i in range(13 * 5, 16 * 5)}


@needs_data
def test_the_three_hindi_groups_are_exchanged_by_their_own_words(real: ProbingDataset) -> None:
    """Groups 7, 10 and 18 have the same two Hindi words, and there they mean the usual."""
    hi = real.probes["hi"]
    words = {hi.candidates[group * 5] for group in (7, 10, 13, 14, 15, 18)}
    assert len(words) == 1
    for group, right in ((7, True), (10, True), (18, True), (13, False), (14, False), (15, False)):
        meanings = [hi.classes[group * 5][hi.gold[group * 5 + c][0]] for c in range(5)]
        assert (meanings == [real.gold[group * 5 + c][0] for c in range(5)]) is right


@needs_data
def test_the_same_word_means_the_same_class(real: ProbingDataset) -> None:
    """Colours, sides, rare and common: one word, one meaning, whatever the group."""
    families = {"colours": (20, 21, 22, 23), "sides": (0, 1), "frequency": (7, 10, 13, 14, 15)}
    for groups in families.values():
        for language, probes in real.probes.items():
            meaning: dict[str, int] = {}
            for group in groups:
                pairs = zip(probes.candidates[group * 5], probes.classes[group * 5], strict=True)
                for word, k in pairs:
                    if groups == (0, 1) and k > 1:
                        continue  # the other two places differ between the two questions
                    key = word.removesuffix("色") if language == "zh" else word
                    assert meaning.setdefault(key, k) == k, (language, group)


@needs_data
def test_hindi_lists_one_candidate_twice(real: ProbingDataset) -> None:
    for language, probes in real.probes.items():
        twice = [
            (example, word)
            for example, row in zip(real.example_ids, probes.candidates, strict=True)
            for word, count in Counter(row).items()
            if count > 1
        ]
        assert {example[:2] for example, _ in twice} == ({"08"} if language == "hi" else set())
    row, classes = (getattr(real.probes["hi"], part)[40] for part in ("candidates", "classes"))
    assert len({(word, k) for word, k in zip(row, classes, strict=True)}) == len(set(row)) == 3


@needs_data
def test_literal_removals_leave_some_prompts_as_they_are(real: ProbingDataset) -> None:
    """Calibrated scores are all 0 there, and every right answer counts: 39 of 145 in Persian."""
    free = {}
    for language, probes in real.probes.items():
        places = probes.unchanged()
        assert {real.regions[i] for i in places} <= {"US"}
        free[language] = (len(places), sum(len(real.gold[i]) for i in places))
    assert free == {"en": (0, 0), "zh": (0, 0), "hi": (7, 8), "fa": (32, 39), "sw": (0, 0)}

"""Normalised answers beside texts normalised by hand."""

from __future__ import annotations

import pytest

from core.metrics.qa_text import normalize, normalizer, tokens

CHECK_VECTORS = [
    ("en", "The cat-dog, U.S.A. an  apple", "catdog usa apple"),
    ("es", "El niño y la niña; unas", "niño y niña"),
    ("de", "Der Hund des Mannes, ein-eine", "hund mannes eineine"),
    ("vi", "của cái nhà là những", "nhà"),
    ("hi", "राम, का।", "राम का"),
    ("zh", "2008年北京 Olympic Games奥运会。", "2008 年 北 京 olympic games 奥 运 会"),
    ("zh", "㐀龦中", "㐀龦 中"),
    ("en", "$5+3=8^~`|<>", "538"),
    ("ar", "في القاهرة والسلام ال", "في قاهرة و سلام"),
]

BY_HAND = [
    # English: three articles as whole words, after the punctuation is gone
    ("en", "An apple a day", "apple day"),
    ("en", "the U.K.'s  \tThe\u00a0Hague", "uks hague"),
    ("en", "theatre (another)—analysis", "theatre anotheranalysis"),
    ("en", "“A” to Z… $1,000.50 50%", "to z 100050 50"),
    ("en", "€5 and ²£3 + a_the", "€5 and ²£3 athe"),  # currency and ² are no punctuation
    ("en", "A", ""),
    # Spanish
    ("es", "La casa de los niños", "casa de niños"),
    ("es", "¿Qué? ¡El fin!", "qué fin"),
    ("es", "UNA, unos, unas.", ""),
    ("es", "del al lo Las Vegas", "del al lo vegas"),
    ("es", "él es la-última", "él es laúltima"),
    # German
    ("de", "Dem König eines Landes", "könig landes"),
    ("de", "„Straße“ 5–7", "straße 57"),
    ("de", "EINEM Einhorn den Rest", "einhorn rest"),
    ("de", "Die GROẞE der Dinge", "große dinge"),
    # Vietnamese
    ("vi", "Những chiếc xe của tôi", "xe tôi"),
    ("vi", "Hà Nội là thủ đô", "hà nội thủ đô"),
    ("vi", "cái-chiếc", "cáichiếc"),
    ("vi", "LÀNG Của the", "làng the"),
    # Hindi: no articles
    ("hi", "२०१८ में (भारत)", "२०१८ में भारत"),
    ("hi", "हिन्दी-उर्दू॥", "हिन्दीउर्दू"),
    ("hi", "The a  an ₹५००", "the a an ₹५००"),
    # Chinese: one token an ideograph of U+4E00 to U+9FA5, nothing else is split
    ("zh", "《红楼梦》", "红 楼 梦"),
    ("zh", "约1.5万 km²", "约 15 万 km²"),
    ("zh", "他们·A B", "他 们 a b"),
    ("zh", "ひらがな漢字", "ひらがな 漢 字"),
    ("zh", "一\u9fa5\u9fa6", "一 \u9fa5 \u9fa6"),
    # Arabic: "ال" anywhere
    ("ar", "الكتاب، قلم؟", "كتاب قلم"),
    ("ar", "بالعربية", "ب عربية"),
    ("ar", "المال", "م"),
    ("ar", "٢٠٪ the", "٢٠ the"),
    # Turkish: no articles; lower-cased as English is, whatever Turkish says
    ("tr", "İstanbul'da", "i\u0307stanbulda"),
    ("tr", "ILIK SU", "ilik su"),
    ("tr", "Bir, the “iki”; üç!", "bir the iki üç"),
    # Russian
    ("ru", "«Москва», 1147 г.", "москва 1147 г"),
    ("ru", "С.-Петербург — ГОРОД", "спетербург город"),
    ("ru", "Ёлка № 5 a", "ёлка № 5 a"),  # № is a symbol
    # Thai: words are not told apart; U+0E2F is a letter, U+0E5A a mark, U+200B no space
    ("th", "กรุงเทพฯ มหานคร", "กรุงเทพฯ มหานคร"),
    ("th", "ประเทศไทย๚", "ประเทศไทย"),
    ("th", "๑๒,\u3000๓๔\u200bไทย", "๑๒ ๓๔\u200bไทย"),
]

SQUAD = [
    ("en", "The cat-dog, U.S.A. an  apple", "catdog usa apple"),
    ("en", "“A” to Z…", "“ ” to z…"),  # ASCII punctuation only
    ("es", "¿El niño, la niña?", "¿el niño la niña"),
    ("de", "Der Hund a", "der hund"),
    ("zh", "2008年北京。", "2008年北京。"),
    ("ar", "الكتاب، a", "الكتاب،"),
]


def test_there_are_enough_cases() -> None:
    assert len(BY_HAND) == 40
    assert len({language for language, _, _ in BY_HAND}) == 10


@pytest.mark.parametrize(("language", "text", "normal"), CHECK_VECTORS + BY_HAND)
def test_mlqa(language: str, text: str, normal: str) -> None:
    assert normalize(text, language) == normal
    assert tokens(text, language) == (normal.split(" ") if normal else [])


@pytest.mark.parametrize(("language", "text", "normal"), SQUAD)
def test_squad_is_english_for_every_language(language: str, text: str, normal: str) -> None:
    assert normalize(text, language, "squad") == normal


@pytest.mark.parametrize("language", ["en", "zh", "ar", "tr"])
def test_nothing_stays_nothing(language: str) -> None:
    assert normalize("", language) == normalize(" \n", language) == normalize("?!", language) == ""
    assert tokens("", language) == []


def test_a_script_or_region_of_its_own_changes_nothing() -> None:
    assert normalize("測試。", "zh-Hant") == "測 試"
    assert normalize("El sol", "es-MX") == "sol"
    assert normalizer("zh-Hant") is normalizer("zh")


def test_these_texts_stay_as_they_are_once_normal() -> None:
    for language, _, normal in CHECK_VECTORS + BY_HAND:
        assert normalize(normal, language) == normal

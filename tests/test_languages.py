"""Language keys and the benchmarks' codes."""

import subprocess
import sys

import pytest

from core import languages
from core.errors import UserError


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("en", "en"), ("EN", "en"), ("eng_Latn", "en"), ("eng-US", "en"), ("eng-GB", "en-GB"),
        ("arb", "ar"), ("arb_Arab", "ar"), ("arb_Latn", "ar-Latn"), ("pes_Arab", "fa"),
        ("fas", "fa"), ("swh_Latn", "sw"), ("swa", "sw"), ("zho_Hans", "zh"), ("zho-CN", "zh"),
        ("zho_Hant", "zh-Hant"), ("zho-TW", "zh-Hant"), ("quy_Latn", "qu"), ("hat_Latn", "ht"),
        ("kor_Hang", "ko"), ("jpn_Jpan", "ja"), ("por-BR", "pt-BR"), ("srp-Cyrl", "sr"),
        ("srp-Latn", "sr-Latn"), ("xho_Latn", "xh"), ("prs_Arab", "fa-AF"), (" sw ", "sw"),
    ],
)  # fmt: skip
def test_canonical(code: str, key: str) -> None:
    assert languages.canonical(code) == key
    assert languages.canonical(key) == key


@pytest.mark.parametrize(
    ("code", "hint"),
    [("Swahili", "did you mean sw (Swahili)"), ("zz", "did you mean"), ("12", "such as"), ("", "")],
)
def test_unknown_codes(code: str, hint: str) -> None:
    with pytest.raises(UserError) as error:
        languages.canonical(code)
    assert f"unknown language {code!r}" in str(error.value)
    assert hint in str(error.value)


def test_descriptions() -> None:
    assert languages.english_name("sw") == "Swahili"
    assert languages.native_name("el") == "Ελληνικά"
    assert languages.script("ur") == "Arab"
    assert languages.family("hu") == "Uralic"
    assert languages.english_name("xh") == "Xhosa"  # outside the table
    assert languages.family("xh") == "other"
    assert languages.family("zh-Hant") == "Sino-Tibetan" and languages.script("zh-Hant") == "Hant"
    assert languages.english_name("my model") == "my model"  # a file's names are free


def test_known_codes_do_not_load_langcodes() -> None:
    code = (
        "import sys; from core import languages as l; l.canonical('swh_Latn'); l.script('sw'); "
        "sys.exit('langcodes' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_table_agrees_with_cldr() -> None:
    """English names, scripts, and native names up to the four that say which language it is."""
    import langcodes

    own_names = {"acm", "ht", "id", "ms", "yo"}
    for key, language in languages.LANGUAGES.items():
        known = langcodes.Language.get(key)
        assert known.display_name() == language.english_name
        if key not in own_names:
            assert known.autonym() == language.native_name
        if key != "acm":  # CLDR has no likely script of it
            assert known.maximize().script == language.script


def test_right_to_left_scripts_of_the_benchmarks() -> None:
    codes = ("acm_Arab", "arb_Arab", "pes_Arab", "pbt_Arab", "ckb_Arab", "uig_Arab", "urd_Arab")
    assert {languages.script(languages.canonical(code)) for code in codes} == {"Arab"}

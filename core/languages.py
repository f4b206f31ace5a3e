"""Languages: one BCP-47 key everywhere, and the codes the benchmarks use for it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.errors import UserError
from core.quoting import quote, quote_all


@dataclass(frozen=True)
class Language:
    """What the tables and figures say about a language."""

    key: str
    english_name: str
    native_name: str
    script: str
    """ISO 15924, e.g. ``Latn``."""
    family: str


# key|English name|native name|script|family
_TABLE = """
acm|Mesopotamian Arabic|عراقي|Arab|Semitic
af|Afrikaans|Afrikaans|Latn|Germanic
am|Amharic|አማርኛ|Ethi|Semitic
ar|Arabic|العربية|Arab|Semitic
az|Azerbaijani|azərbaycan|Latn|Turkic
bg|Bulgarian|български|Cyrl|Slavic
bn|Bangla|বাংলা|Beng|Indo-Aryan
cs|Czech|čeština|Latn|Slavic
da|Danish|dansk|Latn|Germanic
de|German|Deutsch|Latn|Germanic
el|Greek|Ελληνικά|Grek|Hellenic
en|English|English|Latn|Germanic
es|Spanish|español|Latn|Romance
et|Estonian|eesti|Latn|Uralic
eu|Basque|euskara|Latn|Basque
fa|Persian|فارسی|Arab|Iranian
fi|Finnish|suomi|Latn|Uralic
fr|French|français|Latn|Romance
ha|Hausa|Hausa|Latn|Chadic
he|Hebrew|עברית|Hebr|Semitic
hi|Hindi|हिन्दी|Deva|Indo-Aryan
ht|Haitian Creole|Kreyòl ayisyen|Latn|Creole
hu|Hungarian|magyar|Latn|Uralic
id|Indonesian|Bahasa Indonesia|Latn|Austronesian
it|Italian|italiano|Latn|Romance
ja|Japanese|日本語|Jpan|Japonic
ka|Georgian|ქართული|Geor|Kartvelian
kk|Kazakh|қазақ тілі|Cyrl|Turkic
ko|Korean|한국어|Kore|Koreanic
lt|Lithuanian|lietuvių|Latn|Baltic
mr|Marathi|मराठी|Deva|Indo-Aryan
ms|Malay|Bahasa Melayu|Latn|Austronesian
my|Burmese|မြန်မာ|Mymr|Sino-Tibetan
nl|Dutch|Nederlands|Latn|Germanic
pl|Polish|polski|Latn|Slavic
pt|Portuguese|português|Latn|Romance
qu|Quechua|Runasimi|Latn|Quechuan
ro|Romanian|română|Latn|Romance
ru|Russian|русский|Cyrl|Slavic
sv|Swedish|svenska|Latn|Germanic
sw|Swahili|Kiswahili|Latn|Bantu
ta|Tamil|தமிழ்|Taml|Dravidian
te|Telugu|తెలుగు|Telu|Dravidian
th|Thai|ไทย|Thai|Kra-Dai
tr|Turkish|Türkçe|Latn|Turkic
uk|Ukrainian|українська|Cyrl|Slavic
ur|Urdu|اردو|Arab|Indo-Aryan
vi|Vietnamese|Tiếng Việt|Latn|Austroasiatic
yo|Yoruba|Èdè Yorùbá|Latn|Volta-Niger
zh|Chinese|中文|Hans|Sino-Tibetan
"""

LANGUAGES: dict[str, Language] = {
    row.split("|")[0]: Language(*row.split("|")) for row in _TABLE.strip().splitlines()
}
"""The languages of the built-in benchmarks; `canonical` knows every other BCP-47 language too."""

# The benchmarks' own codes of those languages (FLORES, SIB-200, NTREX); the rest of the world's
# codes go through langcodes, whose import is kept off the common path.
_CODES = {
    code: key
    for key, codes in (
        ("acm", "acm_Arab"), ("am", "amh amh_Ethi"), ("ar", "ara arb arb_Arab"),
        ("bg", "bul bul_Cyrl"),
        ("de", "deu ger deu_Latn"), ("el", "ell gre ell_Grek"), ("en", "eng eng_Latn eng-US en-US"),
        ("es", "spa spa_Latn"), ("et", "est est_Latn"), ("eu", "eus eus_Latn"),
        ("fa", "fas per pes pes_Arab"), ("fi", "fin fin_Latn"), ("fr", "fra fre fra_Latn"),
        ("hi", "hin hin_Deva"), ("ht", "hat hat_Latn"), ("hu", "hun hun_Latn"),
        ("id", "ind ind_Latn"), ("it", "ita ita_Latn"), ("ja", "jpn jpn_Jpan"),
        ("ko", "kor kor_Hang"), ("ps", "pbt pbt_Arab"), ("pt", "por por_Latn"),
        ("qu", "que quy quy_Latn"),
        ("ru", "rus rus_Cyrl"), ("sw", "swa swh swh_Latn"), ("ta", "tam tam_Taml"),
        ("te", "tel tel_Telu"), ("th", "tha tha_Thai"), ("tr", "tur tur_Latn"),
        ("tw", "twi twi_Latn"), ("ur", "urd urd_Arab"), ("vi", "vie vie_Latn"),
        ("yo", "yor yor_Latn"), ("zh", "zho chi cmn zho_Hans zho-CN zh-CN zh-Hans"),
        ("zh-Hant", "zho_Hant zho-TW zh-TW"),
    )
    for code in codes.replace("_", "-").lower().split()
}  # fmt: skip

OTHER_FAMILY, UNKNOWN_SCRIPT = "other", "Zyyy"
"""What is said of a language whose family, or whose script, is not known."""


def canonical(code: str) -> str:
    """The BCP-47 key of a language, from any code a benchmark uses for it.

    ``eng_Latn``, ``eng-US`` and ``en`` are all ``en``; ``pes`` is ``fa``; a script is kept only
    where it is not the language's usual one (``zho_Hant`` is ``zh-Hant``), a region always
    (``por-BR`` is ``pt-BR``).

    Raises:
        UserError: no such language; the message names the nearest ones.
    """
    tag = code.strip().replace("_", "-")
    lowered = tag.lower()
    if lowered in LANGUAGES:
        return lowered
    if lowered in _CODES:
        return _CODES[lowered]
    key = _by_langcodes(tag)
    if key is None:
        raise UserError(f"unknown language '{quote(code)}': {_suggestion(lowered)}")
    return key


def _by_langcodes(tag: str) -> str | None:
    """The key of a valid tag outside the table, or None."""
    import langcodes

    try:
        language = langcodes.Language.get(langcodes.standardize_tag(tag, macro=True))
    except (langcodes.LanguageTagError, ValueError):
        return None
    if language.language is None or not language.is_valid():
        return None
    usual = langcodes.Language.get(language.language).maximize().script
    script = language.script if language.script != usual else None
    parts = (language.language, script, language.territory)
    return "-".join(part for part in parts if part)


def _suggestion(lowered: str) -> str:
    """What to write instead of an unknown code."""
    names = {language.english_name.lower(): key for key, language in LANGUAGES.items()}
    near = difflib.get_close_matches(lowered, names, n=2, cutoff=0.7)
    keys = [names[name] for name in near]
    # Two-letter keys are too short for a similarity cutoff: the same first letter is the hint.
    keys = keys or difflib.get_close_matches(lowered, LANGUAGES, n=3, cutoff=0.5)
    if keys:
        hints = " or ".join(f"{key} ({LANGUAGES[key].english_name})" for key in keys)
        return f"did you mean {hints}? Use a BCP-47 code or a benchmark's own (eng_Latn)"
    return f"use a BCP-47 code such as {', '.join(LANGUAGES)}, or a benchmark's own (eng_Latn)"


def match_codes(found: Iterable[str], wanted: Sequence[str] | None, source: str) -> dict[str, str]:
    """The codes of a folder's or a table's languages, by key.

    Args:
        found: the codes there, as the benchmark writes them.
        wanted: codes or keys asked for, whose order is kept; None for all, English first.
        source: where the codes were found, for the messages.

    Returns:
        key -> code as found.

    Raises:
        UserError: a wanted language is not there, or two codes mean the same language.
    """
    codes: dict[str, str] = {}
    for code in sorted(found):
        try:
            key = canonical(code)
        except UserError as error:
            if wanted is None:
                raise UserError(f"{source}: {error}, or name the languages to use") from error
            continue  # a README.txt among the files of the languages asked for
        if key in codes:
            raise UserError(
                f"{source}: {quote(codes[key])} and {quote(code)} are the same language ({key}); "
                "keep one"
            )
        codes[key] = code
    if wanted is None:
        return {key: codes[key] for key in sorted(codes, key=lambda key: (key != "en", key))}
    keys = list(dict.fromkeys(canonical(code) for code in wanted))
    if missing := [key for key in keys if key not in codes]:
        raise UserError(
            f"{source} has no {', '.join(missing)}; it has "
            f"{quote_all(sorted(codes), 300) or 'none'}"
        )
    return {key: codes[key] for key in keys}


def same_language(names: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of names that mean one language: (first, later). Unknown names mean themselves."""
    first: dict[str, str] = {}
    pairs = []
    for name in names:
        try:
            key = canonical(name)
        except UserError:
            key = name.strip().casefold()
        if key in first:
            pairs.append((first[key], name))
        first.setdefault(key, name)
    return pairs


def base(key: str) -> str:
    """The language alone, without a script or region of its own: zh-Hant is zh."""
    return key.split("-", maxsplit=1)[0]


def english_name(key: str) -> str:
    """The English name of a language; the key itself if it is no known code."""
    return _describe(key).english_name


def native_name(key: str) -> str:
    """The name of a language in that language."""
    return _describe(key).native_name


def script(key: str) -> str:
    """The ISO 15924 code of the language's usual script, `UNKNOWN_SCRIPT` of no known language."""
    return _describe(key).script


def family(key: str) -> str:
    """The branch of the language's family, `OTHER_FAMILY` outside the table."""
    return _describe(key).family


def _describe(key: str) -> Language:
    """The table's row, or one made from CLDR data; never an error (a file's names are free)."""
    if key in LANGUAGES:
        return LANGUAGES[key]
    import langcodes

    parent = LANGUAGES.get(base(key))  # zh-Hant is of the family of zh
    branch = parent.family if parent else OTHER_FAMILY
    try:
        language = langcodes.Language.get(key)
        if language.is_valid():
            usual = language.maximize().script or UNKNOWN_SCRIPT
            return Language(key, language.display_name(), language.autonym(), usual, branch)
    except (langcodes.LanguageTagError, ValueError):
        pass
    return Language(key, key, key, UNKNOWN_SCRIPT, OTHER_FAMILY)


def speakers(keys: Iterable[str]) -> dict[str, int]:
    """How many people speak each language, by CLDR's territory data; unknown ones are left out.

    What is written in two scripts (zh, zh-Hant) is one language: its speakers are divided among
    the keys that are there, so that nobody counts twice.
    """
    import langcodes

    known = list(keys)
    spoken: dict[str, int] = {}
    for key in known:
        alike = sum(base(other) == base(key) for other in known)
        try:
            count = langcodes.Language.get(key).speaking_population() // alike
        except (langcodes.LanguageTagError, ValueError):
            continue
        if count:
            spoken[key] = count
    return spoken

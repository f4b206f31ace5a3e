"""GeoMLAMA's public files (Yin et al. 2022) as prompts, with and without their country."""

from __future__ import annotations

from pathlib import Path

from core.probing.prompts import GAP, Prompts

LANGUAGES = ("en", "zh", "hi", "fa", "sw")
COUNTRIES = 5
PARAPHRASES = 20
"""Of one group, all countries together."""

REPLACED: dict[str, tuple[tuple[str, str], ...]] = {
    "en": (
        ("the united states", "united states"),
        ("in united states, ", ""),
        ("of united states", ""),
        ("american", ""),
        ("in united states", ""),
        ("  ", " "),
    ),
    "zh": (("美国的", "美国"), ("美国人的", ""), ("在美国，", ""), ("在美国", ""), ("美国", "")),
    "hi": (
        ("अमेरिका में", ""),
        ("अमेरिकी", ""),
        ("अमेरिका ", ""),
        ("अमेरिका के", ""),
        ("अमेरिका का", ""),
    ),
    "fa": (
        ("در ایالت متحده آمریکا, ", ""),
        ("در ایالت متحده آمریکا", ""),
        ("ایالت متحده آمریکا", ""),
        ("از ایالت متحده آمریکا", ""),
    ),
    "sw": (("Marekani", ""), ("Wamarekani", "Watu"), ("Kimarekani", ""), ("wamarekani", "watu")),
}
"""What makes a prompt about the United States one about no country, in this order."""


def read(folder: Path, language: str) -> tuple[Prompts, tuple[str, ...]]:
    """The 125 prompts of a language and their 500 paraphrases, and each one's without country."""
    base, paraphrases = f"gd_prompt_{language}.tsv", f"gd_prompt_{language}_aug.tsv"
    rows = [(i, line.split("\t")) for i, line in _lines(folder / base) if GAP in line]
    names = [f"{base} line {number}" for number, _ in rows]
    texts = [cells[0] for _, cells in rows]
    candidates = [tuple(cells[3].split(", ")) for _, cells in rows]
    first = [texts[i // COUNTRIES * COUNTRIES] for i in range(len(texts))]
    again = _lines(folder / paraphrases)
    for i, (number, line) in enumerate(again):
        names.append(f"{paraphrases} line {number}")
        texts.append(line.strip())
        candidates.append(candidates[i // PARAPHRASES * COUNTRIES + i % COUNTRIES])
        first.append(again[i // PARAPHRASES * PARAPHRASES][1].strip())
    prompts = Prompts(tuple(texts), tuple(candidates), language, tuple(names))
    return prompts, tuple(without_country(text, language) for text in first)


def without_country(text: str, language: str) -> str:
    """A prompt about the United States as one about no country."""
    text = text.lower() if language == "en" else text
    for old, new in REPLACED[language]:
        text = text.replace(old, new)
    return text.removeprefix(" ") if language == "en" else text


def some(prompts: Prompts, positions: list[int]) -> Prompts:
    """These prompts only."""
    return Prompts(
        tuple(prompts.texts[i] for i in positions),
        tuple(prompts.candidates[i] for i in positions),
        prompts.language,
        tuple(prompts.names[i] for i in positions),
    )


def _lines(path: Path) -> list[tuple[int, str]]:
    text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    return list(enumerate(text.rstrip("\n").split("\n"), start=1))

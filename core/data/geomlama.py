"""GeoMLAMA: what is known about five countries, in five languages (Yin et al. 2022)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.data.formats import read_separated
from core.data.geomlama_alignment import COUNTRIES, GROUPS, LANGUAGES, PARAPHRASES, alignment
from core.data.probing import LanguageProbes, ProbingDataset
from core.data.problems import Problems, check_folder, read_lines, shown
from core.data.prompt_checks import prompt_problems
from core.errors import UserError
from core.languages import match_codes

NAME = "geomlama"
COLUMNS = ("Prompt", "Ans", "Candidate Ans")
REMEDY = (
    "Expected: the public files gd_prompt_{en,zh,hi,fa,sw}.tsv and, with paraphrases, "
    "gd_prompt_{en,zh,hi,fa,sw}_aug.tsv."
)
BASE = GROUPS * len(COUNTRIES)
BLOCK = PARAPHRASES * len(COUNTRIES)
"""Paraphrase lines of one group."""
_FILE = re.compile(r"gd_prompt_([a-z]+)\.tsv")

_REMOVALS: dict[str, tuple[tuple[str, str], ...]] = {
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
"""The public scorer's replacements, in its order."""


@dataclass(frozen=True)
class _Base:
    """The rows of one base file, one entry per row."""

    prompts: list[str]
    gold: list[list[str]]
    candidates: list[list[str]]


def load(
    data_dir: Path, languages: Sequence[str] | None = None, *, paraphrases: bool = True
) -> ProbingDataset:
    """Read the public files of a folder.

    Examples: the 125 base prompts (25 groups x 5 countries, in file order), then the 500
    paraphrases; line i of those belongs to base row ``i // 20 * 5 + i % 5`` and has its answers.
    The id is ``group/country/variant``, e.g. ``07/KE/0``: groups count from 0, variant 0 is the
    base prompt. Base prompts are kept as read, paraphrases without outer white space, as the
    public scorer has them.

    Args:
        data_dir: the folder.
        languages: which ones, by any code; those of the five that are there by default.
        paraphrases: whether the paraphrases are read as well.

    Raises:
        DataError: all problems of all files.
        UserError: a language is not there or not part of GeoMLAMA.
    """
    check_folder(data_dir, REMEDY)
    problems = Problems(shown(data_dir), REMEDY)
    matches = (_FILE.fullmatch(path.name) for path in data_dir.iterdir())
    found = [match[1] for match in matches if match and match[1] in LANGUAGES]
    if not found:
        problems.add("no file such as gd_prompt_en.tsv")
        problems.raise_if_any()
    wanted = languages or [language for language in LANGUAGES if language in found]
    keys = list(match_codes(found, wanted, shown(data_dir)))
    probes = {key: _read(data_dir, key, paraphrases, problems) for key in keys}
    problems.raise_if_any()
    rows = [(row, 0) for row in range(BASE)]
    if paraphrases:
        rows += [(_base_row(i), 1 + i % BLOCK // len(COUNTRIES)) for i in range(GROUPS * BLOCK)]
    places = [(*divmod(row, len(COUNTRIES)), variant) for row, variant in rows]
    return ProbingDataset(
        name=NAME,
        example_ids=tuple(f"{g:02}/{COUNTRIES[c]}/{variant}" for g, c, variant in places),
        groups=tuple(f"{g:02}" for g, _, _ in places),
        regions=tuple(COUNTRIES[c] for _, c, _ in places),
        gold=tuple(alignment()[g].gold[c] for g, c, _ in places),
        probes={key: entry for key, entry in probes.items() if entry is not None},
        source={"paraphrases": "yes" if paraphrases else "no"},
    )


def countryless(prompt: str, language: str) -> str:
    """A prompt about the US without the country, by the public scorer's literal replacements.

    They miss what is worded or spelt otherwise: 525 of the 625 country-less prompts in Persian and
    140 in Hindi still name the US, and some are the prompt itself (`LanguageProbes.unchanged`).

    Raises:
        UserError: the language is none of the five.
    """
    if language not in _REMOVALS:
        raise UserError(f"GeoMLAMA has no {language!r}; it has {', '.join(LANGUAGES)}")
    text = prompt.lower() if language == "en" else prompt
    for old, new in _REMOVALS[language]:
        text = text.replace(old, new)
    return text.removeprefix(" ") if language == "en" else text


def _base_row(line: int) -> int:
    """The base row that a paraphrase line (counted from 0) belongs to."""
    return line // BLOCK * len(COUNTRIES) + line % len(COUNTRIES)


def _read(
    data_dir: Path, language: str, paraphrases: bool, problems: Problems
) -> LanguageProbes | None:
    """Both files of one language, or None with problems."""
    before = len(problems.found)
    base = _read_base(data_dir / f"gd_prompt_{language}.tsv", language, problems)
    lines: list[str] = []
    if paraphrases:
        lines = _read_paraphrases(data_dir / f"gd_prompt_{language}_aug.tsv", problems)
    if len(problems.found) > before:
        return None
    rows = [*range(BASE), *(_base_row(i) for i in range(len(lines)))]
    gold = [
        tuple(listed.index(text) for text in right)
        for listed, right in zip(base.candidates, base.gold, strict=True)
    ]
    # The group's US row gives the country-less prompt of all its countries and paraphrases.
    sources = [base.prompts[row - row % len(COUNTRIES)] for row in range(BASE)]
    sources += [lines[i - i % BLOCK] for i in range(len(lines))]
    return LanguageProbes(
        prompts=(*base.prompts, *lines),
        candidates=tuple(tuple(base.candidates[row]) for row in rows),
        classes=tuple(alignment()[row // len(COUNTRIES)].classes[language] for row in rows),
        gold=tuple(gold[row] for row in rows),
        countryless=tuple(countryless(text, language) for text in sources),
    )


def _read_base(path: Path, language: str, problems: Problems) -> _Base:
    """The 125 rows of a base file; the lines of tabs between the groups are skipped."""
    before = len(problems.found)
    header, rows, numbers = read_separated(path, COLUMNS, problems, quoted=False)
    base = _Base([], [], [])
    if len(problems.found) > before:
        return base
    columns = [header.index(name) for name in COLUMNS]
    wrong: list[str] = []
    lines: list[int] = []
    for row, number in zip(rows, numbers, strict=True):
        if not any(cell.strip() for cell in row):
            continue
        prompt, gold, candidates = (row[column] for column in columns)
        base.prompts.append(prompt)
        base.gold.append(gold.split(", ") if gold else [])
        base.candidates.append(candidates.split(", ") if candidates else [])
        lines.append(number)
        found = prompt_problems(prompt, base.candidates[-1], base.gold[-1])
        wrong += [f"{path.name} line {number}: {problem}" for problem in found]
    problems.add_kind(wrong)
    if len(lines) != BASE:
        problems.add(f"{path.name} has {len(lines)} prompts, expected {BASE}")
    elif not wrong:
        misfits = ((row, _misfit(base, row, language)) for row in range(BASE))
        problems.add_kind(
            f"{path.name} line {lines[row]}: {problem}" for row, problem in misfits if problem
        )
    return base


def _misfit(base: _Base, row: int, language: str) -> str | None:
    """How a base row differs from what the alignment table was made for, if it does."""
    place, country = divmod(row, len(COUNTRIES))
    group = alignment()[place]
    candidates, classes = base.candidates[row], group.classes[language]
    if len(candidates) != len(classes):
        return f"{len(candidates)} candidates, the alignment table has {len(classes)}"
    if candidates != base.candidates[row - country]:
        return "not the candidates of the group's first row"
    found = tuple(sorted(classes[candidates.index(text)] for text in base.gold[row]))
    usual = group.gold[country]
    other = tuple(sorted(set(classes) - set(usual)))
    if found != usual and not (language in group.exchanged and found == other):
        return "the right answers are not those of the alignment table: other candidates or order?"
    return None


def _read_paraphrases(path: Path, problems: Problems) -> list[str]:
    """The 500 lines of a paraphrase file, without outer white space."""
    before = len(problems.found)
    lines = [line.strip() for line in read_lines(path, problems)]
    if len(problems.found) > before:
        return []
    if len(lines) != GROUPS * BLOCK:
        problems.add(f"{path.name} has {len(lines)} lines, expected {GROUPS * BLOCK}")
    wrong = []
    for number, line in enumerate(lines, start=1):
        found = prompt_problems(line, ("a", "b"), ("a",))
        wrong += [f"{path.name} line {number}: {problem}" for problem in found]
    problems.add_kind(wrong)
    return lines

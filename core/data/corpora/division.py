"""Which text is for training, for stopping and for the test: whole sections, in all languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from core.data.corpora.corpus import Corpus, Passage, characters
from core.errors import UserError

Passages = Mapping[str, tuple[Passage, ...]]
"""language -> its passages."""


@dataclass(frozen=True)
class Amounts:
    """How much text is for what."""

    shares: Mapping[str, float] = field(default_factory=dict)
    """language -> its share of the largest size; empty: all the text there is."""
    characters: int | None = None
    """Characters of a share of 1, of each language without shares; None: as many as there are."""
    balanced_characters: int | None = None
    """Characters of each language in the balanced data; None: those of the smallest one."""
    tokenizer_characters: int = 1_000_000
    """Characters of each language that the tokenizer sees, at most."""
    test_share: float = 0.1
    """Of the sections that every language has."""
    dev_share: float = 0.05
    test_texts: int = 500
    """Passages of each language, at most."""
    dev_texts: int = 100


@dataclass(frozen=True)
class Division:
    """Every passage has one use at most."""

    train: Passages
    """All the data of each language: what its teacher reads."""
    balanced: Passages
    """As many characters of each; a beginning of ``train``."""
    tokenizer: Passages
    """As many characters of each, whatever the sizes, as the paper's: models of other sizes of data
    have the same pieces."""
    dev: Passages
    test: Passages
    short: Mapping[str, tuple[int, int]]
    """language -> the characters it should have and has, where these are fewer."""
    repeated: int
    """Passages left out because their text stands in the test or the dev set."""


def divide(corpus: Corpus, amounts: Amounts, seed: int) -> Division:
    """Give every passage its use.

    Dev and test are the same sections and, as far as a language has them, the same items in every
    language, each item once however many translations there are. A language's training passages
    come in an order that depends on the seed and the language alone, so smaller data are contained
    in larger ones; passages of a second translation come after all those of the first.

    Raises:
        UserError: too few sections, or too little text for the amounts asked for.
    """
    held = _held_out(corpus, amounts, seed)
    sections = {section for part in held.values() for section in part}
    test = _chosen(corpus, held["test"], amounts.test_texts, seed)
    dev = _chosen(corpus, held["dev"], amounts.dev_texts, seed)
    known = {_plain(one.text) for p in corpus.passages.values() for one in p
             if one.section in sections}  # fmt: skip
    free = {
        language: tuple(one for one in passages if one.section not in sections)
        for language, passages in corpus.passages.items()
    }
    rest = {
        language: tuple(one for one in passages if _plain(one.text) not in known)
        for language, passages in free.items()
    }
    if gone := [x for x, found in rest.items() if free[x] and not found]:
        raise UserError(
            f"{corpus.name}: every text to train on in {', '.join(gone)} also stands in the test "
            "or the dev set, so that nothing is left; give more different text"
        )
    ordered = {language: _in_order(found, language, seed) for language, found in rest.items()}
    train, short = _sized(ordered, amounts)
    balanced = _balanced(train, amounts.balanced_characters)
    repeated = sum(len(free[language]) - len(rest[language]) for language in free)
    least = min(characters(found) for found in ordered.values())
    seen = min(least, amounts.tokenizer_characters)
    tokenizer = {language: _beginning(found, seen) for language, found in ordered.items()}
    return Division(train, balanced, tokenizer, dev, test, short, repeated)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _held_out(corpus: Corpus, amounts: Amounts, seed: int) -> dict[str, set[str]]:
    """The sections of the test and the dev set.

    Raises:
        UserError: the languages share too few.
    """
    shared = corpus.shared_sections()
    counts = {
        name: max(1, round(share * len(shared)))
        for name, share in (("test", amounts.test_share), ("dev", amounts.dev_share))
    }
    if len(shared) <= sum(counts.values()):
        raise UserError(
            f"{corpus.name}: sections that all of {', '.join(corpus.languages)} have: "
            f"{len(shared)}; {counts['test']} for the test and {counts['dev']} for the dev set "
            "leave none to train on. Give more text or fewer languages"
        )
    order = [shared[i] for i in np.random.default_rng([seed, 0]).permutation(len(shared))]
    test = counts["test"]
    return {"test": set(order[:test]), "dev": set(order[test : test + counts["dev"]])}


def _chosen(
    corpus: Corpus, sections: set[str], most: int, seed: int
) -> dict[str, tuple[Passage, ...]]:
    """Passages of these sections: each item once, the same items in every language if it can be."""
    by_item: dict[str, dict[str, Passage]] = {language: {} for language in corpus.languages}
    for language, passages in corpus.passages.items():
        for one in passages:
            if one.section in sections:
                by_item[language].setdefault(one.item, one)
    spoken = Counter(item for found in by_item.values() for item in found)
    items = sorted(spoken)
    drawn = np.random.default_rng([seed, 1]).random(len(items))
    order = sorted(range(len(items)), key=lambda i: (-spoken[items[i]], drawn[i]))
    return {
        language: tuple(found[items[i]] for i in order if items[i] in found)[:most]
        for language, found in by_item.items()
    }


def _sized(
    ordered: Passages, amounts: Amounts
) -> tuple[dict[str, tuple[Passage, ...]], dict[str, tuple[int, int]]]:
    """Each language cut to its size; which ones have less text than that."""
    have = {language: characters(found) for language, found in ordered.items()}
    if empty := [language for language, count in have.items() if not count]:
        raise UserError(f"nothing is left to train on in {', '.join(empty)}; give more text")
    shares = amounts.shares or dict.fromkeys(ordered, 1.0)
    whole: float | None = amounts.characters
    if whole is None:
        if not amounts.shares:
            return dict(ordered), {}
        whole = min(have[language] / share for language, share in shares.items())
    wanted = {language: int(whole * shares[language]) for language in ordered}
    cut = {language: _beginning(found, wanted[language]) for language, found in ordered.items()}
    short = {
        language: (wanted[language], count)
        for language, count in have.items()
        if count < wanted[language]
    }
    return cut, short


def _in_order(passages: Sequence[Passage], language: str, seed: int) -> tuple[Passage, ...]:
    """Translation after translation, whole sections at random within each."""
    sections = sorted({one.section for one in passages})
    rng = np.random.default_rng([seed, 2, *language.encode()])
    place = dict(zip(sections, rng.permutation(len(sections)).tolist(), strict=True))
    seen: Counter[str] = Counter()
    keys = []
    for number, one in enumerate(passages):
        keys.append((seen[one.item], place[one.section], number))
        seen[one.item] += 1
    return tuple(passages[number] for _, _, number in sorted(keys))


def _beginning(passages: tuple[Passage, ...], wanted: int) -> tuple[Passage, ...]:
    """The first passages that have no more characters than wanted together; one at least."""
    total = np.cumsum([len(one.text) for one in passages])
    return passages[: max(1, int(np.searchsorted(total, wanted, side="right")))]


def _balanced(train: Passages, wanted: int | None) -> dict[str, tuple[Passage, ...]]:
    """Every language truncated to the smallest one.

    Raises:
        UserError: more is wanted than the smallest has.
    """
    have = {language: characters(found) for language, found in train.items()}
    least = min(have, key=lambda language: have[language])
    if wanted is not None and wanted > have[least]:
        raise UserError(
            f"--balanced-characters {wanted:,}: {least} has {have[least]:,} to train on; ask for "
            "no more than the smallest language has"
        )
    size = have[least] if wanted is None else wanted
    return {language: _beginning(found, size) for language, found in train.items()}

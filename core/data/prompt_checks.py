"""What makes a prompt unusable, said in one clause each."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from core.data.probing import MASK

UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
"""Unicode categories: control and format characters (zero-width ones among them), spaces."""


def prompt_problems(prompt: str, candidates: Sequence[str], gold: Sequence[str]) -> list[str]:
    """What is wrong with a prompt, its candidates and its right answers; empty if nothing is.

    A candidate listed twice is for the caller to judge: one public benchmark has it.
    """
    found = question_problems(prompt, candidates)
    if not gold:
        found.append("no right answer")
    if repeated := sorted({text for text in gold if list(gold).count(text) > 1}):
        found.append(f"right answer {repeated[0]!r} stands twice")
    if strange := [text for text in gold if text not in candidates]:
        found.append(f"right answer {strange[0]!r} is not among the candidates")
    elif gold and set(candidates) <= set(gold):
        found.append("every candidate is right, so nothing is asked")
    return found


def question_problems(prompt: str, candidates: Sequence[str]) -> list[str]:
    """What is wrong with a prompt and its candidates, whatever the right answer."""
    found = [*_gap(prompt)]
    if len(candidates) < 2:
        found.append(f"two candidates or more are needed, there are {len(candidates)}")
    numbered = list(enumerate(candidates, start=1))
    if empty := [i for i, text in numbered if not text.strip()]:
        found.append(f"candidate {empty[0]} is empty")
    if unseen := [(i, text) for i, text in numbered if text.strip() and _is_unseen(text)]:
        codes = " ".join(f"U+{ord(character):04X}" for character in unseen[0][1][:8])
        found.append(f"candidate {unseen[0][0]} has no visible character ({codes})")
    return found


def _is_unseen(text: str) -> bool:
    """Whether a text is made of spaces, control and format characters only."""
    return all(unicodedata.category(character) in UNSEEN for character in text)


def _gap(prompt: str) -> list[str]:
    count = prompt.count(MASK)
    if count == 1:
        return []
    if not prompt.strip():
        return ["empty prompt"]
    return [f"no {MASK} in the prompt" if not count else f"{count} times {MASK}, expected one"]

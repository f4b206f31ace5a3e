"""What makes a prompt unusable, said in one clause each."""

from __future__ import annotations

from collections.abc import Sequence

from core.data.probing import MASK


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
    if empty := [i for i, text in enumerate(candidates, start=1) if not text.strip()]:
        found.append(f"candidate {empty[0]} is empty")
    return found


def _gap(prompt: str) -> list[str]:
    count = prompt.count(MASK)
    if count == 1:
        return []
    if not prompt.strip():
        return ["empty prompt"]
    return [f"no {MASK} in the prompt" if not count else f"{count} times {MASK}, expected one"]

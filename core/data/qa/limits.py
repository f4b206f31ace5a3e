"""What cross-lingual self-distillation can't do with given numbers: said once, for everybody.

The form and the command line say it below the field, the engine when it is called directly.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.languages import english_name


def source_missing(source: Sequence[str], languages: Sequence[str]) -> str | None:
    """Why no question can be asked in its source language, or None.

    Args:
        source: the source languages.
        languages: of the aligned questions.
    """
    if set(source) & set(languages):
        return None
    named = ", ".join(f"{english_name(language)} ({language})" for language in source)
    return (
        f"stage 2 asks each question in its source language too, and {named} is not among the "
        f"languages {', '.join(languages)}; add it (--languages), or name another one (--source)"
    )


def too_few_languages(languages: Sequence[str]) -> str | None:
    """Why the languages can't learn from each other, or None."""
    if len(languages) > 1:
        return None
    return (
        f"only {', '.join(languages) or 'none'}; languages learn from each other, so give two or "
        "more, such as en,es"
    )


def too_many_targets(targets: int, languages: Sequence[str]) -> str | None:
    """Why so many target languages can't be drawn beside the source, or None."""
    others = len(languages) - 1
    if targets <= others:
        return None
    return (
        f"{targets}, and there {'are' if others != 1 else 'is'} {others} beside the source among "
        f"{', '.join(languages)}; draw {others} or fewer"
    )


def k_too_large(k: int, window: int) -> str | None:
    """Why Eq. 5 can't take so many positions, or None: k > 2Δ."""
    if k <= 2 * window:
        return None
    return (
        f"{k}, more than 2 x --window {window}: Eq. 5 could exceed 1; take {2 * window} or fewer, "
        f"--window {-(-k // 2)} or more, or --coefficient reciprocal-rank"
    )

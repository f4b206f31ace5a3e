"""Signs and letters that pdfLaTeX does not know: written as commands, or named in a warning."""

from __future__ import annotations

import re

COMMANDS = {
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedbl{}",
    "−": "$-$", "±": r"$\pm$", "×": r"$\times$", "·": r"$\cdot$", "≈": r"$\approx$",
    "≤": r"$\leq$", "≥": r"$\geq$", "→": r"$\rightarrow$", "ŝ": r"$\hat{s}$",
    "Δ": r"$\Delta$", "α": r"$\alpha$", "β": r"$\beta$", "θ": r"$\theta$", "κ": r"$\kappa$",
    "λ": r"$\lambda$", "μ": r"$\mu$", "ρ": r"$\rho$", "τ": r"$\tau$", "\u202f": r"\,",
}  # fmt: skip
"""What the project writes itself, and four ASCII signs that LaTeX's old fonts print as others."""
LAST_KNOWN = "\u017f"
"""Latin letters up to here, with their accents, are known to LaTeX of 2018 and later."""
PUNCTUATION = "–—‘’“”‚„†‡•…‰‹›€™"
"""Later ones that are known, too."""


def for_latex(tex: str) -> str:
    """LaTeX source, whose specials are escaped already, that any engine can read.

    A row that begins with a bracket or a star would be taken for an option of the row's end above
    it. Letters of other scripts stay as they are: pdfLaTeX refuses them, so that a comment on top
    names them and the engines that take them.

    Args:
        tex: lines of a table; a line is a row or a rule.
    """
    written = "".join(COMMANDS.get(letter, letter) for letter in tex)
    written = re.sub(r"^([\[*])", r"{\1}", written, flags=re.MULTILINE)
    foreign = sorted({x for x in written if x > LAST_KNOWN and x not in PUNCTUATION})
    if not foreign:
        return written
    return (
        f"% pdfLaTeX has no {' '.join(foreign)}: use XeLaTeX or LuaLaTeX and a font that has.\n"
        + written
    )

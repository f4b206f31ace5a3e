"""A small reader of LaTeX tables: what a TeX engine would complain of, and the cells."""

from __future__ import annotations

import re

from core.figures.tex_letters import COMMANDS

RULES = (r"\toprule", r"\midrule", r"\bottomrule")
WRITTEN = {
    r"\&": "&", r"\%": "%", r"\$": "$", r"\#": "#", r"\_": "_", r"\{": "{", r"\}": "}",
    r"\textasciitilde ": "~", r"\textasciicircum ": "^", r"\textbackslash ": "\\",
    r"\space ": " ", r"\space": " ", "{[}": "[", "{*}": "*",
    **{command: sign for sign, command in COMMANDS.items() if command.isascii()},
}  # fmt: skip
"""Command -> the letter it stands for; no others may stand in a cell."""
WARNING = re.compile(r"% pdfLaTeX has no ([^:]*): use XeLaTeX or LuaLaTeX [^\n]*\n")
KNOWN = re.compile(r"[\x20-\u017f–—‘’“”‚„†‡•…‰‹›€™]")
"""Letters that pdfLaTeX has."""


def read_table(tex: str) -> list[list[str]]:
    """The rows of a table, its head first.

    Raises:
        ValueError: it would not compile, or its rows have another number of cells than columns.
    """
    warned = WARNING.match(tex)
    tex = tex[warned.end() :] if warned else tex
    named = set(warned[1].split()) if warned else set()
    if missing := {x for x in tex if not KNOWN.match(x) and x != "\n"} ^ named:
        raise ValueError(f"letters that pdfLaTeX lacks, and the warning, differ in {missing}")
    found = re.fullmatch(r"\\begin\{tabular\}\{([lrc]+)\}\n(.*)\\end\{tabular\}\n", tex, re.S)
    if found is None:
        raise ValueError("no tabular with columns of l, r and c")
    lines = found[2].split("\n")[:-1]
    rules = [line for line in lines if line in RULES]
    if tuple(rules) != RULES or lines[0] != RULES[0] or lines[-1] != RULES[2]:
        raise ValueError(f"the rules are {rules}")
    rows = [_cells(line) for line in lines if line not in RULES]
    odd = [row for row in rows if len(row) != len(found[1])]
    if odd:
        raise ValueError(f"{len(found[1])} columns, but {odd[0]}")
    return rows


def _cells(line: str) -> list[str]:
    if not line.endswith(r" \\"):
        raise ValueError(f"a row that does not end: {line}")
    if line[0] in "[*":
        raise ValueError(f"taken for an option of the row's end above: {line}")
    return [
        _plain(f"{cell.strip()} ").strip()
        for cell in re.split(r"(?<!\\)&", line.removesuffix(r"\\"))
    ]


def _plain(cell: str) -> str:
    out, rest = "", cell
    while rest:
        mark = max((x for x in WRITTEN if rest.startswith(x)), key=len, default=None)
        if mark is None and rest[0] in "&%$#_{}~^\\":
            raise ValueError(f"{rest[0]} stands bare in {cell!r}")
        out += WRITTEN[mark] if mark else rest[0]
        rest = rest[len(mark or rest[0]) :]
    return out

"""A small reader of LaTeX tables: what a TeX engine would complain of, and the cells."""

from __future__ import annotations

import re

RULES = (r"\toprule", r"\midrule", r"\bottomrule")
ESCAPED = {
    r"\&": "&", r"\%": "%", r"\$": "$", r"\#": "#", r"\_": "_", r"\{": "{", r"\}": "}",
    r"\textasciitilde ": "~", r"\textasciicircum ": "^", r"\textbackslash ": "\\",
}  # fmt: skip


def read_table(tex: str) -> list[list[str]]:
    """The rows of a table, its head first.

    Raises:
        ValueError: it would not compile, or its rows have another number of cells than columns.
    """
    found = re.fullmatch(r"\\begin\{tabular\}\{([lrc]+)\}\n(.*)\\end\{tabular\}\n", tex, re.S)
    if found is None:
        raise ValueError("no tabular with columns of l, r and c")
    lines = found[2].splitlines()
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
    return [_plain(cell.strip()) for cell in re.split(r"(?<!\\)&", line.removesuffix(r"\\"))]


def _plain(cell: str) -> str:
    out, rest = "", cell
    while rest:
        mark = next((x for x in ESCAPED if rest.startswith(x)), None)
        if mark is None and rest[0] in "&%$#_{}~^\\":
            raise ValueError(f"{rest[0]} stands bare in {cell!r}")
        out += ESCAPED[mark] if mark else rest[0]
        rest = rest[len(mark or rest[0]) :]
    return out

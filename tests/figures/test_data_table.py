"""Tables for LaTeX: whatever a cell holds, the source compiles and says the same."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.figures.data_table import latex, table_latex
from core.figures.registry import FIGURES, builder
from core.figures.tex_letters import COMMANDS
from tests.figures.booktabs import WARNING, read_table
from tests.figures.test_figures import run_for

SPECIALS = [
    "50 % & more_or #1 $5 ~ ^ {x} \\\\",
    "[0.1, 0.2]",
    "* best",
    "−1.5 ± 2 → θ ≥ κ",
    '"<a|b>"',
]
TEXTS = st.text(
    st.one_of(
        st.sampled_from("&%$#_{}~^\\\\[]*<>|\"' \n"),
        st.sampled_from([*COMMANDS]),
        st.characters(codec="utf-8", exclude_categories=["C", "M", "Z"]),
    ),
    max_size=12,
)


def plain(text: str) -> str:
    """What a reader sees: spaces run together."""
    return " ".join(text.split())


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4))
def test_every_text_comes_back(cells: list[tuple[str, str]]) -> None:
    frame = pd.DataFrame(cells, columns=["a_b [%]", "θ"])
    head, *rows = read_table(table_latex(frame))
    assert head == ["a_b [%]", "θ"]
    assert [[plain(x) for x in row] for row in rows] == [[plain(x) for x in row] for row in cells]


def test_numbers_have_the_digits_asked_for() -> None:
    frame = pd.DataFrame({"language": ["sw", "th"], "p": [0.12345, None], "n": [3, 4]})
    assert read_table(table_latex(frame, {"p": 3})) == [
        ["language", "p", "n"],
        ["sw", "0.123", "3"],
        ["th", "--", "4"],
    ]


def test_letters_that_pdflatex_lacks_are_named() -> None:
    tex = table_latex(pd.DataFrame({"label": ["да", "entailment"]}))
    assert tex.startswith("% pdfLaTeX has no а д: use XeLaTeX or LuaLaTeX")
    assert not table_latex(pd.DataFrame({"label": ["naïve"]})).startswith("%")


def without_foreign(table: str) -> str:
    """The letters that the table warns of replaced, as pdfLaTeX stops at them."""
    if warned := WARNING.match(table):
        for letter in warned[1].split():
            table = table.replace(letter, "x")
    return table


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_every_figures_table_compiles(tmp_path: Path) -> None:
    tables = [latex(builder(name, run_for(name))(paper=True, width=218)) for name in FIGURES]
    tables.append(table_latex(pd.DataFrame({"cell": SPECIALS})))
    page = "\n\\clearpage\n".join(map(without_foreign, tables))
    (tmp_path / "all.tex").write_text(
        "\\documentclass{article}\n\\usepackage[T1]{fontenc}\n\\usepackage{booktabs}\n"
        f"\\begin{{document}}\n{page}\n\\end{{document}}\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]

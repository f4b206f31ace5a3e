"""Every control that changes what a page shows stands in its address."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTROLS = {
    "checkbox", "multiselect", "number_input", "pills", "radio", "segmented_control",
    "select_slider", "selectbox", "slider", "text_input", "toggle",
}  # fmt: skip
TIED = {"choice.py", "choice_numbers.py", "run_picker.py"}
"""Where controls are tied to the address."""
INPUTS = {
    "form_fields.py": "settings of a new run",
    "notes_form.py": "a run's name and notes",
    "save_brought.py": "the name of a new run",
    "bring_texts.py": "columns of a file that is brought",
    "column_mapping.py": "the same",
    "upload.py": "how a file that is brought is read",
    "text_source.py": "a folder of this machine",
    "paper_panel.py": "the look of a file, which says itself how it was made",
    "paper_preview.py": "the same, as a greyscale printer sees it",
}
"""Modules whose controls are no view, and what they are."""


def controls_of(path: Path) -> set[str]:
    """The controls that a module draws itself, with ``st`` or in a column."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {x.attr for x in calls if isinstance(x, ast.Attribute) and x.attr in CONTROLS}


def test_every_control_of_a_view_is_in_the_address() -> None:
    drawn = {
        path.name: found
        for folder in ("dashboard", "pages")
        for path in (ROOT / folder).glob("*.py")
        if (found := controls_of(path))
    }
    assert drawn.keys() - TIED - INPUTS.keys() == set()
    assert TIED | INPUTS.keys() <= drawn.keys()

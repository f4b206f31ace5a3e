"""The project's own files, read but never run: what the architecture tests look at."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("core", "dashboard", "pages")


def modules(*folders: str) -> list[Path]:
    """Python files below these folders (all shipped ones by default), relative to the root."""
    found = [path for folder in folders or SHIPPED for path in (ROOT / folder).rglob("*.py")]
    return sorted(path.relative_to(ROOT) for path in found)


def name_of(path: Path) -> str:
    """``core/runs/store.py`` -> ``core.runs.store``; a package goes by its folder."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a file given relative to the root."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), filename=str(path))


@cache
def imports_of(path: Path) -> tuple[tuple[str, int], ...]:
    """Every module imported anywhere in the file, also inside functions, with its line.

    ``from core.runs import store`` counts as ``core.runs.store`` when that is a module.
    """
    package = list(path.parent.parts)
    found: list[tuple[str, int]] = []
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            source = ".".join([*base, *filter(None, [node.module])])
            for alias in node.names:
                whole = f"{source}.{alias.name}"
                found.append((whole if _is_module(whole) else source, node.lineno))
    return tuple(found)


def _is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or path.is_dir()


@cache
def repository_files() -> tuple[Path, ...]:
    """What is committed or would be: tracked files and new ones that are not ignored."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others"]
    try:
        listed = subprocess.run(
            [*command, "--exclude-standard"], capture_output=True, check=True, text=True
        ).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):  # an archive without git
        folders = (*SHIPPED, "tests", "benchmarks")
        listed = [str(path) for folder in folders for path in modules(folder)]
    return tuple(sorted(Path(name) for name in listed if name and (ROOT / name).is_file()))

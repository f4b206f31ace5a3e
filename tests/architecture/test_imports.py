"""Imports run one way: pages -> dashboard -> core, and from layer to layer inside core."""

from __future__ import annotations

import sys
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, imports_of, modules, name_of

BASE = {"errors", "languages", "processes", "quoting"}
"""Anyone in core may import these."""
ANALYSIS = {"data", "selection", "metrics"}
RECORDS = {"runs", "published", "figures"}
WORK = {"distillation", "probing", "answering", "balancing", "generation"}

ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "quoting": set(),
    "glossary": set(),
    "processes": {"errors"},
    "languages": {"errors", "quoting"},
    "config": BASE,
    "data": {*BASE, "config"},
    "selection": {*BASE, "config", "data", "metrics"},
    "metrics": {*BASE, "data"},
    "runs": {*BASE, "config", *ANALYSIS},
    "published": {*BASE, "config", *ANALYSIS, "runs"},
    "figures": {*BASE, "config", *ANALYSIS, "runs", "published"},
    "report": {*BASE, "config", *ANALYSIS, "runs", "published", "figures"},
    "estimate": BASE,
    "models": {*BASE, "config", "data", "runs", "estimate"},
    # The one training loop lives in distillation; the other three stages may use it.
    "distillation": {*BASE, "config", *ANALYSIS, "runs", "models"},
    "probing": {*BASE, "config", *ANALYSIS, "runs", "models", "distillation"},
    "answering": {*BASE, "config", *ANALYSIS, "runs", "models", "distillation"},
    "balancing": {*BASE, "config", *ANALYSIS, "runs", "models", "distillation"},
    "generation": {*BASE, "config", "data", "runs", "models"},
    "jobs": {*BASE, "config", *ANALYSIS, *RECORDS, *WORK, "models", "estimate"},
    "options": {*BASE, "config"},
    "cli_runs": {*BASE, *RECORDS},
    "cli_figures": {*BASE, "cli_runs", *RECORDS, "report"},
    "cli_qa": {*BASE, "cli_runs", "config", "data", "metrics", "jobs"},
    "cli_sweep": {*BASE, "cli_runs", "runs", "jobs"},
    "cli": {
        *BASE,
        "config",
        "options",
        *ANALYSIS,
        *RECORDS,
        *WORK,
        "estimate",
        "models",
        "jobs",
        "cli_runs",
        "cli_figures",
        "cli_qa",
        "cli_sweep",
    },
    "__main__": {"cli"},
}
"""For each part of core the other parts it may import."""

THIRD_PARTY = {"selection": {"numpy", "scipy"}, "metrics": {"numpy", "scipy"}}
"""Parts that may import nothing else from outside."""

MODEL_LIBRARIES = {"torch", "transformers", "tokenizers", "safetensors", "accelerate", "peft"}
WITHOUT_MODELS = ("selection", "metrics", "runs", "published", "figures", "report", "estimate")
"""Parts that never touch a model library, not even inside a function."""

ALL = modules()
CORE = modules("core")


def part_of(module: str) -> str:
    """``core.runs.store`` -> ``runs``; ``core`` itself has no part."""
    return [*module.split("."), ""][1]


def complaints(path: Path, wrong: list[tuple[str, int]]) -> list[str]:
    return [f"{path}:{line} imports {module}" for module, line in wrong]


def test_something_is_looked_at() -> None:
    assert len(CORE) > 10


@pytest.mark.parametrize("path", ALL, ids=str)
def test_shell_is_above_core(path: Path) -> None:
    above = {"core": {"dashboard", "pages"}, "dashboard": {"pages"}, "pages": {"pages"}}
    barred = above[path.parts[0]] | {"tests", "benchmarks"}
    assert not complaints(path, [(m, n) for m, n in imports_of(path) if m.split(".")[0] in barred])


@pytest.mark.parametrize("path", modules("dashboard", "pages"), ids=str)
def test_the_server_never_loads_a_model(path: Path) -> None:
    barred = tuple(f"{name}." for name in ("core.models", "core.distillation", *MODEL_LIBRARIES))
    wrong = [(m, n) for m, n in imports_of(path) if f"{m}.".startswith(barred)]
    assert not complaints(path, wrong)


@pytest.mark.parametrize("path", CORE, ids=str)
def test_layers_of_core(path: Path) -> None:
    part = part_of(name_of(path))
    if not part:  # core/__init__.py
        assert not [m for m, _ in imports_of(path) if m.startswith("core.")]
        return
    assert part in ALLOWED, f"{path}: say in ALLOWED what core.{part} may import"
    used = [(m, n) for m, n in imports_of(path) if m.split(".")[0] == "core"]
    wrong = [(m, n) for m, n in used if part_of(m) not in ALLOWED[part] | {part, ""}]
    assert not complaints(path, wrong)


@pytest.mark.parametrize("path", CORE, ids=str)
def test_libraries_of_core(path: Path) -> None:
    part = part_of(name_of(path))
    outside = [
        (m, n)
        for m, n in imports_of(path)
        if m.split(".")[0] not in sys.stdlib_module_names and m.split(".")[0] != "core"
    ]
    if part in THIRD_PARTY:
        wrong = [(m, n) for m, n in outside if m.split(".")[0] not in THIRD_PARTY[part]]
        assert not complaints(path, wrong)
    if part in WITHOUT_MODELS:
        wrong = [(m, n) for m, n in outside if m.split(".")[0] in MODEL_LIBRARIES]
        assert not complaints(path, wrong)


def test_no_cycles_in_core() -> None:
    graph: dict[str, set[str]] = {}
    for path in CORE:
        part = part_of(name_of(path))
        used = {part_of(m) for m, _ in imports_of(path) if m.startswith("core.")}
        graph.setdefault(part, set()).update(used - {part, ""})
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"core's parts import each other in a circle: {' <- '.join(error.args[1])}")


def test_every_library_is_pinned() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in lines if "==" in line}
    distributions = packages_distributions()
    missing = set()
    for path in ALL:
        for module, _ in imports_of(path):
            top = module.split(".")[0]
            if top in sys.stdlib_module_names or top in {"core", "dashboard", "pages"}:
                continue
            names = {name.lower().replace("_", "-") for name in distributions.get(top, [top])}
            if not names & pinned:
                missing.add(f"{top} (in {path})")
    assert not missing, f"not in requirements.txt: {', '.join(sorted(missing))}"

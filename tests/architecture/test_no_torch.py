"""The server process starts without torch and transformers, scipy and pandas: seconds saved."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.architecture.sources import ROOT, imports_of, modules, name_of

LIGHT = ("config", "selection", "metrics", "runs", "figures", "published", "report")
SINGLE = tuple(f"core/cli{part}.py" for part in ("", "_figures", "_qa", "_runs", "_sweep"))

PROGRAM = """
import importlib, json, sys
sys.path.insert(0, sys.argv[1])
blame = {}
for name in json.loads(sys.argv[2]):
    importlib.import_module(name)
    for heavy in ("torch", "transformers", "scipy", "pandas"):
        if heavy in sys.modules:
            blame.setdefault(heavy, name)
print(json.dumps(blame))
"""


def everything_the_dashboard_imports() -> list[str]:
    """Modules the server loads; pages run Streamlit code, so what they import stands for them."""
    light = modules(*(f"core/{part}" for part in LIGHT))
    light += [Path(name) for name in SINGLE if (ROOT / name).is_file()]
    # app.py is the script Streamlit runs: like a page
    scripts = [Path("dashboard/app.py"), *modules("pages")]
    shared = [path for path in modules("dashboard") if path not in scripts]
    imported = {m for path in scripts if (ROOT / path).is_file() for m, _ in imports_of(path)}
    return sorted(imported | {name_of(path) for path in (*light, *shared)})


def test_the_dashboard_loads_no_heavy_library() -> None:
    names = everything_the_dashboard_imports()
    assert {"core.config", "core.runs.store"} <= set(names)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(ROOT), json.dumps(names)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    blame = json.loads(done.stdout.splitlines()[-1])
    assert not blame, f"heavy library and the module whose import brought it in: {blame}"

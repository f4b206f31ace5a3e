"""Where a model lies: the built-in one, a run's, a folder or a hub id."""

from __future__ import annotations

from pathlib import Path

from core.errors import UserError
from core.runs.environment import ROOT
from core.runs.record import Status, is_run_id
from core.runs.store import BrokenRun, RunStore, StoredRun, matching, read_run

BUILT_IN = "built-in"
BUILT_IN_FILE = Path("cached_runs") / "BUILT_IN"
"""One line below the root of the project: id of the recorded run the built-in model is of."""


def locate(model: str, store: RunStore) -> tuple[str, str | None]:
    """Folder or hub id of a model, and the run whose artifact it is, if any.

    Args:
        model: `BUILT_IN`, a folder, a run id or its end, or a hub id.
        store: where its run is looked for.

    Raises:
        UserError: the run is not there or has no model, or the built-in model is not there.
    """
    if model == BUILT_IN:
        run = built_in_run()
        return str(run.path / run.record.artifacts["model"]), run.id
    if Path(model).exists():
        made_by = run_of_folder(Path(model))
        return model, made_by.id if made_by else None
    if matching([path.name for path in store.paths()], model):
        run = store.find(model)
        if "model" not in run.record.artifacts:
            raise UserError(f"--model {model}: run {run.id} ({run.record.kind}) has no model")
        return str(run.path / run.record.artifacts["model"]), run.id
    if is_run_id(model):
        raise UserError(f"--model {model}: there is no such run in {store.root.name}")
    return model, None


def built_in_run() -> StoredRun:
    """The recorded run whose artifact is the shipped fact-world model, named in `BUILT_IN_FILE`.

    Raises:
        UserError: none is named, or it is not there whole.
    """
    try:
        named = (ROOT / BUILT_IN_FILE).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        named = ""
    if not named or Path(named).name != named:
        raise _no_built_in(f"{BUILT_IN_FILE} does not name its run")
    run = read_run(ROOT / BUILT_IN_FILE.parent / named)
    if isinstance(run, BrokenRun):
        raise _no_built_in(f"run {named}, which {BUILT_IN_FILE} names: {run.reason}")
    if run.status is not Status.FINISHED:
        raise _no_built_in(f"run {named}, which {BUILT_IN_FILE} names, is {run.status}")
    if not (run.path / run.record.artifacts.get("model", "no model")).is_dir():
        raise _no_built_in(f"run {named}, which {BUILT_IN_FILE} names, has no model in it")
    return run


def _no_built_in(reason: str) -> UserError:
    return UserError(
        f"the built-in model is not there: {reason}. Restore cached_runs/, or make the model "
        f"again (python -m core pretrain) and write the run's id into {BUILT_IN_FILE}"
    )


def run_of_folder(folder: Path) -> StoredRun | None:
    """The run whose model lies in this folder, if it is a run's."""
    place = folder.resolve()
    run = read_run(place.parent)
    if isinstance(run, BrokenRun) or run.record.artifacts.get("model") != place.name:
        return None
    return run

"""What runs were estimated to cost against what they took: ``python -m benchmarks.estimate``.

Each kind of run is estimated, then made, each in a process of its own; with ``--size larger`` on a
real model and real data, and with adapters and gradient checkpointing too. Processor seconds are
compared, since a machine that does other things too lengthens the wall-clock time. Memory is that
of the process at its peak, and what of it came after the libraries were loaded.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from benchmarks.machine import machine
from core.runs.environment import ROOT

Settings = dict[str, Any]
FOUR, TWO = ["en", "fr", "de", "sw"], ["en", "fr"]
QUESTIONS = "\n".join(
    f"{x} | {text} | {', '.join(f'{1900 + year}' for year in range(60))}"
    for x, text in (("en", "They met in <mask>."), ("de", "Sie trafen sich <mask>."))
)
TEXTS = "<texts>"
LINES = {"en": "The river under the old bridge is wide in spring, year {}.",
         "fr": "La rivière sous le vieux pont est large au printemps, année {}."}  # fmt: skip
SMALL: dict[str, Settings] = {
    "demo": {"languages": FOUR, "finetune_epochs": 2, "steps": 30},
    "finetune": {"languages": FOUR, "finetune_epochs": 6},
    "predict": {"languages": FOUR, "finetune_epochs": 6},
    "select": {"languages": [*FOUR, "es", "ru"], "finetune_epochs": 6},
    "distill": {"languages": FOUR, "finetune_epochs": 6, "steps": 60},
    "probe": {"languages": TWO, "scorer": "one-forward"},
    "ask": {"questions": QUESTIONS},
    "distill_probe": {"languages": TWO, "scorer": "one-forward", "steps": 30},
    "qa_finetune": {"languages": TWO, "stage1_epochs": 2},
    "qa_evaluate": {"languages": TWO, "model": "<qa_finetune>"},
    "qa_train": {"languages": TWO, "stage1_epochs": 2, "epochs": 1, "targets": 1},
    "pretrain": {"languages": ["en", "fr", "de"], "steps": 60},
    "balance": {"languages": TWO, "models": ["balanced", "distilled"], "steps": 150},
    "generate": {"languages": TWO, "from_": TEXTS},
}
"""Kind -> settings of a run of some seconds, on the built-in data and model; in angle brackets the
run of another kind that it goes on from."""


def larger(data: Path, model: str) -> dict[str, Settings]:
    """Kind, and what is special in it -> settings of a run of about a minute on real data.

    Args:
        data: folder with the public files.
        model: a multilingual encoder.
    """
    pair = ["en", "tr"]
    task = {
        "model": model, "dataset": "sib200", "data": str(data / "sib200"), "languages": pair,
        "max_length": 64, "labelled": 128, "shots": 64, "finetune_epochs": 2,
    }  # fmt: skip
    prompts = {
        "model": model, "dataset": "geomlama", "data": str(data / "geomlama"),
        "languages": ["en", "sw"], "paraphrases": False, "scorer": "one-forward",
        "calibration": "raw",
    }  # fmt: skip
    answers = {
        "model": model, "dataset": "xquad", "data": str(data / "xquad"), "languages": pair,
        "evaluation_questions": 24, "max_length": 256, "stride": 64, "shown_questions": 6,
    }  # fmt: skip
    stage1 = {name: answers[name] for name in answers if name != "shown_questions"} | {
        "source": ["tr"], "stage1_dataset": "tquad", "stage1_data": str(data / "tquad"),
        "stage1_questions": 40, "stage1_epochs": 1,
    }  # fmt: skip
    wide = {"hidden": 384, "layers": 6}
    adapters = {"lora": 8, "gradient_checkpointing": True}
    return {
        "finetune": task,
        "predict": task,
        "select": task,
        "distill": task | {"steps": 4, "check_every": 4},
        "finetune LoRA": task | adapters,
        "distill LoRA": task | adapters | {"steps": 4, "check_every": 4},
        "demo": task | {"steps": 4, "check_every": 4, "finetune_epochs": 1},
        "probe": prompts,
        "distill_probe": prompts | {"steps": 4, "batch": 4, "check_every": 4},
        "ask": {"model": model, "questions": QUESTIONS},
        "qa_finetune": stage1,
        "qa_evaluate": answers | {"model": "<qa_finetune>"},
        "qa_train": answers | stage1 | {"stage2_questions": 24, "targets": 1, "epochs": 1},
        "balance": {"languages": [*pair[:1], "fr"], "models": ["balanced"], "steps": 40, **wide},
        "pretrain": {"languages": ["en", "fr", "de"], "steps": 10, **wide},
        "balance_probe": {
            "model": model, "data": str(data / "ud"), "languages": pair, "train_sentences": 200,
            "test_sentences": 100,
        },
    }  # fmt: skip


def child(what: str, kind: str, settings: Settings, store: Path) -> dict[str, Any]:
    """Estimate or make a run in a process of its own.

    Raises:
        RuntimeError: it failed; its last words.
    """
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.measured_run", what, kind, json.dumps(settings), store],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{kind}: {' '.join(done.stderr.splitlines()[-2:])}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def row(kind: str, said: dict[str, Any], took: dict[str, Any]) -> str:
    """One line of the table."""
    above = [x - took["before"] for x in (said["memory"], took["memory"])]
    return (
        f"{kind:<14}{said['seconds']:>9.2f}{took['cpu']:>8.2f}{took['wall']:>8.1f}"
        f"{said['seconds'] / max(1e-3, took['cpu']):>7.2f}"
        f"{said['memory'] / 1e6:>9.0f}{took['memory'] / 1e6:>8.0f}"
        f"{said['memory'] / took['memory']:>7.2f}"
        f"{above[0] / 1e6:>8.0f}{above[1] / 1e6:>7.0f}{above[0] / max(1, above[1]):>6.2f}"
        f"{said['wall']:>9.1f}"
    )


HEADER = (
    f"{'kind':<14}{'said s':>9}{'CPU s':>8}{'wall s':>8}{'ratio':>7}{'said MB':>9}{'MB':>8}"
    f"{'ratio':>7}{'above':>8}{'above':>7}{'':>6}{'asking s':>9}"
)


def main(
    kind: Annotated[list[str] | None, typer.Option(help="Repeatable; all if none.")] = None,
    size: Literal["small", "larger"] = "small",
    data: Annotated[Path | None, typer.Option(help="Folder with the public files.")] = None,
    model: Annotated[str | None, typer.Option(help="A multilingual encoder.")] = None,
    store: Annotated[
        Path | None, typer.Option(help="Kept afterwards; a run made there counts.")
    ] = None,
) -> None:
    """Print estimate, measurement and ratio of each kind as they come."""
    every = SMALL
    if size == "larger":
        if data is None or model is None:
            raise typer.BadParameter("--size larger needs --data and --model")
        every = larger(data.resolve(), model)
    if unknown := sorted(set(kind or ()) - set(every)):
        raise typer.BadParameter(f"{', '.join(unknown)}; there are {', '.join(every)}")
    print(machine(), HEADER, sep="\n", flush=True)
    with tempfile.TemporaryDirectory() as name:
        for one in kind or every:
            _print_row(one, every, store or Path(name))


def _print_row(name: str, every: dict[str, Settings], store: Path) -> None:
    settings = dict(every[name])
    model = settings.get("model", "")
    if settings.get("from_") == TEXTS:
        settings["from_"] = str(_texts(store))
    try:
        if model.startswith("<"):
            settings["model"] = _made(model[1:-1], every, store)["id"]
        said = child("estimated", _kind(name), settings, store)
        print(row(name, said, _made(name, every, store, settings)), flush=True)
    except RuntimeError as error:
        print(error, flush=True)


def _kind(name: str) -> str:
    """The first word."""
    return name.split(maxsplit=1)[0]


def _texts(store: Path) -> Path:
    """A folder with 6,000 lines in each language."""
    place = store / "texts"
    place.mkdir(parents=True, exist_ok=True)
    for language, line in LINES.items():
        lines = "".join(f"{line.format(number)}\n" for number in range(6000))
        (place / f"{language}.txt").write_text(lines, encoding="utf-8")
    return place


_known: dict[tuple[str, Path], dict[str, Any]] = {}


def _made(
    name: str, every: dict[str, Settings], store: Path, settings: Settings | None = None
) -> dict[str, Any]:
    """A run, made once."""
    if (name, store) not in _known:
        _known[name, store] = child("measured", _kind(name), settings or every[name], store)
    return _known[name, store]


if __name__ == "__main__":
    typer.run(main)

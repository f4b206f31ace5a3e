"""Short names of runs and plain words for their numbers. Nothing here draws."""

from __future__ import annotations

import shlex
from datetime import datetime

from core.jobs.kinds import command_again
from core.published.runs import KIND, is_published
from core.runs.notes import read_notes
from core.runs.record import RunRecord, Status
from core.runs.store import BrokenRun, StoredRun
from dashboard.cache import notes, standing

MARKDOWN = "\\`*_{}[]<>()#+-.!|~$:^=&"
STATUS_ICONS = {
    Status.QUEUED: ":material/schedule:",
    Status.RUNNING: ":material/progress_activity:",
    Status.FINISHED: ":material/check_circle:",
    Status.FAILED: ":material/error:",
    Status.CANCELLED: ":material/cancel:",
    Status.BROKEN: ":material/heart_broken:",
}
LONGEST_PROMPT = 60
"""Letters of a typed question that name its run."""
LOST_ICON = ":material/link_off:"


def escape(text: object) -> str:
    """Text of data or runs made safe for a Markdown label: shown as it is, never interpreted."""
    flat = " ".join(str(text).split())
    return "".join(f"\\{mark}" if mark in MARKDOWN else mark for mark in flat)


def name(run: StoredRun) -> str:
    """The name somebody gave the run, else what it is about."""
    return notes(run).name or _of_probes(run) or subject(run.record)


def _of_probes(run: StoredRun) -> str:
    """Linear probes by the name of the run that trained their encoders, if it has one."""
    if run.record.kind != "balance_probe":
        return ""
    named = read_notes(run.path.parent / _model(run.record.config.get("model"))).name
    return f"{subject(run.record).partition(' · ')[0]} · {named}" if named else ""


def subject(record: RunRecord) -> str:
    """What a run is about: data, model and what sets it apart."""
    config = record.config
    if record.kind == KIND:
        row, dataset = str(config["name"]).partition(" ")[2], str(config["dataset"])
        on = "" if dataset.lower() in row.lower() else f" · {dataset}"
        return f"{config['cited']} Table {config['table']}: {row}{on}"
    if record.kind == "generate":
        return _texts(record)
    if config.get("predictions"):
        return f"predictions in {_model(config['predictions'])}"
    about = _prompt(config) if record.kind == "ask" else str(config.get("dataset") or "")
    if record.kind == "balance_probe":
        return f"probes for {config.get('task')} · {_model(config.get('model'))}"
    if record.kind == "balance":
        return _trained(record)
    parts = [about, _model(config.get("model")), _source(config)]
    if record.kind in ("distill", "demo"):
        parts += [str(config.get("teacher_mode") or ""), _parallel(config)]
    if record.kind == "distill_probe" and config.get("teachers_by") == "region":
        parts.append("teachers by region")
    if record.kind == "qa_train":
        parts += _questions(config)
    if record.kind in ("distill", "demo", "finetune", "distill_probe", "qa_finetune", "qa_train"):
        parts.append(f"seed {config.get('seed', 0)}")
    return " · ".join(part for part in parts if part) or record.id


def _trained(record: RunRecord) -> str:
    """The text, the languages and the multilingual models of a comparison."""
    config = record.config
    parts = [
        _model(config.get("dataset")),
        ", ".join(map(str, record.metrics.get("teachers") or config.get("languages") or ())),
        " / ".join(map(str, config.get("models") or ())),
        f"seed {config.get('seed', 0)}",
    ]
    return " · ".join(part for part in parts if part)


def _texts(record: RunRecord) -> str:
    """Where parallel texts come from, in which languages, and how many items were kept."""
    config, metrics = record.config, record.metrics
    writer, translator = _model(config.get("model")), _model(config.get("translator"))
    languages = metrics.get("languages") or config.get("languages")
    parts = [
        _model(config.get("from_")),
        f"{_model(config.get('prompts'))} by {writer}" if writer else "",
        f"{metrics['kept']} items" if "kept" in metrics else "",
        ", ".join(map(str, languages)) if isinstance(languages, list) else "",
        f"translated by {translator}" if translator else "",
    ]
    return " · ".join(part for part in parts if part) or record.id


def _model(value: object) -> str:
    """A model's name without the folders before it."""
    return str(value or "").rstrip("/").rsplit("/", 1)[-1]


def _prompt(config: dict[str, object]) -> str:
    """The first prompt of a question typed in, cut short."""
    first = str(config.get("questions") or "").split("\n")[0].split("|")
    text = " ".join((first[1] if len(first) > 1 else "").split())
    return text if len(text) <= LONGEST_PROMPT else f"{text[: LONGEST_PROMPT - 1].rstrip()}…"


def _source(config: dict[str, object]) -> str:
    """The languages of the labels, where they are not English alone."""
    source = config.get("source") or "en"
    source = ", ".join(map(str, source)) if isinstance(source, list | tuple) else source
    return "" if source == "en" else f"labels {source}"


def _questions(config: dict[str, object]) -> list[str]:
    """What a training on questions minimised, and on how many languages a question."""
    objective, targets = (config.get(name) for name in ("objective", "targets"))
    return [str(objective or ""), "" if targets is None else f"ntl {targets}"]


def _parallel(config: dict[str, object]) -> str:
    parallel = config.get("parallel")
    return f"on {_model(parallel)}" if parallel else ""


def date(record: RunRecord) -> str:
    """When the run was submitted, to the minute, in UTC."""
    try:
        return f"{datetime.fromisoformat(record.submitted):%Y-%m-%d %H:%M}"
    except ValueError:
        return record.submitted[:16]


def option(run: StoredRun) -> str:
    """One line for a list of choices: kind, name, tags, date, id and status unless finished."""
    if is_published(run):
        return f"{run.record.kind} · {name(run)}"
    status = [] if run.status is Status.FINISHED else [standing(run)]
    tags = [f"[{tag}]" for tag in notes(run).tags]
    parts = [run.record.kind, name(run), *tags, date(run.record), tail(run), *status]
    return " · ".join(parts)


def tail(run: StoredRun | BrokenRun) -> str:
    """The last part of an id, enough to tell runs apart in one list; a paper's row has none."""
    if isinstance(run, StoredRun) and is_published(run):
        return run.record.kind
    return run.id.rsplit("-", 1)[-1]


def command(record: RunRecord) -> str:
    """The command line that made the run, or a dash."""
    return shlex.join(record.command) or "-"


def again(record: RunRecord) -> str:
    """The command line that makes the run again with today's defaults, or a dash."""
    return shlex.join(command_again(record)) or "-"


def duration(seconds: float | None) -> str:
    """Seconds in the largest fitting unit."""
    if seconds is None:
        return "unknown"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"

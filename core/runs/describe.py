"""Runs as plain text, for the command line."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from core.config.methods import METHODS, method_of
from core.quoting import visible
from core.runs import describe_questions
from core.runs.describe_balance import balance_headline, balance_lines
from core.runs.describe_probes import probes_headline, probes_lines
from core.runs.notes import Notes, read_notes
from core.runs.record import RunRecord
from core.runs.store import BrokenRun, StoredRun

GROUPS = {"T": "teachers", "S": "students"}
"""The paper's names of the groups, and where a selection has them."""
UNREADABLE = (LookupError, TypeError, ValueError, AttributeError)
"""What numbers of another shape than this version writes lead to."""


def listing(runs: Sequence[StoredRun | BrokenRun]) -> str:
    """One line a run."""
    from core.runs.liveness import standing

    if not runs:
        return "no runs yet; start with: python -m core demo"
    lines = []
    for run in runs:
        if isinstance(run, BrokenRun):
            lines.append(f"{run.id:<40} {run.status:<13} {run.reason}")
            continue
        notes = read_notes(run.path)
        words = [notes.name, headline(run.record), *(f"[{tag}]" for tag in notes.tags)]
        lines.append(f"{run.id:<40} {standing(run):<13} {'  '.join(filter(None, words))}")
    return _shown(lines)


def _shown(lines: Sequence[str]) -> str:
    """The lines with control characters as escapes: names of the data stand in them."""
    return "\n".join(visible(line) for text in lines for line in text.split("\n"))


def headline(record: RunRecord) -> str:
    """The one thing to know about a run."""
    if told := record.error or record.metrics.get("summary"):  # a paper's row has a summary
        return str(told)
    try:
        if describe_questions.on_questions(record.metrics):
            return describe_questions.headline(record.metrics)
        if "difference" in record.metrics:
            return balance_headline(record.metrics)
        if "group_scores" in record.metrics:
            return probes_headline(record.metrics)
        return _kept(record.metrics) if "kept" in record.metrics else _found(record)
    except UNREADABLE:
        return "its numbers can't be read"


def _kept(metrics: dict[str, Any]) -> str:
    """What a run that made parallel text kept of it."""
    languages = ", ".join(metrics["languages"])
    return (
        f"{metrics['kept']:,} of {metrics['made']:,} items kept, in {len(metrics['languages'])} "
        f"languages: {languages}"
    )


def _found(record: RunRecord) -> str:
    """What a run without an error found."""
    metrics = record.metrics
    if "evaluation" in metrics:
        return f"{metrics['evaluation']}: {_gain(metrics)}"
    if "after" in metrics or "printed" in metrics:
        moments = [metrics[when] for when in ("before", "after") if when in metrics]
        others, gaps = (
            " -> ".join(_number(moment[key]) for moment in moments)
            for key in ("average_non_english", "transfer_gap")
        )
        return f"{_others(metrics)} {others}, gap {gaps}"
    if "average" in metrics:
        found = (f"{language} {100 * share:.1f}" for language, share in metrics["average"].items())
        return "knows, in %: " + ", ".join(found)
    if "answers" in metrics:
        best = ((language, _ranked(found)[0]) for language, found in metrics["answers"].items())
        return "answers: " + ", ".join(
            f"{lang} {text} {100 * p:.1f} %" for lang, (p, _, text) in best
        )
    if record.selection and method_of(record.config).teaches:
        return "teachers: " + (", ".join(record.selection["teachers"]) or "none")
    return str(record.config.get("dataset", ""))


def describe(record: RunRecord, notes: Notes | None = None) -> str:
    """A short report of one run."""
    notes = notes or Notes()
    seconds = record.seconds()
    lines = [
        f"{record.id}  {record.status}" + (f"  {seconds:.0f} s" if seconds is not None else ""),
        f"  {shlex.join(record.command)}",
    ]
    told = "evaluation" in record.metrics and not record.error  # each evaluation says it below
    if not told and (record.error or not record.selection or "after" in record.metrics):
        lines.append(f"  {headline(record)}")  # else the roles below say it
    lines += [f"  {text}" for text in (notes.name, *(f"[{x}]" for x in notes.tags), notes.note)]
    lines = [line for line in lines if line.strip()]
    with suppress(*UNREADABLE):  # the headline says so
        lines += [*_method(record.config), *_roles(record.selection, record.config)]
        lines += _confidence(record.selection) if record.kind == "select" else []
        if describe_questions.on_questions(record.metrics):
            lines += describe_questions.scores(record.metrics)
        elif "evaluation" in record.metrics:
            lines += _prompted(record.metrics)
        else:
            lines += [*_accuracies(record.metrics), *_knowledge(record.metrics)]
            lines += _truth(record.metrics)
        lines += [*_answers(record.metrics), *_dropped(record.metrics)]
        lines += [*balance_lines(record.metrics), *probes_lines(record.metrics)]
    lines += [f"  ! {text}" for text in (*record.badges, *record.warnings)]
    return _shown(lines)


def _method(settings: Mapping[str, Any]) -> list[str]:
    """How the unlabelled texts were learned from, in words."""
    known = METHODS.get(str(settings.get("method")))
    return [] if known is None else [f"  method {known.title}"]


def _roles(selection: dict[str, Any] | None, settings: Mapping[str, Any]) -> list[str]:
    """Who teaches whom; the groups where nobody teaches."""
    if not selection:
        return []
    if not method_of(settings).teaches:
        groups = (f"{x} {', '.join(selection[y]) or 'none'}" for x, y in GROUPS.items())
        return [f"  groups by ALSACE's rule (no teachers in this method): {'; '.join(groups)}"]
    return [f"  {role} {', '.join(selection[role]) or 'none'}" for role in ("teachers", "students")]


def _confidence(selection: dict[str, Any] | None) -> list[str]:
    """How sure each language is of the vote, the surest first, beside the threshold."""
    if not selection:
        return []
    sure = sorted(selection["normalized"].items(), key=lambda pair: -pair[1])
    listed = ", ".join(f"{language} {value:.3f}" for language, value in sure)
    count = len(selection["pseudo_labels"])
    examples = "1 example" if count == 1 else f"{count:,} examples"
    least = f"threshold {selection['threshold']:.4g}"
    return [f"  normalised confidence ({least}, {examples}): {listed}"]


def _accuracies(metrics: dict[str, Any]) -> list[str]:
    before, after = metrics.get("before"), metrics.get("after")
    if before is None or "accuracy" not in before:
        return []
    lines = [f"  {'':<12}{'before':>8}" + (f"{'after':>8}" if after else "")]
    for language, score in before["accuracy"].items():
        row = f"  {language:<12}{score:>8.1f}"
        lines.append(row + (f"{after['accuracy'][language]:>8.1f}" if after else ""))
    for name, key in ((_others(metrics), "average_non_english"), ("gap", "transfer_gap")):
        row = f"  {name:<12}{_number(before[key]):>8}"
        lines.append(row + (f"{_number(after[key]):>8}" if after else ""))
    return lines + _printed(metrics.get("printed"))


def _printed(printed: dict[str, dict[str, float | None]] | None) -> list[str]:
    """The averages as a paper prints them, by its own definition."""
    lines = []
    for name, key in (("avg, printed", "average"), ("gap, printed", "transfer_gap")):
        found = [moment[key] for moment in (printed or {}).values()]
        if any(value is not None for value in found):
            lines.append(f"  {name:<12}" + "".join(f"{_two(value):>8}" for value in found))
    return lines


def _others(metrics: dict[str, Any]) -> str:
    """The languages other than the one the gap is measured from."""
    pivot = metrics["before"].get("gap_from", "en")
    return "non-English" if pivot == "en" else f"non-{pivot}"


def _gain(scores: dict[str, Any]) -> str:
    """Average and weakest language before and after, in percent."""
    moments = [list(scores[when]["average"].values()) for when in ("before", "after")]
    means = " -> ".join(f"{100 * sum(found) / len(found):.1f}" for found in moments)
    return f"average {means}, weakest " + " -> ".join(f"{100 * min(x):.1f}" for x in moments)


def _prompted(metrics: dict[str, Any]) -> list[str]:
    """Each evaluation of a distillation on prompts: a row a language, and its summary."""
    lines = []
    for name, scores in {metrics["evaluation"]: metrics, **metrics["further"]}.items():
        lines += [f"  {name}: {_gain(scores)}", f"  {'':<12}{'before':>8}{'after':>8}"]
        for language, share in scores["before"]["average"].items():
            after = scores["after"]["average"][language]
            lines.append(f"  {language:<12}{100 * share:>8.1f}{100 * after:>8.1f}")
        chance = list(scores["before"]["chance"].values())
        lines.append(f"  {'chance':<12}{100 * sum(chance) / len(chance):>8.1f}")
    for number, fold in enumerate(metrics.get("folds", []), start=1):
        kept = f"step {fold['kept_step']} of {fold['steps']} kept"
        lines.append(f"  fold {number}: teachers {', '.join(fold['teachers'])}; {kept}")
    return lines


def _knowledge(metrics: dict[str, Any]) -> list[str]:
    """Accuracy of a probe in percent: a row a region, a column a language."""
    if "total" not in metrics:
        return []
    languages = list(metrics["average"])
    lines = [f"  {'':<12}" + "".join(f"{name:>8}" for name in (*languages, "chance", "answers"))]
    for region, answers in metrics["total"].items():
        shares = [metrics["accuracy"][language][region] for language in languages]
        row = "".join(f"{100 * share:>8.1f}" for share in (*shares, metrics["chance"][region]))
        lines.append(f"  {region:<12}{row}{answers:>8}")
    mean = "".join(f"{100 * metrics['average'][language]:>8.1f}" for language in languages)
    return [*lines, f"  {'average':<12}{mean}"]


def _truth(metrics: dict[str, Any]) -> list[str]:
    """Share of the regions whose teachers all truly know them, in percent: a row a strategy."""
    if "truth" not in metrics:
        return []
    found = metrics["truth"]
    head = f"regions whose teachers all know them, mean of {found['seeds']} halves of the questions"
    names = ("by region", "chance", "together", "chance")
    lines = [f"  {head}", f"  {'':<22}" + "".join(f"{name:>10}" for name in names)]
    for strategy, scopes in found["strategies"].items():
        cells = [scopes[scope]["measures"]["all"] for scope in ("by_region", "together")]
        shares = [share for cell in cells for share in (cell["mean"], cell["chance"])]
        lines.append(f"  {strategy:<22}" + "".join(f"{100 * share:>10.1f}" for share in shares))
    return lines


def _answers(metrics: dict[str, Any]) -> list[str]:
    """What a model was asked and answered: a block a language, its likeliest candidate first."""
    lines = []
    for language, found in metrics.get("answers", {}).items():
        lines.append(f"  {language:<8}{found['prompt']}")
        lines += [f"  {100 * p:>8.1f} %{score:>9.3f}  {text}" for p, score, text in _ranked(found)]
    return lines


def _dropped(metrics: dict[str, Any]) -> list[str]:
    """What each filter of parallel text dropped, and in which languages; how classes balance."""
    lines = []
    for name, items in metrics.get("dropped", {}).items():
        failed = metrics["failed"].get(name, {})
        where = ", ".join(f"{language} {count:,}" for language, count in failed.items())
        lines.append(f"  {name:<12}{items:>8,} dropped" + (f": {where}" if where else ""))
    for name, counts in metrics.get("classes", {}).items():
        lines.append(f"  {name:<24}{counts['made']:>8,} made{counts['kept']:>8,} kept")
    return lines


def _ranked(answer: dict[str, Any]) -> list[tuple[float, float, str]]:
    """(probability, score, candidate) of one language, the likeliest first."""
    rows = zip(answer["probabilities"], answer["scores"], answer["candidates"], strict=True)
    return sorted(rows, key=lambda row: row[1])


def _two(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.2f}"


def _number(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.1f}"

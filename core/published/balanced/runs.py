"""The comparisons of the balanced-training paper as runs: one a set of languages and measure.

Each set of languages is a run with the metrics of a ``balance`` run (differences from the
teachers; the MRR itself is not printed), and one with those of a ``balance_probe`` run for each of
POS and NER (pairs of languages are not printed). Percent and points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.published.as_run import Row, as_run
from core.published.balanced.audit import AUDIT
from core.published.balanced.groups import GERMAN, SCRIPTS, group, sizes
from core.published.balanced.paper import BALANCED, table
from core.published.balanced.rules import DETAILS
from core.published.balanced.statements import parameters
from core.published.cells import PublishedCell
from core.runs.store import StoredRun

NAMES = {"HL": "hl", "HL balanced": "balanced", "Ours": "distilled"}
"""A model in the tables -> in a run."""
GROUPS = ("high", "low", "all")
SETTINGS = {"in_lang": "I-L", "zero_shot": "Z-S"}
SEEDS = 5
MILLION = 1_000_000
MEASURES = {"pos": "accuracy", "ner": "macro-F1"}

MeanSd = dict[str, float | None]


def runs() -> tuple[StoredRun, ...]:
    """All of them: the two comparisons, then the probes of each."""
    probes = (_probe(script, task) for script in SCRIPTS for task in DETAILS)
    return (*map(_comparison, SCRIPTS), *probes)


def _comparison(script: str) -> StoredRun:
    """Table 2, with German from Table 5."""
    found = {
        name: {x: _value(table(2).row(f"{script}-{x}").lines["difference"][label]) for x in GROUPS}
        for label, name in NAMES.items()
    }
    german = {
        NAMES[row.name.replace("Balanced", "balanced")]: {
            GERMAN: _value(row.lines["difference"][script.capitalize()])
        }
        for row in table(5).rows
    }
    low, high = ([found[name][x] for name in NAMES.values()] for x in ("low", "high"))
    metrics = {
        "mrr": {},
        "teachers": {},
        "groups": _groups(script, "high", "low"),
        "difference": found,
        "difference_by_language": german,
        "characters": {x: int(MILLION * size) for x, size in sizes(script).items()},
        "parameters": parameters(),
        "summary": f"D(M, L) of {', '.join(NAMES.values())}: low {_listed(low)}; "
        f"high {_listed(high)}",
    }
    odd = [one for one in AUDIT.deviating_in(2) if one.row == f"{script}-all"]
    warnings = [
        f"difference of {NAMES[one.column]} over all languages: printed {one.text}, its groups "
        f"give {one.recomputed:.1f}"
        for one in odd
    ]
    row = Row(script, f"{script} script", "balance", f"wikipedia-{script}", "BERT, 6 layers")
    return as_run(BALANCED, table(2), row, metrics, warnings)


def _probe(script: str, task: str) -> StoredRun:
    """Table 6 or 7, with Table 3's groups as printed."""
    found = table(DETAILS[task])
    lines = {x: found.row(f"{script}-{x}").lines[task] for x in group(script, "all")}
    scores = {
        name: {
            setting: {x: _mean_sd(line[f"{label} {ends}"]) for x, line in lines.items()}
            for setting, ends in SETTINGS.items()
        }
        for label, name in NAMES.items()
    }
    groups = _groups(script, *GROUPS)
    means = {
        name: {x: {y: _mean(own[y], members) for y in SETTINGS} for x, members in groups.items()}
        for name, own in scores.items()
    }
    metrics = {
        "task": task,
        "measure": MEASURES[task],
        "seeds": SEEDS,
        "scores": {},
        "in_lang": {name: own["in_lang"] for name, own in scores.items()},
        "zero_shot": {name: own["zero_shot"] for name, own in scores.items()},
        "groups": groups,
        "group_scores": means,
        "printed": {"group_scores": _printed(script, task)},
        "summary": f"{task.upper()}, all languages in-language: "
        + ", ".join(f"{name} {own['all']['in_lang']['mean']:.1f}" for name, own in means.items()),
    }
    row = Row(script, f"{task.upper()}, {script} script", "balance_probe", task, "BERT, 6 layers")
    return as_run(BALANCED, found, row, metrics)


def _groups(script: str, *names: str) -> dict[str, list[str]]:
    return {name: list(group(script, name)) for name in names}


def _printed(script: str, task: str) -> dict[str, Any]:
    """Table 3: what the paper prints of each group, German alone among them."""
    return {
        name: {
            x: {
                setting: _value(table(3).row(f"{script}-{x}").lines[task][f"{label} {ends}"])
                for setting, ends in SETTINGS.items()
            }
            for x in (*GROUPS, GERMAN)
        }
        for label, name in NAMES.items()
    }


def _mean(scores: Mapping[str, MeanSd], members: Sequence[str]) -> MeanSd:
    """Over a group; the deviation of the mean does not follow from those of its languages."""
    found = [scores[x]["mean"] for x in members]
    return {"mean": sum(x for x in found if x is not None) / len(found), "sd": None}


def _mean_sd(cell: PublishedCell) -> MeanSd:
    return {"mean": _value(cell), "sd": None if cell.spread is None else cell.spread.value}


def _value(cell: PublishedCell) -> float | None:
    return None if cell.number is None else cell.number.value


def _listed(values: Sequence[float | None]) -> str:
    return ", ".join(f"{x:+.1f}" for x in values if x is not None)

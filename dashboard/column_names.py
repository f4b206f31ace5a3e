"""Short names of runs for the columns of a heatmap and the rows of a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from core.published.runs import is_published
from core.runs.groups import RunGroup
from core.runs.store import StoredRun
from dashboard.cache import notes
from dashboard.labels import tail

LONGEST_COLUMN, LONGEST_ROW = 20, 60
"""Letters of a run's name where it heads a column, and where it begins the row of a table."""
ID = 6
"""Letters of the end of an id and the blank before it."""


def group_names(groups: Sequence[RunGroup], longest: int = LONGEST_COLUMN) -> dict[str, str]:
    """By key: a group's name, and how many seeds it has.

    What the names of a group's runs do not share (``seed 0``) is left out.
    """
    given = {group.key: _common([notes(run).name for run in group.runs]) for group in groups}
    called = column_names([group.runs[0] for group in groups], given, longest)
    return {
        group.key: f"{called[group.key]} ({len(group.runs)} seeds)"
        if len(group.runs) > 1
        else called[group.key]
        for group in groups
    }


def _common(names: Sequence[str]) -> str:
    """The parts (between commas) that all names have."""
    parts = [name.split(", ") for name in names]
    return ", ".join(part for part in parts[0] if all(part in others for others in parts))


def column_names(
    runs: Sequence[StoredRun],
    given: Mapping[str, str] | None = None,
    longest: int = LONGEST_COLUMN,
) -> dict[str, str]:
    """By id: the name somebody gave a run, cut short, else the end of its id.

    What all names begin with is left out. Runs whose names would read the same get the end of the
    id too.

    Args:
        runs: published rows among them.
        given: by id, names that stand for those of the runs' notes.
        longest: letters that a name may have.
    """
    rows = {run.id: str(run.record.config["name"]) for run in runs if is_published(run)}
    own = [run for run in runs if run.id not in rows]
    named = {run.id: (given or {}).get(run.id) or notes(run).name for run in own}
    given = _without_beginning(_with_strategies(own, named))
    names = rows | given
    short = {x: rows.get(x) or shorten(name, longest) for x, name in names.items()}
    often = Counter(short.values())
    found = {}
    for run in runs:
        name = short[run.id]
        if often[name] > 1 and name:
            name = f"{shorten(names[run.id], longest - ID)} {tail(run)}"
        found[run.id] = name or tail(run)
    return found


def _with_strategies(runs: Sequence[StoredRun], names: Mapping[str, str]) -> dict[str, str]:
    """The names with the strategy, before the seed, where strategies differ and one lacks its own.

    The usual strategy goes without saying in a name; beside others it does not.
    """
    found = {run.id: str(run.record.config.get("strategy") or "") for run in runs}
    if len({strategy for strategy in found.values() if strategy}) < 2:
        return dict(names)
    told = {}
    for run, name in names.items():
        parts = name.split(", ")
        if name and found[run] and found[run] not in parts:
            place = next((i for i, x in enumerate(parts) if x.startswith("seed ")), len(parts))
            parts.insert(place, found[run])
        told[run] = ", ".join(parts)
    return told


def _without_beginning(names: Mapping[str, str]) -> dict[str, str]:
    """The names without the parts (up to a comma) that all of them begin with."""
    different = {name for name in names.values() if name}
    if len(different) < 2:
        return dict(names)
    parts = [name.split(", ") for name in different]
    alike = 0
    while all(len(x) > alike + 1 for x in parts) and len({x[alike] for x in parts}) == 1:
        alike += 1
    return {run: ", ".join(name.split(", ")[alike:]) for run, name in names.items()}


def shorten(text: str, letters: int) -> str:
    """At most this many letters; an ellipsis stands for the middle, since ends tell runs apart."""
    if len(text) <= letters:
        return text
    end = letters // 3
    return f"{text[: letters - 1 - end].rstrip()}…{text[-end:].lstrip()}"

"""Whether a model was fitted on items that this run must not have shown it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from core.data.ledger import ItemLedger
from core.data.overlap import hashed, item_hashes
from core.data.qa.uses import QaUses
from core.errors import UserError
from core.jobs.inputs import Items
from core.models.find import ModelSource
from core.models.locate import run_of_folder
from core.runs.environment import ROOT
from core.runs.store import RunStore, StoredRun, read_run

LABELLED = ("english_labels", "stopping")
QUESTIONS = ("stage1", "stage2")
"""Uses of questions that a model is fitted on."""
DISTILLING = ("distill", "demo", "distill_probe")
UNSEEN = ("selection", "distillation", "evaluation")
"""Uses whose items the model must not have been fitted on."""
WITHOUT_ITEMS = re.compile("-(pretrain|generate)-")
"""In the ids of runs that fit no model on items of a task."""
BADGE = "items the model was fitted on"


def refuse_fitted(
    items: Items, source: ModelSource, store: RunStore, uses: Sequence[str], *, allow: bool
) -> Items:
    """Look through the ledgers of the run the model comes from and of all its parents.

    Args:
        items: of this run.
        source: the model it starts from.
        store: where the parents may lie.
        uses: what this run uses items for.
        allow: go on with a badge.

    Returns:
        The items, with the badge if there is an overlap.

    Raises:
        UserError: there is one and it was not allowed; with the counts.
    """
    runs, missing = _ancestors(source, store)
    fitted = {name for run in runs for name in _fitted(run)}
    counts = {
        use: sum(name in fitted for name in item_hashes(getattr(items.uses, use)))
        for use in UNSEEN
        if use in uses
    }
    found = [f"{count:,} items of {use}" for use, count in counts.items() if count]
    if found and not allow:
        raise UserError(
            f"--model {source.given} was fitted on {', '.join(found)} of this run (see the ledger "
            f"of {', '.join(run.id for run in runs)}). Use the same data, --labelled and --seed as "
            "there, other data, or say --allow-overlap; every result then carries the badge"
        )
    warnings = _unchecked(missing)
    badges = (*items.badges, BADGE) if found else items.badges
    return replace(items, badges=badges, warnings=(*items.warnings, *warnings))


def refuse_fitted_questions(
    uses: QaUses, source: ModelSource, store: RunStore, *, allow: bool
) -> tuple[QaUses, tuple[str, ...]]:
    """The same for questions: the model must not have been fitted on those of the evaluation.

    Returns:
        The questions, with the badge if there is an overlap, and warnings.

    Raises:
        UserError: there is one and it was not allowed; with the count.
    """
    runs, missing = _ancestors(source, store)
    fitted = {name for run in runs for name in _fitted(run)}
    asked = uses.evaluation
    count = sum(name in fitted for name in hashed(asked.name, asked.ids))
    if count and not allow:
        raise UserError(
            f"--model {source.given} was fitted on {count:,} of the {len(asked):,} questions of "
            f"the evaluation (see the ledger of {', '.join(run.id for run in runs)}). Evaluate on "
            "others (--evaluation), or say --allow-overlap; every result then carries the badge"
        )
    badges = (*uses.badges, *([BADGE] if count else []))
    return replace(uses, badges=tuple(dict.fromkeys(badges))), tuple(_unchecked(missing))


def _unchecked(missing: Sequence[str]) -> list[str]:
    """What to say about runs that are not there."""
    return [
        f"Run {name}, which the model comes from, is not in the store: whether it was fitted on "
        "items of this run could not be checked."
        for name in missing
    ]


def badges_of_fitted(ledger: ItemLedger, source: ModelSource, store: RunStore) -> list[str]:
    """The badge, if the model was fitted or distilled on items that a run on prompts asks about."""
    fitted = {name for run in _ancestors(source, store)[0] for name in _fitted(run)}
    asked = {name for used in ledger.uses.values() for name in used.items}
    return [BADGE] if fitted & asked else []


def _ancestors(source: ModelSource, store: RunStore) -> tuple[list[StoredRun], list[str]]:
    """The run a model comes from and all runs before it, and the names of those not found."""
    first = run_of_folder(Path(source.location)) if source.run else None
    if first is None:
        return [], []
    places = (first.path.parent, store.root, ROOT / "cached_runs")
    found, missing, ahead = {first.id: first}, [], list(first.record.parents)
    while ahead:
        name = ahead.pop()
        if name in found or name in missing:
            continue
        run = next(_readable(name, places), None)
        if run is None:
            missing.append(name)
        else:
            found[name] = run
            ahead += run.record.parents
    return list(found.values()), [name for name in missing if not WITHOUT_ITEMS.search(name)]


def _readable(name: str, places: Sequence[Path]) -> Iterator[StoredRun]:
    for place in places:
        run = read_run(place / name)
        if isinstance(run, StoredRun):
            yield run


def _fitted(run: StoredRun) -> Iterator[str]:
    """Hashed ids of the items a run fitted its model on."""
    distilling = ("distillation",) if run.record.kind in DISTILLING else ()
    uses = (*LABELLED, *QUESTIONS, *distilling)
    for use, used in ItemLedger.from_json(run.record.ledger or {}).uses.items():
        if use in uses:
            yield from used.items

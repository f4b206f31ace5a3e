"""The guided path: its steps, each with a link to the exact view of runs that this store has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from core.metrics.ablation import ALSACE
from core.runs.ablation_rows import ablations, rows_of
from core.runs.families import Trial, trial_of, trials_of
from core.runs.store import StoredRun
from dashboard.url_forms import COMMA

Query = Mapping[str, str | Sequence[str]]
STEP = "step"
"""Name in the URL of the step somebody is at."""
COMPARED = ("none", "random", ALSACE)
"""Strategies of the comparison, in its order; the first ones of the family where it has others."""
NEEDS_ONE = "It needs a finished demo or distillation that keeps its predictions."
NEEDS_SEVERAL = "It needs finished distillations with the same settings but other strategies."
FILES = ("selection", "before", "after")
"""Predictions that the path shows."""


@dataclass(frozen=True)
class Step:
    """One stop of the path."""

    title: str
    sentence: str
    page: str
    """File in ``pages/``, without its ending."""
    query: Query | None
    """What opens the exact view; None where no run of this store can be shown."""
    missing: str = NEEDS_ONE
    """What such a run would be."""
    bound: Mapping[str, bool] = field(default_factory=dict)
    """Boxes that are open: Streamlit itself binds them to the URL. A link to the page one is on
    does not change those: they are set when the step is reached."""
    section: str = ""
    """Heading of the page where it is, if that is not at the top."""


def guided_run(runs: Iterable[StoredRun]) -> Trial | None:
    """The run that most steps show: the newest finished demo, else ALSACE distillation.

    Only runs that keep their predictions on the selection items and before and after count.

    Args:
        runs: newest first.
    """
    found = [trial for run in runs if keeps_all(run) and (trial := trial_of(run)) is not None]
    demos = [trial for trial in found if trial.run.record.kind == "demo"]
    other = [trial for trial in found if trial.settings.get("strategy") == ALSACE]
    return next(iter([*demos, *other]), None)


def keeps_all(run: StoredRun) -> bool:
    """Whether a run holds the predictions of all moments."""
    return all((run.path / f"predictions_{when}.npz").is_file() for when in FILES)


def compared_runs(runs: Iterable[StoredRun], dataset: object = None) -> list[StoredRun]:
    """One run each of a few strategies of one ablation, at its least seed.

    It is the ablation with the most rows: among those on the data set if there are such.

    Args:
        runs: newest first.
        dataset: of the run that the other steps show.
    """
    found = ablations(trials_of(runs))
    family = next((x for x in found if x.shared.get("dataset") == dataset), None)
    family = family or next(iter(found), None)
    if family is None:
        return []
    rows = rows_of(family)
    chosen = [row for row in COMPARED if row in rows]
    if len(chosen) < 2:
        chosen = list(rows)[-len(COMPARED) :]
    shared = set.intersection(*(set(rows[row]) for row in chosen))
    return [rows[row][min(shared or rows[row])].run for row in chosen]


def risen_most(trial: Trial) -> str:
    """The language whose accuracy rose by most; of equal ones the first."""
    return max(trial.before, key=lambda language: trial.after[language] - trial.before[language])


def steps(runs: Sequence[StoredRun]) -> list[Step]:
    """The path over the runs of a store, newest first."""
    trial = guided_run(runs)
    dataset = trial.settings.get("dataset") if trial else None
    compared = [run.id for run in compared_runs(runs, dataset)]

    def view(key: str = "run", **more: str) -> Query | None:
        return None if trial is None else {key: trial.run.id, **more}

    return [
        Step(
            "What a teacher language is",
            "All languages vote on every item; those surest of the majority's answer teach the "
            "others. Move θ and see who would.",
            "teacher_selection",
            view(),
        ),
        Step(
            "How sure that choice is",
            "Other items might have chosen other teachers: how often each language teaches when "
            "the items are drawn again.",
            "teacher_selection",
            view(trust="Stability"),
            section="How far to trust this choice",
        ),
        Step(
            "What teaching changed",
            "Every language before and after it learnt the teachers' answers, without any labels, "
            "and whether the change is more than chance.",
            "self_distillation",
            view(),
        ),
        Step(
            "Which examples turned right",
            "Single answers of the language that rose by most; tick one to read it in every "
            "language.",
            "self_distillation",
            None if trial is None else view(ex_language=risen_most(trial)),
            section="Examples",
        ),
        Step(
            "Why the gap moved",
            "A smaller gap to English is good news only if the others rose: its change, split into "
            "parts.",
            "transfer_gap",
            view("runs"),
            section="What each change is made of",
        ),
        Step(
            "Other strategies beside it",
            "The same settings with no selection and with teachers drawn at random: is it the "
            "choice that helps?",
            "compare_runs",
            {"runs": COMMA.join(compared)} if len(compared) > 1 else None,
            missing=NEEDS_SEVERAL,
        ),
        Step(
            "Export your figure",
            "Open below the first chart, as under every other one: width of the venue, font and "
            "palette; pdf, svg, png, csv, tex, or all of it as a zip.",
            "self_distillation",
            view(paper_before_after="true"),
            section="Before and after",
            bound={"paper_before_after": True},
        ),
    ]

"""What is said of the paper's findings follows the numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.metrics.balance_findings import (
    CLAIMS,
    FAILS,
    HOLDS,
    OPEN,
    budget_summary,
    findings_of,
    summary_of,
    verdict_of,
)
from core.metrics.balance_scores import BalanceScores, balance_intervals
from core.metrics.bootstrap import Interval
from core.metrics.probe_findings import probe_findings
from core.metrics.probe_record import IN_LANG, ZERO_SHOT, MeanSd, ProbeRecord
from tests.dashboard.balanced_runs import metrics_of, probe_metrics, ranks_of


def scores(**mrr: tuple[float, float]) -> BalanceScores:
    """MRR in a high- and a low-resource language."""
    return BalanceScores(
        {name: {"en": high, "eu": low} for name, (high, low) in mrr.items()},
        {"high": ("en",), "low": ("eu",), "all": ("en", "eu")},
        {},
        {},
    )


PAPER = scores(teachers=(40, 30), hl=(35, 25), balanced=(28, 27), distilled=(33, 28.5))
"""As the paper has them: the student nearest over all."""
NUMBERS = {
    "Balancing the data lifts the low-resource languages": "HL balanced minus HL +2.0",
    "Balancing the data costs the high-resource languages": "HL balanced minus HL −7.0",
    "With the same data, the teachers' soft labels win back part of that": "+5.0",
    "The distilled student beats HL in the low-resource languages": "+3.5",
    "HL stays ahead of the student in the high-resource languages": "−2.0",
    "Over all languages the distilled student does best against the teachers": "+0.8",
    "In high-resource languages even the student stays behind the teachers": "−7.0",
}


def test_all_hold_where_the_numbers_are_the_papers() -> None:
    found = findings_of(PAPER, None)
    assert {x.claim: x.verdict for x in found} == dict.fromkeys(NUMBERS, HOLDS)
    for finding in found:
        assert NUMBERS[finding.claim] in finding.numbers
    assert summary_of(found) == (
        "Of 7 findings of the paper that this run can speak to, 7 hold here, 0 do not and 0 are "
        "undetermined."
    )


def test_each_fails_where_its_numbers_turn() -> None:
    other = scores(teachers=(30, 30), hl=(25, 29), balanced=(36, 20), distilled=(32, 21))
    verdicts = [x.verdict for x in findings_of(other, None)]
    assert verdicts == [FAILS] * 5 + [FAILS, FAILS]
    assert "0 hold here, 7 do not" in summary_of(findings_of(other, None))


def test_equal_numbers_decide_nothing() -> None:
    same = scores(**dict.fromkeys(("teachers", "hl", "balanced", "distilled"), (30, 30)))
    assert {x.verdict for x in findings_of(same, None)} == {OPEN}


@pytest.mark.parametrize(
    ("ends", "sign", "verdict"),
    [
        ([(1, 2)], 1, HOLDS),
        ([(1, 2)], -1, FAILS),
        ([(-1, 2)], 1, OPEN),
        ([(1, 2), (0.5, 3)], 1, HOLDS),
        ([(1, 2), (-1, 3)], 1, OPEN),
        ([(1, 2), (-3, -1)], 1, FAILS),
        ([(-3, -1), (-3, 1)], 1, FAILS),
    ],
)
def test_verdicts_by_intervals(ends: list[tuple[float, float]], sign: int, verdict: str) -> None:
    found = [Interval(low, high, (low + high) / 2, 1.0) for low, high in ends]
    assert verdict_of([x.estimate for x in found], found, sign) == verdict


def test_intervals_of_a_run_are_said() -> None:
    ranks = ranks_of()
    found = BalanceScores.from_json(metrics_of(ranks))
    assert found is not None
    findings = findings_of(found, balance_intervals(ranks, resamples=500))
    assert len(findings) == len(CLAIMS)
    assert all("[" in x.numbers for x in findings)
    assert findings[0].verdict == HOLDS and "(hu, eu)" in findings[0].numbers


def test_a_run_without_the_papers_models() -> None:
    bare = scores(teachers=(40, 30), sampled=(35, 25))
    assert findings_of(bare, None) == []
    assert "has not the models" in summary_of([])
    some = scores(teachers=(40, 30), hl=(35, 25), balanced=(28, 27))
    assert [x.verdict for x in findings_of(some, None)] == [HOLDS, HOLDS]


def probes(task: str, sd: float, **means: tuple[float, float]) -> ProbeRecord:
    """IN-LANG and ZERO-SHOT of every group alike."""
    groups = ("high", "low", "all")
    return ProbeRecord(
        task=task,
        measure="accuracy",
        seeds=4,
        pairs={},
        by_language={},
        by_group={
            part: {
                name: {group: MeanSd(pair[i], sd) for group in groups}
                for name, pair in means.items()
            }
            for i, part in enumerate((IN_LANG, ZERO_SHOT))
        },
        groups=dict.fromkeys(groups, ("en",)),
        fitted_on={},
        majority={},
    )


def test_probes_of_the_student() -> None:
    found = probes("pos", 1.0, hl=(70, 40), balanced=(66, 41), distilled=(75, 41.5))
    verdicts = [x.verdict for x in probe_findings(found)]
    # The error of a difference is sqrt((1 + 1) / 4) = 0.71; twice that decides.
    assert verdicts == [HOLDS, OPEN, FAILS, HOLDS]
    assert "distilled minus HL +5.0 ± 0.7" in probe_findings(found)[0].numbers
    assert "shared script +1.2" in probe_findings(found)[0].paper
    names = [x.claim for x in probe_findings(replace(found, task="ner"))]
    assert len(names) == 3 and not any("costs" in x for x in names)


def test_probes_of_other_models_say_nothing() -> None:
    assert probe_findings(probes("pos", 1.0, mine=(70, 40))) == []


def test_the_record_of_probes_is_read_back() -> None:
    metrics: dict[str, Any] = probe_metrics()
    found = ProbeRecord.from_json(metrics)
    assert found is not None
    assert found.models == ("hl", "balanced", "distilled")
    cell = metrics["scores"]["hl"]["en"]["de"]
    assert found.pairs["hl"]["en"]["de"] == MeanSd(cell["mean"], cell["sd"])
    own = metrics["in_lang"]["teacher-fr"]["fr"]["mean"]
    assert found.by_language[IN_LANG]["teachers"]["fr"].mean == own
    assert "teachers" not in found.by_language[ZERO_SHOT]
    assert found.marked("de") == "de*" and found.marked("en") == "en"
    assert ProbeRecord.from_json({}) is None


def test_one_language_alone_is_balanced() -> None:
    alone = BalanceScores(
        {"teachers": {"de": 3.0}, "balanced": {"de": 1.0}, "distilled": {"de": 2.0}},
        {"high": ("de",), "all": ("de",)},
        {},
        {},
    )
    assert findings_of(alone, None) == []


def test_what_is_said_of_hl_is_said_again_for_its_other_budget() -> None:
    found = findings_of(PAPER, None)
    assert all(x.again is None for x in found) and budget_summary(PAPER, found) == ""
    more = scores(
        **{x: (y["en"], y["eu"]) for x, y in PAPER.mrr.items()}, **{"hl-epochs": (39, 27)}
    )
    found = findings_of(more, None)
    again = {x.claim: x.again for x in found if x.again is not None}
    assert [x.verdict for x in found] == [HOLDS] * 7
    verdicts = [x.verdict for x in again.values()]
    assert verdicts == [OPEN, HOLDS, HOLDS, HOLDS, FAILS]  # +0, -11, +1.5, -6; -2.25 over all
    best = again["Over all languages the distilled student does best against the teachers"]
    assert "distilled minus HL (same epochs) −2.2; distilled minus HL balanced" in best.numbers
    assert budget_summary(more, found) == (
        "That is with as many steps for every model. Against HL trained for as many epochs "
        "instead, 3 of the 5 findings in which HL takes part hold (5 with as many steps). Over all "
        "languages it does better against the teachers than the student: −2.0 against −4.2 points."
    )

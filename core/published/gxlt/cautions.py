"""Where the numbers of the cross-lingual QA paper hold and yet are easily misread."""

from __future__ import annotations

from functools import cache

from core.published.computed import number_of, numbers
from core.published.finding import Finding
from core.published.gxlt.paper import table
from core.published.gxlt.rules import CODES, G_XLT, XLT
from core.published.gxlt.statements import CROSS_ENTROPY, DISTILLED, ZERO_SHOT
from core.published.recompute import TEXT
from core.published.rounding import Rounded
from core.published.tables import PublishedRow

SPLITS = ("dev", "test")
SMALL = 0.1
"""Points: what rounding alone can make."""


@cache
def cautions() -> tuple[Finding, ...]:
    """All of them; none is about a number that does not follow from the others."""
    return (
        _two_settings(),
        _same_items(),
        _two_normalizations(),
        _unweighted(),
        _english_falls(),
        _unequal_data(),
        _not_in_every_language(),
        _exchanged(),
        _map_against_skd(),
        _english_questions(),
        _coefficient(),
        _illegible(),
    )


def _cell(number: int, row: str, measure: str, column: str) -> str:
    return table(number).row(row).lines[measure][column].text


def _two_settings() -> Finding:
    f1, em = (_cell(3, ZERO_SHOT, f"dev_{x}", "en") for x in ("f1", "em"))
    return Finding(
        "two-settings",
        (3,),
        "Every cell, F1/EM (mBERT-qa-en, MLQA-dev, English shown)",
        f"{f1}/{em}",
        f"G-XLT F1 {f1} by the context's language; XLT EM {em}",
        "The two halves are of different questions, which is why EM can exceed F1: they average to "
        "Table 2's G-XLT F1 and to its XLT EM. No G-XLT EM and no XLT F1 is printed by language.",
    )


def _same_items() -> Finding:
    xquad = _cell(4, "skd", "xquad_f1", XLT)
    return Finding(
        "same-items",
        (4, 5),
        "XQuAD, called zero-shot",
        f"{xquad} (w/ skd, XLT F1)",
        "unseen languages, same items as training",
        "The models were trained on the same 1,190 questions and answers in other languages: "
        "these scores are no evidence for unseen questions. TyDiQA-goldp's are, and are lower.",
    )


def _two_normalizations() -> Finding:
    return Finding(
        "two-normalizations",
        (2, 4, 5),
        "F1 and EM on MLQA, and on XQuAD and TyDiQA-goldp",
        "F1/EM",
        "MLQA normalization; English SQuAD normalization",
        "On MLQA the articles of the context's language are removed and Chinese is compared by "
        "character; on the other two, English articles are removed in every language and words end "
        "at spaces, so Thai counts only whole runs of letters. The levels can't be compared.",
    )


def _unweighted() -> Finding:
    row = numbers(table(3).row("skd"), "test_f1")
    found = sum(x.value for x in row.values()) / len(row)
    return Finding(
        "unweighted",
        (2, 3),
        "w/ skd, MLQA-test, G-XLT F1 (and all other averages)",
        _cell(2, "skd", "test_f1", G_XLT),
        f"{found:.1f}, each language of the context counting once",
        "Section 5.2 speaks of one concatenation of all examples, in which English would count "
        "about twice as much as any other language; the printed averages are unweighted.",
    )


def _english_falls() -> Finding:
    before, *after = (
        ", ".join(_cell(3, row, f"{split}_em", "en") for split in SPLITS)
        for row in (ZERO_SHOT, *DISTILLED.values())
    )
    return Finding(
        "english-falls",
        (3,),
        "English, XLT EM on MLQA-dev and MLQA-test",
        f"{before} before",
        f"{after[0]} (skd), {after[1]} (skd, mAP@k)",
        "Every fine-tuned model answers English questions on English contexts worse than before "
        "stage 2; the text has distillation ahead in every single language.",
    )


def _unequal_data() -> Finding:
    skd, ce = (_cell(2, row, "training", "N") for row in ("skd", CROSS_ENTROPY))
    return Finding(
        "unequal-data",
        (2,),
        "Training examples of distillation and of cross-entropy",
        f"{skd} and {ce}",
        "ntl 5 and 3",
        "Each is at the ntl that is best for it: distillation saw 2.25 times as many pairs of the "
        "same questions. No two rows differ in the loss alone.",
    )


def _not_in_every_language() -> Finding:
    rows = {name: numbers(table(4).row(x), "tydiqa_f1") for name, x in DISTILLED.items()}
    plain = numbers(table(4).row(CROSS_ENTROPY), "tydiqa_f1")
    behind = {
        name: [CODES.get(x, x) for x in row if x != XLT and row[x].value < plain[x].value]
        for name, row in rows.items()
    }
    return Finding(
        "not-in-every-language",
        (4,),
        "TyDiQA-goldp, F1 against w/ ce",
        ", ".join(_cell(4, x, "tydiqa_f1", XLT) for x in (*DISTILLED.values(), CROSS_ENTROPY))
        + " (XLT)",
        "; ".join(f"{name} behind in {', '.join(found)}" for name, found in behind.items()),
        "The text has self-distillation ahead on average and in the single languages; it is behind "
        "cross-entropy in the ones named, and its lead on average is below one point.",
    )


def _exchanged() -> Finding:
    rows = {name: table(5).row(name) for name in ("skd-map-no-ce", "skd-no-ce")}
    cells = {
        measure: " and ".join(_cell(5, name, measure, G_XLT) for name in rows)
        for measure in ("test_f1", "test_em", "dev_f1", "dev_em")
    }
    return Finding(
        "exchanged",
        (5,),
        "Without cross-entropy: G-XLT F1 on MLQA-test, mAP@k and skd",
        cells["test_f1"],
        f"EM {cells['test_em']}; on MLQA-dev F1 {cells['dev_f1']}, EM {cells['dev_em']}",
        "The only G-XLT column in which mAP@k alone is ahead; its EM in the same cells and both "
        "scores on MLQA-dev say the opposite. The two F1 may have been exchanged.",
    )


def _map_against_skd() -> Finding:
    cells = {
        "MLQA-dev G-XLT": (2, "dev_f1", G_XLT),
        "XLT": (2, "dev_f1", XLT),
        "MLQA-test G-XLT": (2, "test_f1", G_XLT),
        "XLT ": (2, "test_f1", XLT),
        "XQuAD": (4, "xquad_f1", XLT),
        "TyDiQA-goldp": (4, "tydiqa_f1", XLT),
    }
    leads = {name: _lead(*cell) for name, cell in cells.items()}
    small = sum(round(lead, 1) <= SMALL for lead in leads.values())
    return Finding(
        "map-against-skd",
        (2, 4),
        "mAP@k minus plain self-distillation, F1",
        "better on average",
        ", ".join(f"{name.strip()} {lead:+.1f}" for name, lead in leads.items()),
        f"{small} of {len(leads)} averages rise by {SMALL} points or fall. One run each, without "
        "seeds or intervals: the tables do not show that the mAP@k weight helps.",
    )


def _lead(number: int, measure: str, column: str) -> float:
    ours, other = (
        number_of(table(number).row(name), measure, column) for name in ("skd-map", "skd")
    )
    return (ours - other).value


def _english_questions() -> Finding:
    rows = table(1).rows
    english, chinese = ([row.values("answers")[x] for row in rows] for x in ("en", "zh"))
    return Finding(
        "english-questions",
        (1,),
        "First right answers: English against the others (Chinese shown), all ten ranks",
        f"{sum(english):,.0f} against {sum(chinese):,.0f}",
        f"at rank 1: {100 * english[0] / sum(english):.0f} % against "
        f"{100 * chinese[0] / sum(chinese):.0f} %",
        "Counts, not shares: every item of MLQA has an English question, and two or three others. "
        "The number of questions asked is not printed, so the columns compare by the place of the "
        "right answer only; and the counts do not fall at every rank.",
    )


def _coefficient() -> Finding:
    return Finding(
        "coefficient",
        (TEXT,),
        "Section 7.1: the mAP@k coefficient over training",
        "about 0.6 rising to 1",
        "1 only if all ten best positions lie in the window (Eq. 5, k = 10, Δ = 5)",
        "The curve fits what the public code computes, 1 / rank of the first of the ten best "
        "positions inside the window, better than Eq. 5.",
    )


def _illegible() -> Finding:
    implied = []
    for name in (ZERO_SHOT, "skd-map"):
        row = table(4).row(name)
        missing = [_implied(row, f"xquad_{x}") for x in ("f1", "em")]
        implied.append(f"{row.name} {'/'.join(f'{x.value:.1f}' for x in missing)}")
    seven = numbers(table(4).row(ZERO_SHOT), "tydiqa_f1")
    average = sum(x.value for x in seven.values()) / len(seven)
    return Finding(
        "illegible",
        (4,),
        "XQuAD, Thai (mBERT-qa-en; w/ skd, mAP@k); TyDiQA-goldp, XLT (mBERT-qa-en)",
        "?",
        f"{'; '.join(implied)}; {average:.1f}",
        "Lost in our copy of the text. The averages beside them imply these numbers, Thai's to "
        "within 0.35 points.",
    )


def _implied(row: PublishedRow, measure: str) -> Rounded:
    """What the average leaves for the one language that is not legible."""
    known = [score for x, score in numbers(row, measure).items() if x != XLT]
    whole = number_of(row, measure, XLT) * (len(known) + 1)
    for score in known:
        whole = whole - score
    return whole

"""Where ALSACE's printed numbers do not follow from one another, in plain words."""

from __future__ import annotations

import math
from functools import cache

from core.published.alsace.audit import AUDIT
from core.published.alsace.paper import ALSACE
from core.published.alsace.scores import BEFORE
from core.published.alsace.statements import languages_of
from core.published.finding import Finding, at, places
from core.published.recompute import TEXT
from core.published.tables import AVERAGE


@cache
def disagreements() -> tuple[Finding, ...]:
    """Together they cover every number of ``AUDIT.deviating``."""
    return (
        _english_off(),
        _changes(),
        _two_baselines(),
        _wrong_column(),
        _printed_twice(),
        _russian(),
        _exchanged(),
        _other_baseline(),
        _one_decimal(),
        *_statements(),
    )


def _english_off() -> Finding:
    found = AUDIT.deviating_in(2, 11, rows=[BEFORE], measure="gap", part="number")
    average = at(found, BEFORE, AVERAGE)
    return Finding(
        "english-off",
        (2, 11),
        "XLM-R-large, the gaps of all 14 languages and their average",
        average.text,
        f"{average.recomputed:.2f}",
        "The whole row was counted from 86.35 in English, while 86.45 is printed: every gap of "
        "the model that ALSACE starts from is 0.10 too small. Table 4 has the right average.",
        places(found),
    )


def _changes() -> Finding:
    found = AUDIT.deviating_in(2, 11, measure="gap", part="change")
    alsace = at(found, "alsace-large", AVERAGE)
    return Finding(
        "changes",
        (2, 11),
        "ALSACE-large, change of the average gap (and the other rows beside XLM-R-large)",
        alsace.text,
        f"{alsace.recomputed:.2f}",
        "Follows from the gaps counted from 86.35: each change against XLM-R-large is 0.10 too "
        "high, so ALSACE's own gain is larger than printed.",
        places(found),
    )


def _two_baselines() -> Finding:
    return Finding(
        "two-baselines",
        (11,),
        "XLM-R-large, changes of the two self-training rows",
        "-0.30 and -0.47",
        "-0.20 and -0.37 from the printed 8.97",
        "Within one block these two are counted from 9.07 and ALSACE's -1.88 from 8.97: the "
        "changes of the block can't be subtracted from one another.",
    )


def _wrong_column() -> Finding:
    found = AUDIT.deviating_in(2, rows=["ernie-m-large"], measure="gap", part="number")
    one = found[0]
    return Finding(
        "wrong-column",
        (2,),
        "ERNIE-M-large, gap of Swahili",
        one.text,
        f"{one.recomputed:.2f}",
        "Urdu's number stands in Swahili's place. ERNIE-M's Swahili is 0.84 points closer to "
        "English than ALSACE-large's (13.94), not 0.04; the row's average is right.",
        places(found),
    )


def _printed_twice() -> Finding:
    found = AUDIT.deviating_in(10, rows=[BEFORE], measure="accuracy")
    return Finding(
        "printed-twice",
        (10, 2),
        "XLM-R-large, accuracy of Arabic and Vietnamese",
        " and ".join(one.text for one in found),
        " and ".join(f"{one.recomputed:.2f}" for one in found) + " in Table 2",
        "One model, two pairs of numbers with the same sum: what Arabic and Vietnamese gain "
        "depends on the table it is counted from, by 0.41 points.",
        places(found),
    )


def _russian() -> Finding:
    found = AUDIT.deviating_in(11, rows=["mt5-large"])
    one = at([x for x in found if x.place.measure == "accuracy"], "mt5-large", "ru")
    return Finding(
        "russian",
        (11, 2),
        "mT5-large, accuracy of Russian",
        one.text,
        f"{one.recomputed:.2f} in Table 2",
        "Table 11's own gap beside it (8.52) was counted from 79.90, while its averages in Table "
        "4 hold either way.",
        places(found),
    )


def _exchanged() -> Finding:
    found = AUDIT.deviating_in(13)
    arabic, vietnamese = (at(found, language, "Change") for language in ("ar", "vi"))
    return Finding(
        "exchanged",
        (13,),
        "Arabic and Vietnamese, ALSACE and Change",
        f"{arabic.text} and {vietnamese.text}",
        f"{arabic.recomputed:.2f} and {vietnamese.recomputed:.2f}",
        "The two columns are counted from different XLM-R-large rows (Tables 10 and 2), which "
        "exchanges the changes of the two languages: the largest is Vietnamese's, not Arabic's.",
        places(found),
    )


def _other_baseline() -> Finding:
    found = [one for one in AUDIT.deviating_in(7) if one.column != AVERAGE]
    return Finding(
        "other-baseline",
        (7,),
        "InfoXLM and ERNIE-M, all languages (English shown)",
        " and ".join(one.text for one in found if one.column == "en"),
        " and ".join(f"{one.recomputed:.2f}" for one in found if one.column == "en"),
        "Their gains are counted from stronger XLM-R-large models (88.90 and 89.10 in English) "
        "than ALSACE's (86.45). From Table 2's they gain 3.42 and 4.02 on average, more than "
        "ALSACE's 2.05: the table's ranking turns round.",
        places(found),
    )


def _one_decimal() -> Finding:
    found = [
        one
        for one in AUDIT.deviating_in(2, 7, 8)
        if one.column == AVERAGE and one.place.measure in ("accuracy", "gain")
    ]
    first = at(found, "xlm-align", AVERAGE)
    return Finding(
        "one-decimal",
        (2, 7, 8),
        "Averages of XLM-Align (shown), ERNIE-M, XLE, InfoXLM and PCT",
        first.text,
        f"{first.recomputed:.2f}",
        "These rows are known to one decimal and printed with a 0 added; the second decimal of "
        "their averages and gaps means nothing.",
        places(found),
    )


def _statements() -> list[Finding]:
    """What the running text states and the tables do not give."""
    far = math.e / (math.e + languages_of("PAWS-X") - 1)
    effects = {
        "english-swahili": "Said to be approximate: the paper's own models are 15.8 (mT5-large) "
        "to 19.7 (XLM-R-base) points apart.",
        "task-languages": "XCOPA is listed with 10 languages, and Table 9 has columns for 11.",
        "low-resource-gains": "No model of Table 2 gains these amounts in Swahili and Urdu: they "
        "are 1.00 and 0.60 (base), 3.09 and 2.72 (large), 2.54 and 2.25 (mT5).",
        "student-gaps": "The lower end leaves out the strategy without weak teachers, which comes "
        "closest to ALSACE for the students.",
        "teacher-gaps": "The lower end leaves out random teachers and the strategy without weak "
        "teachers, which come closer to ALSACE for the teachers.",
        "excluding-weak-tea": "The teachers lose 0.36; 0.34 is what No Selection loses over all "
        "languages.",
        "thresholds": "The same paragraph calls the threshold the mean of the scores, which is "
        "one over the number of languages. With 0.2, PAWS-X selects a language only if it is far "
        f"above the rest (of scores that a softmax normalizes, none can exceed {far:.2f}).",
    }
    found = []
    for name, effect in effects.items():
        ones, statement = AUDIT.deviating_in(TEXT, rows=[name]), ALSACE.statement(name)
        what = ", ".join(one.column for one in ones)
        digits = 3 if name == "thresholds" else 0 if name == "task-languages" else 2
        found.append(
            Finding(
                name,
                (TEXT,),
                f"Section {statement.section}: {statement.about}; {what}",
                ", ".join(one.text for one in ones),
                ", ".join(f"{one.recomputed:.{digits}f}" for one in ones),
                effect,
                places(ones),
            )
        )
    return found

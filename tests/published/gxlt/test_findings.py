"""What the cross-lingual QA paper's findings say is what its tables hold."""

from __future__ import annotations

import pytest

from core.published.gxlt.cautions import cautions
from core.published.gxlt.disagreements import disagreements
from core.published.gxlt.paper import table

FOUND = {one.id: one for one in (*disagreements(), *cautions())}


@pytest.mark.parametrize(
    ("name", "printed", "recomputed"),
    [
        ("copied-exact-match", "33.8", "42.7"),
        ("baseline-average", "61.9", "59.3"),
        ("seeds", "1090", "1,190"),
        ("mlqa-sizes", "41,244", "42,246"),
        ("over-cross-entropy", "2, 2", "1.6, 1.7"),
        ("over-zero-shot", "9, 9", "8.7, 8.8"),
        ("over-baseline", "2", "-0.2"),
        ("two-settings", "59.3/66.8", "G-XLT F1 59.3 by the context's language; XLT EM 66.8"),
        ("same-items", "72.1 (w/ skd, XLT F1)", "unseen languages, same items as training"),
        ("english-falls", "66.8, 67.4 before", "65.0, 64.4 (skd), 64.6, 63.9 (skd, mAP@k)"),
        (
            "not-in-every-language",
            "59.5, 58.9, 58.6 (XLT)",
            "w/ skd behind in id, ko, te; w/ skd, mAP@k behind in fi, ko, sw",
        ),
        (
            "map-against-skd",
            "better on average",
            "MLQA-dev G-XLT +0.1, XLT +0.6, MLQA-test G-XLT +0.1, XLT -0.3, XQuAD +0.6, "
            "TyDiQA-goldp -0.6",
        ),
        ("illegible", "?", "mBERT-qa-en 36.8/28.0; w/ skd, mAP@k 51.3/44.2; 54.0"),
    ],
)
def test_the_known_ones(name: str, printed: str, recomputed: str) -> None:
    assert (FOUND[name].printed, FOUND[name].recomputed) == (printed, recomputed)


def test_numbers_written_into_the_words() -> None:
    two = {row.id: row.lines for row in table(2).rows}
    em = [float(two["skd"]["test_em"]["XLT"].text) - x for x in (33.8, 42.7)]
    assert [f"{x:.1f}" for x in em] == ["12.5", "3.6"]
    assert "3.6 points, not 12.5" in FOUND["copied-exact-match"].effect
    assert table(4).row("skd").lines["tydiqa_f1"]["XLT"].text == "59.5"
    n = [float(two[name]["training"]["N"].text.replace(",", "")) for name in ("skd", "ce")]
    assert n[0] / n[1] == 2.25 and "2.25 times" in FOUND["unequal-data"].effect
    assert FOUND["map-against-skd"].effect.startswith("4 of 6 averages")
    answers = {x: [row.values("answers")[x] for row in table(1).rows] for x in table(1).columns}
    assert any(sorted(row, reverse=True) != row for row in answers.values())

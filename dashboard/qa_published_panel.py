"""The selected run's scores beside those that a paper printed, each with how it was compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import streamlit as st

from core.data.qa.scores import QaScores
from core.figures.of_questions import MEASURES, NORMALIZERS
from core.metrics.qa_transfer import Measure, transfer
from core.published.gxlt.paper import GXLT
from core.published.gxlt.runs import SAME_ITEMS
from core.quoting import quote
from core.runs.qa_trials import qa_score
from core.runs.record import RunRecord
from core.runs.store import StoredRun
from dashboard import cache, qa_data
from dashboard.choice import pick_some
from dashboard.labels import escape, tail
from dashboard.published_panel import PAPER, PUBLISHED, TABLE
from dashboard.table_panel import table_panel

AVERAGES = {"G-XLT": "g_xlt", "XLT": "xlt"}
DEFAULT = "mlqa-test"
"""Where the paper compares with another one."""
OWN = "this run"


def published_panel(run: StoredRun) -> None:
    """A table of the run and of the paper's rows, and the way to the paper's tables.

    Args:
        run: on questions, with scores.
    """
    published = cache.published("qa_train")
    datasets = list(dict.fromkeys(str(x.record.config["dataset"]) for x in published))
    own = str(run.record.config.get("evaluation") or run.record.config.get("dataset"))
    chosen = pick_some(
        datasets,
        [own if own in datasets else DEFAULT],
        label="Published scores on",
        key="qa_published",
        of=run.id,
        help="Questions that the paper's models were evaluated on. Scores on other questions, "
        "languages or normalisers than yours show an order of magnitude, and no more.",
    )
    rows = list(_own(run, own))
    rows += [_row(x) for x in published if x.record.config["dataset"] in chosen]
    number = st.column_config.NumberColumn
    table_panel(
        rows,
        key="qa_published_rows",
        file=f"published-beside-{run.id}",
        columns={label: number(width=76, format="%.1f") for label in _labels()},
    )
    cited = escape(GXLT.cited)
    st.caption(
        f"In percent. Published: {cited}, mBERT after stage 1 on English SQuAD; LAF is another "
        "paper's mBERT, trained on far more machine-translated text. An average whose languages "
        "are all printed is recomputed from them; a dash: not printed. Rows marked "
        f"“{SAME_ITEMS}” are no test on new questions."
    )
    st.page_link(
        "../pages/compare_runs.py",
        label=f"{PUBLISHED}: every table of the paper, and what does not agree",
        icon=":material/arrow_forward:",
        query_params={PAPER: GXLT.id, TABLE: "Table 2"},
    )


def _labels() -> list[str]:
    """The columns with numbers."""
    return [f"{average} {measure}" for average in AVERAGES for measure in MEASURES.values()]


def _own(run: StoredRun, dataset: str) -> Iterator[dict[str, Any]]:
    """The run at each of its moments."""
    record = run.record
    for when, scores in qa_data.scores(run).items():
        moment = "" if when == "now" else f", {when}"
        yield {
            "Dataset": quote(dataset),
            "Model": f"{OWN} ({tail(run)}){moment}",
            **_numbers({x: _averages(scores, x) for x in MEASURES}),
            "Normaliser": _normalizer(scores.normalization),
            "Note": "; ".join(record.badges),
        }


def _averages(scores: QaScores, measure: Measure) -> dict[str, float | None]:
    found = transfer(scores, measure)
    return {part: getattr(found, part) for part in AVERAGES.values()}


def _row(run: StoredRun) -> dict[str, Any]:
    """A paper's row, after its training if it was trained."""
    record = run.record
    when = "after" if "after" in record.metrics else "before"
    found: dict[Measure, dict[str, float | None]] = {
        measure: {part: qa_score(record, when, measure, part) for part in AVERAGES.values()}
        for measure in MEASURES
    }
    return {
        "Dataset": record.config["dataset"],
        "Model": f"{GXLT.cited} {_short(record)}",
        **_numbers(found),
        "Normaliser": _normalizer(record.metrics["normalization"]),
        "Note": "; ".join(record.warnings),
    }


def _normalizer(name: str) -> str:
    """How answers were compared, for a column of that name."""
    return NORMALIZERS[name].replace(" normalisation", "")


def _short(record: RunRecord) -> str:
    """The table and the row, without the data."""
    return str(record.config["name"]).removesuffix(f", {record.config['dataset']}")


def _numbers(found: Mapping[Measure, Mapping[str, float | None]]) -> dict[str, float | None]:
    """Every column with its number, or None."""
    return {
        f"{label} {MEASURES[measure]}": found[measure][part]
        for label, part in AVERAGES.items()
        for measure in found
    }

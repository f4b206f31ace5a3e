"""What a model answers to one question in each language: its candidates' probabilities."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from core.errors import UserError
from core.figures import theme
from core.figures.text import text_width
from core.figures.theme import Chart

LAST_PRINTED = 0x52F
"""The paper's font has Latin, Greek and Cyrillic letters; other words become their place."""
LONGEST = 120
"""Points of a candidate's text; the rest is cut."""


def asked(
    answers: Mapping[str, Mapping[str, Any]],
    *,
    badges: Sequence[str] = (),
    paper: bool = False,
    width: int | None = None,
    dark: bool = False,
) -> Chart:
    """Bars by language, its candidates in the order they were given; the likeliest is filled.

    Args:
        answers: language -> ``candidates`` and their ``probabilities``.
        badges: shown below the title.
        paper: the paper theme; a word its font can't print is its number in the list.
        width: total width in points; None for the medium's own.
        dark: draw for a dark page.

    Raises:
        UserError: nothing was answered.
    """
    rows = _rows(answers, paper)
    if not rows:
        raise UserError("this run holds no answers yet")
    places, labels = _places(rows)
    font = theme.font_size(paper)
    axis = alt.Axis(
        labelExpr=f"{json.dumps(labels)}[datum.value] || ''",
        labelLimit=LONGEST,
        labelOverlap=False,
        ticks=False,
        domain=False,
    )
    y = alt.Y("key:N", title=None, scale=alt.Scale(domain=places, paddingInner=0.2), axis=axis)
    x = alt.X(
        "probability:Q",
        title="Probability among the candidates (%)",
        scale=alt.Scale(domain=[0, 112], nice=False),
        axis=alt.Axis(values=[0, 25, 50, 75, 100]),
    )
    base = alt.Chart().transform_calculate(key="datum.language + '|' + datum.place")
    tooltip = ["language:N", "candidate:N", "probability:Q", "score:Q"]
    fill = alt.condition("datum.first", alt.value(theme.BLUE), alt.value(f"{theme.BLUE}30"))
    bars = base.mark_bar(stroke=theme.BLUE, strokeWidth=0.8).encode(
        x, y, tooltip=tooltip, color=fill
    )
    numbers = base.mark_text(align="left", dx=3).encode(
        x, y, text=alt.Text("probability:Q", format=".1f")
    )
    heads = [{"key": f"#{language}", "language": language} for language in answers]
    names = alt.Chart(theme.inline(heads)).mark_text(align="left", fontWeight="bold")
    name = names.encode(x=alt.value(0), y=alt.Y("key:N"), text="language:N")
    note = "filled: the likeliest"
    if paper and any(row["label"] == str(row["place"]) for row in rows):
        note += "; a word this font lacks is its number in the list"
    chart = theme.layered(bars, numbers, name, data=theme.inline(rows)).properties(
        title=theme.title("Answers by language", paper, width, badges, note)
    )
    height = len(places) * (font + (3 if paper else 8))
    finished = theme.finish(chart, paper, width, height, dark)
    finished.usermeta = {"digits": {"score": 4}}
    return finished


def read_answers(metrics: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The answers a run record holds; none while it holds no answers yet.

    Raises:
        UserError: they are damaged.
    """
    found = metrics.get("answers") or {}
    try:
        return {
            str(language): {
                "prompt": str(answer["prompt"]),
                "candidates": [str(text) for text in answer["candidates"]],
                **{
                    part: [
                        float(x) for x, _ in zip(answer[part], answer["candidates"], strict=True)
                    ]
                    for part in ("scores", "probabilities")
                },
            }
            for language, answer in found.items()
        }
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise UserError(f"the recorded answers can't be read: {error!r}") from error


def _rows(answers: Mapping[str, Mapping[str, Any]], paper: bool) -> list[dict[str, Any]]:
    """One record a candidate, probabilities in percent."""
    rows = []
    for language, answer in answers.items():
        shares = [100 * float(x) for x in answer["probabilities"]]
        for place, (text, share) in enumerate(zip(answer["candidates"], shares, strict=True), 1):
            short = text_width(str(text), theme.font_size(paper)) <= LONGEST
            printed = not paper or max(map(ord, str(text)), default=0) <= LAST_PRINTED
            rows.append(
                {
                    "language": language,
                    "place": place,
                    "candidate": str(text),
                    "label": (str(text) if short else f"{str(text)[:18]}…")
                    if printed
                    else str(place),
                    "score": float(answer["scores"][place - 1]),
                    "probability": share,
                    "first": share == max(shares),
                }
            )
    return rows


def _places(rows: Sequence[Mapping[str, Any]]) -> tuple[list[str], dict[str, str]]:
    """Keys from top to bottom, each language below its name, and what is written at them."""
    places: list[str] = []
    for row in rows:
        if f"#{row['language']}" not in places:
            places.append(f"#{row['language']}")
        places.append(f"{row['language']}|{row['place']}")
    return places, {f"{row['language']}|{row['place']}": row["label"] for row in rows}

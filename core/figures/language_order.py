"""The order of the languages on the axes of a finished figure: by resource, family, name or code.

A figure has an order of its own, by what it is about: a score, a confidence, a gap. Any other
order is laid over it afterwards, so that all figures know the same ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.figures.restyle import CODE, is_code
from core.languages import OTHER_FAMILY, base, english_name, family
from core.selection.corpora import corpus

if TYPE_CHECKING:
    from core.figures.theme import Chart

OWN = "score"
"""The figure's own order."""
RESOURCE = "cc100"
"""The corpus by which languages are large or small: the one with figures for the most of them."""
LABEL = re.compile(rf"(?P<code>{CODE.pattern})(?P<mark> ?[†*])?(?P<moment> (before|after|change))?")
"""A language on an axis. Those with a dagger, which the encoder never saw, stay behind the others;
those of one moment are ordered among themselves."""
UNSEEN = "†"
GROUP_MEAN = "MEAN "
"""Begins the row below a group of languages, which stay above it."""
KEEPS = "keeps_order"
Rank = Callable[[str], tuple[Any, ...]]


def _resource(key: str) -> tuple[Any, ...]:
    """The largest first; those without a figure last, by code."""
    return -corpus(RESOURCE).size.get(base(key), 0.0), key


def _family(key: str) -> tuple[Any, ...]:
    """Members of a family together, families by name, those without a known one last."""
    return family(key) == OTHER_FAMILY, family(key), key


_RANKS: Mapping[str, Rank] = {
    "resource": _resource,
    "family": _family,
    "name": lambda key: (english_name(key).casefold(), key),
    "code": lambda key: (key,),
}
ORDERS: Mapping[str, str] = {
    OWN: "score, as each figure has it",
    "resource": "resource, the largest first",
    "family": "family",
    "name": "English name",
    "code": "code",
}
"""What the orders are called."""


def in_order(languages: Sequence[str], order: str) -> list[str]:
    """The languages in an order, one of `ORDERS`; in `OWN` as they are.

    Resource is GiB in CC-100 (`core/selection/corpora.toml`), what XLM-R was trained on: a
    measure of the text there is, not of what any one model saw.
    """
    if order == OWN:
        return list(languages)
    rank = _RANKS[order]

    def place(text: str) -> tuple[Any, ...]:
        found = LABEL.fullmatch(text)
        code, mark = (text, None) if found is None else (found["code"], found["mark"])
        return UNSEEN in (mark or ""), *rank(code)

    return sorted(languages, key=place)


def reordered(spec: Any, order: str) -> Any:
    """The figure in Vega-Lite with its languages in an order; what is given is not changed.

    An axis lists languages if half or more of what it sorts by, or spans, are known languages.
    What is none of them, such as an average, stays at its place. A figure that is about its own
    order (`keeps_order`) keeps it.
    """
    if order == OWN:
        return spec
    if isinstance(spec, dict):
        if spec.get("usermeta", {}).get(KEEPS):
            return spec
        return {name: _part(name, part, order) for name, part in spec.items()}
    return [reordered(part, order) for part in spec] if isinstance(spec, list) else spec


def keeps_order(chart: Chart) -> Chart:
    """Note that a figure's languages stand in an order that is its finding, such as clusters."""
    known = chart.usermeta if isinstance(chart.usermeta, dict) else {}
    chart.usermeta = {**known, KEEPS: True}
    return chart


def _part(name: str, part: Any, order: str) -> Any:
    if name in ("data", "datasets"):
        return part
    if name == "sort" and isinstance(part, list):
        return _sorted(part, order)
    found = reordered(part, order)
    if name in ("x", "y") and isinstance(found, dict):
        scale = found.get("scale")
        if isinstance(scale, dict) and isinstance(scale.get("domain"), list):
            found["scale"] = {**scale, "domain": _sorted(scale["domain"], order)}
    return found


def _sorted(values: Sequence[Any], order: str) -> list[Any]:
    """The languages of a list in an order, at the places where languages were."""
    groups: dict[str, tuple[int, str | None]] = {}
    above = 0
    for text in map(str, values):
        found = LABEL.fullmatch(text)
        if found and is_code(found["code"]):
            groups[text] = (above, found["moment"])
        above += text.startswith(GROUP_MEAN)
    others = {text for text in map(str, values) if text.strip() and text not in groups}
    if len(groups) < len(others):
        return list(values)
    following = {
        group: iter(in_order([x for x in groups if groups[x] == group], order))
        for group in set(groups.values())
    }
    return [next(following[groups[x]]) if x in groups else x for x in values]

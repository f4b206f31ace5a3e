"""Short names of families of runs, and the commands that make their runs again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import streamlit as st

from core.metrics.spread import seeds_in_words
from core.runs.families import Family, Trial, differing
from core.runs.variations import Variation
from dashboard.labels import again, escape, tail

MOST = 8
"""Languages or differing settings that a label names."""
TOLD_ALREADY = ("kind", "dataset", "model", "languages", "data")
SWEEP = "python -m core sweep --config cached_runs/sweeps/NAME.toml"


def family_names(among: Sequence[Family], counted: Mapping[str, str]) -> dict[str, str]:
    """By key: data, model, languages, what is counted, and the settings that set it apart.

    The languages are named where another family has the same data and model and as many of them;
    settings only where data, model and languages are those of another family.

    Args:
        among: the families of one list.
        counted: key -> what there is of it, e.g. ``9 rows, 3 seeds``.
    """
    rivals = {x.key: [y for y in among if _data(y) == _data(x)] for x in among}
    names = {}
    for family in among:
        languages = _languages(family, rivals[family.key])
        same = [x for x in rivals[family.key] if _sets(x) == _sets(family)]
        odd = differing(same)[family.key]
        told = [f"{x} {_short(odd[x])}" for x in odd if x not in TOLD_ALREADY]
        more = ["…"] * (len(told) > MOST)
        parts = [*_data(family), languages, counted[family.key], *told[:MOST], *more]
        names[family.key] = " · ".join(part for part in parts if part)
    return names


def variation_names(among: Sequence[Variation]) -> dict[str, str]:
    """By key: the setting first, since that is what is looked for, then its values."""
    names: dict[str, str] = {}
    for setting in dict.fromkeys(x.setting for x in among):
        same = [x for x in among if x.setting == setting]
        counted = {
            x.family.key: ", ".join(f"{value:g}" for value in x.points)
            + f" · {len(x.family.seeds)} seed{'' if len(x.family.seeds) == 1 else 's'}"
            for x in same
        }
        told = family_names([x.family for x in same], counted)
        names |= {x.key: f"{setting} · {told[x.family.key]}" for x in same}
    return {x.key: names[x.key] for x in among}


def _data(family: Family) -> tuple[str, str]:
    """Name of the data and the model."""
    config = family.trials[0].run.record.config
    model = str(config.get("model") or "").rstrip("/").rsplit("/", 1)[-1]
    return str(family.shared.get("dataset") or ""), model


def _sets(family: Family) -> set[frozenset[str]]:
    """The languages of its runs: several sets where their number is what varies."""
    return {frozenset(trial.before) for trial in family.trials}


def _languages(family: Family, rivals: Sequence[Family]) -> str:
    """``8 languages``, named in brackets if need be; nothing where their number varies."""
    if len(_sets(family)) > 1:
        return ""
    own = list(family.trials[0].before)
    alike = [x for x in rivals if {len(y) for y in _sets(x)} == {len(own)}]
    if all(_sets(x) == _sets(family) for x in alike):
        return f"{len(own)} languages"
    return f"{len(own)} languages ({', '.join(own[:MOST])}{', …' if len(own) > MOST else ''})"


def _short(value: Any) -> str:
    if value is None:
        return "unset"
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 20 else f"{text[:19]}…"


def findings(lines: Sequence[str]) -> None:
    """Sentences as a list; what comes before the numbers stands out."""
    parts = [line.partition(": ") for line in lines]
    said = [
        f"**{escape(claim)}**: {escape(rest)}" if colon else escape(claim)
        for claim, colon, rest in parts
    ]
    st.markdown("\n".join(f"- {words}" for words in said))


def commands(groups: Mapping[str, Iterable[Trial]], key: str) -> None:
    """An expander with the command of every run, by row or value.

    Args:
        groups: name of a row or value -> its runs.
        key: unique on the page.
    """
    with st.expander("The command that makes each of these runs", icon=":material/terminal:"):
        lines = []
        for name, trials in groups.items():
            lines.append(f"# {' '.join(name.split())}")
            lines += [
                f"{again(trial.run.record)}  # run {tail(trial.run)}, seed {trial.seed}"
                for trial in trials
            ]
        high: int | Literal["content"] = 320 if len(lines) > 12 else "content"
        st.code("\n".join(lines), language="bash", height=high, wrap_lines=True)
        st.caption(
            f"All of a table at once: `{SWEEP}` runs the list of settings in a file, goes on with "
            "what was stopped, and skips what is done."
        )


def seeds_told(shown: Variation) -> str:
    """What the seeds of a variation allow to be said; nothing where there is nothing to say."""
    alike, told = next(iter(shown.alike.values())), []
    more = {
        value: set(seeds) - set(shown.alike[value])
        for value, seeds in shown.points.items()
        if set(seeds) - set(shown.alike[value])
    }
    if more:
        where = "; ".join(f"{seeds_in_words(x)} at {value:g}" for value, x in more.items())
        told.append(
            f"Drawn is {seeds_in_words(alike)}, which every value has (not drawn: {where})."
        )
    if any(set(seeds) != set(alike) for seeds in shown.alike.values()):
        told.append("The values share no seed, so more differs between them than the setting.")
    elif len(alike) == 1:
        told.append("One seed a value: no spread, so a difference may be the seed's.")
    return " ".join(told)

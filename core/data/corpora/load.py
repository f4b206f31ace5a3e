"""One door to text for pretraining: a name, a folder of the user's own, or the hub."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.data.corpora import bible, folder, hub
from core.data.corpora.corpus import Corpus, Passage
from core.errors import UserError
from core.languages import canonical

FACT_WORLD = "fact-world"
NAMES = (FACT_WORLD, bible.NAME)


@dataclass(frozen=True)
class HubText:
    """What is read of a dataset on the hub."""

    configuration: str = hub.SLOT
    column: str = "text"
    characters: Mapping[str, int] = field(default_factory=dict)
    """language -> characters to read."""


def load_corpus(
    name: str,
    data: Path | None = None,
    languages: Sequence[str] = (),
    text: HubText | None = None,
) -> Corpus:
    """Load text in several languages.

    Args:
        name: one of `NAMES`, a folder with a text file per language, or a hub id.
        data: folder of the bible's files, or of a hub dataset saved by `datasets`.
        languages: which ones, by any code; empty for all (the hub has no list: name them).
        text: what to read of a dataset on the hub.

    Raises:
        DataError: all problems of the data.
        UserError: an unknown name or language, or data that can't be reached.
    """
    if name == FACT_WORLD:
        return fact_world(languages)
    if name == bible.NAME:
        if data is None:
            files = "CODE.TRANSLATION.tsv.xz files"
            raise UserError(f"{name} is read from a folder of {files}: say --data DIR")
        return bible.load(data, languages or None)
    if Path(name).is_dir():
        return folder.load(Path(name), languages or None)
    keys = {canonical(code): code for code in languages}
    text = text or HubText()
    configurations = {key: text.configuration.replace(hub.SLOT, code) for key, code in keys.items()}
    return hub.load(name, configurations, text.column, text.characters, data)


def fact_world(languages: Sequence[str] = ()) -> Corpus:
    """The fact world's training text: a section is a territory, or a list of names."""
    from core.data.fact_world import LANGUAGES, FactWorld
    from core.data.fact_world.text import training_texts

    keys = [canonical(code) for code in languages] or LANGUAGES
    world = FactWorld.build(languages=tuple(keys))
    return Corpus(
        FACT_WORLD,
        {
            language: tuple(Passage(*one) for one in training_texts(world, language))
            for language in world.languages
        },
    )

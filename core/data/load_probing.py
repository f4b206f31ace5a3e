"""One door to all prompts: GeoMLAMA, the fact world, or a file of the user's own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.data import geomlama, prompts
from core.data.fact_world import LANGUAGES, FactWorld, Split, WordingSet, as_probing, probe
from core.data.probing import ProbingDataset
from core.errors import UserError

NAMES = ("fact-world", "geomlama")


def load_probing(
    name: str,
    data: Path | None = None,
    languages: Sequence[str] | None = None,
    *,
    paraphrases: bool = True,
    facts: Split | None = None,
    wordings: WordingSet = "seen",
) -> ProbingDataset:
    """Load prompts with their candidates.

    Args:
        name: one of `NAMES`, or a path to a jsonl file.
        data: folder of GeoMLAMA's files.
        languages: which ones, by any code; all by default.
        paraphrases: of GeoMLAMA, too.
        facts: of this split of the fact world only; all of them if None.
        wordings: of the fact world's prompts.

    Raises:
        DataError: all problems of the data.
        UserError: an unknown name or language, or data that can't be reached.
    """
    if name == "fact-world":
        world = FactWorld.build(languages=tuple(languages or LANGUAGES))
        return as_probing(probe(world, facts, wordings))
    if name == geomlama.NAME:
        if data is None:
            raise UserError("geomlama is read from a folder of its public files: say --data DIR")
        return geomlama.load(data, languages, paraphrases=paraphrases)
    if Path(name).suffix == ".jsonl":
        return prompts.load(Path(name), languages)
    raise UserError(
        f"--dataset {name}: there are {', '.join(NAMES)}, and files of your own (.jsonl)"
    )

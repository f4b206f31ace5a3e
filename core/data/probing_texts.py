"""The texts behind a probing run's answers: read or made again from its settings, never stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from core.data.fact_world import WordingSet
from core.data.load_probing import load_probing
from core.data.probing import ProbingDataset
from core.data.probing_answers import ProbingAnswers, fingerprint
from core.errors import UserError

WORLD = "fact-world"


@dataclass(frozen=True)
class Asked:
    """One question in one language."""

    prompt: str
    candidates: tuple[str, ...]


@dataclass(frozen=True)
class Texts:
    """Prompts and candidates by example."""

    places: Mapping[str, tuple[ProbingDataset, int]]

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Texts:
        """The texts a run with these settings asked, and its whole dataset's with them.

        Raises:
            UserError: the data are not where the settings say, or are damaged.
        """
        name = str(config.get("dataset") or WORLD)
        folder = config.get("data")
        languages = [str(x) for x in config.get("languages") or ()] or None
        if name == WORLD:
            found = [load_probing(name, None, languages, wordings=x) for x in get_args(WordingSet)]
        else:
            data = Path(str(folder)) if folder else None
            paraphrases = bool(config.get("paraphrases", True))
            found = [load_probing(name, data, languages, paraphrases=paraphrases)]
        return cls({x: (data, i) for data in found for i, x in enumerate(data.example_ids)})

    def find(self, example: str, language: str) -> Asked | None:
        """What was asked, or None where the data have no such example or language."""
        if example not in self.places:
            return None
        data, place = self.places[example]
        probes = data.probes.get(language)
        return None if probes is None else Asked(probes.prompts[place], probes.candidates[place])

    def check(self, answers: ProbingAnswers, examples: Sequence[str]) -> None:
        """Refuse texts that are not those the answers were given to.

        Raises:
            UserError: an example is not there, or has other candidates or right answers.
        """
        position = {example: i for i, example in enumerate(answers.examples)}
        for example in examples:
            for language in answers.languages:
                found = self.find(example, language)
                if found is None:
                    raise UserError(f"the data have no example {example} in {language}")
                data, place = self.places[example]
                i = position[example]
                same = len(found.candidates) == len(answers.scores[language][i])
                if language in answers.asked:
                    told = fingerprint(found.prompt, found.candidates)
                    same = same and told == answers.asked[language][i]
                if not same or data.probes[language].gold[place] != answers.gold[language][i]:
                    raise UserError(
                        f"example {example} has another prompt or other candidates than the run "
                        "was asked"
                    )

"""One model's word features on the disk: read once for each language and use, kept until scored."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.balancing.word_features import Tick, WordFeatures, word_features
from core.data.tagging.uses import ProbeUses
from core.errors import UserError
from core.models.device import Device
from core.models.encoder import Encoder
from core.models.memory import Fitting

FIT, TEST = "fit", "test"


@dataclass(frozen=True)
class FeatureCache:
    """The features of one model; one language's are held in memory at a time."""

    folder: Path
    """The model's own; a run that is resumed finds there what it read before."""
    name: str
    """Of the model, for messages."""
    encoder: Encoder
    uses: ProbeUses
    device: Device
    layer: int | None
    max_length: int
    fitting: Fitting
    watching: Callable[[str], Tick]
    """Told what is being read; returns what is told about the sentences."""

    def fit(self, language: str) -> WordFeatures:
        """Those to fit a probe on."""
        return self._get(language, FIT)

    def test(self, language: str) -> WordFeatures:
        """Those to test probes on."""
        return self._get(language, TEST)

    def remove(self) -> None:
        """Delete them."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _get(self, language: str, use: str) -> WordFeatures:
        path = self.folder / f"{language}.{use}.npz"
        if path.exists():
            return WordFeatures.load(path)
        found = word_features(
            self.encoder,
            (self.uses.fit if use == FIT else self.uses.test)[language],
            self.device,
            layer=self.layer,
            max_length=self.max_length,
            fitting=self.fitting,
            tick=self.watching(f"{self.name}: reading {language} ({use})"),
        )
        if not len(found.tags):
            raise UserError(
                f"no word of the {language} {use} sentences has a sub-word of {self.name} within "
                f"{self.max_length} pieces; say a longer --max-length, or leave {language} out"
            )
        found.save(path)
        return found

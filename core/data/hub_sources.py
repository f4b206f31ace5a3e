"""Where each benchmark is on the hub, and what its columns are called there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from core.data import belebele, copa, global_mmlu, pawsx, sib200, siqa, xcopa, xnli
from core.data.parallel import ParallelDataset
from core.data.rows import RowColumns
from core.data.table import Shape, Table

PARQUET = "refs/convert/parquet"
"""The hub's own conversion of a repository with a script, which `datasets` does not run: a folder
per configuration."""


class HubPlace(Protocol):
    """A repository of data on the hub."""

    @property
    def hub_id(self) -> str:
        """Its id."""

    @property
    def revision(self) -> str:
        """Which of its revisions."""

    @property
    def by_folder(self) -> bool:
        """Whether a configuration is a folder of the revision."""


@dataclass(frozen=True)
class NamedPlace:
    """A repository that the user names: its newest revision, configurations by name."""

    hub_id: str
    revision: str = "main"
    by_folder: bool = False


@dataclass(frozen=True)
class HubSource:
    """Where a benchmark is on the hub and how its rows are read."""

    hub_id: str
    configurations: Mapping[str, str]
    """The benchmark's code of each language -> the configuration that holds it."""
    shape: Callable[[str, int], Shape]
    """Split and fewest languages -> what an item must look like."""
    columns: RowColumns
    revision: str = "main"
    splits: Mapping[str, str] = field(
        default_factory=lambda: {split: split for split in ("train", "validation", "test")}
    )
    """The hub's splits that are read -> ours."""
    finish: Callable[[ParallelDataset], ParallelDataset] | None = None
    """What else a split needs once it is whole."""
    mend: Callable[[Mapping[str, Table]], dict[str, str]] | None = None
    """Repairs the languages' tables of a split in place; what it says is kept with the data."""
    also: str | None = None
    """Code of a language that `mend` needs, loaded beside those asked for where it can be."""
    tried_online: bool = False
    """Whether anybody ran this entry against the hub itself, not only against saved data."""

    @property
    def by_folder(self) -> bool:
        """Whether a configuration is a folder of the revision."""
        return self.revision == PARQUET


def codes_of(text: str) -> dict[str, str]:
    """Codes that are the names of their configurations."""
    return {code: code for code in text.split()}


HUB: Mapping[str, HubSource] = {
    # Any of its 205 FLORES codes can be asked for; these are the ones used by default.
    "sib200": HubSource(
        "Davlan/sib200",
        codes_of(
            "amh_Ethi arb_Arab bul_Cyrl deu_Latn ell_Grek eng_Latn est_Latn eus_Latn fra_Latn "
            "hat_Latn hin_Deva hun_Latn ind_Latn ita_Latn jpn_Jpan kor_Hang pes_Arab por_Latn "
            "quy_Latn rus_Cyrl spa_Latn swh_Latn tam_Taml tel_Telu tha_Thai tur_Latn urd_Arab "
            "vie_Latn yor_Latn zho_Hans"
        ),
        lambda split, minimum: sib200.shape(minimum),
        RowColumns(("text",), "category", ids=("index_id",), prefixed=False),
        revision=PARQUET,
    ),
    "xnli": HubSource(
        "facebook/xnli",
        codes_of("ar bg de el en es fr hi ru sw th tr ur vi zh"),
        xnli.shape,
        RowColumns(("premise", "hypothesis"), "label"),  # the rows are aligned by their place
        finish=xnli.with_premise_clusters,
    ),
    "paws-x": HubSource(
        "google-research-datasets/paws-x",
        codes_of("de en es fr ja ko zh"),
        lambda split, minimum: pawsx.shape(minimum),
        RowColumns(("sentence1", "sentence2"), "label", ids=("id",)),
    ),
    "xcopa": HubSource(
        "cambridgeltl/xcopa",
        codes_of("et ht id it qu sw ta th tr vi zh"),
        lambda split, minimum: xcopa.shape(minimum),
        copa.COLUMNS,
        revision=PARQUET,
        mend=xcopa.mend,
        also=xcopa.RIGHT_QUESTIONS,
    ),
    "copa": HubSource(
        "aps/super_glue",
        {"en": "copa"},
        lambda split, minimum: copa.shape(minimum_languages=minimum),
        copa.COLUMNS,
        revision=PARQUET,
        splits={split: split for split in copa.FILES},
    ),
    "siqa": HubSource(
        "allenai/social_i_qa",
        {"en": "default"},
        lambda split, minimum: siqa.shape(minimum),
        siqa.COLUMNS,
        revision=PARQUET,
    ),
    "belebele": HubSource(
        "facebook/belebele",
        codes_of(belebele.CODES),
        lambda split, minimum: belebele.shape(minimum),
        belebele.COLUMNS,
    ),
    "global-mmlu": HubSource(
        "CohereLabs/Global-MMLU",
        codes_of(global_mmlu.CODES),
        lambda split, minimum: global_mmlu.shape(minimum),
        global_mmlu.COLUMNS,
        splits=global_mmlu.SPLITS,
    ),
}
"""The benchmarks that can be loaded without ``--data``. None has been tried online."""

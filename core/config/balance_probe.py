"""Linear probes on frozen encoders: parts of speech and names."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from core.config.base import TYPED, EngineConfig, Names


class BalanceProbeConfig(EngineConfig):
    """Probe frozen encoders for parts of speech or names, in and across languages."""

    model: str = Field(
        ...,
        description="A balance run, whose models are all probed (each teacher in its own "
        "language); or hub id or folder of any encoder with safetensors weights, built-in, or "
        "another run's id.",
    )
    models: Names = Field(
        (), description="Of a balance run: probe only these models, e.g. hl,balanced,distilled."
    )
    revision: str | None = Field(None, description="Revision of a model on the hub.")
    task: Literal["pos", "ner"] = Field(
        "pos",
        description="pos: 17 universal parts of speech, scored by accuracy; ner: names of people, "
        "organisations and places (7 tags), scored by macro-F1 over the tags.",
    )
    data: str | None = Field(
        None,
        description="pos: folder of Universal Dependencies treebanks (.conllu, also .xz or .gz); "
        "ner: folder of WikiANN's files, or the hub id of a copy. Unset: ner reads "
        "unimelb-nlp/wikiann from the hub.",
    )
    languages: Names = Field(
        (),
        description="Languages to probe, e.g. en,de,eu; empty means those of the balance run that "
        "the data has, else all the data has.",
    )
    treebanks: Names = Field(
        (), description="Treebanks to use where a language has several, e.g. en_ewt; empty: all."
    )
    layer: int | None = Field(
        None, ge=0, description="Layer whose output is probed; 0: the embeddings. Unset: the last."
    )
    max_length: int = Field(
        128, ge=8, description="Longest sentence, in pieces; words beyond are counted and left out."
    )
    train_sentences: int = Field(
        1000,
        ge=1,
        description="Sentences of each language the probes are fitted on, at most; from train, or "
        "dev where a language has no train (marked).",
    )
    test_sentences: int = Field(
        1000, ge=1, description="Sentences of each language the probes are tested on, at most."
    )
    seeds: int = Field(
        5, ge=1, description="Probes for each language; results are their mean and deviation."
    )
    share: float = Field(
        0.8, gt=0, le=1, description="Share of the fitting sentences that each seed draws."
    )
    strength: float = Field(
        0.01,
        gt=0,
        description="Inverse of the penalty on a probe's weights (C of scikit-learn).",
        json_schema_extra=TYPED,
    )
    iterations: int = Field(
        100, ge=1, description="Steps of L-BFGS of one probe, at most; fewer where it has settled."
    )

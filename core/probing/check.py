"""Whether prompts can be scored at all: everything a scorer would refuse, before it starts."""

from __future__ import annotations

from collections.abc import Iterable

from core.data.problems import Problems
from core.errors import DataError
from core.models.language_model import LanguageModel
from core.probing.causal import sentences
from core.probing.encoder_decoder import encoded
from core.probing.pieces import candidate_pieces, masked_ids
from core.probing.prompts import Prompts


def refuse_unscorable(model: LanguageModel, asked: Iterable[Prompts], source: str) -> None:
    """Refuse prompts and candidates that the model's tokenizer leaves nothing to score of.

    Args:
        model: whose tokenizer; no forward pass is made.
        asked: the prompts of every language.
        source: what the message calls them, e.g. the file.

    Raises:
        DataError: a candidate has no pieces, a prompt is too long, or its gap is lost; those of
            all languages in one message, each with the prompt's name.
        UserError: the tokenizer can't mark a gap.
    """
    problems = Problems(source)
    for prompts in asked:
        try:
            _read(model, prompts)
        except DataError as error:
            for problem in error.problems:
                problems.add(problem)
    problems.raise_if_any()


def _read(model: LanguageModel, prompts: Prompts) -> None:
    """Make token ids of prompts as their scorer does."""
    if model.family == "encoder-decoder":
        encoded(model.tokenizer, prompts)
    elif model.family == "causal":
        sentences(model.tokenizer, prompts)
    else:
        pieces = candidate_pieces(model.tokenizer, prompts)
        longest = [[max(row, key=len)] for row in pieces]  # if that fits, the others do
        masked_ids(model.tokenizer, prompts, longest)

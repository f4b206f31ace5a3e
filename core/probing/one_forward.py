"""Candidate scores of a masked LM with all masks of a candidate filled at once."""

from __future__ import annotations

from core.models.language_model import LanguageModel
from core.probing.pieces import candidate_pieces, mask_of, masked_ids
from core.probing.prompts import Counts, Prompts, Scored, means
from core.probing.surprisal import Engine, Question, surprisals


def one_forward(model: LanguageModel, prompts: Prompts, engine: Engine) -> Scored:
    """Mean negative log-probability of each candidate's pieces, lower is better.

    A candidate of k pieces is scored in one forward pass with k masks in its place; each piece is
    read at its own mask. Candidates with equally many pieces share a forward pass per prompt.

    Args:
        model: a masked LM.
        prompts: with their candidates.
        engine: where and how.

    Returns:
        Scores and counts; one at a time would need a forward per candidate.

    Raises:
        UserError: the tokenizer has no mask.
        DataError: a prompt or a candidate can't be scored; all such in one message.
    """
    mask_of(model.tokenizer)
    pieces = candidate_pieces(model.tokenizer, prompts)
    masked = masked_ids(model.tokenizer, prompts, pieces)
    questions = []
    for text, row in zip(prompts.texts, pieces, strict=True):
        for candidate in row:
            ids, places = masked[text, len(candidate)]
            questions += [Question(ids, p, i) for p, i in zip(places, candidate, strict=True)]
    values, done = surprisals(model, questions, engine)
    scores = means(values, [[len(candidate) for candidate in row] for row in pieces])
    return Scored(tuple(scores), Counts(done, sum(len(row) for row in pieces)))

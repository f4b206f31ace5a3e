"""The rules of scoring, written plainly: one candidate, one mask, one forward at a time."""

from __future__ import annotations

from collections.abc import Callable

import torch


def masked(model, tokenizer, prompt: str, candidate: str, language: str, fill: str) -> float:
    """Left to right, as in the paper's scorer."""
    pieces = tokenizer(candidate, add_special_tokens=False)["input_ids"]
    if language == "zh" and tokenizer.convert_ids_to_tokens(pieces[0]) == "▁":
        pieces = pieces[1:]
    join = "" if language == "zh" else " "
    text = prompt.replace("<mask>", join.join([tokenizer.mask_token] * len(pieces)))
    ids = tokenizer(text, return_tensors="pt")["input_ids"]
    costs = []
    for piece in pieces:
        if fill == "text":
            ids = tokenizer(text, return_tensors="pt")["input_ids"]
        place = (ids[0] == tokenizer.mask_token_id).nonzero()[0, 0]
        with torch.no_grad():
            logits = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits[0, place]
        costs.append(-logits.double().log_softmax(-1)[piece].item())
        string = tokenizer.convert_ids_to_tokens(piece)
        start = text.find(tokenizer.mask_token)
        text = text[:start] + string + text[start + len(tokenizer.mask_token) :]
        ids = ids.clone()
        ids[0, place] = piece
    return sum(costs) / len(costs)


def all_masks(model, tokenizer, prompt: str, candidate: str, language: str) -> float:
    """Every piece at its own mask, in one forward."""
    pieces = tokenizer(candidate, add_special_tokens=False)["input_ids"]
    if language == "zh" and tokenizer.convert_ids_to_tokens(pieces[0]) == "▁":
        pieces = pieces[1:]
    join = "" if language == "zh" else " "
    text = prompt.replace("<mask>", join.join([tokenizer.mask_token] * len(pieces)))
    ids = tokenizer(text, return_tensors="pt")["input_ids"]
    places = (ids[0] == tokenizer.mask_token_id).nonzero()[:, 0]
    with torch.no_grad():
        log_p = model(input_ids=ids).logits[0, places].double().log_softmax(-1)
    return -sum(log_p[i, piece].item() for i, piece in enumerate(pieces)) / len(pieces)


def encoder_decoder(model, tokenizer, prompt: str, candidate: str) -> float:
    """Labels ``<extra_id_0> candidate <extra_id_1> </s>``; the candidate's pieces count."""
    inputs = tokenizer(prompt.replace("<mask>", "<extra_id_0>"), return_tensors="pt")["input_ids"]
    labels = tokenizer(f"<extra_id_0> {candidate} <extra_id_1>", return_tensors="pt")["input_ids"]
    with torch.no_grad():
        log_p = model(input_ids=inputs, labels=labels).logits[0].double().log_softmax(-1)
    places = range(1, labels.shape[1] - 2)
    return -sum(log_p[i, labels[0, i]].item() for i in places) / len(places)


def causal(model, tokenizer, prompt: str, candidate: str) -> float:
    """Mean cross-entropy of the filled-in sentence, as the model computes it from labels."""
    text = prompt.replace("<mask>", candidate)
    ids = tokenizer(text)["input_ids"]
    if ids[0] != tokenizer.bos_token_id:
        ids = [tokenizer.bos_token_id, *ids]
    row = torch.tensor([ids])
    with torch.no_grad():
        return model(input_ids=row, labels=row).loss.item()


def remembered(score: Callable[[str, str], float]) -> Callable[[str, str], float]:
    """The same scores by (prompt, candidate), each computed once."""
    known: dict[tuple[str, str], float] = {}

    def look_up(prompt: str, candidate: str) -> float:
        if (prompt, candidate) not in known:
            known[prompt, candidate] = score(prompt, candidate)
        return known[prompt, candidate]

    return look_up


def right(candidates: list[str], scores: list[float], gold: list[str]) -> int:
    """Of the right answers those that have one of the lowest scores, as many as are right."""
    by_candidate = dict(zip(candidates, scores, strict=True))
    limit = sorted(by_candidate.values())[: len(gold)]
    return sum(by_candidate[answer] in limit for answer in gold)

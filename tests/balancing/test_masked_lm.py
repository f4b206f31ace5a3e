import torch

from core.balancing.masked_lm import IGNORED, build, mask, train
from core.config import PretrainConfig
from core.models.device import pick_device
from core.probing.one_forward import candidate_scores
from tests.tiny import rows


def texts():
    found: dict[str, list[str]] = {}
    for row in rows(60):
        found.setdefault(row["language"], []).append(row["text"])
    return found


CONFIG = PretrainConfig(vocabulary=300, layers=1, hidden=32, heads=2, steps=30, batch=16)


def test_training_lowers_the_loss_and_is_reproducible():
    losses = []
    for _ in range(2):
        model, tokenizer = build(texts(), CONFIG)
        history = train(model, tokenizer, texts(), CONFIG, pick_device(CONFIG))
        losses.append(history[-1]["loss"])
    assert losses[0] == losses[1]
    assert losses[0] < torch.log(torch.tensor(float(len(tokenizer))))


def test_only_real_pieces_are_masked():
    _, tokenizer = build(texts(), CONFIG)
    ids = torch.tensor(tokenizer(["ka lo apple mi nu", "pomme"], padding=True)["input_ids"])
    torch.manual_seed(0)
    changed, labels = mask(ids, tokenizer, 0.5)
    special = torch.isin(ids, torch.tensor(tokenizer.all_special_ids))
    assert (labels[special] == IGNORED).all()
    assert (changed[special] == ids[special]).all()
    asked = labels != IGNORED
    assert asked.any()
    assert (labels[asked] == ids[asked]).all()
    assert (labels != tokenizer.mask_token_id).all()


def test_pairs_and_masks_survive_the_tokenizer():
    _, tokenizer = build(texts(), CONFIG)
    text = tokenizer.decode(tokenizer("apple", "pomme")["input_ids"])
    assert text.count("</s>") == 2
    assert tokenizer.mask_token_id in tokenizer("ka <mask> lo")["input_ids"]


def test_candidate_scores_equal_one_candidate_at_a_time():
    model, tokenizer = build(texts(), CONFIG)
    train(model, tokenizer, texts(), CONFIG, pick_device(CONFIG))
    prompts = ["ka lo @ mi", "pe @"]
    candidates = [["apple", "iron", "theluji"], ["dhahabu", "rain"]]
    device = pick_device(CONFIG)
    found = candidate_scores(model, tokenizer, prompts, candidates, device, placeholder="@")
    for prompt, row, scores in zip(prompts, candidates, found, strict=True):
        for candidate, score in zip(row, scores, strict=True):
            pieces = tokenizer(candidate, add_special_tokens=False)["input_ids"]
            masked = prompt.replace("@", " ".join(["<mask>"] * len(pieces)))
            inputs = tokenizer(masked, return_tensors="pt")
            places = (inputs["input_ids"][0] == tokenizer.mask_token_id).nonzero()[:, 0]
            with torch.no_grad():
                log_p = model(**inputs).logits[0, places].double().log_softmax(-1)
            plain = sum(log_p[i, piece].item() for i, piece in enumerate(pieces)) / len(pieces)
            assert abs(plain - score) < 1e-4

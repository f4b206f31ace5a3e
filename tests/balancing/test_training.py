"""Training with hard and soft labels: what it learns from, when it stops, with little memory."""

from dataclasses import replace
from itertools import islice

import pytest
import torch
from torch.nn import functional

from core.balancing import training
from core.balancing.comparison import is_taught, model_names, task_of
from core.balancing.masking import IGNORED, mask
from core.balancing.ranks import mean_reciprocal_rank
from core.balancing.training import Training
from core.models.device import pick_device, seed_step
from core.models.encode import pad
from core.models.optimizer import adamw, learning_rate_at, set_learning_rate
from tests.balancing.balanced import model, texts, tiny


def trained(name="balanced", config=None, teachers=None, **changes):
    config = config or tiny(**changes)
    found = texts(config)
    task = replace(task_of(name, found, config), teachers=teachers)
    one = model(found, config=config)
    loop = Training(one, found.tokenizer, task, config, pick_device(config))
    return one, loop, loop.run()


def teachers_of(found, config):
    return {
        language: model(found, seed=number + 1, config=config).eval().requires_grad_(False)
        for number, language in enumerate(found.train)
    }


def plainly(name, config, teachers=None):
    """The same training, written down with the logits of every position."""
    found = texts(config)
    one = model(found, config=config).train()
    task = task_of(name, found, config)
    optimizer = adamw(one, task.learning_rate, config.weight_decay)
    for step, (language, chosen) in enumerate(islice(task.order(), config.steps)):
        set_learning_rate(
            optimizer, learning_rate_at(step, config.steps, task.learning_rate, config.warmup)
        )
        seed_step(config.seed, step)
        rows = [task.rows[language][i] for i in chosen]
        batch = pad(rows, found.tokenizer.pad_token_id, training.CPU)
        ids, labels = mask(batch["input_ids"], found.tokenizer, config.masked_share, longest=1)
        inputs = {"input_ids": ids, "attention_mask": batch["attention_mask"]}
        logits, asked = one(**inputs).logits, labels != IGNORED
        if teachers is None:
            loss = functional.cross_entropy(logits.flatten(0, 1), labels.flatten())
        else:
            with torch.no_grad():
                p = teachers[language](**inputs).logits.softmax(-1)
            kl = (p * (p.log() - logits.log_softmax(-1))).sum(-1)
            loss = (kl * asked).sum() / asked.sum()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(one.parameters(), training.CLIP)
        optimizer.step()
    return one.state_dict()


def assert_close(found, expected, tolerance=2e-4):
    """Adam divides small gradients by themselves; a step moves a weight by up to 3e-3."""
    for name, value in expected.items():
        torch.testing.assert_close(found[name], value, atol=tolerance, rtol=0)


@pytest.mark.parametrize("name", ["teacher-fr", "hl", "balanced", "sampled"])
def test_hard_labels_train_as_written_down_plainly(name):
    config = tiny(steps=4, check_every=4)
    one, _, _ = trained(name, config)
    assert_close(one.state_dict(), plainly(name, config))


def test_soft_labels_come_from_the_teacher_of_the_language():
    config = tiny(steps=4, check_every=4)
    teachers = teachers_of(texts(config), config)
    one, _, _ = trained("distilled", config, teachers)
    assert_close(one.state_dict(), plainly("distilled", config, teachers))
    swapped = dict(zip(teachers, reversed(list(teachers.values())), strict=True))
    other, _, _ = trained("distilled", config, swapped)
    assert max((one.state_dict()[n] - v).abs().max() for n, v in other.state_dict().items()) > 1e-4


def test_student_and_baseline_see_the_same_texts_and_masks(monkeypatch):
    config = tiny()
    seen: dict[str, list[torch.Tensor]] = {"balanced": [], "distilled": []}
    true = training.mask
    for name, kept in seen.items():

        def noted(*given, kept=kept, **options):
            found = true(*given, **options)
            kept.append(found[0])
            return found

        monkeypatch.setattr(training, "mask", noted)
        teachers = teachers_of(texts(config), config) if name == "distilled" else None
        trained(name, config, teachers)
    assert len(seen["balanced"]) == config.steps
    assert all((one == other).all() for one, other in zip(*seen.values(), strict=True))


def test_a_teacher_reads_its_language_only_and_all_of_it():
    found, config = texts(), tiny()
    task = task_of("teacher-en", found, config)
    assert list(task.rows) == list(task.dev) == ["en"]
    assert len(task.rows["en"]) == len(found.train["en"]) > 2 * len(found.balanced["en"])


def test_data_and_budget_of_each_model():
    config = tiny(steps=10, models="hl,balanced,distilled,hl-epochs", soft_learning_rate=0.5)
    found = texts(config)
    tasks = {name: task_of(name, found, config) for name in model_names(config, list(found.train))}
    assert list(tasks)[:3] == ["teacher-en", "teacher-fr", "teacher-sw"]
    assert tasks["balanced"].rows == tasks["distilled"].rows == dict(found.balanced)
    assert tasks["hl"].rows == dict(found.train)
    assert {task.steps for name, task in tasks.items() if name != "hl-epochs"} == {10}
    epochs = 10 / tasks["balanced"].epoch_steps
    assert tasks["hl-epochs"].steps == pytest.approx(epochs * tasks["hl"].epoch_steps, abs=1)
    assert tasks["hl-epochs"].steps > 15
    rates = {name for name, task in tasks.items() if task.learning_rate == 0.5}
    assert rates == {"distilled"} == {name for name in tasks if is_taught(name)}


def test_epochs_are_of_each_models_own_data():
    config = tiny(budget="epochs", epochs=3, models="hl,hl-steps", steps=7)
    found = texts(config)
    for name in ("teacher-en", "teacher-sw", "hl"):
        task = task_of(name, found, config)
        assert task.steps == 3 * task.epoch_steps
    assert task_of("hl-steps", found, config).steps == 7


def test_training_lowers_the_loss_and_raises_the_rank():
    one, loop, found = trained("balanced", steps=120, check_every=20, hidden=32)
    losses = [row["loss"] for row in found.history]
    assert losses[-1] < losses[0] - 0.5
    untrained = model(texts(loop.config), config=loop.config)
    before, after = (
        mean_reciprocal_rank(x, texts(loop.config).test, 1, training.CPU, 8)
        for x in (untrained, one)
    )
    assert all(after[language] > 2 * before[language] for language in before)
    assert found.dev_mrr == max(row["dev_mrr"] for row in found.history)
    assert [row["step"] for row in found.history] == [*range(20, 121, 20)]
    assert set(found.history[0]) == {"model", "step", "epoch", "loss", "dev_mrr", "learning_rate"}


def test_the_best_weights_are_kept_and_patience_ends_it(monkeypatch):
    scores, kept = iter([5.0, 7.0, 6.0, 6.5, 9.0]), []
    true = training.weights_of
    monkeypatch.setattr(
        training, "mean_reciprocal_rank", lambda *_: {"en": next(scores), "fr": 1.0}
    )
    monkeypatch.setattr(training, "weights_of", lambda one: kept.append(true(one)) or kept[-1])
    one, _, found = trained("balanced", steps=30, check_every=2, patience=2)
    assert (found.kept_step, found.steps, found.dev_mrr) == (4, 8, 4.0)
    assert_close(one.state_dict(), kept[-1], 0)


def test_less_memory_gives_the_same_model(monkeypatch):
    config = tiny()
    whole, _, _ = trained("balanced", config)
    found = texts(config)
    one, notes = model(found), []
    forward = type(one.base_model).forward

    def limited(self, input_ids=None, **others):
        if torch.is_grad_enabled() and len(input_ids) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB")
        return forward(self, input_ids=input_ids, **others)

    monkeypatch.setattr(type(one.base_model), "forward", limited)
    task = task_of("balanced", found, config)
    Training(one, found.tokenizer, task, config, pick_device(config), note=notes.append).run()
    assert notes == ["Memory ran out with 8 texts at once; from then on 2."]
    assert_close(one.state_dict(), whole.state_dict(), 2e-4)


def test_texts_in_parts_by_tokens_have_the_gradients_of_the_whole():
    config = tiny()
    found = texts(config)
    gradients = []
    for tokens in (None, 1):
        task = task_of("balanced", found, config)
        device = replace(pick_device(config), training_tokens=tokens)
        loop = Training(model(found, config=config), found.tokenizer, task, config, device)
        language, chosen = next(task.order())
        loss = loop._backward(language, chosen, len(chosen))
        gradients.append((loss, [p.grad for p in loop.model.parameters() if p.grad is not None]))
    assert gradients[0][0] == pytest.approx(gradients[1][0], abs=1e-5)
    for one, whole in zip(gradients[0][1], gradients[1][1], strict=True):
        torch.testing.assert_close(one, whole, atol=1e-6, rtol=1e-4)

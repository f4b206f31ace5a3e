"""What a run will cost: counted operations, seconds and bytes against hand computed values."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.estimate.cost import HOLES, STEP, Cost, Speed, Stage, amount, cost_of, handling, time_text
from core.estimate.known_speeds import folder, key_of, recall, remember
from core.estimate.shape import Shape

SMALL = Shape(layers=2, hidden=4, inner=8, vocabulary=10)
ASKING = Speed("CPU", rate=1e3, update=0.0, saved=0.0, again=0.0, parameters=1000, trained=0)
TRAINING = Speed("CPU", 5e2, update=0.5, saved=100.0, again=0.0, parameters=1000, trained=1000)


def speed(stage: Stage) -> Speed:
    return TRAINING if stage.trains else ASKING


def test_operations_of_a_text() -> None:
    """Two layers: 4 matrices of 4x4 and 2 of 4x8 are 128 weights; 4·4·9 for scores and sums."""
    assert SMALL.forward(3) == 2 * (2 * 128 * 3 + 4 * 4 * 9)
    assert SMALL.logits(5) == 2 * 5 * 4 * (4 + 10)
    assert SMALL.weights == 10 * 4 + 2 * 128


@pytest.mark.parametrize(
    ("settings", "shape"),
    [
        (
            {"model_type": "xlm-roberta", "hidden_size": 768, "num_hidden_layers": 12,
             "intermediate_size": 3072, "vocab_size": 250002, "num_attention_heads": 12},
            Shape(12, 768, 3072, 250002),
        ),
        (
            {"model_type": "modernbert", "hidden_size": 384, "num_hidden_layers": 10,
             "intermediate_size": 1024, "vocab_size": 32000},
            Shape(10, 384, 1024, 32000, matrices=3),
        ),
        (
            {"model_type": "mt5", "d_model": 512, "num_layers": 8, "d_ff": 1024, "d_kv": 64,
             "num_heads": 6, "vocab_size": 250112, "feed_forward_proj": "gated-gelu"},
            Shape(8, 512, 1024, 250112, matrices=3, attention=384),
        ),
        (
            {"model_type": "distilbert", "dim": 768, "n_layers": 6, "hidden_dim": 3072,
             "vocab_size": 119547},
            Shape(6, 768, 3072, 119547),
        ),
    ],
    ids=["xlm-r", "modernbert", "mt5", "distilbert"],
)  # fmt: skip
def test_shapes(settings: dict[str, object], shape: Shape) -> None:
    assert Shape.of(settings) == shape


def test_xlm_r_base_has_its_parameters() -> None:
    """Without positions, norms, biases and pooler: 12·7,077,888 + 250,002·768, of 278 M."""
    shape = Shape(12, 768, 3072, 250002)
    assert shape.weights == 12 * 7_077_888 + 250_002 * 768


def test_a_configuration_without_a_size() -> None:
    with pytest.raises(KeyError, match="hidden_size"):
        Shape.of({"model_type": "x", "num_hidden_layers": 2, "vocab_size": 9})


def test_stages_add_up() -> None:
    reading = Stage("reading", rows=6, tokens=3, at_once=2)
    learning = Stage("learning", rows=4, tokens=3, updates=2, at_once=2, beside=1.5, pause=1e9)
    measured = Stage("asking", rows=1, tokens=3, at_once=1, seconds=7.0)
    saving = Stage("saving", 0, 0, seconds=2.0)
    found = cost_of("x", [reading, learning, measured, saving], SMALL, speed, base=50)
    one = SMALL.forward(3)
    assert found.encodings == 11
    assert found.flops == one * (6 + 3 * 4 + 1)
    assert found.stages == (
        ("reading", 6 * one / 1e3),
        ("learning", 1.5 + 3 * 4 * one / 5e2 + 2 * (0.5 + STEP)),
        ("asking", 7.0),
        ("saving", 2.0),
    )
    assert found.seconds == pytest.approx(sum(x for _, x in found.stages))
    # weights, gradients, two moments, the best so far: 5 floats each; 6 tokens keep 100 bytes
    assert found.memory == int(50 + 5 * 4 * 1000 + HOLES * 6 * 100)
    assert Cost.from_json(found.to_json()) == found


def test_memory_of_a_training() -> None:
    """The longest batch decides, or the checkpoint, for which three copies are made."""

    def memory(**settings: float) -> int:
        stage = Stage("learning", 4, 3, 2, 2, **settings)  # type: ignore[arg-type]
        return cost_of("x", [stage], SMALL, speed, base=0).memory

    kept = 4 * 1000 * 5
    assert memory(pause=1e9, longest=30) == int(kept + HOLES * 2 * 30 * 100)
    assert memory(pause=0) == kept + 3 * 4 * 1000
    assert memory(pause=0, copies=2, data=7) == kept + 4 * 1000 + 3 * 4 * 1000 + 7
    # ten times as long, ten times the places: 2 texts of 10 places, 10 words, logits twice
    logits = 2 * 10 * 10 * 4 * 2
    assert memory(pause=1e9, positions=1, longest=30) == int(kept + HOLES * 6000 + logits)


def test_memory_of_adapters() -> None:
    """Gradients, moments and the best so far are of the adapters; one layer is computed again."""
    own = replace(TRAINING, trained=10, saved=20.0, again=50.0)
    stage = Stage("learning", 4, 3, 2, 2, pause=0)
    assert cost_of("x", [stage], SMALL, lambda _: own, base=0).memory == int(
        4 * 1000 + 4 * 4 * 10 + HOLES * 6 * (20 + 50)
    )


def test_a_larger_model_takes_longer_to_write() -> None:
    assert handling(4e8, 3).seconds == pytest.approx(0.5 + 3 * 4 * 4e8 / 800e6)


def test_without_a_model() -> None:
    found = cost_of("generate", [Stage("writing", 0, 0, seconds=2.0)], None, None, base=9)
    assert (found.seconds, found.memory, found.flops) == (2.0, 9, 0.0)
    assert found.words == "about 2 s on CPU, 9 B of memory"


def test_words() -> None:
    assert [amount(x) for x in (0, 999, 1500, 2.5e12)] == ["0 ", "999 ", "1.5 k", "2.5 T"]
    assert [time_text(x) for x in (0.2, 89, 600, 7200)] == ["1 s", "89 s", "10 min", "2.0 h"]


def test_speeds_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    key = key_of({"device": "CPU", "length": 16})
    assert key != key_of({"device": "CPU", "length": 32})
    assert recall(key) is None
    remember(key, TRAINING)
    assert recall(key) == TRAINING
    (folder() / f"{key}.json").write_text("{", encoding="utf-8")
    assert recall(key) is None
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    (tmp_path / "file").write_text("")
    remember(key, TRAINING)  # no folder can be made there

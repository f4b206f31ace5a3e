"""What is said beside the numbers of a comparison."""

from __future__ import annotations

from core.metrics.balance_cautions import crowded, piece_length, still_learning, stopped_early


def test_models_that_were_still_learning_are_named() -> None:
    steps = {"teacher-en": 400, "teacher-eu": 400, "hl": 400, "balanced": 300}
    kept = {"teacher-en": 300, "teacher-eu": 400, "hl": 300, "balanced": 300}
    found = still_learning({"steps": steps, "kept_steps": kept})
    assert found == ["teachers", "balanced"]
    assert still_learning({}) == []


def test_models_that_stopped_early() -> None:
    config = {"steps": 800, "check_every": 80, "patience": 5, "budget": "steps"}
    metrics = {
        "steps": {
            "teacher-en": 480,
            "hl": 800,
            "balanced": 560,
            "distilled": 800,
            "hl-epochs": 1200,
        },
        "kept_steps": {
            "teacher-en": 80,
            "hl": 400,
            "balanced": 160,
            "distilled": 640,
            "hl-epochs": 800,
        },
    }
    # hl looked for 400 steps in vain, and had no more steps to make.
    assert stopped_early(metrics, config) == {"balanced": 160, "hl-epochs": 800}
    assert stopped_early({}, {}) == {}


def test_how_long_pieces_are() -> None:
    config = {"vocabulary": 4000}
    metrics = {"vocabulary": 4000, "characters": {"de": 300}, "pieces": {"de": 100}}
    assert piece_length(metrics, config, "de") == 3
    assert piece_length(metrics, config, "fr") is None and piece_length({}, {}, "de") is None
    assert not crowded(metrics, config)
    # Every character is a piece before two are joined, so that there are no others.
    assert crowded({"vocabulary": 4001}, config)
    assert piece_length({"vocabulary": 4001}, config, "de") == 1

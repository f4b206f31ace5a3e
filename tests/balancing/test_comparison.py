"""The text of a comparison as its models read it, and what is warned of."""

from __future__ import annotations

from core.balancing.comparison import warnings_of
from core.models.encode import encode_texts
from tests.balancing.balanced import division, texts, tiny


def test_texts_are_cut_as_the_tokenizer_cuts_them() -> None:
    config = tiny().model_copy(update={"positions": 6})
    found = texts(config)
    for language, passages in division().train.items():
        lines = [(one.text,) for one in passages]
        assert found.train[language] == encode_texts(lines, found.tokenizer, 6)
        whole = encode_texts(lines, found.tokenizer, None)
        assert found.pieces[language] == sum(len(row) - 2 for row in whole)
        assert found.cut[language] == sum(len(row) > 6 for row in whole) > 0


def test_text_that_nobody_reads_is_warned_of() -> None:
    config = tiny().model_copy(update={"positions": 6})
    found = texts(config)
    [said] = warnings_of(found, config)
    read = sum(len(row) - 2 for row in found.train["en"])
    assert "cut after --positions 6 pieces" in said
    assert f"en {1 - read / found.pieces['en']:.0%}" in said
    wide = tiny(positions=128)
    assert warnings_of(texts(wide), wide) == []


def test_a_vocabulary_of_characters_is_warned_of() -> None:
    config = tiny(positions=128)
    found = texts(config)
    asked = config.model_copy(update={"vocabulary": len(found.tokenizer) - 1})
    [said] = warnings_of(found, asked)
    assert f"all {len(found.tokenizer):,} pieces are single characters" in said

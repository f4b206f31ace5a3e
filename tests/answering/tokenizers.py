"""Small tokenizers of the kinds that encoders come with, trained on a few sentences."""

from __future__ import annotations

from pathlib import Path

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from tokenizers.processors import TemplateProcessing
from transformers import AutoTokenizer, PreTrainedTokenizerBase, PreTrainedTokenizerFast

TEXTS = (
    "The museum opened in 1907, north of the old harbour.  It closed in 1944.",
    "Das Museum wurde 1907 eröffnet;\nes schloss 1944 und öffnete nie wieder.",
    "博物馆于1907年在旧港口以北开放，1944年关闭。馆长是李小龙先生。",
    "พิพิธภัณฑ์เปิดในปี 1907 ทางเหนือของท่าเรือเก่า และปิดที่นี่ในปี 1944",
    "افتُتِحَ المتحف عام 1907 شمال الميناء القديم، ثم أُغلِق عام 1944.",
    "संग्रहालय 1907 में पुराने बंदरगाह के उत्तर में खुला।",
)
ANSWERS = ("1907", "öffnete", "李小龙", "ท่าเรือเก่า", "الميناء القديم", "पुराने बंदरगाह")
"""One in each text."""
QUESTIONS = ("When did it open?", "Wer leitet das Museum?", "馆长是谁？", "متى أُغلِق المتحف؟")
KINDS = ("bert", "xlm-r", "byte-level", "built-in")
BUILT_IN = next(Path("cached_runs").glob("*-pretrain-*")) / "model"
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")


def tokenizer_of(kind: str, max_length: int = 512) -> PreTrainedTokenizerBase:
    """A fast tokenizer of this kind, as it would be loaded."""
    if kind == "built-in":
        found = AutoTokenizer.from_pretrained(BUILT_IN)
        found.model_max_length = max_length
        return found
    builders = {"bert": _bert, "xlm-r": _xlm_r, "byte-level": _byte_level}
    return builders[kind](max_length)


def _bert(max_length: int) -> PreTrainedTokenizerFast:
    """WordPiece that drops accents, as the uncased ones do; typed pairs."""
    names = {"pad": "[PAD]", "unk": "[UNK]", "cls": "[CLS]", "sep": "[SEP]", "mask": "[MASK]"}
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=300, special_tokens=[*names.values()], show_progress=False
    )
    tokenizer.train_from_iterator((*TEXTS, *QUESTIONS), trainer)
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=max_length,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
        **{f"{name}_token": value for name, value in names.items()},
    )


def _xlm_r(max_length: int) -> PreTrainedTokenizerFast:
    """Unigram with a word start "▁" and two separators between the texts."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace("\n", " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]
    )
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=240, special_tokens=[*SPECIAL], unk_token="<unk>", show_progress=False
    )
    tokenizer.train_from_iterator((*TEXTS, *QUESTIONS), trainer)
    return _with_pairs(tokenizer, "<s> $A </s> </s> $B </s>", max_length)


def _byte_level(max_length: int) -> PreTrainedTokenizerFast:
    """BPE over bytes, as ModernBERT's: a character may be several tokens, blanks lead words."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=330,
        special_tokens=[*SPECIAL],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator((*TEXTS[:2], *QUESTIONS), trainer)
    return _with_pairs(tokenizer, "<s> $A </s> $B </s>", max_length)


def _with_pairs(tokenizer: Tokenizer, pair: str, max_length: int) -> PreTrainedTokenizerFast:
    tokenizer.post_processor = TemplateProcessing(
        single="<s> $A </s>", pair=pair, special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=max_length,
        bos_token="<s>",
        cls_token="<s>",
        eos_token="</s>",
        sep_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        mask_token="<mask>",
    )

"""Tiny random language models of every family, each with a tokenizer of its kind; no network."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from tokenizers.processors import TemplateProcessing
from transformers import (
    BertConfig,
    BertForMaskedLM,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    ModernBertConfig,
    ModernBertForMaskedLM,
    MT5Config,
    MT5ForConditionalGeneration,
    PreTrainedTokenizerFast,
    XLMRobertaConfig,
    XLMRobertaForMaskedLM,
)

from core.balancing.tokenizer import train_tokenizer
from core.models.language_model import LanguageModel
from tests.tiny import rows

CHINESE = ("在美国人们用右手吃饭", "一般会靠左侧行驶", "新年是一月的第一天", "红色和白色的婚纱")
MASKED = ("xlm-r", "bert", "modernbert")
CAUSAL = ("gpt-2", "llama")
FAMILIES = (*MASKED, *CAUSAL, "mt5")
SIZE = {"num_hidden_layers": 2, "num_attention_heads": 2, "hidden_size": 32}


def texts() -> list[str]:
    """What the tokenizers are trained on."""
    return [row["text"] for row in rows(60)] + [*CHINESE] * 3


def build(kind: str) -> LanguageModel:
    """A model with random weights, wide enough apart for candidates to differ."""
    torch.manual_seed(0)
    tokenizer, model = _BUILDERS[kind]()
    for parameter in model.parameters():
        if parameter.dim() > 1:
            torch.nn.init.normal_(parameter, std=0.3)
        else:
            torch.nn.init.normal_(parameter, mean=1.0, std=0.3)
    model.tie_weights()
    return LanguageModel(model.eval(), tokenizer)


def write(kind: str, folder: Path) -> Path:
    """The model and its tokenizer in a folder, as from the hub."""
    found = build(kind)
    found.model.save_pretrained(folder)
    found.tokenizer.save_pretrained(folder)
    return folder


def _xlm_r() -> tuple[PreTrainedTokenizerFast, torch.nn.Module]:
    tokenizer = train_tokenizer(texts(), 200, 60)
    config = XLMRobertaConfig(
        vocab_size=len(tokenizer),
        pad_token_id=tokenizer.pad_token_id,
        intermediate_size=48,
        max_position_embeddings=62,
        type_vocab_size=1,
        **SIZE,
    )
    return tokenizer, XLMRobertaForMaskedLM(config)


def _bert() -> tuple[PreTrainedTokenizerFast, torch.nn.Module]:
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(
        vocab_size=200, special_tokens=special, show_progress=False, min_frequency=2
    )
    tokenizer.train_from_iterator(texts(), trainer)
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", pair=None, special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    names = dict(zip(("pad", "unk", "cls", "sep", "mask"), special, strict=True))
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, **{f"{name}_token": value for name, value in names.items()}
    )
    config = BertConfig(
        vocab_size=len(fast), intermediate_size=48, max_position_embeddings=60, **SIZE
    )
    return fast, BertForMaskedLM(config)


def _modernbert() -> tuple[PreTrainedTokenizerFast, torch.nn.Module]:
    tokenizer = train_tokenizer(texts(), 200, 60)
    ids = {
        f"{name}_token_id": tokenizer.convert_tokens_to_ids(token)
        for name, token in (("pad", "<pad>"), ("bos", "<s>"), ("cls", "<s>"), ("eos", "</s>"))
    }
    config = ModernBertConfig(
        vocab_size=len(tokenizer),
        intermediate_size=48,
        max_position_embeddings=60,
        layer_types=["full_attention", "sliding_attention"],
        sep_token_id=ids["eos_token_id"],
        decoder_bias=True,
        **ids,
        **SIZE,
    )
    return tokenizer, ModernBertForMaskedLM(config)


def _mt5() -> tuple[PreTrainedTokenizerFast, torch.nn.Module]:
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.BpeTrainer(
        vocab_size=200, special_tokens=["<pad>", "</s>", "<unk>"], show_progress=False
    )
    tokenizer.train_from_iterator(texts(), trainer)
    tokenizer.post_processor = TemplateProcessing(
        single="$A </s>", pair=None, special_tokens=[("</s>", 1)]
    )
    markers = [AddedToken(f"<extra_id_{i}>", lstrip=True, rstrip=True) for i in range(2)]
    tokenizer.add_special_tokens(markers)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    )
    config = MT5Config(
        vocab_size=len(fast),
        d_model=32,
        d_kv=8,
        d_ff=48,
        num_layers=2,
        num_heads=2,
        dropout_rate=0.0,
        decoder_start_token_id=0,
    )
    return fast, MT5ForConditionalGeneration(config)


def _gpt2() -> tuple[PreTrainedTokenizerFast, torch.nn.Module]:
    """Like GPT-2: bytes, no padding token, a start token that the tokenizer does not put."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts(), trainer)
    end = "<|endoftext|>"
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token=end, eos_token=end)
    config = GPT2Config(
        vocab_size=len(fast), n_embd=32, n_layer=2, n_head=2, n_positions=80, bos_token_id=0
    )
    return fast, GPT2LMHeadModel(config)


def _llama() -> tuple[PreTrainedTokenizerFast, torch.nn.Module]:
    """Like Llama: the tokenizer puts the start token; none for padding."""
    fast = train_tokenizer(texts(), 200, 60)
    fast.backend_tokenizer.post_processor = TemplateProcessing(
        single="<s> $A", pair=None, special_tokens=[("<s>", fast.bos_token_id)]
    )
    fast.pad_token = None
    config = LlamaConfig(
        vocab_size=len(fast), intermediate_size=48, num_key_value_heads=1, pad_token_id=None, **SIZE
    )
    return fast, LlamaForCausalLM(config)


_BUILDERS = {
    "xlm-r": _xlm_r,
    "bert": _bert,
    "modernbert": _modernbert,
    "mt5": _mt5,
    "gpt-2": _gpt2,
    "llama": _llama,
}

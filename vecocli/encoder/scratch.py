"""A new encoder from nothing: a SentencePiece-unigram tokenizer trained on the user's text, and random weights."""

import unicodedata
from collections.abc import Iterable
from typing import Any

import torch

from vecocli.encoder.encoder import Encoder, quiet_transformers
from vecocli.errors import DataError, UsageError
from vecocli.registry import did_you_mean

SIZES = {"tiny": (2, 128, 2), "small": (4, 256, 4), "medium": (6, 384, 6), "base": (12, 768, 12)}
"""Name -> layers, hidden size, attention heads; the feed-forward part is 4 times as wide."""

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]


def train_tokenizer(texts: Iterable[str], vocabulary: int) -> Any:
    """Train a SentencePiece-unigram tokenizer in XLM-R's form.

    Args:
        texts: Sentences of all languages.
        vocabulary: Most sub-words it may have; small texts give fewer.

    Raises:
        DataError: The text is empty.
    """
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    kept = [text for text in texts if text.strip()]
    if not kept:
        raise DataError("there is no text to train a tokenizer on")
    alphabet = sorted({char for text in kept for char in unicodedata.normalize("NFKC", text) if not char.isspace()})
    trainer = trainers.UnigramTrainer(
        vocab_size=max(vocabulary, len(alphabet) + len(SPECIAL) + 1),
        special_tokens=SPECIAL,
        unk_token="<unk>",
        initial_alphabet=alphabet,
        show_progress=False,
        max_piece_length=16,
    )
    tokenizer.train_from_iterator(kept, trainer)
    begin, end = (("<s>", tokenizer.token_to_id("<s>")), ("</s>", tokenizer.token_to_id("</s>")))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[begin, end]
    )
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        unk_token="<unk>",
        pad_token="<pad>",
        cls_token="<s>",
        sep_token="</s>",
        mask_token="<mask>",
        model_max_length=512,
        model_input_names=["input_ids", "attention_mask"],
    )


def new_encoder(size: str, tokenizer: Any, *, seed: int = 0, dropout: float = 0.0) -> Encoder:
    """Make a random encoder of XLM-R's architecture.

    Args:
        size: One of `SIZES`.
        tokenizer: From `train_tokenizer`, or any fast tokenizer with mask and padding tokens.
        seed: Decides the weights.
        dropout: Rate in [0, 1).

    Raises:
        UsageError: There is no such size.
    """
    from transformers import XLMRobertaConfig, XLMRobertaForMaskedLM

    if size not in SIZES:
        raise UsageError(f"there is no encoder size {size!r}", did_you_mean(size, SIZES))
    quiet_transformers()
    layers, hidden, heads = SIZES[size]
    config = XLMRobertaConfig(
        vocab_size=len(tokenizer),
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=4 * hidden,
        max_position_embeddings=514,
        type_vocab_size=1,
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=dropout,
        layer_norm_eps=1e-5,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        encoder = Encoder(XLMRobertaForMaskedLM(config), tokenizer)
    encoder.tokens.check()
    return encoder

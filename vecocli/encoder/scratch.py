"""A new encoder from nothing: a SentencePiece-unigram tokenizer trained on the user's text, and random weights."""

import unicodedata
from collections.abc import Iterable
from io import BytesIO
from itertools import chain
from typing import Any

import torch

from vecocli.encoder.encoder import Encoder
from vecocli.encoder.opening import quiet_transformers
from vecocli.errors import DataError, UsageError
from vecocli.registry import did_you_mean

SIZES = {"tiny": (2, 128, 2), "small": (4, 256, 4), "medium": (6, 384, 6), "base": (12, 768, 12)}
"""Name -> layers, hidden size, attention heads; the feed-forward part is 4 times as wide."""

SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]


_RESERVED = "\u2585"  # SentencePiece's trainer leaves out sentences with it


def train_tokenizer(texts: Iterable[str], vocabulary: int) -> Any:
    """Train a SentencePiece-unigram tokenizer in XLM-R's form; the same texts give the same tokenizer.

    Args:
        texts: Sentences of all languages.
        vocabulary: Most sub-words it may have; small texts give fewer.

    Raises:
        DataError: The text is empty.
    """
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    special = [(token, 0.0) for token in SPECIAL]
    tokenizer = Tokenizer(models.Unigram([*special, *_unigrams(texts, vocabulary)], SPECIAL.index("<unk>")))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    begin, end = (("<s>", SPECIAL.index("<s>")), ("</s>", SPECIAL.index("</s>")))
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


def _unigrams(texts: Iterable[str], vocabulary: int) -> list[tuple[str, float]]:
    """Pieces and their log probabilities; one thread, for the sums depend on how many share the work."""
    from sentencepiece import SentencePieceProcessor, SentencePieceTrainer

    normal = (" ".join(unicodedata.normalize("NFKC", text).replace(_RESERVED, " ").split()) for text in texts)
    kept = [text for text in normal if text]
    if not kept:
        raise DataError("there is no text to train a tokenizer on")
    alphabet = len(set(chain.from_iterable(kept)) | {" "})
    model = BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(kept),
        model_writer=model,
        model_type="unigram",
        vocab_size=max(vocabulary - len(SPECIAL), alphabet) + 3,  # it counts <unk>, <s> and </s> as well
        hard_vocab_limit=False,
        character_coverage=1.0,
        normalization_rule_name="identity",
        max_sentence_length=1 << 30,
        num_threads=1,
        minloglevel=2,
    )
    trained = SentencePieceProcessor(model_proto=model.getvalue())
    found = ((trained.id_to_piece(number), trained.get_score(number)) for number in range(len(trained)))
    return [(piece, score) for piece, score in found if piece not in SPECIAL]


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

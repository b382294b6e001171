"""Tokenizers of every family, trained on the spot."""

from collections.abc import Callable
from typing import Any

import pytest

TEXTS = {
    "en": "The cat sees the old green house, doesn't it? 42 words; 3.5 more.",
    "de": "Die Größe des Hauses: Übermäßig naïve Wörter.",
    "ru": "Кошка видит старый зелёный дом.",
    "hi": "बिल्ली पुराना हरा घर देखती है।",
    "ta": "பூனை பழைய பச்சை வீட்டைப் பார்க்கிறது.",
    "ar": "القطة ترى البيت الأخضر القديم.",
    "ko": "고양이가 낡은 초록색 집을 본다.",
    "vi": "Con me\u0300o tha\u0302\u0301y ngôi nhà xanh cũ.",
    "zh": "猫看见旧的绿色房子。你好 世界",
    "ja": "猫は古い緑の家を見る。𠮷野家",
    "th": "แมวเห็นบ้านเก่าสีเขียว เราชอบ",
    "fr": "L'été 😀 👩‍👩‍👧 c'est ﬁni — ½ 🏳️‍🌈 oui",
}


def unigram(split: bool) -> Any:
    """XLM-R's kind: a unigram model over words with a leading space marker."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    marker = pre_tokenizers.Metaspace()
    before = [pre_tokenizers.WhitespaceSplit(), marker] if split else [marker]
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(before)
    trainer = trainers.UnigramTrainer(
        vocab_size=240, special_tokens=special, unk_token="<unk>", max_piece_length=3, show_progress=False
    )
    tokenizer.train_from_iterator(TEXTS.values(), trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return wrap(tokenizer, "<s> </s> <unk> <pad> <mask>")


def wordpiece() -> Any:
    """BERT's kind, with token types."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=320, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(TEXTS.values(), trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    names = ["input_ids", "token_type_ids", "attention_mask"]
    return wrap(tokenizer, "[CLS] [SEP] [UNK] [PAD] [MASK]", model_input_names=names)


def byte_level(prefix: bool) -> Any:
    """RoBERTa's kind: bytes, a space belongs to the word after it."""
    from tokenizers import processors

    tokenizer = _bytes(prefix, ["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=prefix)
    return wrap(tokenizer, "<s> </s> <unk> <pad> <mask>")


def modern() -> Any:
    """ModernBERT's kind: bytes in BERT's frame; the mask token swallows the space before it."""
    from tokenizers import AddedToken, processors

    tokenizer = _bytes(False, ["[UNK]", "[PAD]", "[CLS]", "[SEP]", AddedToken("[MASK]", lstrip=True, special=True)])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return wrap(tokenizer, "[CLS] [SEP] [UNK] [PAD] [MASK]")


def wrap(tokenizer: Any, special: str, **settings: Any) -> Any:
    """As a Hugging Face tokenizer; `special` names begin, end, unknown, padding and mask."""
    from transformers import PreTrainedTokenizerFast

    begin, end, unknown, padding, mask = special.split()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        cls_token=begin,
        sep_token=end,
        unk_token=unknown,
        pad_token=padding,
        mask_token=mask,
        model_max_length=128,
        **settings,
    )


def _bytes(prefix: bool, special: list[Any]) -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=330, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(TEXTS.values(), trainer)
    return tokenizer


FAMILIES: dict[str, Callable[[], Any]] = {
    "unigram": lambda: unigram(False),
    "unigram-split": lambda: unigram(True),
    "wordpiece": wordpiece,
    "bytes": lambda: byte_level(False),
    "bytes-prefix": lambda: byte_level(True),
    "modern": modern,
}


@pytest.fixture(scope="session", params=FAMILIES)
def family(request: pytest.FixtureRequest) -> Any:
    """A Hugging Face tokenizer of each family in turn."""
    return FAMILIES[request.param]()


@pytest.fixture(scope="session")
def bert_tokenizer() -> Any:
    """The WordPiece one."""
    return wordpiece()


@pytest.fixture(scope="session")
def texts() -> dict[str, str]:
    """A sentence per language."""
    return TEXTS

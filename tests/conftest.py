"""What every test shares: no network, one thread, a tiny multilingual model built on the spot."""

import os
from collections import Counter
from math import log
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from vecocli.encoder.encoder import Encoder

# Set before torch and huggingface_hub are imported: they read these once.
os.environ.update(HF_HUB_OFFLINE="1", OMP_NUM_THREADS="1", TOKENIZERS_PARALLELISM="false")

SENTENCES = (
    "Two words, don't they? The cat sees the house. We like the old green house.",
    "Zwei Wörter: größer. Die Katze sieht das Haus. Wir mögen das alte grüne Haus!",
    "Le chat voit la maison. Nous aimons la vieille maison verte; c'est l'été.",
    "Два слова. Кошка видит дом. Мы любим старый зелёный дом.",
    "दो शब्द बिल्ली घर देखती है। हमें पुराना हरा घर पसंद है।",
    "كلمتان اثنتان القطة ترى البيت. نحن نحب البيت الأخضر القديم.",
    "두 단어 고양이가 집을 본다. 우리는 낡은 초록색 집을 좋아한다.",
    "我喜欢你。猫看见房子。我们喜欢旧的绿色房子。",
    "猫は家を見る。私たちは古い緑の家が好きだ。",
    "แมวเห็นบ้าน เราชอบบ้านเก่าสีเขียว",
    "0123456789 ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz .,:;!?'\"()-–…。、",
)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a 2-layer, 32-wide XLM-R with masked-language head and a unigram tokenizer; the same every run."""
    import torch
    from transformers import PreTrainedTokenizerFast, XLMRobertaConfig, XLMRobertaForMaskedLM

    pieces = _pieces()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=_unigram(pieces),
        bos_token="<s>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        unk_token="<unk>",
        pad_token="<pad>",
        mask_token="<mask>",
        model_max_length=128,
    )
    config = XLMRobertaConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=130,
        type_vocab_size=1,
        initializer_range=0.2,
        pad_token_id=1,
        bos_token_id=0,
        eos_token_id=2,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = XLMRobertaForMaskedLM(config)
    folder = tmp_path_factory.mktemp("models") / "tiny"
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture
def tiny_encoder(tiny_model: Path) -> "Encoder":
    """The tiny model, freshly loaded: a test may train it."""
    from vecocli.encoder.encoder import Encoder

    return Encoder.load(tiny_model)


def _pieces() -> list[tuple[str, float]]:
    """Every character, and each word's first and last three letters: most words are two or three pieces."""
    counts: Counter[str] = Counter({"▁": 1})
    for word in " ".join(SENTENCES).split():
        counts.update(word)
        counts.update({"▁" + word[:3], word[-3:], "▁" + word[0]})
    total = counts.total()
    special = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    return [*special, *((piece, log(count / total)) for piece, count in sorted(counts.items())), ("<mask>", 0.0)]


def _unigram(pieces: list[tuple[str, float]]) -> Any:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=3))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return tokenizer

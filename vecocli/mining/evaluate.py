"""Word alignment of an encoder against gold, layer by layer."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vecocli.encoder.devices import Precision
from vecocli.encoder.encoder import Encoder
from vecocli.mining.aer import AlignmentScore, score
from vecocli.mining.aligner import Links, Unit, align
from vecocli.mining.gold import GoldLinks
from vecocli.mining.words import WordedPair, tokenised
from vecocli.progress import Progress, silent
from vecocli.text.corpus import open_parallel


@dataclass(frozen=True, slots=True)
class LayerAlignment:
    """The scores of one layer.

    Args:
        layer: 0 is the embeddings.
        score: Its scores over all sentence pairs.
    """

    layer: int
    score: AlignmentScore


def read_sentences(paths: Sequence[Path], source: str, target: str) -> list[WordedPair]:
    """Read the sentences of a gold file: a parallel corpus whose words stand between blanks, one pair a line.

    Args:
        paths: What `open_parallel` takes, such as one file of `source ||| target` lines or two files. Where every line
            of a side begins with `id<TAB>`, the ids are left out.
        source: Source language.
        target: Target language.

    Returns:
        One pair a line; a line without text on a side stays, so that links keep their lines.
    """
    pairs = list(open_parallel(paths, source, target))
    sources, targets = (_without_ids(side) for side in ([p.source for p in pairs], [p.target for p in pairs]))
    return [tokenised(left, right) for left, right in zip(sources, targets, strict=True)]


def _without_ids(texts: list[str]) -> list[str]:
    numbered = all("\t" in text for text in texts if text)
    return [text.partition("\t")[2] for text in texts] if numbered else texts


def evaluate_alignment(
    encoder: Encoder,
    pairs: Sequence[WordedPair],
    gold: Sequence[GoldLinks],
    *,
    layers: Sequence[int],
    unit: Unit = "subword",
    max_length: int = 512,
    precision: Precision = "fp32",
    progress: Progress = silent,
) -> list[LayerAlignment]:
    """Align sentence pairs by mutual argmax and score the links of every layer; arguments as in `align`.

    Args:
        encoder: The encoder.
        pairs: N sentence pairs.
        gold: Their N gold entries.
        layers: Layers to score, each in [0, num_layers] or negative from the end.
        unit: `subword` or `word`.
        max_length: Most sub-words a sentence may have.
        precision: Of the encoder's passes.
        progress: Called with (pairs done, N).

    Returns:
        One entry per asked layer, in that order.
    """
    numbers = [encoder.layer(layer) for layer in layers]
    found: list[list[Links]] = [[] for _ in pairs]
    passes = align(
        encoder, pairs, layers=numbers, unit=unit, max_length=max_length, precision=precision, progress=progress
    )
    for index, links in passes:
        found[index] = links
    scores = (score((links[slot].keys() for links in found), gold) for slot in range(len(numbers)))
    return [LayerAlignment(layer, result) for layer, result in zip(numbers, scores, strict=True)]

"""Word links of a sentence pair from an encoder: two words are linked if each is the other's nearest.

Shapes: K layers, S source units, T target units, H hidden size; a unit is a sub-word or a word.

Source: SimAlign's Argmax (arXiv 2004.08728, section 3.2).
"""

from collections.abc import Iterator, Sequence
from typing import Literal

import torch
from torch import Tensor

from veco_kernels import mutual_argmax, token_similarity
from vecocli.encoder.devices import Precision
from vecocli.encoder.encoder import Encoder
from vecocli.encoder.inference import TokenVectors, token_vectors
from vecocli.encoder.tokens import Span, assign
from vecocli.mining.words import WordedPair
from vecocli.progress import Progress, silent

Unit = Literal["subword", "word"]
Links = dict[tuple[int, int], float]
"""(source word, target word) -> cosine similarity; of several sub-word pairs, the best one's."""

CHUNK = 64  # sentence pairs whose vectors are held at once


def align(
    encoder: Encoder,
    pairs: Sequence[WordedPair],
    *,
    layers: Sequence[int],
    unit: Unit = "subword",
    max_length: int = 512,
    precision: Precision = "fp32",
    progress: Progress = silent,
) -> Iterator[tuple[int, list[Links]]]:
    """Link the words of sentence pairs, each sentence encoded by itself.

    Args:
        encoder: The encoder; put into evaluation mode.
        pairs: Sentence pairs with their words.
        layers: K layers to read, all in one pass; 0 is the embeddings, -1 the last.
        unit: What must be nearest: `subword` links two words if any of their sub-words are each other's nearest;
            `word` compares the means of the words' sub-words.
        max_length: Most sub-words a sentence may have, special tokens included; words behind the cut get no links.
        precision: Of the encoder's passes; matching is always fp32.
        progress: Called with (pairs done, pairs in all).

    Yields:
        (index of the pair, links at each of the K layers), long sentences first.
    """
    order = sorted(range(len(pairs)), key=lambda index: -max(len(pairs[index].source), len(pairs[index].target)))
    for start in range(0, len(order), CHUNK):
        rows = order[start : start + CHUNK]
        texts = [pairs[row].source for row in rows] + [pairs[row].target for row in rows]
        found = token_vectors(encoder, texts, layers=layers, max_length=max_length, precision=precision)
        vectors = {item.index: item for item in found}
        for slot, row in enumerate(rows):
            yield row, link_words(vectors[slot], vectors[slot + len(rows)], pairs[row], unit)
        progress(start + len(rows), len(order))


def link_words(source: TokenVectors, target: TokenVectors, pair: WordedPair, unit: Unit = "subword") -> list[Links]:
    """Link the words of one sentence pair at each layer of its vectors.

    Sub-words of no word (punctuation, where the words leave it out) compete for the nearest place, as sub-words, and
    their links are dropped.
    """
    left, left_words = _units(source, pair.source_words, unit)
    right, right_words = _units(target, pair.target_words, unit)
    links: list[Links] = [{} for _ in range(len(left))]
    found, cosines = mutual_argmax(token_similarity(left, right))
    for (layer, s, t), cosine in zip(found.tolist(), cosines.tolist(), strict=True):
        words = left_words[s], right_words[t]
        if min(words) >= 0:
            links[layer][words] = max(cosine, links[layer].get(words, -1.0))
    return links


def _units(tokens: TokenVectors, words: Sequence[Span], unit: Unit) -> tuple[Tensor, list[int]]:
    """The vectors to compare, [K, S, H], and the word of each; -1 for a sub-word of no word."""
    owners = _owners(tokens.offsets, words)
    if unit == "subword":
        return tokens.vectors, owners
    known = sorted(set(owners) - {-1})
    members = torch.tensor([[float(owner == word) for owner in owners] for word in known]).reshape(
        len(known), len(owners)
    )
    means = members / members.sum(1, keepdim=True)
    return means @ tokens.vectors, known


def _owners(pieces: Sequence[Span], words: Sequence[Span]) -> list[int]:
    """The word of each sub-word; a lone word-begin marker, which has no width, belongs to the word behind it."""
    return assign([(start, max(end, start + 1)) for start, end in pieces], words)

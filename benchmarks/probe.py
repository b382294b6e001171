"""Zero-shot part-of-speech tagging with a linear probe: what an encoder's word vectors say without any fine-tuning."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from vecocli.encoder.encoder import Encoder
from vecocli.encoder.inference import packed_vectors

Tagged = list[tuple[str, str]]
"""Words of a sentence and their tags."""


def tagging(encoder: Encoder, layer: int, train: Path, tests: dict[str, Path], most: int) -> dict[str, float]:
    """Fit a probe on English and score it on other languages.

    Args:
        encoder: Its weights stay as they are.
        layer: Where word vectors are read, the mean of a word's sub-words.
        train: Sentences to fit on: `word<TAB>tag` lines, an empty line between sentences (XTREME's udpos).
        tests: Language -> sentences to score.
        most: Sentences read of each file.

    Returns:
        Language -> words with the right tag, in percent.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    vectors, tags = _vectors(encoder, layer, _sentences(train, most))
    probe = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=200)).fit(vectors, tags)
    found = {}
    for language, path in tests.items():
        vectors, tags = _vectors(encoder, layer, _sentences(path, most))
        found[language] = 100 * float(np.mean(probe.predict(vectors) == tags))
    return found


def _sentences(path: Path, most: int) -> list[Tagged]:
    found: list[Tagged] = [[]]
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.strip():
            word, tag = line.split("\t")[:2]
            found[-1].append((word, tag))
        elif found[-1]:
            found.append([])
        if len(found) > most:
            break
    return [sentence for sentence in found if sentence][:most]


def _vectors(encoder: Encoder, layer: int, sentences: list[Tagged]) -> tuple[np.ndarray, np.ndarray]:
    """Vectors [N, H] of all words with a sub-word, and their tags."""
    texts = [" ".join(word for word, _ in sentence) for sentence in sentences]
    pieces = encoder.tokens.in_words(texts, [list(_spans(sentence)) for sentence in sentences], cut=True)
    packed = packed_vectors(encoder, [piece.ids for piece in pieces], layers=[layer])
    vectors, tags = [], []
    for number, (piece, sentence) in enumerate(zip(pieces, sentences, strict=True)):
        own, owners = packed.of(number)[0].numpy(), np.array(piece.owners)
        for word in np.unique(owners[owners >= 0]):
            vectors.append(own[owners == word].mean(0))
            tags.append(sentence[word][1])
    return np.array(vectors), np.array(tags)


def _spans(sentence: Tagged) -> Iterator[tuple[int, int]]:
    at = 0
    for word, _ in sentence:
        yield at, at + len(word)
        at += len(word) + 1

from pathlib import Path

import pytest
import torch

from vecocli.encoder.encoder import Encoder
from vecocli.encoder.inference import packed_vectors
from vecocli.mining.scorer import SpanQuery
from vecocli.mining.similarity import EncoderScorer


def test_the_score_is_the_cosine_of_mean_subword_vectors(tiny_model: Path) -> None:
    encoder = Encoder.load(str(tiny_model))
    source, target = "the old house and the cat", "das alte Haus, die Katze"
    places = [((0, 3), (0, 3)), ((8, 13), (9, 13)), ((22, 25), (15, 24))]
    queries = [SpanQuery("cat", "Katze", [((0, 3), (0, 5))]), SpanQuery(source, target, places)]
    scores = EncoderScorer(encoder, 1, "tiny")(queries)
    assert [len(row) for row in scores] == [1, 3]
    pieces = encoder.tokens.pieces([source, target])
    packed = packed_vectors(encoder, [piece.ids for piece in pieces], layers=[1])

    def mean(text: int, start: int, end: int) -> torch.Tensor:
        chosen = [place for place, (a, b) in enumerate(pieces[text].spans) if a < end and b > start]
        return packed.of(text)[0, chosen].mean(0)

    expected = [torch.cosine_similarity(mean(0, *one), mean(1, *other), dim=0).item() for one, other in places]
    assert scores[1] == pytest.approx(expected, abs=1e-5)


def test_equal_text_scores_one_also_beyond_the_encoders_length_and_a_place_without_sub_words_minus_one(
    tiny_model: Path,
) -> None:
    scorer = EncoderScorer(Encoder.load(str(tiny_model)), 0, "tiny")
    long = "cat " * 400
    end = (len(long) - 4, len(long) - 1)
    blank = (len(long), len(long) + 1)
    [[same, last, nothing]] = scorer([SpanQuery(long, long, [((0, 3), (0, 3)), (end, end), (blank, end)])])
    assert (same, last) == (pytest.approx(1.0), pytest.approx(1.0))
    assert nothing == -1.0

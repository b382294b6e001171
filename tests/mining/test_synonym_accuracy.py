import pytest
import torch

from vecocli.encoder.encoder import Encoder
from vecocli.mining.synonym_accuracy import evaluate_synonyms
from vecocli.text.segment import normal_form, words
from vecocli.text.shards import ShardRow
from vecocli.text.synonyms import MinedPair, SynonymPair

PAIRS = [
    ("The cat sees the house.", "Die Katze sieht das Haus.", [("cat", "Katze"), ("house", "Haus"), ("sees", "sieht")]),
    ("We like the green house.", "Wir mögen das grüne Haus!", [("We", "Wir"), ("house", "Haus")]),
    ("Two words.", "Zwei Wörter.", [("Two", "Zwei"), ("words", "Wörter")]),
]


def linked(source: str, target: str, links: list[tuple[str, str]]) -> ShardRow:
    spans = [(source.index(a), source.index(a) + len(a), target.index(b), target.index(b) + len(b)) for a, b in links]
    found = tuple(SynonymPair(*span, 1.0, "dictionary:test", False) for span in spans)
    return ShardRow(MinedPair(1, source, target, found), "en", "de")


def slow(encoder: Encoder, rows: list[ShardRow], layer: int) -> tuple[float, float]:
    """Word by word: mean the sub-words that touch it, take the nearest word of the other side."""
    hits = [0, 0]
    count = 0
    for pair, *languages in rows:
        sides = []
        for text, language in zip((pair.source, pair.target), languages, strict=True):
            piece = encoder.tokens.pieces([text])[0]
            ids = torch.tensor([encoder.tokens.single(piece.ids)])
            with torch.no_grad():
                states = encoder.model.base_model(ids, output_hidden_states=True).hidden_states[layer][0, 1:-1]
            sides.append(
                {(a, b): states[[s < b and e > a for s, e in piece.spans]].mean(0) for a, b in words(text, language)}
            )
        for link in pair.links:
            ends = (link.source_start, link.source_end), (link.target_start, link.target_end)
            texts = (pair.source, pair.target)
            count += 1
            for way in (0, 1):
                anchor, others = sides[way][ends[way]], sides[1 - way]
                best = max(others, key=lambda span: torch.cosine_similarity(anchor, others[span], dim=0).item())
                form = normal_form(texts[1 - way][slice(*best)])
                hits[way] += form == normal_form(texts[1 - way][slice(*ends[1 - way])])
    return 100 * hits[0] / count, 100 * hits[1] / count


def test_equals_a_slow_loop_at_every_layer(tiny_encoder: Encoder) -> None:
    rows = [linked(*pair) for pair in PAIRS]
    found = evaluate_synonyms(tiny_encoder.eval(), rows, layers=[0, 1, 2])
    assert [score.layer for score in found] == [0, 1, 2]
    assert {score.links for score in found} == {7}
    for score in found:
        assert (score.forward, score.backward) == pytest.approx(slow(tiny_encoder, rows, score.layer))


def test_equal_surface_forms_are_not_asked(tiny_encoder: Encoder) -> None:
    rows = [linked("Tom sees it.", "Tom sieht es.", [("Tom", "Tom"), ("sees", "sieht")])]
    assert evaluate_synonyms(tiny_encoder, rows, layers=[-1])[0].links == 1


def test_either_place_of_a_repeated_word_is_right(tiny_encoder: Encoder) -> None:
    # the embeddings know no place: both "Haus" are equally near and the first is found, the second is linked
    rows = [linked("A house.", "Haus Haus", [("house", "Haus")])]
    span = rows[0].pair.links[0]
    moved = SynonymPair(span.source_start, span.source_end, 5, 9, 1.0, span.origin, True)
    rows = [rows[0]._replace(pair=MinedPair(1, "A house.", "Haus Haus", (moved,)))]
    assert evaluate_synonyms(tiny_encoder, rows, layers=[2])[0].forward == 100.0


def test_nothing_to_ask_gives_zero(tiny_encoder: Encoder) -> None:
    rows = [linked("A house.", "Ein Haus.", [])]
    done: list[tuple[int, int | None]] = []
    found = evaluate_synonyms(tiny_encoder, rows, layers=[0], progress=lambda *at: done.append(at))
    assert (found[0].forward, found[0].links) == (0.0, 0)
    assert done == [(1, 1)]


def test_sentences_without_words_give_zero(tiny_encoder: Encoder) -> None:
    found = evaluate_synonyms(tiny_encoder, [linked("... !", "?", []), linked("", "", [])], layers=[0, -1])
    assert [(score.forward, score.backward, score.links) for score in found] == [(0.0, 0.0, 0)] * 2

import pytest

from vecocli.encoder.encoder import Encoder
from vecocli.errors import UsageError
from vecocli.mining.aer import score
from vecocli.mining.aligner import Aligner, AlignerSettings
from vecocli.mining.evaluate import evaluate_alignment, fit_scores, read_sentences
from vecocli.mining.gold import GoldLinks
from vecocli.mining.known import Known
from vecocli.mining.words import tokenised


def test_reads_one_file_of_both_sides_and_keeps_empty_lines(tmp_path):
    path = tmp_path / "de-en.src-tgt"
    path.write_text("Das Haus . ||| The house .\n\nJa ||| \n", encoding="utf-8")
    pairs = read_sentences([path], "de", "en")
    assert [(len(pair.source_words), len(pair.target_words)) for pair in pairs] == [(3, 3), (0, 0), (1, 0)]
    assert pairs[0].target == "The house ."


def test_reads_two_files_and_leaves_ids_out(tmp_path):
    source, target = tmp_path / "text.de", tmp_path / "text.en"
    source.write_text("1\tDas Haus\n2\tJa\n\n", encoding="utf-8")
    target.write_text("The\thouse\nYes\n\n", encoding="utf-8")
    pairs = read_sentences([source, target], "de", "en")
    assert [pair.source for pair in pairs] == ["Das Haus", "Ja", ""]
    assert [pair.target for pair in pairs] == ["The\thouse", "Yes", ""]


GOLD = [GoldLinks(frozenset({(i, i)}), frozenset({(i, i) for i in range(5)})) for i in (4, 0)]
PAIRS = [tokenised("Die Katze sieht das Haus", "The cat sees the house"), tokenised("Haus", "house")]


def test_scores_every_method_at_every_layer(tiny_encoder: Encoder) -> None:
    aligner = Aligner(tiny_encoder, AlignerSettings(("argmax", "match"), (0, -1)))
    found = evaluate_alignment(aligner, PAIRS, GOLD)
    slots = [("argmax", 0), ("argmax", 2), ("match", 0), ("match", 2)]
    assert [(one.method, one.layer) for one in found.scores] == found.slots == slots
    for slot, (method, layer) in enumerate(slots):
        alone = dict(Aligner(tiny_encoder, AlignerSettings((method,), (layer,))).align(PAIRS))
        links = [{link[:2] for link in alone[index][0]} for index in range(2)]
        assert found.scores[slot].score == score(links, GOLD)
    assert found.long == 0


def test_scores_a_dictionary_alone_and_with_the_methods(tiny_encoder: Encoder) -> None:
    known = Known([{(1, 1)}, {(0, 0)}], [[(1, 1), (0, 4)], [(0, 0)]])
    aligner = Aligner(tiny_encoder, AlignerSettings(("argmax",), (1,), bonus=50.0, max_length=8))
    found = evaluate_alignment(aligner, PAIRS, GOLD, known)
    assert [(one.method, one.layer) for one in found.scores] == [
        ("dictionary", None),
        ("argmax", 1),
        ("argmax+dictionary", 1),
    ]
    assert found.scores[0].score == score(known.links, GOLD)
    assert {(1, 1), (0, 4)} <= {link[:2] for link in found.runs[1][0][0]}
    assert len(found.runs) == 2
    assert found.long == 2


def test_fits_scores_for_one_layer(tiny_encoder: Encoder) -> None:
    found = evaluate_alignment(Aligner(tiny_encoder, AlignerSettings(("match",), (1,))), PAIRS, GOLD)
    assert list(fit_scores(found, PAIRS, GOLD).weights) == ["match"]
    both = evaluate_alignment(Aligner(tiny_encoder, AlignerSettings(("match",), (0, 1))), PAIRS, GOLD)
    with pytest.raises(UsageError, match="one layer"):
        fit_scores(both, PAIRS, GOLD)

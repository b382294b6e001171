import pytest

from vecocli.errors import UsageError
from vecocli.mining.aer import score
from vecocli.mining.aligner import align
from vecocli.mining.evaluate import evaluate_alignment, read_sentences
from vecocli.mining.gold import GoldLinks
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


def test_scores_every_layer_in_one_pass(tiny_encoder):
    pairs = [tokenised("Die Katze sieht das Haus", "The cat sees the house"), tokenised("Haus", "house")]
    gold = [GoldLinks(frozenset({(i, i)}), frozenset({(i, i) for i in range(5)})) for i in (4, 0)]
    results = evaluate_alignment(tiny_encoder, pairs, gold, layers=[0, -1])
    assert [result.layer for result in results] == [0, 2]
    for slot, layer in enumerate((0, 2)):
        found = dict(align(tiny_encoder, pairs, layers=[layer]))
        assert results[slot].score == score([set(found[index][0]) for index in range(2)], gold)


def test_refuses_a_layer_the_model_lacks(tiny_encoder):
    with pytest.raises(UsageError, match="no layer 3"):
        evaluate_alignment(tiny_encoder, [], [], layers=[3])

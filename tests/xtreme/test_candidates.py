from vecocli.encoder.encoder import Encoder
from vecocli.encoder.inference import sentence_vectors
from vecocli.xtreme.candidates import find_candidates
from vecocli.xtreme.data import MixedTexts

FOREIGN = {"zh-1": "Die Katze sieht das Haus.", "zh-2": "Zwei Wörter", "zh-3": "Zwei Wörter", "zh-4": "Le chat voit."}
ENGLISH = {"en-1": "Le chat voit.", "en-2": "Zwei Wörter", "en-3": "Die Katze sieht das Haus.", "en-4": "猫"}
TEXTS = MixedTexts(FOREIGN, ENGLISH, None)


def test_equal_sentences_find_one_another_and_those_with_several_ids_are_left_out(tiny_encoder: Encoder) -> None:
    for found in find_candidates(tiny_encoder, TEXTS, layers=[0, -1]):
        for retrieval in ("max", "intersect"):
            pairs = [pair for _, pair in found[retrieval]]
            assert {("zh-1", "en-3"), ("zh-4", "en-1")} <= set(pairs)
            assert not {"zh-2", "zh-3"} & {foreign for foreign, _ in pairs}
            scores = [score for score, _ in found[retrieval]]
            assert scores == sorted(scores, reverse=True)


def test_the_score_is_the_ratio_margin(tiny_encoder: Encoder) -> None:
    import torch.nn.functional as F

    (found,) = find_candidates(tiny_encoder, TEXTS, layers=[1])
    foreign, english = list(dict.fromkeys(FOREIGN.values())), list(ENGLISH.values())
    left, right = (
        F.normalize(sentence_vectors(tiny_encoder, side, layers=[1])[0], dim=-1) for side in (foreign, english)
    )
    cosines = left @ right.T
    row, column = foreign.index(FOREIGN["zh-1"]), english.index(ENGLISH["en-3"])
    mean = (cosines[row].topk(4).values.mean() + cosines[:, column].topk(3).values.mean()) / 2
    score = next(score for score, pair in found["max"] if pair == ("zh-1", "en-3"))
    assert abs(score - float(cosines[row, column] / mean)) < 1e-5

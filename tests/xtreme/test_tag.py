from itertools import pairwise
from pathlib import Path

import torch
from hypothesis import given
from hypothesis import strategies as st

from vecocli.encoder.encoder import Encoder
from vecocli.encoder.opening import TaskHead
from vecocli.encoder.task_model import TaskModel
from vecocli.xtreme.data import TaggedSentence
from vecocli.xtreme.feature import Lengths
from vecocli.xtreme.tag import UNLABELLED, cut, parts, predict

LABELS = ("O", "B-LOC", "I-LOC")
SENTENCES = [
    TaggedSentence(("The", "cat", "sees", "the", "house", "."), ("O", "B-LOC", "O", "O", "B-LOC", "O")),
    TaggedSentence(("猫は", "家", "\u200d", "を"), ("I-LOC", "O", "B-LOC", "O")),
]


@given(st.lists(st.integers(1, 9), max_size=30), st.integers(1, 20))
def test_parts_cover_a_sentence_and_fit(sizes: list[int], room: int) -> None:
    found = parts(sizes, room)
    assert [at for first, last in found for at in range(first, last)] == list(range(len(sizes)))
    for first, last in found:
        assert sum(sizes[first:last]) <= room or last == first + 1
    for (first, last), (_, end) in pairwise(found):
        assert end > last and sum(sizes[first : last + 1]) > room  # greedy: one more would not have fitted


def test_the_label_stands_at_a_words_first_sub_word(tiny_encoder: Encoder) -> None:
    made = cut(tiny_encoder.tokens, SENTENCES, LABELS, Lengths(128))
    assert made.owners == [0, 1]
    for sentence, feature in zip(SENTENCES, made.features, strict=True):
        labels = list(feature.row.labels or ())
        assert len(labels) == len(feature.row.ids)
        assert labels[0] == labels[-1] == UNLABELLED
        assert [LABELS[label] for label in labels if label != UNLABELLED] == list(sentence.tags or ())
    words = [tiny_encoder.tokens.hf(word, add_special_tokens=False)["input_ids"] for word in SENTENCES[0].words]
    at = 1
    for word, tag in zip(words, SENTENCES[0].tags or (), strict=True):
        labels = list(made.features[0].row.labels or ())
        assert labels[at] == LABELS.index(tag)
        assert set(labels[at + 1 : at + len(word)]) <= {UNLABELLED}
        at += len(word)


def test_a_word_of_nothing_is_an_unknown_one(tiny_encoder: Encoder) -> None:
    made = cut(tiny_encoder.tokens, SENTENCES[1:], LABELS, Lengths(128))
    assert tiny_encoder.tokens.unk_id in made.features[0].row.ids


def test_long_sentences_are_tagged_in_parts_and_glued(tiny_model: Path) -> None:
    torch.manual_seed(0)
    head = TaskHead("tag", LABELS)
    model = TaskModel(Encoder.load(tiny_model, head=head), head)
    long = TaggedSentence(("house", "cat", "maison", "🙂", "Katze" * 30) * 8, None)
    made = cut(model.encoder.tokens, [long, *SENTENCES], LABELS, Lengths(16))
    assert made.owners.count(0) > 8 and max(len(one.row.ids) for one in made.features) <= 16
    found, _ = predict(model, [long, *SENTENCES], Lengths(16))
    assert [len(one) for one in found] == [40, 6, 4]
    expected: list[str] = []
    for feature in made.features[: made.owners.count(0)]:
        logits = model.encoder.model(torch.tensor([list(feature.row.ids)])).logits[0]
        labels = list(feature.row.labels or ())
        expected += [LABELS[row.argmax()] for row, label in zip(logits, labels, strict=True) if label != UNLABELLED]
    assert list(found[0]) == expected

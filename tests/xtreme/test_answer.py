from pathlib import Path

import pytest
import torch

from vecocli.encoder.encoder import Encoder
from vecocli.encoder.opening import TaskHead
from vecocli.encoder.task_model import TaskModel
from vecocli.xtreme import answer
from vecocli.xtreme.answer import cut, predict
from vecocli.xtreme.data import Answer, Question
from vecocli.xtreme.feature import Lengths

HEAD = TaskHead("answer")
TEXT = "The cat sees the house. 猫は🙂家を見る。 Два слова. แมวเห็นบ้าน We like the old green house."
LENGTHS = Lengths(input=28, stride=8, question=6, answer=5)


def question(gold: str = "", text: str = TEXT) -> Question:
    return Question("q", "Who sees the house?", text, (Answer(gold, text.index(gold)),) if gold else ())


@pytest.fixture
def model(tiny_model: Path) -> TaskModel:
    torch.manual_seed(0)
    return TaskModel(Encoder.load(tiny_model, head=HEAD), HEAD).eval()


@pytest.mark.parametrize("gold", ["cat", "猫は🙂家", "слова. แมวเห็นบ้าน", "The", "house."])
def test_the_target_is_where_the_answer_stands(tiny_encoder: Encoder, gold: str) -> None:
    made = cut(tiny_encoder.tokens, [question(gold)], (), Lengths(128))
    (first, last), ids = made.features[0].target, list(made.features[0].row.ids)
    pieces = tiny_encoder.tokens.pieces([TEXT])[0]
    offset = len(ids) - len(pieces.ids) - 1
    assert TEXT[pieces.spans[first - offset][0] : pieces.spans[last - offset][1]] == gold


def test_windows_overlap_and_cover_the_text(tiny_encoder: Encoder) -> None:
    made = cut(tiny_encoder.tokens, [question("green"), question()], (), LENGTHS)
    pieces = tiny_encoder.tokens.pieces([TEXT])[0].ids
    asked = tiny_encoder.tokens.pieces(["Who sees the house?"])[0].ids[:6]
    frame, offset = len(tiny_encoder.tokens.pair(asked, [])[0]), tiny_encoder.tokens.second(asked)
    rows = [list(one.row.ids) for one, owner in zip(made.features, made.owners, strict=True) if owner == 0]
    assert len(rows) > 2 and all(len(row) <= 28 for row in rows)
    for number, row in enumerate(rows):
        inside = row[offset : len(row) - (frame - offset)]
        assert inside == pieces[8 * number : 8 * number + len(inside)]
    assert sum(1 for one in made.features if one.target != (0, 0)) >= 1
    assert all(one.target == (0, 0) for one, owner in zip(made.features, made.owners, strict=True) if owner == 1)


def test_an_answer_that_stands_nowhere_has_no_target(tiny_encoder: Encoder) -> None:
    lost = Question("q", "Who?", TEXT, (Answer("dog", -1),))
    assert cut(tiny_encoder.tokens, [lost], (), Lengths(128)).features[0].target == (0, 0)


def brute_force(model: TaskModel, one: Question, lengths: Lengths) -> list[tuple[float, str]]:
    """Every span of every window, begun where the window shows its first sub-word best."""
    tokens = model.encoder.tokens
    pieces, asked = tokens.pieces([one.context])[0], tokens.pieces([one.question])[0].ids[: lengths.question]
    room = lengths.input - len(tokens.pair(asked, [])[0])
    starts = [0]
    while starts[-1] + room < len(pieces.ids):
        starts.append(starts[-1] + lengths.stride)
    found: list[tuple[float, str]] = []
    for first in starts:
        ids = pieces.ids[first : first + room]
        output = model.encoder.model(torch.tensor([tokens.pair(asked, ids)[0]]))
        offset = tokens.second(asked)
        for begin in range(len(ids)):
            shown = {
                other: min(first + begin - other, min(other + room, len(pieces.ids)) - 1 - first - begin)
                + 0.01 * (min(other + room, len(pieces.ids)) - other)
                for other in starts
                if other <= first + begin < other + room
            }
            if max(shown, key=lambda other: shown[other]) != first:
                continue
            for end in range(begin, min(begin + lengths.answer, len(ids))):
                score = output.start_logits[0, offset + begin] + output.end_logits[0, offset + end]
                text = one.context[pieces.spans[first + begin][0] : pieces.spans[first + end][1]].strip()
                found.append((score.item(), text))
    return sorted(found, key=lambda span: -span[0])


@pytest.mark.parametrize("lengths", [Lengths(128), LENGTHS, Lengths(30, 3, 4, 2)])
def test_the_best_span_of_all_windows_is_found(model: TaskModel, lengths: Lengths) -> None:
    expected = [span for span in brute_force(model, question(), lengths) if span[1]]
    (guesses,), truncated = predict(model, [question()], lengths)
    assert truncated == 0
    assert guesses[0].text == expected[0][1]
    assert guesses[0].score == pytest.approx(expected[0][0], abs=1e-4)
    assert [guess.text for guess in guesses[:5]] == list(dict.fromkeys(text for _, text in expected))[:5]
    assert sum(guess.probability for guess in guesses) == pytest.approx(1)
    assert len(guesses) <= answer.BEST


@pytest.mark.parametrize("text", ["", "   "])
def test_a_text_of_nothing_has_the_empty_answer(model: TaskModel, text: str) -> None:
    (guesses,), _ = predict(model, [question(text=text)], Lengths(128))
    assert [guess.text for guess in guesses] == [""]
    assert guesses[0].score == answer.NOTHING


def test_questions_without_end_are_cut(model: TaskModel) -> None:
    long = Question("q", "who sees the house " * 60, TEXT, ())
    made = cut(model.encoder.tokens, [long], (), LENGTHS)
    assert max(len(one.row.ids) for one in made.features) <= 28
    assert predict(model, [long], LENGTHS)[0][0][0].text

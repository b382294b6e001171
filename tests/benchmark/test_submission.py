import json
from pathlib import Path
from typing import Any

import pytest

from vecocli.benchmark.submission import (
    file_of,
    read_pairs,
    read_predictions,
    read_rows,
    write_pairs,
    write_predictions,
    write_rows,
)
from vecocli.errors import DataError, MissingError
from vecocli.xtreme.data import MixedTexts, Question, TaggedSentence, TextPair
from vecocli.xtreme.task import TunedTask
from vecocli.xtreme.tasks import mlqa, udpos, xnli

PAIRS = [TextPair("a", "b", None)] * 3
SENTENCES = [TaggedSentence(("The", "cat"), None), TaggedSentence(("Haus",), None)]
QUESTIONS = [Question(name, "Who?", "The cat.", ()) for name in ("q1", "q2")]
GIVEN: list[tuple[TunedTask, list[Any], list[Any]]] = [
    (xnli.TASK, PAIRS, ["neutral", "entailment", "neutral"]),
    (udpos.TASK, SENTENCES, [("DET", "NOUN"), ("NOUN",)]),
    (mlqa.TASK, QUESTIONS, ["cat", "猫「が」"]),
]


@pytest.mark.parametrize(("task", "examples", "values"), GIVEN, ids=lambda given: getattr(given, "name", ""))
def test_predictions_are_read_as_they_were_written(
    tmp_path: Path, task: TunedTask, examples: list[Any], values: list[Any]
) -> None:
    path = file_of(tmp_path, task.name, "de")
    assert path.relative_to(tmp_path) == Path(task.name, "test-de.json" if task.kind == "answer" else "test-de.tsv")
    write_predictions(task, path, examples, values)
    notes: list[str] = []
    assert read_predictions(task, path, examples, notes.append) == values
    assert not notes


def test_files_look_as_xtreme_takes_them(tmp_path: Path) -> None:
    for task, examples, values in GIVEN:
        write_predictions(task, file_of(tmp_path, task.name, "de"), examples, values)
    texts = {path.parent.name: path.read_text(encoding="utf-8") for path in tmp_path.rglob("test-*")}
    assert texts["xnli"] == "neutral\nentailment\nneutral\n"
    assert texts["udpos"] == "DET\nNOUN\n\nNOUN\n\n"
    assert json.loads(texts["mlqa"]) == {"q1": "cat", "q2": "猫「が」"}


@pytest.mark.parametrize(
    ("task", "text", "message"),
    [
        (0, "neutral\nentailment\n", "2 predictions for 3 examples"),
        (0, "neutral\nentailment\nneutral\nneutral\n", "4 predictions for 3 examples"),
        (0, "neutral\nperhaps\nneutral\n", r"test\.tsv:2: 'perhaps' is no label of xnli"),
        (0, "neutral\n\nneutral\n", r"test\.tsv:2: '' is no label of xnli"),
        (1, "DET\nNOUN\n\nNOUN\nNOUN\n\n", r"test\.tsv:4: sentence 2 has 2 tags for 1 words"),
        (1, "DET\n\nNOUN\n\nNOUN\n\n", r"test\.tsv:1: sentence 1 has 1 tags for 2 words"),
        (1, "DET\nNOUN\n", "1 sentences for 2 of the test"),
        (1, "DET\nNOUN\n\nNOUN\n\nNOUN\n\n", "3 sentences for 2 of the test"),
        (1, "The DET\nNOUN\n\nNOUN\n", r"test\.tsv:1: 'The DET' is no tag of udpos"),
        (2, '{"q1": "a", "q1": "b", "q2": "c"}', "the question 'q1' is answered twice"),
        (2, '{"q1": "a"', "not JSON"),
        (2, '["q1"]', "not answers by question"),
        (2, '{"q1": 3}', "not answers by question"),
        (2, '{"x": "a"}', "it answers none of the test's questions"),
    ],
)
def test_what_does_not_fit_the_test_is_refused(tmp_path: Path, task: int, text: str, message: str) -> None:
    path = tmp_path / "test.tsv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_predictions(*GIVEN[task][:1], path, GIVEN[task][1])


def test_questions_without_an_answer_and_others_are_said(tmp_path: Path) -> None:
    path = tmp_path / "test.json"
    path.write_text('{"q1": "cat", "other": "dog"}', encoding="utf-8")
    notes: list[str] = []
    assert read_predictions(mlqa.TASK, path, QUESTIONS, notes.append) == ["cat", None]
    assert "1 of 2 questions have no answer, which counts 0" in notes[0]
    assert "1 answers are to questions that the test does not have" in notes[1]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match=r"there is no .*test-de\.tsv"):
        read_predictions(xnli.TASK, tmp_path / "test-de.tsv", PAIRS)
    with pytest.raises(MissingError, match=r"there is no .*test-de\.tsv"):
        read_rows(tmp_path / "test-de.tsv", ["a"])


def test_rows_stand_in_the_order_of_the_sorted_english_lines(tmp_path: Path) -> None:
    english, path = ["house", "cat", "the house", "Bird"], tmp_path / "tatoeba" / "test-de.tsv"
    write_rows(path, english, [3, 1, 2, 0])
    assert path.read_text(encoding="utf-8") == "0\n1\n3\n2\n"
    assert read_rows(path, english) == [3, 1, 2, 0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0\n1\n", "2 predictions for 4 sentences"),
        ("0\n1\n[2]\n3\n", r"test\.tsv:3: '\[2\]'"),
        ("0\n1\n2\n4\n", "'4' is no"),
    ],
)
def test_rows_that_are_none_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "test.tsv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_rows(path, ["a", "b", "c", "d"])


MIXED = MixedTexts({"zh-1": "a", "zh-2": "b"}, {"en-1": "c", "en-2": "d"}, None)


def test_pairs_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "bucc2018" / "test-zh.tsv"
    for pairs in ({("zh-2", "en-1"), ("zh-1", "en-2")}, set[tuple[str, str]]()):
        write_pairs(path, pairs)
        assert read_pairs(path, MIXED) == pairs


def test_pairs_that_occur_again_are_said_and_others_refused(tmp_path: Path) -> None:
    path, notes = tmp_path / "test-zh.tsv", list[str]()
    path.write_text("zh-1\ten-1\nzh-1\ten-1\n", encoding="utf-8")
    assert read_pairs(path, MIXED, notes.append) == {("zh-1", "en-1")}
    assert "1 pairs occur again; each counts once" in notes[0]
    path.write_text("zh-1\ten-1\nen-1\tzh-1\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"test-zh\.tsv:2: .* is no pair of the test"):
        read_pairs(path, MIXED)

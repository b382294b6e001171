import json

import pytest

from vecocli.errors import DataError, MissingError
from vecocli.xtreme.data import Answer, Question
from vecocli.xtreme.formats.squad import QuestionLayout, read_questions

TEST = {"test": "test"}
GOLDP = "tydiqa-goldp-v1.1-{split}"
XQUAD = QuestionLayout(name="xquad", files=("xquad.{language}.json",), splits=TEST)
SQUAD = QuestionLayout(name="squad", files=("squad/{split}-v1.1.json",), splits={"train": "train"}, languages=("en",))
MLQA = QuestionLayout(
    name="mlqa",
    files=("MLQA_V1/{split}/{split}-context-{language}-question-{language}.json",),
    splits={"dev": "dev", "test": "test"},
)
TYDIQA = (
    QuestionLayout(
        name="xtreme",
        files=(f"{GOLDP}/tydiqa.goldp.{{language}}.{{split}}.json", f"{GOLDP}/tydiqa.{{language}}.{{split}}.json"),
        splits={"train": "train", "test": "dev"},
    ),
    QuestionLayout(name="goldp", files=(f"{GOLDP}/tydiqa-goldp-{{split}}-{{name}}.json",), splits={"test": "dev"}),
    QuestionLayout(
        name="goldp", files=(f"{GOLDP}.json", f"{GOLDP}/{GOLDP}.json"), splits={"train": "train"}, mixed=True
    ),
)
CONTEXT = "Das \U0001f600 Haus, das alte Haus."


def asked(id="q1", answers=(("Haus", 6),), **fields):
    listed = [{"text": text, "answer_start": start} for text, start in answers]
    return {"id": id, "question": f"Was {id}?", "answers": listed, **fields}


def document(*questions, context=CONTEXT):
    return json.dumps({"version": "1.1", "data": [{"paragraphs": [{"context": context, "qas": questions}]}]})


def put(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def read(folder, language="de", split="test", layouts=(XQUAD, MLQA, *TYDIQA, SQUAD), task="xquad"):
    return read_questions(folder, language, split, task=task, layouts=layouts, source="Ask the makers.")


@pytest.fixture
def read_one(tmp_path):
    def read_one(*questions, **fields):
        put(tmp_path / "xquad.de.json", document(*questions, **fields))
        found = read(tmp_path)
        return found.examples, found.layout

    return read_one


@pytest.mark.parametrize("escaped", [True, False])
def test_reads_questions_and_counts_starts_in_characters(tmp_path, escaped):
    text = document(asked(answers=(("Haus", 6), ("Haus, das", 6))), asked("q2", (("alte", 16),)))
    put(tmp_path / "xquad" / "xquad.de.json", text if escaped else json.dumps(json.loads(text), ensure_ascii=False))
    found = read(tmp_path)
    assert found.examples == (
        Question("q1", "Was q1?", CONTEXT, (Answer("Haus", 6), Answer("Haus, das", 6))),
        Question("q2", "Was q2?", CONTEXT, (Answer("alte", 16),)),
    )
    assert (found.files, found.layout) == (("xquad/xquad.de.json",), "xquad")


@pytest.mark.parametrize(
    "question",
    [
        asked(answers=(("", 0),)),
        asked(answers=()),
        {"id": "q1", "question": "Was?"},
        asked(is_impossible=True, plausible_answers=[]),
    ],
)
def test_answers_that_are_withheld_or_impossible_are_none(read_one, question):
    (found,), layout = read_one(question)
    assert (found.answers, layout) == ((), "xquad")


def test_fields_of_squad_2_are_ignored(read_one):
    (found,), _ = read_one(asked(is_impossible=False, plausible_answers=[]))
    assert found.answers == (Answer("Haus", 6),)


@pytest.mark.parametrize(
    ("start", "mended"),
    [(7, 6), (5, 6), (0, 6), (-7, 6), (14, 21), (13, 6), (21, 21), (999, 21), (10**30, 21), (24, 21)],
)
def test_a_start_beside_its_text_is_mended_to_the_nearest(read_one, start, mended):
    (found,), layout = read_one(asked(answers=(("Haus", start),)))
    assert found.answers == (Answer("Haus", mended),)
    assert layout == ("xquad" if start == mended else "xquad, 1 starts of answers mended")


def test_a_text_that_stands_nowhere_keeps_no_start(read_one):
    (found,), layout = read_one(asked(answers=(("Hütte", 6),)))
    assert (found.answers, layout) == ((Answer("Hütte", -1),), "xquad, 1 answers not in their context")


def test_a_start_that_the_file_does_not_give_stays_open(read_one):
    (found,), layout = read_one(asked(answers=(("Haus", -1), ("alte", None))))
    assert (found.answers, layout) == ((Answer("Haus", -1), Answer("alte", -1)), "xquad")


def test_ids_of_test_data_are_unique(read_one):
    with pytest.raises(DataError, match=r"xquad\.de\.json: the id 'q2' occurs twice"):
        read_one(asked(), asked("q2"), asked("q2"))


def test_ids_of_training_data_are_made_unique(tmp_path):
    ids = ("12", "12#2", "12", "7", "12")
    put(tmp_path / "tydiqa-goldp-v1.1-train" / "tydiqa.ko.train.json", document(*map(asked, ids)))
    found = read(tmp_path, "ko", "train")
    assert [question.id for question in found.examples] == ["12", "12#2", "12#3", "7", "12#4"]


@pytest.mark.parametrize(
    ("name", "language", "split", "layout"),
    [
        ("squad/train-v1.1.json", "en", "train", "squad"),
        ("MLQA_V1/dev/dev-context-zh-question-zh.json", "zh", "dev", "mlqa"),
        ("tydiqa-goldp-v1.1-dev/tydiqa.goldp.ko.dev.json", "ko", "test", "xtreme"),
        ("tydiqa-goldp-v1.1-dev/tydiqa-goldp-dev-korean.json", "ko", "test", "goldp"),
        ("tydiqa-goldp-v1.1-train/tydiqa.goldp.en.train.json", "en", "train", "xtreme"),
        ("tydiqa-goldp-v1.1-train/tydiqa.en.train.json", "en", "train", "xtreme"),
    ],
)
def test_reads_the_layouts_of_the_benchmark(tmp_path, name, language, split, layout):
    put(tmp_path / name, document(asked()))
    found = read(tmp_path, language, split)
    assert ([question.id for question in found.examples], found.layout) == (["q1"], layout)


@pytest.mark.parametrize("folder", ["", "tydiqa-goldp-v1.1-train/"])
def test_picks_a_language_of_a_file_that_holds_all(tmp_path, folder):
    ids = ("korean-1-0", "english-1-0", "korean--2-0")
    put(tmp_path / "tydiqa" / f"{folder}tydiqa-goldp-v1.1-train.json", document(*map(asked, ids)))
    found = read(tmp_path, "ko", "train", TYDIQA, "tydiqa")
    assert [question.id for question in found.examples] == ["korean-1-0", "korean--2-0"]
    with pytest.raises(MissingError, match="has no question for fi"):
        read(tmp_path, "fi", "train", TYDIQA, "tydiqa")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", r"xquad\.de\.json:1: not JSON"),
        ('{\n"data":\n[}', r"xquad\.de\.json:3: not JSON: .* at character 2"),
        ("[]", r"the document is a list, not an object"),
        ("{}", r"data is missing or null, not a list"),
        ('{"data": [{"paragraphs": [{"qas": []}]}]}', r"data\[0\]\.paragraphs\[0\]\.context is missing"),
        (document({"question": "x"}), r"data\[0\]\.paragraphs\[0\]\.qas\[0\]\.id is missing or null"),
        (document(asked(7)), r"qas\[0\]\.id is a whole number, not a text"),
        (document(asked(answers=(("a", 1.5),))), r"qas\[0\]\.answers\[0\]\.answer_start is a number with a fraction"),
        (document(asked(answers=((None, 1),))), r"qas\[0\]\.answers\[0\]\.text is missing or null"),
        (document(asked() | {"answers": {"text": []}}), r"qas\[0\]\.answers is an object, not a list"),
        (document(asked(), context="\ud800"), r"context holds half a surrogate pair"),
        ("", "it is empty"),
    ],
)
def test_says_what_is_wrong_and_where(tmp_path, text, message):
    put(tmp_path / "xquad.de.json", text)
    with pytest.raises(DataError, match=message):
        read(tmp_path)


def test_a_file_without_questions_lacks_the_language(tmp_path):
    put(tmp_path / "xquad.de.json", document())
    with pytest.raises(MissingError, match=r"xquad\.de\.json has no question for de"):
        read(tmp_path)


def test_missing_files_are_named_in_every_layout(tmp_path):
    with pytest.raises(MissingError) as caught:
        read(tmp_path, "ko", "train", TYDIQA, "tydiqa")
    for name in ("tydiqa.goldp.ko.train.json", "tydiqa.ko.train.json", "tydiqa-goldp-v1.1-train.json"):
        assert name in caught.value.hint

from collections.abc import Callable
from typing import Any

import datasets
import pytest

from vecocli.errors import DataError, MissingError
from vecocli.xtreme.data import AlignedTexts, Answer, Question, TaggedSentence, TextPair
from vecocli.xtreme.tasks import bucc2018, mlqa, panx, pawsx, tatoeba, tydiqa, udpos, xnli, xquad

Hub = Callable[..., str]
PAIR = ("sentence1", "sentence2", "label")
UDPOS = (
    *("Afrikaans", "Arabic", "Basque", "Bulgarian", "Chinese", "Dutch", "English", "Estonian", "Finnish"),
    *("French", "German", "Greek", "Hebrew", "Hindi", "Hungarian", "Indonesian", "Italian", "Japanese"),
    *("Kazakh", "Korean", "Marathi", "Persian", "Portuguese", "Russian", "Spanish", "Tagalog", "Tamil"),
    *("Telugu", "Thai", "Turkish", "Urdu", "Vietnamese", "Yoruba"),
)
TATOEBA = (
    *("afr", "ara", "ben", "bul", "cmn", "deu", "ell", "est", "eus", "fin", "fra", "heb", "hin", "hun", "ind"),
    *("ita", "jav", "jpn", "kat", "kaz", "kor", "mal", "mar", "nld", "pes", "por", "rus", "spa", "swh", "tam"),
    *("tel", "tgl", "tha", "tur", "urd", "vie"),
)


def question(key: str, text: str = "cat", at: int = 4, **other: Any) -> dict[str, Any]:
    spans = {"answer_start": [at], "text": [text]}
    return {"id": key, "context": "The cat sat.", "question": "Who?", "answers": spans, **other}


def asked(key: str, *answers: Answer) -> Question:
    return Question(key, "Who?", "The cat sat.", answers or (Answer("cat", 4),))


def sides(first: str, second: str, left: str, right: str) -> dict[str, str]:
    return {"source_sentence": first, "target_sentence": second, "source_lang": left, "target_lang": right}


def test_xnli_is_told_apart_by_the_column_of_languages(hub: Hub) -> None:
    rows = [("de", " a ", "b", "neutral"), ("en", "c", "d", "entailment"), ("de", "e", "f", "contradictory")]
    names = ("language", *PAIR[:2], "gold_label")
    data = hub("XNLI", "validation", [dict(zip(names, row, strict=True)) for row in rows])
    found = xnli.TASK.read(data, "de", "dev")
    assert found.examples == (TextPair("a", "b", "neutral"), TextPair("e", "f", "contradiction"))
    assert (found.files, found.layout) == (("XNLI/validation-00000-of-00001.parquet",), "hub")
    with pytest.raises(MissingError, match=r"XNLI/validation-00000-of-00001.parquet has no row for sw"):
        xnli.TASK.read(data, "sw", "dev")


def test_xnli_is_trained_on_multinli_whose_labels_the_features_name(hub: Hub) -> None:
    rows = [{"premise": f"p{label}", "hypothesis": "h", "label": label} for label in (2, 0, -1, 1)]
    data = hub("multi_nli/data", "train", rows)
    found = xnli.TASK.recipe.read(data, "en", "train")
    assert [pair.label for pair in found.examples] == ["contradiction", "entailment", "neutral"]
    assert found.layout == "hub, 1 rows without a label left out"
    with pytest.raises(MissingError, match=r"google/xtreme has no train data of xnli for de$"):
        xnli.TASK.recipe.read(data, "de", "train")
    other = datasets.ClassLabel(names=["no", "yes", "perhaps"])
    hub("multi_nli/data", "train", rows, label=other)
    with pytest.raises(DataError, match=r"train-00000-of-00001.parquet:1: 'perhaps' is not a label of the task"):
        xnli.TASK.recipe.read(data, "en", "train")


def test_pawsx_in_all_splits(hub: Hub) -> None:
    for split in ("train", "validation", "test"):
        rows = [(split, "NS", "1"), ("a", "b", "0")]
        data = hub("PAWS-X.ja", split, [dict(zip(PAIR, row, strict=True)) for row in rows])
    found = {split: pawsx.TASK.read(data, "ja", split) for split in ("train", "dev", "test")}
    assert [one.examples[0].first for one in found.values()] == ["train", "validation", "test"]
    assert found["test"].examples[1] == TextPair("a", "b", "0")
    assert found["test"].layout == "hub, 1 rows with NS"


def test_labels_that_are_withheld_of_all_rows_are_none(hub: Hub) -> None:
    data = hub("PAWS-X.de", "test", [{"sentence1": "a", "sentence2": "b", "label": label} for label in (None, "", "-")])
    assert {pair.label for pair in pawsx.TASK.read(data, "de", "test").examples} == {None}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"sentence1": "a", "sentence2": "b", "label": "2"}, "parquet:2: '2' is not a label of the task"),
        ({"sentence1": "a", "label": "1"}, "parquet:2: sentence2 is missing or null, not a text"),
    ],
)
def test_a_bad_row_of_a_pair_is_named(hub: Hub, row: dict[str, str], message: str) -> None:
    data = hub("PAWS-X.de", "test", [{"sentence1": "a", "sentence2": "b", "label": "1"}, row])
    with pytest.raises(DataError, match=message):
        pawsx.TASK.read(data, "de", "test")


@pytest.mark.parametrize("place", UDPOS)
def test_every_language_of_udpos_is_found_under_its_name_there(hub: Hub, place: str) -> None:
    data = hub(f"udpos.{place}", "test", [{"tokens": [place, "."], "pos_tags": [11, 12]}])
    found = {code: _words(udpos.TASK, data, code) for code in udpos.TASK.languages}
    assert [words for words in found.values() if words] == [(place, ".")]


def _words(task: Any, data: str, language: str) -> tuple[str, ...]:
    try:
        words: tuple[str, ...] = task.read(data, language, "test").examples[0].words
    except MissingError:
        return ()
    return words


def test_tags_are_those_that_the_features_name(hub: Hub) -> None:
    rows = [
        {"tokens": ["New", " York ", "\u200b"], "ner_tags": [5, 6, 0]},
        {"tokens": [], "ner_tags": []},
        {"tokens": ["x"], "ner_tags": [-1]},
    ]
    data = hub("PAN-X.yo", "validation", rows)
    found = panx.TASK.recipe.read(data, "yo", "dev")
    first = TaggedSentence(("New", "York", "\u200b"), ("B-LOC", "I-LOC", "O"))
    assert found.examples == (first, TaggedSentence(("x",), None))
    assert found.layout == "hub, 1 sentences without words left out"
    turned = datasets.Sequence(datasets.ClassLabel(names=["B-LOC", "O"]))
    data = hub("PAN-X.yo", "test", [{"tokens": ["New", "York"], "ner_tags": [1, 0]}], ner_tags=turned)
    assert panx.TASK.read(data, "yo", "test").examples[0].tags == ("O", "B-LOC")
    data = hub("PAN-X.yo", "test", [{"tokens": ["New", "York"], "ner_tags": None}])
    assert panx.TASK.read(data, "yo", "test").examples[0].tags is None


@pytest.mark.parametrize(
    ("row", "names", "message"),
    [
        ({"tokens": ["a"], "pos_tags": [0]}, ["noun"], "parquet:1: 'noun' is not a tag of the task"),
        ({"tokens": ["a"], "pos_tags": [2]}, ["NOUN", "VERB"], "parquet:1: 2 is the number of no label"),
        ({"tokens": ["a", "b"], "pos_tags": [0]}, ["NOUN"], "parquet:1: 1 tags for 2 words"),
        ({"tokens": ["a", "b"], "pos_tags": [0, -1]}, ["NOUN"], r"parquet:1: pos_tags\[1\] is missing or null"),
        ({"tokens": ["a", None], "pos_tags": [0, 0]}, ["NOUN"], r"parquet:1: tokens\[1\] is missing or null"),
        ({"tokens": ["a"], "pos_tags": [0]}, None, r"parquet:1: pos_tags\[0\] is a whole number, not a text"),
        ({"tokens": [], "pos_tags": []}, ["NOUN"], "parquet: it has no sentence with words"),
    ],
)
def test_a_bad_row_of_tags_is_named(hub: Hub, row: dict[str, Any], names: list[str] | None, message: str) -> None:
    kind = datasets.Value("int64") if names is None else datasets.ClassLabel(names=names)
    data = hub("udpos.Tagalog", "test", [row], pos_tags=datasets.Sequence(kind))
    with pytest.raises(DataError, match=message):
        udpos.TASK.read(data, "tl", "test")


def test_xquad_has_one_split_which_is_its_test(hub: Hub) -> None:
    data = hub("XQuAD.el", "validation", [question("1"), question("2", at=5), question("3", "dog")])
    found = xquad.TASK.read(data, "el", "test")
    assert found.examples == (asked("1"), asked("2"), asked("3", Answer("dog", -1)))
    assert found.layout == "hub, 1 starts of answers mended, 1 answers not in their context"
    with pytest.raises(MissingError, match="google/xtreme has no dev data of xquad for el"):
        xquad.TASK.read(data, "el", "dev")


def test_answers_that_are_withheld_are_none_and_several_count(hub: Hub) -> None:
    several = {"answer_start": [4, 0], "text": ["cat", "The cat"]}
    rows = [question("1", ""), question("2", answers=None), question("3", answers=several)]
    data = hub("MLQA.zh.zh", "test", rows)
    answers = [one.answers for one in mlqa.TASK.read(data, "zh", "test").examples]
    assert answers == [(), (), (Answer("cat", 4), Answer("The cat", 0))]
    hub("MLQA.zh.zh", "validation", [question("1"), question("1")])
    with pytest.raises(DataError, match="the id '1' occurs twice"):
        mlqa.TASK.read(data, "zh", "dev")


def test_answers_may_be_a_list_of_pairs(hub: Hub) -> None:
    pairs = datasets.List({"answer_start": datasets.Value("int32"), "text": datasets.Value("string")})
    data = hub("XQuAD.de", "validation", [question("1", answers=[{"answer_start": 4, "text": "cat"}])], answers=pairs)
    assert xquad.TASK.read(data, "de", "test").examples == (asked("1"),)
    data = hub("XQuAD.de", "validation", [question("1", answers={"answer_start": [4], "text": ["cat", "sat"]})])
    with pytest.raises(DataError, match="parquet:1: 2 answers, but 1 beginnings"):
        xquad.TASK.read(data, "de", "test")


def test_questions_are_trained_on_squad_in_english(hub: Hub) -> None:
    hub("SQuAD", "train", [question("1"), question("1")])
    data = hub("SQuAD", "validation", [question("3")])
    for task in (xquad.TASK, mlqa.TASK):
        assert task.recipe.read(data, "en", "train").examples == (asked("1"), asked("1#2"))
        assert task.recipe.read(data, "en", "dev").examples == (asked("3"),)
    with pytest.raises(MissingError, match="has no train data of squad for de"):
        xquad.TASK.recipe.read(data, "de", "train")


def test_tydiqa_is_told_apart_by_the_beginning_of_ids(hub: Hub) -> None:
    hub("tydiqa", "train", [question("korean-1-0"), question("english-2-0")])
    data = hub("tydiqa", "validation", [question("english-3-0"), question("korean-4-0")])
    assert tydiqa.TASK.recipe.read(data, "en", "train").examples == (asked("english-2-0"),)
    assert tydiqa.TASK.read(data, "ko", "test").examples == (asked("korean-4-0"),)
    with pytest.raises(MissingError, match="parquet has no question for te"):
        tydiqa.TASK.read(data, "te", "test")


@pytest.mark.parametrize("place", TATOEBA)
def test_every_language_of_tatoeba_is_found_under_its_name_there(hub: Hub, place: str) -> None:
    data = hub(f"tatoeba.{place}", "validation", [sides("fremd\n", "foreign\n", "cache/downloads/0a1b", "eng")])
    found = []
    for language in tatoeba.TASK.languages:
        try:
            found.append(tatoeba.TASK.read(data, language))
        except MissingError:
            continue
    assert found == [AlignedTexts(("foreign",), ("fremd",), "hub")]


def test_the_language_columns_decide_which_side_is_english(hub: Hub) -> None:
    rows = [sides("house", "Haus", "en", "de"), sides("Katze", "cat", "deu", "eng"), sides("x", "y", "?", "eng_Latn")]
    data = hub("tatoeba.deu", "validation", rows)
    assert tatoeba.TASK.read(data, "de") == AlignedTexts(("house", "cat", "y"), ("Haus", "Katze", "x"), "hub")


@pytest.mark.parametrize(("left", "right"), [("eng", "en"), ("deu", "path"), ("fra", "eng")])
def test_sides_that_are_not_english_and_the_language_are_refused(hub: Hub, left: str, right: str) -> None:
    data = hub("tatoeba.deu", "validation", [sides("a", "b", left, right)])
    with pytest.raises(DataError, match=f"parquet:1: its languages are '{left}' and '{right}'"):
        tatoeba.TASK.read(data, "de")


def test_bucc_is_refused_since_its_distractors_are_not_there(hub: Hub) -> None:
    data = hub("bucc18.zh", "validation", [sides("a", "b", "zh-1", "en-1")])
    with pytest.raises(MissingError, match="none of the sentences they are to be found among") as caught:
        bucc2018.TASK.read(data, "zh", "dev")
    assert "https://comparable.limsi.fr/bucc2018" in caught.value.hint

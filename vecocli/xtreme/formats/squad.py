"""Questions in SQuAD's JSON: SQuAD, XQuAD, MLQA and TyDiQA GoldP.

The start of an answer counts characters (code points) of the context. One that does not point at its answer's text is
mended: the occurrence nearest to it is taken. A text that stands nowhere keeps the start -1. The name of the layout
says how many there are of both.

XTREME takes the answers out of its test files and leaves empty texts: such questions have none here, nor have those
that SQuAD 2.0 calls impossible. It also cuts TyDiQA's training ids to their last number, so that most are not unique:
the second `12` becomes `12#2`. In dev and test data, where an id is the key of a prediction, it must be unique.

Source: the format is SQuAD's (arXiv 1606.05250), the file layouts are those of XTREME's scripts
(google-research/xtreme); mending is this project's choice.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from vecocli.errors import DataError, MissingError
from vecocli.text.files import read_lines
from vecocli.text.languages import name as language_name
from vecocli.xtreme.data import Answer, Found, Question, Split
from vecocli.xtreme.formats.json_data import Node, decode
from vecocli.xtreme.formats.layouts import Layout, described, find, within

MENDED = "starts of answers mended"
NOWHERE = "answers not in their context"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionLayout(Layout):
    """A layout of questions.

    Args:
        mixed: Whether a file holds all languages; a question's is then the beginning of its id: `korean-12-0`.
    """

    mixed: bool = False


def read_questions(
    folder: Path, language: str, split: Split, *, task: str, layouts: Sequence[QuestionLayout], source: str
) -> Found[Question]:
    """Read the questions of a language.

    Args:
        folder: XTREME's download folder or the task's own.
        language: Canonical code.
        split: Which part of the data; `test` may lack answers.
        task: The task's name, which is that of its sub-folder.
        layouts: Tried in turn.
        source: Where to get the files, as a sentence.

    Raises:
        DataError: JSON that is malformed or of another shape, with the place in the file, or an id that occurs twice.
        MissingError: The files are not there, or lack the language.
    """
    layout, paths = find(folder, language, split, task=task, layouts=layouts, source=source)
    odd = Counter({MENDED: 0, NOWHERE: 0})
    questions = [(path, question) for path in paths for question in _questions(path, odd, _prefix(layout, language))]
    if not questions:
        raise MissingError(f"{paths[0]} has no question for {language}", source)
    return Found(distinct(questions, split), within(folder, paths), described(layout, odd))


def _prefix(layout: QuestionLayout, language: str) -> str:
    return f"{language_name(language).lower()}-" if layout.mixed else ""


def _questions(path: Path, odd: Counter[str], prefix: str) -> Iterator[Question]:
    """Read the questions whose id begins like this."""
    for article in decode("\n".join(read_lines(path)), path).field("data").items():
        for paragraph in article.field("paragraphs").items():
            context = paragraph.field("context").text()
            for node in paragraph.field("qas").items():
                key = node.field("id").text()
                if key.startswith(prefix):
                    yield Question(key, node.field("question").text(), context, read_answers(node, context, odd))


def read_answers(node: Node, context: str, odd: Counter[str]) -> tuple[Answer, ...]:
    """Read a question's answers.

    Args:
        node: The question: `answers`, each with `text` and `answer_start`.
        context: The text they stand in.
        odd: Counts what is mended and what is not found.

    Raises:
        DataError: Answers of another shape.
    """
    answers = node.field("answers")
    if answers.value is None or node.field("is_impossible").value is True:
        return ()
    read = ((item.field("text").text(), item.field("answer_start")) for item in answers.items())
    return tuple(_answer(text, start, context, odd) for text, start in read if text)


def _answer(text: str, node: Node, context: str, odd: Counter[str]) -> Answer:
    """Read an answer, its start mended; a start that the file does not give stays -1."""
    start = -1 if node.value is None else node.number()
    if start == -1 or (start >= 0 and context.startswith(text, start)):
        return Answer(text, start)
    found = _nearest(text, start, context)
    odd[NOWHERE if found < 0 else MENDED] += 1
    return Answer(text, found)


def _nearest(text: str, start: int, context: str) -> int:
    """Return the occurrence nearest to a place, the earlier of two as near; -1 if there is none."""
    start = min(max(start, 0), len(context))
    places = (context.rfind(text, 0, start + len(text)), context.find(text, start))
    return min((place for place in places if place >= 0), key=lambda place: abs(place - start), default=-1)


def distinct(questions: Sequence[tuple[Path, Question]], split: Split) -> tuple[Question, ...]:
    """Make ids distinct in training data.

    Args:
        questions: With the file each is from.
        split: Which part of the data.

    Raises:
        DataError: An id that occurs twice elsewhere.
    """
    seen: set[str] = set()
    repeats: Counter[str] = Counter()
    distinct = []
    for path, question in questions:
        key = question.id
        if key in seen and split != "train":
            message = f"the id {key[:80]!r} occurs twice"
            raise DataError(message, "Predictions go by id: each question needs its own.", path=path)
        while key in seen:
            repeats[question.id] += 1
            key = f"{question.id}#{repeats[question.id] + 1}"
        seen.add(key)
        distinct.append(replace(question, id=key))
    return tuple(distinct)

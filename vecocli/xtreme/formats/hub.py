"""XTREME as the Hugging Face Hub has it, kind by kind: rows of Parquet, whose labels the features name.

    pairs       two texts, the label, and the row's language where all are in one configuration
    tags        words, a tag for each
    questions   id, context, question, answers: SQuAD's rules hold (see `vecocli.xtreme.formats.squad`)
    texts       Tatoeba: two sentences and the language of each

Tatoeba's columns of languages decide which side is English. The other one names no language: the script that made the
data wrote the path of a file there. What is no language code is therefore taken for the foreign side.

A label may be withheld, as null, as -1 or as `-`: such rows are left out where others have one, as the makers' are.

Source: the data card of google/xtreme and the script it was made by (huggingface/datasets, `datasets/xtreme`).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from vecocli.errors import DataError, MissingError
from vecocli.text.languages import known
from vecocli.text.languages import name as language_name
from vecocli.xtreme.data import AlignedTexts, Found, Question, Split, TaggedSentence, TextPair
from vecocli.xtreme.formats.bucc import SOURCE as BUCC
from vecocli.xtreme.formats.json_data import Node
from vecocli.xtreme.formats.layouts import Layout, described
from vecocli.xtreme.formats.pairs import NO_LABEL, NOT_TRANSLATED
from vecocli.xtreme.formats.squad import MENDED, NOWHERE, distinct, read_answers
from vecocli.xtreme.hub import XTREME, HubSource
from vecocli.xtreme.hub_rows import Opened, open_split


def hub_pairs(
    data: str,
    language: str,
    split: Split,
    *,
    task: str,
    labels: Sequence[str],
    sources: Sequence[HubSource],
    renamed: Mapping[str, str] | None = None,
) -> Found[TextPair]:
    """Read the text pairs of a language; other errors as in `open_split`.

    Args:
        data: The text of `--data`.
        language: Canonical code.
        split: Which part of the data.
        task: The task's name.
        labels: The task's classes.
        sources: Tried in turn; their columns are first text, second text, label, and language if there is one.
        renamed: Other names of classes.

    Raises:
        DataError: A row of another kind, or an unknown label.
        MissingError: No row is in the language.
    """
    opened = open_split(data, language, split, task=task, sources=sources)
    first, second, label, *spoken = opened.columns
    rows = [row for row in opened.rows if all(row.field(name).text() == language for name in spoken)]
    if not rows:
        raise MissingError(f"{opened.files[0]} has no row for {language}", "See docs/tasks.md.")
    pairs = [
        TextPair(row.field(first).text().strip(), row.field(second).text().strip(), _label(row, label, labels, renamed))
        for row in rows
    ]
    if any(pair.label is not None for pair in pairs):
        pairs = [pair for pair in pairs if pair.label is not None]
    untranslated = sum(NOT_TRANSLATED in (pair.first, pair.second) for pair in pairs)
    odd = {f"rows with {NOT_TRANSLATED}": untranslated, "rows without a label left out": len(rows) - len(pairs)}
    return Found(tuple(pairs), opened.files, _described(opened, odd))


def hub_tags(
    data: str, language: str, split: Split, *, task: str, tags: Sequence[str], sources: Sequence[HubSource]
) -> Found[TaggedSentence]:
    """Read the tagged sentences of a language; arguments and errors as in `hub_pairs`, columns are words and tags."""
    opened = open_split(data, language, split, task=task, sources=sources)
    words, column = opened.columns
    read = [_tagged(row, words, column, tags) for row in opened.rows]
    sentences = tuple(sentence for sentence in read if sentence.words)
    if not sentences:
        raise DataError("it has no sentence with words", "Is it the right data?", path=opened.files[0])
    odd = {"sentences without words left out": len(read) - len(sentences)}
    return Found(sentences, opened.files, _described(opened, odd))


def hub_questions(
    data: str, language: str, split: Split, *, task: str, sources: Sequence[HubSource], mixed: bool = False
) -> Found[Question]:
    """Read the questions of a language; arguments and errors as in `hub_pairs`.

    Args:
        data: The text of `--data`.
        language: Canonical code.
        split: Which part of the data.
        task: The task's name.
        sources: Tried in turn; their columns are id, context, question and answers.
        mixed: Whether all languages are in one; a question's is then the beginning of its id: `korean-12-0`.
    """
    opened = open_split(data, language, split, task=task, sources=sources)
    key, context, question, answers = opened.columns
    prefix = f"{language_name(language).lower()}-" if mixed else ""
    odd = Counter({MENDED: 0, NOWHERE: 0})
    found: list[tuple[Path, Question]] = []
    for row in opened.rows:
        name, text = row.field(key).text(), row.field(context).text()
        if name.startswith(prefix):
            spans = read_answers(_listed(row, answers), text, odd)
            found.append((row.path, Question(name, row.field(question).text(), text, spans)))
    if not found:
        raise MissingError(f"{opened.files[0]} has no question for {language}", "See docs/tasks.md.")
    return Found(distinct(found, split), opened.files, _described(opened, odd))


def hub_texts(data: str, language: str, *, task: str, sources: Sequence[HubSource]) -> AlignedTexts:
    """Read the sentences of a language and English; other arguments and errors as in `hub_pairs`.

    Args:
        data: The text of `--data`.
        language: Canonical code.
        task: The task's name.
        sources: Their columns are two sentences, and the language of the first and of the second.
    """
    opened = open_split(data, language, "test", task=task, sources=sources)
    english, foreign = [], []
    for row in opened.rows:
        first, second, *spoken = (row.field(name).text() for name in opened.columns)
        codes = [known(code.strip()) for code in spoken]
        if codes.count("en") != 1 or not {"en", language, None}.issuperset(codes):
            message = f"its languages are {spoken[0][:80]!r} and {spoken[1][:80]!r}"
            raise DataError(message, f"One must be English, the other {language}.", path=row.path, line=row.line)
        sides = (first, second) if codes[0] == "en" else (second, first)
        english.append(sides[0].strip())
        foreign.append(sides[1].strip())
    return AlignedTexts(tuple(english), tuple(foreign), opened.layout)


def no_distractors(data: str, language: str, split: Split) -> NoReturn:
    """Refuse BUCC 2018, of which the Hub has the pairs only: a search among nothing else finds them all.

    Raises:
        MissingError: Always.
    """
    message = f"{XTREME.name} has only the pairs of bucc2018 and none of the sentences they are to be found among"
    raise MissingError(message, f"Give a folder of its files with --data. {BUCC}")


def _label(row: Node, column: str, labels: Sequence[str], renamed: Mapping[str, str] | None) -> str | None:
    label = "" if row.field(column).value is None else row.field(column).text().strip()
    label = (renamed or {}).get(label, label)
    if label in ("", NO_LABEL):
        return None
    if label not in labels:
        message = f"{label[:80]!r} is not a label of the task"
        raise DataError(message, f"Labels are {', '.join(labels)}.", path=row.path, line=row.line)
    return label


def _tagged(row: Node, words: str, column: str, tags: Sequence[str]) -> TaggedSentence:
    texts = [word.text() for word in row.field(words).items()]
    withheld = row.field(column).value is None
    given = [] if withheld else list(row.field(column).items())
    if not withheld and len(given) != len(texts):
        message = f"{len(given)} tags for {len(texts)} words"
        raise DataError(message, "Each word needs its tag.", path=row.path, line=row.line)
    cut = tuple(text.strip() or text for text in texts)
    if all(tag.value is None for tag in given):
        return TaggedSentence(cut, None)
    named = tuple(tag.text() for tag in given)
    if unknown := [tag for tag in named if tag not in tags]:
        message = f"{unknown[0][:80]!r} is not a tag of the task"
        raise DataError(message, f"Tags are {', '.join(tags)}.", path=row.path, line=row.line)
    return TaggedSentence(cut, named)


def _listed(row: Node, column: str) -> Node:
    """Return a question with its answers as SQuAD lists them; Parquet has a list of texts and one of beginnings."""
    answers = row.field(column)
    spans = answers.value
    if isinstance(spans, dict):
        texts, starts = (list(answers.field(name).items()) for name in ("text", "answer_start"))
        if len(texts) != len(starts):
            message = f"{len(texts)} answers, but {len(starts)} beginnings"
            raise DataError(message, "Each answer needs its beginning.", path=row.path, line=row.line)
        spans = [{"text": text.value, "answer_start": at.value} for text, at in zip(texts, starts, strict=True)]
    return Node({"answers": spans}, row.path, row.line)


def _described(opened: Opened, odd: Mapping[str, int]) -> str:
    return described(Layout(name=opened.layout, files=()), odd)

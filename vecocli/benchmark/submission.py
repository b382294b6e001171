"""Predictions on disk, in the layout that XTREME takes: one folder a task, one file a language.

udpos, panx     test-de.tsv     a tag a line, an empty line after each sentence
xnli, pawsx     test-de.tsv     a label a line
xquad, mlqa, tydiqa   test-de.json    {question id: answer}
tatoeba         test-de.tsv     for each line of the English file as XTREME sorts it, the row of its translation
bucc2018        test-de.tsv     foreign id TAB English id
"""

import json
import shutil
from collections.abc import Callable, Sequence, Set
from pathlib import Path
from typing import Any

from vecocli.errors import DataError, MissingError, UsageError
from vecocli.text.files import atomic_write, read_lines
from vecocli.xtreme.answer import Guess
from vecocli.xtreme.data import MixedTexts, Question
from vecocli.xtreme.metrics.mined import Pair
from vecocli.xtreme.task import TunedTask

PREDICTIONS = "predictions"
GUESSES = "n-best"
UNTUNED = ("bucc2018", "tatoeba")
LAYOUT = "A folder of predictions has a folder for each task and a file for each language: see docs/tasks.md."
MISMATCH = "Was it made from the same test file, whole and in its order?"


def predictions_of(out: Path, seed: int, task: str, language: str) -> Path:
    """Return where the predictions of a run lie: `OUT/predictions/seed-1` is a folder to hand in."""
    return file_of(out / PREDICTIONS / f"seed-{seed}", task, language)


def guesses_of(out: Path, seed: int, task: str, language: str) -> Path:
    """Return where all guesses for the questions of a task lie."""
    return out / GUESSES / f"seed-{seed}" / task / f"{language}.json"


def file_of(folder: Path, task: str, language: str) -> Path:
    """Return the file of a task and language in a folder of predictions."""
    ending = "json" if task in ("xquad", "mlqa", "tydiqa") else "tsv"
    return folder / task / f"test-{language}.{ending}"


def check_new(folder: Path) -> None:
    """Refuse a place for predictions where something is.

    Raises:
        UsageError: There is.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} exists", "Give --submission a new folder.")


def copy_predictions(out: Path, seed: int, folder: Path) -> None:
    """Copy the predictions of a seed into a new folder, and those of retrieval, which has none."""
    kept = out / PREDICTIONS
    for task in [*(kept / f"seed-{seed}").glob("*"), *(kept / "seed-0" / name for name in UNTUNED)]:
        if task.is_dir():
            shutil.copytree(task, folder / task.name, dirs_exist_ok=True)


def write_predictions(task: TunedTask, path: Path, examples: Sequence[Any], values: Sequence[Any]) -> None:
    """Write the predictions of one language.

    Args:
        task: The task.
        path: The file; its folder is made.
        examples: N examples.
        values: A label, a tuple of tags or an answer for each.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path, "w") as stream:
        if task.kind == "answer":
            given = {example.id: value for example, value in zip(examples, values, strict=True)}
            stream.write(json.dumps(given, ensure_ascii=False, indent=1) + "\n")
        elif task.kind == "tag":
            stream.writelines("".join(f"{tag}\n" for tag in tags) + "\n" for tags in values)
        else:
            stream.writelines(f"{value}\n" for value in values)


def write_guesses(path: Path, questions: Sequence[Question], guesses: Sequence[Sequence[Guess]]) -> None:
    """Write all guesses for each question, the best first, as BERT's script does: text, score, probability."""
    path.parent.mkdir(parents=True, exist_ok=True)
    found = {
        one.id: [{"text": guess.text, "score": guess.score, "probability": guess.probability} for guess in own]
        for one, own in zip(questions, guesses, strict=True)
    }
    with atomic_write(path, "w") as stream:
        stream.write(json.dumps(found, ensure_ascii=False) + "\n")


def write_rows(path: Path, english: Sequence[str], rows: Sequence[int]) -> None:
    """Write the rows that were found for English sentences, in the order in which XTREME sorts these."""
    path.parent.mkdir(parents=True, exist_ok=True)
    order = sorted(range(len(english)), key=english.__getitem__)
    with atomic_write(path, "w") as stream:
        stream.writelines(f"{rows[at]}\n" for at in order)


def read_rows(path: Path, english: Sequence[str]) -> list[int]:
    """Read what `write_rows` wrote, in the order of the English sentences.

    Raises:
        DataError: Not a row number for each sentence.
        MissingError: There is no such file.
    """
    if not path.is_file():
        raise MissingError(f"there is no {path}", LAYOUT)
    rows = [0] * len(english)
    lines = [line.strip() for line in read_lines(path)]
    if len(lines) != len(english):
        raise DataError(f"{len(lines):,} predictions for {len(english):,} sentences", MISMATCH, path=path)
    order = sorted(range(len(english)), key=english.__getitem__)
    for number, (at, line) in enumerate(zip(order, lines, strict=True), 1):
        if not (line.isascii() and line.isdigit() and int(line) < len(english)):
            hint = f"A line holds the number of a foreign sentence, 0 to {len(english) - 1:,}."
            raise DataError(f"{line[:80]!r} is no row of the test", hint, path=path, line=number)
        rows[at] = int(line)
    return rows


def write_pairs(path: Path, pairs: Set[Pair]) -> None:
    """Write mined pairs of ids."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path, "w") as stream:
        stream.writelines(f"{foreign}\t{english}\n" for foreign, english in sorted(pairs))


def read_pairs(path: Path, texts: MixedTexts, note: Callable[[str], None] = lambda text: None) -> set[Pair]:
    """Read mined pairs of ids.

    Args:
        path: The file; it may have no pair.
        texts: What was mined.
        note: Told of pairs that occur again, which count once.

    Raises:
        DataError: A line that is not two ids of the test.
        MissingError: There is no such file.
    """
    if not path.is_file():
        raise MissingError(f"there is no {path}", LAYOUT)
    found: set[Pair] = set()
    lines = 0
    for number, line in enumerate(read_lines(path) if path.stat().st_size else (), 1):
        foreign, _, english = line.strip().partition("\t")
        if foreign not in texts.foreign or english not in texts.english:
            hint = "A line holds a foreign id, TAB, an English id of the test."
            raise DataError(f"{line[:80]!r} is no pair of the test", hint, path=path, line=number)
        found.add((foreign, english))
        lines += 1
    if lines > len(found):
        note(f"{path}: {lines - len(found):,} pairs occur again; each counts once.")
    return found


def read_predictions(
    task: TunedTask, path: Path, examples: Sequence[Any], note: Callable[[str], None] = lambda text: None
) -> list[Any]:
    """Read the predictions of one language.

    Args:
        task: The task.
        path: The file.
        examples: What was to be predicted.
        note: Told what counts as wrong, or not at all, as XTREME's evaluator has it.

    Returns:
        A label, a tuple of tags or an answer for each example.

    Raises:
        DataError: Not as many as there are examples, or something that is no label.
        MissingError: There is no such file.
    """
    if not path.is_file():
        raise MissingError(f"there is no {path}", LAYOUT)
    if task.kind == "answer":
        return _answers(path, examples, note)
    return _tags(task, path, examples) if task.kind == "tag" else _labels(task, path, examples)


def _labels(task: TunedTask, path: Path, examples: Sequence[Any]) -> list[str]:
    values = [line.strip() for line in read_lines(path)]
    for number, value in enumerate(values, 1):
        if value not in task.labels:
            hint = f"The labels of {task.name} are {', '.join(task.labels)}; a line holds one and nothing else."
            raise DataError(f"{value[:80]!r} is no label of {task.name}", hint, path=path, line=number)
    if len(values) != len(examples):
        raise DataError(f"{len(values):,} predictions for {len(examples):,} examples", MISMATCH, path=path)
    return values


def _tags(task: TunedTask, path: Path, examples: Sequence[Any]) -> list[tuple[str, ...]]:
    """Tags sentence by sentence; XTREME's evaluator counts sentences only, and fails later where words differ."""
    sentences: list[list[str]] = [[]]
    begun = [1]
    for number, line in enumerate(read_lines(path), 1):
        tag = line.strip()
        if tag:
            if tag not in task.labels:
                hint = f"The tags of {task.name} are {', '.join(task.labels)}; a line holds one and nothing else."
                raise DataError(f"{tag[:80]!r} is no tag of {task.name}", hint, path=path, line=number)
            sentences[-1].append(tag)
        elif sentences[-1]:
            sentences.append([])
            begun.append(number + 1)
    values = [tuple(one) for one in sentences if one]
    for at, (example, tags) in enumerate(zip(examples, values, strict=False)):
        if len(example.words) != len(tags):
            message = f"sentence {at + 1:,} has {len(tags)} tags for {len(example.words)} words"
            raise DataError(message, MISMATCH, path=path, line=begun[at])
    if len(values) != len(examples):
        raise DataError(f"{len(values):,} sentences for {len(examples):,} of the test", MISMATCH, path=path)
    return values


def _answers(path: Path, examples: Sequence[Any], note: Callable[[str], None]) -> list[str | None]:
    """Answers by question; None for a question that has none, which counts 0."""
    repeated: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                repeated.append(key)
            found[key] = value
        return found

    try:
        given = json.loads("\n".join(read_lines(path)), object_pairs_hook=once)
    except ValueError as error:
        raise DataError(f"not JSON: {error}", 'It is to hold {"question id": "answer"}.', path=path) from None
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise DataError("not answers by question", 'It is to hold {"question id": "answer"}.', path=path)
    if repeated:
        raise DataError(f"the question {repeated[0]!r} is answered twice", "Keep one answer of each.", path=path)
    ids = {example.id for example in examples}
    if ids.isdisjoint(given):
        raise DataError("it answers none of the test's questions", MISMATCH, path=path)
    if missing := len(ids - given.keys()):
        note(f"{path}: {missing:,} of {len(ids):,} questions have no answer, which counts 0.")
    if other := len(given.keys() - ids):
        note(f"{path}: {other:,} answers are to questions that the test does not have; they do not count.")
    return [given.get(example.id) for example in examples]

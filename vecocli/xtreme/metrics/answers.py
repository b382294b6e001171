"""Exact match and F1 of answers to questions: by SQuAD's script, by MLQA's, and by characters."""

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from vecocli.errors import DataError, UsageError
from vecocli.registry import did_you_mean
from vecocli.xtreme.data import Question
from vecocli.xtreme.metrics.f1 import f1_score


@dataclass(frozen=True, slots=True)
class AnswerScore:
    """One answer against its gold answers, in percent.

    Args:
        exact_match: 100 where it is one of them after normalisation, else 0.
        f1: F1 of its tokens against the nearest of them.
    """

    exact_match: float
    f1: float


@dataclass(frozen=True, slots=True)
class AnswerScores:
    """Answers to N questions, in percent.

    Args:
        exact_match: Mean exact match.
        f1: Mean F1.
        each: Score of each question, in order.
        missing: Ids of the questions that have no prediction; they count 0.
    """

    exact_match: float
    f1: float
    each: tuple[AnswerScore, ...]
    missing: tuple[str, ...]


Tokens = Callable[[str], list[str]]
Score = Callable[[str, Sequence[str]], AnswerScore]

_ASCII_PUNCTUATION = dict.fromkeys(map(ord, string.punctuation))
_SQUAD_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_NEVER = re.compile(r"(?!)")
# Of Arabic the script drops every alif-lam, inside words too: what anchors it there can never match.
_MLQA_ARTICLES = {
    "en": _SQUAD_ARTICLES,
    "es": re.compile(r"\b(?:un|una|unos|unas|el|la|los|las)\b"),
    "hi": _NEVER,
    "vi": re.compile(r"\b(?:của|là|cái|chiếc|những)\b"),
    "de": re.compile(r"\b(?:ein|eine|einen|einem|eines|einer|der|die|das|den|dem|des)\b"),
    "ar": re.compile("ال"),
    "zh": _NEVER,
}
_HAN = re.compile("([\u4e00-\u9fa5])")  # MLQA's range: no extension blocks, no kana


def squad(prediction: str, answers: Sequence[str]) -> AnswerScore:
    """Score one answer as SQuAD 1.1 does, whatever its language.

    Lower-case, no ASCII punctuation, no a, an, the; tokens stand between white space. What is left of two texts may be
    nothing: then they match, with F1 0.

    Args:
        prediction: The answer.
        answers: The gold answers.

    Raises:
        DataError: There is no gold answer.

    Source: evaluate-v1.1.py of SQuAD, XTREME's script for XQuAD and TyDiQA.
    """
    return _best(prediction, answers, _squad_tokens)


def mlqa(prediction: str, answers: Sequence[str], language: str) -> AnswerScore:
    """Score one answer as MLQA does.

    Lower-case, no punctuation of any script (Unicode P, as of this Python's version, and ASCII's symbols), no articles
    of the language; tokens stand between white space, in Chinese each Han character is one. Empty texts as in `squad`.

    Args:
        prediction: The answer.
        answers: The gold answers.
        language: Code of the answers' language.

    Raises:
        DataError: There is no gold answer.
        UsageError: MLQA does not have the language.

    Source: mlqa_evaluation_v1.py of MLQA.
    """
    if language not in _MLQA_ARTICLES:
        raise UsageError(f"MLQA has no language {language!r}", did_you_mean(language, _MLQA_ARTICLES))
    return _best(prediction, answers, lambda text: _mlqa_tokens(text, language))


def characters(prediction: str, answers: Sequence[str]) -> AnswerScore:
    """Score one answer by its characters, for languages that write no spaces.

    The text is normalised as in `squad`, then white space is dropped and each code point is a token. Two texts of which
    nothing is left agree, in F1 too.

    Args:
        prediction: The answer.
        answers: The gold answers.

    Raises:
        DataError: There is no gold answer.

    Source: this project's choice.
    """
    score = _best(prediction, answers, lambda text: list("".join(_squad_tokens(text))))
    return AnswerScore(score.exact_match, max(score.exact_match, score.f1))


def answer_scores(questions: Sequence[Question], predictions: Mapping[str, str], score: Score) -> AnswerScores:
    """Score the answers to N questions; a question without a prediction counts 0.

    Args:
        questions: The questions with their gold answers.
        predictions: Answer by question id; ids of other questions are left alone.
        score: `squad`, `characters`, or `mlqa` with its language.

    Raises:
        DataError: There is no question, or one has no gold answer that is not blank.
    """
    if not questions:
        raise DataError("there are no questions to score", "Is the file empty?")
    each: list[AnswerScore] = []
    for question in questions:
        golds = [answer.text for answer in question.answers]
        if not any(map(str.strip, golds)):
            raise DataError(f"the question {question.id!r} has no gold answer", "Withheld answers cannot be scored.")
        prediction = predictions.get(question.id)
        each.append(AnswerScore(0.0, 0.0) if prediction is None else score(prediction, golds))
    count = len(questions)
    exact_match, f1 = sum(row.exact_match for row in each) / count, sum(row.f1 for row in each) / count
    missing = tuple(question.id for question in questions if question.id not in predictions)
    return AnswerScores(exact_match, f1, tuple(each), missing)


def _best(prediction: str, answers: Sequence[str], tokens: Tokens) -> AnswerScore:
    """Exact match and F1, each against the gold answer that suits it best."""
    if not answers:
        raise DataError("there is no gold answer to compare with", "Withheld answers cannot be scored.")
    guess = tokens(prediction)
    golds = [tokens(answer) for answer in answers]
    return AnswerScore(100.0 * (guess in golds), max(_f1(guess, gold) for gold in golds))


def _f1(guess: list[str], gold: list[str]) -> float:
    common = (Counter(guess) & Counter(gold)).total()
    return f1_score(common, len(guess), len(gold)).f1


def _squad_tokens(text: str) -> list[str]:
    return _SQUAD_ARTICLES.sub(" ", text.lower().translate(_ASCII_PUNCTUATION)).split()


def _mlqa_tokens(text: str, language: str) -> list[str]:
    kept = "".join(char for char in text.lower() if not _is_punctuation(char))
    spaced = _MLQA_ARTICLES[language].sub(" ", kept)
    return (_HAN.sub(r" \1 ", spaced) if language == "zh" else spaced).split()


def _is_punctuation(char: str) -> bool:
    return unicodedata.category(char).startswith("P") or char in string.punctuation

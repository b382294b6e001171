"""XQuAD: questions about paragraphs, translated by professionals, 11 languages, trained on English SQuAD 1.1.

Files: `xquad/xquad.de.json`; for training `squad/train-v1.1.json`, and `squad/dev-v1.1.json` where it is there.

Source: Artetxe et al. 2020 (arXiv 1910.11856); Rajpurkar et al. 2016 (arXiv 1606.05250).
"""

from functools import partial

from vecocli.xtreme.formats.hub import hub_questions
from vecocli.xtreme.formats.squad import QuestionLayout, read_questions
from vecocli.xtreme.hub import HubSource, either
from vecocli.xtreme.task import Recipe, TunedTask

QUESTIONS = ("id", "context", "question", "answers")
"""Columns on the Hub."""

SQUAD = Recipe(
    "squad",
    "xquad",
    either(
        partial(
            read_questions,
            task="squad",
            layouts=(
                QuestionLayout(
                    name="squad",
                    files=("{split}-v1.1.json",),
                    splits={"train": "train", "dev": "dev"},
                    languages=("en",),
                ),
                QuestionLayout(  # where XTREME keeps machine translations of the training data
                    name="translated",
                    files=("squad.translate.train.en-{language}.json",),
                    splits={"train": "train"},
                ),
            ),
            source="SQuAD 1.1: https://rajpurkar.github.io/SQuAD-explorer/.",
        ),
        partial(
            hub_questions,
            task="squad",
            sources=(
                HubSource(
                    configuration="SQuAD",
                    splits={"train": "train", "dev": "validation"},
                    columns=QUESTIONS,
                    languages=("en",),
                ),
            ),
        ),
    ),
    epochs=3,
    learning_rate=3e-5,
    max_length=384,
    warmup_steps=500,
    weight_decay=1e-4,
    keep="last",
)
TASK = TunedTask(
    name="xquad",
    kind="answer",
    category="qa",
    languages=("ar", "de", "el", "en", "es", "hi", "ru", "th", "tr", "vi", "zh"),
    metric="mean of F1 and exact match",
    scoring="squad",
    recipe=SQUAD,
    read=either(
        partial(
            read_questions,
            task="xquad",
            layouts=(QuestionLayout(name="xquad", files=("xquad.{language}.json",), splits={"test": "test"}),),
            source="XQuAD: https://github.com/google-deepmind/xquad.",
        ),
        partial(
            hub_questions,
            task="xquad",
            sources=(HubSource(configuration="XQuAD.{language}", splits={"test": "validation"}, columns=QUESTIONS),),
        ),
    ),
)

"""MLQA: questions about paragraphs of Wikipedia, 7 languages, trained on English SQuAD 1.1.

Files: `mlqa/MLQA_V1/test/test-context-de-question-de.json`, question and context in one language as in XTREME.

Source: Lewis et al. 2020 (arXiv 1910.07475).
"""

from functools import partial

from vecocli.xtreme.formats.hub import hub_questions
from vecocli.xtreme.formats.squad import QuestionLayout, read_questions
from vecocli.xtreme.hub import HubSource, either
from vecocli.xtreme.task import TunedTask
from vecocli.xtreme.tasks.xquad import QUESTIONS, SQUAD

TASK = TunedTask(
    name="mlqa",
    kind="answer",
    category="qa",
    languages=("ar", "de", "en", "es", "hi", "vi", "zh"),
    metric="mean of F1 and exact match",
    scoring="mlqa",
    recipe=SQUAD,
    read=either(
        partial(
            read_questions,
            task="mlqa",
            layouts=(
                QuestionLayout(
                    name="mlqa",
                    files=("MLQA_V1/{split}/{split}-context-{language}-question-{language}.json",),
                    splits={"dev": "dev", "test": "test"},
                ),
            ),
            source="MLQA: https://github.com/facebookresearch/MLQA.",
        ),
        partial(
            hub_questions,
            task="mlqa",
            sources=(
                HubSource(
                    configuration="MLQA.{language}.{language}",
                    splits={"dev": "validation", "test": "test"},
                    columns=QUESTIONS,
                ),
            ),
        ),
    ),
)

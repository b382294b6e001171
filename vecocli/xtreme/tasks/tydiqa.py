"""TyDiQA GoldP: questions asked in a language about its Wikipedia, 9 languages, trained on English.

Files: XTREME's `tydiqa/tydiqa-goldp-v1.1-{train,dev}/tydiqa.goldp.ko.dev.json`, or as they ship: one file for all
languages to train on (`tydiqa-goldp-v1.1-train.json`), and `tydiqa-goldp-v1.1-dev/tydiqa-goldp-dev-korean.json`. The
test is the official development set, for the test's answers are not public.

Source: Clark et al. 2020 (arXiv 2003.05002).
"""

from dataclasses import replace
from functools import partial

from vecocli.xtreme.formats.hub import hub_questions
from vecocli.xtreme.formats.squad import QuestionLayout, read_questions
from vecocli.xtreme.hub import HubSource, either
from vecocli.xtreme.task import TunedTask
from vecocli.xtreme.tasks.xquad import QUESTIONS, SQUAD

GOLDP = "tydiqa-goldp-v1.1-{split}"
read = either(
    partial(
        read_questions,
        task="tydiqa",
        layouts=(
            QuestionLayout(
                name="xtreme",
                files=(
                    f"{GOLDP}/tydiqa.goldp.{{language}}.{{split}}.json",
                    f"{GOLDP}/tydiqa.{{language}}.{{split}}.json",
                ),
                splits={"train": "train", "test": "dev"},
            ),
            QuestionLayout(
                name="goldp", files=(f"{GOLDP}/tydiqa-goldp-{{split}}-{{name}}.json",), splits={"test": "dev"}
            ),
            QuestionLayout(
                name="goldp", files=(f"{GOLDP}.json", f"{GOLDP}/{GOLDP}.json"), splits={"train": "train"}, mixed=True
            ),
        ),
        source="TyDiQA GoldP: https://github.com/google-research-datasets/tydiqa.",
    ),
    partial(
        hub_questions,
        task="tydiqa",
        sources=(
            HubSource(configuration="tydiqa", splits={"train": "train", "test": "validation"}, columns=QUESTIONS),
        ),
        mixed=True,
    ),
)
TASK = TunedTask(
    name="tydiqa",
    kind="answer",
    category="qa",
    languages=("ar", "bn", "en", "fi", "id", "ko", "ru", "sw", "te"),
    metric="mean of F1 and exact match",
    scoring="squad",
    recipe=replace(SQUAD, trained_on="tydiqa", task="tydiqa", read=read),
    read=read,
)

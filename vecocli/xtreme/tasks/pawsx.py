"""PAWS-X: do two sentences of nearly the same words mean the same? 7 languages, trained on English.

Files: XTREME's `pawsx/{train,dev,test}-de.tsv`, or PAWS-X as it ships (`x-final/de/{train,dev_2k,test_2k}.tsv`).

Source: Yang et al. 2019 (arXiv 1908.11828).
"""

from functools import partial

from vecocli.xtreme.formats.hub import hub_pairs
from vecocli.xtreme.formats.pairs import Columns, PairLayout, read_pairs
from vecocli.xtreme.hub import HubSource, either
from vecocli.xtreme.task import Recipe, TunedTask

LABELS = ("0", "1")
read = either(
    partial(
        read_pairs,
        task="pawsx",
        labels=LABELS,
        layouts=(
            PairLayout(name="xtreme", files=("{split}-{language}.tsv",)),
            PairLayout(
                name="paws-x",
                files=("x-final/{language}/{split}.tsv",),
                splits={"train": "train", "dev": "dev_2k", "test": "test_2k"},
                columns=Columns(),
            ),
            PairLayout(  # the training data of the other languages: machine-translated
                name="paws-x",
                files=("x-final/{language}/translated_train.tsv",),
                splits={"train": "translated_train"},
                columns=Columns(),
            ),
        ),
        source="PAWS-X: https://github.com/google-research-datasets/paws.",
    ),
    partial(
        hub_pairs,
        task="pawsx",
        labels=LABELS,
        sources=(
            HubSource(
                configuration="PAWS-X.{language}",
                splits={"train": "train", "dev": "validation", "test": "test"},
                columns=("sentence1", "sentence2", "label"),
            ),
        ),
    ),
)
TASK = TunedTask(
    name="pawsx",
    kind="classify",
    category="classification",
    languages=("de", "en", "es", "fr", "ja", "ko", "zh"),
    labels=LABELS,
    metric="accuracy",
    scoring="classes",
    recipe=Recipe("pawsx", "pawsx", read, epochs=5),
    read=read,
)

"""XNLI: does a premise entail a hypothesis, contradict it, or neither? 15 languages, trained on English MultiNLI.

Files: XTREME's `xnli/{train,dev,test}-de.tsv`, XNLI 1.0 (`XNLI-1.0/xnli.dev.tsv`), and for training XNLI-MT 1.0
(`XNLI-MT-1.0/multinli/multinli.train.en.tsv`) or MultiNLI 1.0 (`multinli_1.0_train.txt`).

Source: Conneau et al. 2018 (arXiv 1809.05053).
"""

from functools import partial

from vecocli.xtreme.formats.hub import hub_pairs
from vecocli.xtreme.formats.pairs import Columns, PairLayout, read_pairs
from vecocli.xtreme.hub import MULTI_NLI, HubSource, either
from vecocli.xtreme.task import Recipe, TunedTask

LABELS = ("contradiction", "entailment", "neutral")
RENAMED = {"contradictory": "contradiction"}
read = either(
    partial(
        read_pairs,
        task="xnli",
        labels=LABELS,
        renamed=RENAMED,
        layouts=(
            PairLayout(name="xtreme", files=("{split}-{language}.tsv",)),
            PairLayout(
                name="xnli",
                files=("XNLI-1.0/xnli.{split}.tsv", "XNLI-1.0/xnli.{split}.jsonl"),
                splits={"dev": "dev", "test": "test"},
                columns=Columns(label="gold_label", language="language"),
            ),
            PairLayout(
                name="xnli-mt",
                files=("XNLI-MT-1.0/multinli/multinli.train.{language}.tsv",),
                splits={"train": "train"},
                columns=Columns("premise", "hypo", "label"),
            ),
            PairLayout(
                name="multinli",
                files=("multinli_1.0_train.txt", "multinli_1.0_train.jsonl"),
                splits={"train": "train"},
                languages=("en",),
                columns=Columns(label="gold_label"),
            ),
        ),
        source="XNLI: https://github.com/facebookresearch/XNLI; training data: MultiNLI or XNLI-MT, from there too.",
    ),
    partial(
        hub_pairs,
        task="xnli",
        labels=LABELS,
        renamed=RENAMED,
        sources=(
            HubSource(
                configuration="XNLI",
                splits={"dev": "validation", "test": "test"},
                columns=("sentence1", "sentence2", "gold_label", "language"),
            ),
            HubSource(
                configuration="default",
                splits={"train": "train"},
                columns=("premise", "hypothesis", "label"),
                languages=("en",),
                repository=MULTI_NLI,
                folder="data",
            ),
        ),
    ),
)
TASK = TunedTask(
    name="xnli",
    kind="classify",
    category="classification",
    languages=("ar", "bg", "de", "el", "en", "es", "fr", "hi", "ru", "sw", "th", "tr", "ur", "vi", "zh"),
    labels=LABELS,
    metric="accuracy",
    scoring="classes",
    recipe=Recipe("xnli", "xnli", read, epochs=5),
    read=read,
)

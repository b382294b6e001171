"""PAN-X: names of persons, places and organisations in Wikipedia, 40 languages, trained on English (WikiANN).

Files: XTREME's `panx/{train,dev,test}-de.tsv`, or WikiANN as it ships (`panx_dataset/de/{train,dev,test}` or
`panx_dataset/de.tar.gz`), whose words begin with the language and a colon.

Source: Pan et al. 2017; the balanced splits are those of Rahimi et al. 2019 (arXiv 1902.00193).
"""

from functools import partial

from vecocli.text.languages import XTREME_LANGUAGES
from vecocli.xtreme.formats.hub import hub_tags
from vecocli.xtreme.formats.tagged import TagLayout, read_tagged
from vecocli.xtreme.hub import HubSource, either
from vecocli.xtreme.task import Recipe, TunedTask

LABELS = ("B-LOC", "B-ORG", "B-PER", "I-LOC", "I-ORG", "I-PER", "O")
read = either(
    partial(
        read_tagged,
        task="panx",
        tags=LABELS,
        layouts=(
            TagLayout(name="xtreme", files=("{split}-{language}.tsv",)),
            TagLayout(
                name="wikiann",
                files=("panx_dataset/{language}/{split}", "panx_dataset/{language}.tar.gz", "{language}.tar.gz"),
                format="wikiann",
            ),
        ),
        source="WikiANN with balanced splits: https://github.com/afshinrahimi/mmner, or `--data hub`.",
    ),
    partial(
        hub_tags,
        task="panx",
        tags=LABELS,
        sources=(
            HubSource(
                configuration="PAN-X.{language}",
                splits={"train": "train", "dev": "validation", "test": "test"},
                columns=("tokens", "ner_tags"),
            ),
        ),
    ),
)
TASK = TunedTask(
    name="panx",
    kind="tag",
    category="structured",
    languages=XTREME_LANGUAGES,
    labels=LABELS,
    metric="f1",
    scoring="names",
    recipe=Recipe("panx", "panx", read, epochs=10),
    read=read,
)

"""UDPOS: universal parts of speech, 33 languages, trained on English treebanks (Universal Dependencies 2.5).

Files: XTREME's `udpos/{train,dev,test}-de.tsv`, or treebanks as they ship
(`ud-treebanks-v2.5/UD_German-GSD/de_gsd-ud-test.conllu`), those of a language one after the other.

XTREME scores parts of speech as if they were names: by F1 of chunks. The share of words with the right tag, which
`sane` reports, is what other papers call accuracy.

Source: Nivre et al. 2020 (arXiv 2004.10643).
"""

from functools import partial

from vecocli.xtreme.formats.hub import hub_tags
from vecocli.xtreme.formats.tagged import TagLayout, read_tagged
from vecocli.xtreme.hub import HubSource, either
from vecocli.xtreme.task import Recipe, TunedTask

LABELS = (
    *("ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN", "PUNCT", "SCONJ"),
    *("SYM", "VERB", "X"),
)
read = either(
    partial(
        read_tagged,
        task="udpos",
        tags=LABELS,
        layouts=(
            TagLayout(name="xtreme", files=("{split}-{language}.tsv",)),
            TagLayout(
                name="treebanks",
                files=("ud-treebanks-v2.5/UD_*/{language}_*-ud-{split}.conllu", "UD_*/{language}_*-ud-{split}.conllu"),
                format="conllu",
            ),
        ),
        source="Universal Dependencies 2.5: https://hdl.handle.net/11234/1-3105.",
    ),
    partial(
        hub_tags,
        task="udpos",
        tags=LABELS,
        sources=(
            HubSource(
                configuration="udpos.{name}",
                splits={"train": "train", "dev": "validation", "test": "test"},
                columns=("tokens", "pos_tags"),
            ),
        ),
    ),
)
TASK = TunedTask(
    name="udpos",
    kind="tag",
    category="structured",
    languages=(
        *("af", "ar", "bg", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "he", "hi", "hu", "id", "it", "ja"),
        *("kk", "ko", "mr", "nl", "pt", "ru", "ta", "te", "th", "tl", "tr", "ur", "vi", "yo", "zh"),
    ),
    labels=LABELS,
    metric="f1",
    scoring="tags",
    recipe=Recipe("udpos", "udpos", read, epochs=10),
    read=read,
)

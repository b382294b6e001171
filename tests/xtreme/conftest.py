from collections.abc import Callable
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vecocli.xtreme import hub_rows

TEXT = datasets.Value("string")
PARTS = [
    *("ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN", "PUNCT", "SCONJ"),
    *("SYM", "VERB", "X"),
]
NAMES = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]
SIDES = {"source_sentence": TEXT, "target_sentence": TEXT, "source_lang": TEXT, "target_lang": TEXT}
QUESTION = {
    "id": TEXT,
    "context": TEXT,
    "question": TEXT,
    "answers": datasets.Sequence({"answer_start": datasets.Value("int32"), "text": TEXT}),
}


def labels(names: list[str]) -> Any:
    return datasets.Sequence(datasets.ClassLabel(names=names))


FEATURES = {
    "XNLI": {"language": TEXT, "sentence1": TEXT, "sentence2": TEXT, "gold_label": TEXT},
    "multi_nli": {
        "premise": TEXT,
        "hypothesis": TEXT,
        "genre": TEXT,
        "label": datasets.ClassLabel(names=["entailment", "neutral", "contradiction"]),
    },
    "PAWS-X": {"sentence1": TEXT, "sentence2": TEXT, "label": TEXT},
    "udpos": {"tokens": datasets.Sequence(TEXT), "pos_tags": labels(PARTS)},
    "PAN-X": {"tokens": datasets.Sequence(TEXT), "ner_tags": labels(NAMES), "langs": datasets.Sequence(TEXT)},
    "XQuAD": QUESTION,
    **{name: {"title": TEXT, **QUESTION} for name in ("SQuAD", "MLQA", "tydiqa")},
    **dict.fromkeys(("tatoeba", "bucc18"), SIDES),
}
"""The columns of each kind of configuration, from the data cards; of multi_nli not all."""


@pytest.fixture
def hub(tmp_path: Path) -> Callable[..., str]:
    """Write rows as the Hub has them: hub("udpos.German", "test", rows); returns what --data is to be."""

    def written(configuration: str, split: str, rows: list[dict[str, Any]], **features: Any) -> str:
        folder = tmp_path / "hub" / configuration
        folder.mkdir(parents=True, exist_ok=True)
        kind = {**FEATURES[configuration.split(".")[0].split("/")[0]], **features}
        filled = [{name: row.get(name) for name in kind} for row in rows]
        table = pa.Table.from_pylist(filled, schema=datasets.Features(kind).arrow_schema)
        pq.write_table(table, folder / f"{split}-00000-of-00001.parquet")
        return f"hub:{tmp_path / 'hub'}"

    return written


@pytest.fixture
def no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of `datasets`, and nothing known of the Hub."""
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    hub_rows._asked.cache_clear()
    return tmp_path / "cache"

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from huggingface_hub import ModelCard, ModelCardData

from vecocli import __version__
from vecocli.config.base import read_yaml
from vecocli.config.pretraining import PretrainConfig
from vecocli.encoder.passes import Readout
from vecocli.training.card import Card
from vecocli.training.metrics import MetricsFile
from vecocli.training.sources import Source

PAIRS = {("en", "de"): 1200, ("en", "no"): 300}


def source(languages: tuple[str, str], **settings: Any) -> Source:
    empty: dict[str, Any] = {"corpora": (), "dictionaries": (), "licences": {}, "model": ""}
    return Source(**{"languages": languages, "pairs": 1, "links": 7000, **empty, **settings})


def card(
    folder: Path, *, readout: Readout | None = None, sources: Sequence[Source] = (), start: Any = None, **settings: Any
) -> tuple[ModelCardData, str]:
    """What the Hub's own reader makes of the card: its front matter and its text."""
    config = PretrainConfig(**{"mined": (Path("mined"),), "out": folder, "model": "some/model"} | settings)
    made = Card(
        config,
        PAIRS,
        [5_000] * len(config.mono),
        sources,
        start or {},
        readout or Readout(12, "mean", token_layer=8),
        12,
        510,
    )
    made.write(folder)
    read = ModelCard.load(folder / "README.md")
    assert isinstance(read.data, ModelCardData)
    return read.data, read.text


def test_front_matter_as_the_hub_reads_it(tmp_path: Path) -> None:
    """`- no` is false in YAML."""
    mined = [source(("en", "no"), corpora=("hub:owner/bitext@abc:en-no:train", "news.tsv"))]
    start = {"base_model": "some/model", "license": "other", "license_name": "own", "license_link": "LICENSE"}
    facts, _ = card(tmp_path, start=start, sources=mined)
    assert facts.to_dict() == {
        "language": ["de", "en", "no"],
        "license": "other",
        "license_name": "own",
        "license_link": "LICENSE",
        "library_name": "transformers",
        "base_model": "some/model",
        "pipeline_tag": "feature-extraction",
        "tags": ["veco", "cross-lingual", "sentence-similarity", "word-alignment"],
        "datasets": ["owner/bitext"],
    }


def test_monolingual_text_is_told(tmp_path: Path) -> None:
    files = {"mono": (Path("a/news.txt"), Path("b.gz")), "mono_language": ("deu", "SW"), "code_switch": 0.3}
    facts, body = card(tmp_path, **files)
    assert facts.language == ["de", "en", "no", "sw"]
    assert "| monolingual text | language | sentences |" in body
    assert "| news.txt | deu | 5,000 |\n| b.gz | SW | 5,000 |" in body
    assert "| mlm | 1 | rate 0.15, code-switch 0.3 |" in body


def test_a_run_that_goes_on_from_another_says_so(tmp_path: Path) -> None:
    _, body = card(tmp_path, resume="runs/one/checkpoint-000500")
    assert "`checkpoint-000500` of the run `one`, trained with veco" in body
    assert "some/model" not in body.partition("## Use")[0]


def test_opened_by_sentence_transformers(tmp_path: Path) -> None:
    facts, body = card(tmp_path, sentence_transformers=True)
    assert (facts.library_name, facts.pipeline_tag) == ("sentence-transformers", "sentence-similarity")
    assert f'SentenceTransformer("{tmp_path.name}")' in body


def test_what_is_not_known_is_not_said(tmp_path: Path) -> None:
    facts, body = card(tmp_path, model=None, from_scratch="tiny", objectives="mlm,tlm")
    assert {"license", "base_model", "datasets"}.isdisjoint(facts.to_dict())
    assert (facts.pipeline_tag, facts.tags) == ("fill-mask", ["veco", "cross-lingual"])
    assert "A tiny encoder from scratch, trained with veco on 1,500 sentence pairs" in body
    assert "## Results" not in body
    assert "steps of" not in body
    assert "| dictionary |" not in body


def test_the_start_is_named_without_its_path(tmp_path: Path) -> None:
    (tmp_path / "secret" / "model").mkdir(parents=True)
    assert "\n`model`, trained" in card(tmp_path, model=str(tmp_path / "secret" / "model"))[1]
    assert "\n`some/model`, trained" in card(tmp_path)[1]


def test_data_with_licences(tmp_path: Path) -> None:
    licences = {"freedict": "GPL\n v3 | or later"}
    mined = [
        source(("en", "de"), corpora=("a.tsv",), dictionaries=("freedict", "muse"), licences=licences),
        source(("en", "de"), links=500, corpora=("b.tsv", "a.tsv"), dictionaries=("muse",), model="owner/aligner"),
    ]
    body = card(tmp_path, sources=mined)[1]
    assert "| en-de | 1,200 | 7,500 | a.tsv, b.tsv | freedict, muse, owner/aligner |\n" in body
    assert "| en-no | 300 |  |  |  |\n" in body
    assert "| freedict | GPL v3 \\| or later |\n| muse | none |\n" in body


def test_objectives_with_their_switches(tmp_path: Path) -> None:
    body = card(tmp_path, objectives="sequence,token,mlm", weight={"token": 0.5}, sequence_pooling="first")[1]
    assert (
        "| sequence | 1 | layer 12, pooling first, states clean, temperature 0.05, similarity cosine, margin 0.0, "
        "queue 0, momentum 0.999 |\n" in body
    )
    assert "| token | 0.5 | units word, layer 8, pooling mean, states clean, temperature 0.1, " in body
    assert ", links both, " in body
    assert "| mlm | 1 | rate 0.15 |\n" in body
    assert "| tlm |" not in body


def test_the_last_figures(tmp_path: Path) -> None:
    metrics = MetricsFile(tmp_path / "metrics.jsonl", 0)
    metrics.write(10, {"loss": 3.0, "mlm": 2.0, "sequence": 1.0, "seconds": 4.0, "sequence/accuracy": 0.5})
    metrics.write(20, {"eval/retrieval": 0.91234})
    metrics.write(1500, {"loss": 1.5, "mlm": 1.25, "sequence": 0.25, "seconds": 61.2})
    body = card(tmp_path, objectives="mlm,sequence", batch_size=64, schedule="cosine")[1]
    assert "1,500 steps of 64 pairs in 61 s; AdamW, peak\nrate 2e-05, cosine after a warm-up of 0.1 of the run" in body
    assert "| loss | 1.5 |\n| mlm | 1.25 |\n| sequence | 0.25 |\n" in body
    assert "## Results\n\n| figure | value |\n| --- | --- |\n| retrieval | 0.9123 |\n" in body


def test_adapters_are_named(tmp_path: Path) -> None:
    body = card(tmp_path, lora_rank=8, lora_targets="attention")[1]
    assert "Adapters of rank 8 (LoRA, alpha 16, targets attention) were" in body
    assert "of rank" not in card(tmp_path)[1]


def test_says_where_vectors_are_read_and_what_made_it(tmp_path: Path) -> None:
    readout = Readout(3, "first", token_layer=2, token_pooling="first")
    body = card(tmp_path, readout=readout, token_similarity="dot")[1]
    assert "layer 3, the first position, compared by cosine." in body
    assert "layer\n2, a word's first sub-word, compared by dot product (layer 0" in body
    assert f"Made with veco {__version__}." in body


def test_on_the_hub_it_is_known_by_its_repository(tmp_path: Path) -> None:
    body = card(tmp_path, push_to_hub="owner/aligned")[1]
    assert body.startswith("\n# owner/aligned\n")
    assert 'AutoModel.from_pretrained("owner/aligned")' in body


def test_run_yaml_says_how_to_repeat_not_what_to_overwrite(tmp_path: Path) -> None:
    settings = {"model": None, "from_scratch": "tiny", "steps": 7, "out": tmp_path / "out"}
    (tmp_path / "out").mkdir()
    card(tmp_path / "out", **settings, overwrite=True, resume="auto", push_to_hub="owner/aligned", private=True)
    again = PretrainConfig.resolve(read_yaml(tmp_path / "out" / "run.yaml"))
    assert again == PretrainConfig(mined=(Path("mined"),), **settings)

"""The model card of a pre-trained encoder: README.md as the Hugging Face Hub reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from vecocli import __version__
from vecocli.config.pretraining import PretrainConfig
from vecocli.encoder.passes import Readout
from vecocli.text.languages import canonical
from vecocli.training.metrics import EVALUATED, latest
from vecocli.training.snippets import usage
from vecocli.training.sources import Source

_CARD = """\
---
{facts}---

# {name}

{start}, trained with veco on {pairs:,} sentence pairs so that its languages share one space. Sentence
vectors: layer {readout.sentence_layer}, {sentence}, compared by {sentences_by}. Word vectors: layer
{readout.token_layer}, {word}, compared by {words_by} (layer 0 is the embeddings).

## Use

{usage}
## Training data

{data}{mono}{licences}
Check the licences of the parallel text and of the model it started from before passing this one on.

## Training

{objectives}
{training}
An independent implementation of the objectives of VECO 2.0 (arXiv 2304.08205); what the paper leaves open is this
project's choice and stands in `run.yaml`.

{results}## Repeat

    veco pretrain --config run.yaml --out AGAIN

Made with veco {version}.
"""

_SIMILARITY = {"cosine": "cosine", "dot": "dot product"}
_SENTENCE = {"mean": "mean of all positions", "first": "the first position"}
_WORD = {"mean": "mean of a word's sub-words", "first": "a word's first sub-word"}


@dataclass(frozen=True, slots=True)
class Card:
    """All that a model card says but for the figures, which are read when it is written.

    Args:
        config: The run's settings.
        pairs: Language pair -> sentence pairs.
        lines: Sentences of each file of monolingual text.
        sources: What the mined folders say of their making.
        start: Front matter taken over from the model the run starts from.
        readout: Where vectors are read.
        layers: Layers of the encoder.
        longest: Most sub-words of an input.
    """

    config: PretrainConfig
    pairs: Mapping[tuple[str, str], int]
    lines: Sequence[int]
    sources: Sequence[Source]
    start: Mapping[str, Any]
    readout: Readout
    layers: int
    longest: int

    def write(self, folder: Path) -> None:
        """Write README.md and run.yaml into a model's folder."""
        config, readout = self.config, self.readout
        figures = latest(config.out / "metrics.jsonl")
        text = _CARD.format(
            facts=yaml.safe_dump(self.facts(), sort_keys=False, allow_unicode=True),
            name=config.push_to_hub or config.out.resolve().name,
            start=_start(config),
            pairs=sum(self.pairs.values()),
            readout=readout,
            sentence=_SENTENCE[readout.sentence_pooling],
            word=_WORD[readout.token_pooling],
            sentences_by=_SIMILARITY[config.sequence_similarity],
            words_by=_SIMILARITY[config.token_similarity],
            usage=usage(config, readout, self.layers, self.longest),
            data=_data(self.pairs, self.sources),
            mono=_mono(config, self.lines),
            licences=_licences(self.sources),
            objectives=_objectives(config, readout),
            training=_training(config, figures, min(config.max_length, self.longest)),
            results=_results(figures),
            version=__version__,
        )
        (folder / "README.md").write_text(text, encoding="utf-8")
        config.write(folder / "run.yaml")

    def facts(self) -> dict[str, Any]:
        """What a model hub reads.

        Source: https://huggingface.co/docs/hub/model-cards.
        """
        compares = not {"mlm", "tlm", "aligned-mlm"} >= set(self.config.objective_names)
        library, task = self._opened_by(compares)
        spoken = map(canonical, self.config.mono_language)
        datasets = sorted({name for source in self.sources for name in source.datasets})
        return {
            "language": sorted({language for pair in (*self.pairs, spoken) for language in pair}),
            **{name: value for name, value in self.start.items() if name != "base_model"},
            "library_name": library,
            **{name: value for name, value in self.start.items() if name == "base_model"},
            "pipeline_tag": task,
            "tags": ["veco", "cross-lingual", *(["sentence-similarity", "word-alignment"] if compares else [])],
            **({"datasets": datasets} if datasets else {}),
        }

    def _opened_by(self, compares: bool) -> tuple[str, str]:
        """The library that opens the folder, and the task it does then."""
        if self.config.sentence_transformers:
            return "sentence-transformers", "sentence-similarity"
        return "transformers", "feature-extraction" if compares else "fill-mask"


def _start(config: PretrainConfig) -> str:
    if config.resume:
        checkpoint = Path(config.resume).resolve()
        return f"`{checkpoint.name}` of the run `{checkpoint.parent.name}`"
    if config.model is None:
        return f"A {config.from_scratch} encoder from scratch"
    return f"`{Path(config.model).name if Path(config.model).exists() else config.model}`"


def _data(pairs: Mapping[tuple[str, str], int], sources: Sequence[Source]) -> str:
    """A row for each language pair; what the mined folders do not say stays empty."""
    rows = []
    for languages, count in pairs.items():
        own = [source for source in sources if source.languages == languages]
        links = f"{sum(source.links for source in own):,}" if own else ""
        corpora = dict.fromkeys(name for source in own for name in source.corpora)
        by = dict.fromkeys(name for source in own for name in (*source.dictionaries, source.model) if name)
        rows.append(["-".join(languages), f"{count:,}", links, ", ".join(corpora), ", ".join(by)])
    return _table(["languages", "sentence pairs", "synonym links", "corpora", "links found by"], rows)


def _mono(config: PretrainConfig, lines: Sequence[int]) -> str:
    """A row for each file of monolingual text."""
    if not lines:
        return ""
    spoken = config.mono_language or [""] * len(lines)
    rows = [[path.name, tag, f"{count:,}"] for path, tag, count in zip(config.mono, spoken, lines, strict=True)]
    return "\n" + _table(["monolingual text", "language", "sentences"], rows)


def _licences(sources: Sequence[Source]) -> str:
    """What each dictionary states as its licence."""
    stated: dict[str, str] = {}
    for source in sources:
        for name in source.dictionaries:
            stated[name] = stated.get(name) or " ".join(source.licences.get(name, "").split())
    if not stated:
        return ""
    rows = [[name, text or "none"] for name, text in stated.items()]
    return "\n" + _table(["dictionary", "licence it states"], rows)


def _objectives(config: PretrainConfig, readout: Readout) -> str:
    layers = {"sequence_layer": readout.sentence_layer, "token_layer": readout.token_layer}
    settings = config.model_dump() | {"token_links": config.link_sources, **layers}
    rows = []
    for name in config.objective_names:
        prefix = name.replace("-", "_") + "_"
        own = {key.removeprefix(prefix): value for key, value in settings.items() if key.startswith(prefix)}
        if name == "mlm" and config.code_switch:
            own["code-switch"] = config.code_switch
        switches = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in own.items())
        rows.append([name, f"{config.weight.get(name, 1.0):g}", switches])
    return _table(["objective", "weight", "switches"], rows)


def _training(config: PretrainConfig, figures: Mapping[str, float], longest: int) -> str:
    """Which weights, how long, how fast, and the last losses."""
    adapters = (
        f"Adapters of rank {config.lora_rank} (LoRA, alpha {config.lora_scale:g}, targets {config.lora_targets}) were\n"
        "trained and are merged into the weights; by themselves they are in `adapter/`, in peft's form.\n\n"
    ) * bool(config.lora_rank)
    if not figures:
        return adapters
    losses = [[name, f"{figures[name]:.4g}"] for name in ("loss", *config.objective_names) if name in figures]
    start = (
        f"{figures['step']:,.0f} steps of {config.batch_size:,} pairs in {figures['seconds']:,.0f} s; AdamW, peak\n"
        f"rate {config.peak_rate:g}, {config.schedule} after a warm-up of {config.warmup:g} of the run; sentences up "
        f"to {longest} sub-words; dropout {config.dropout:g}."
    )
    return f"{adapters}{start}\n\n{_table(['loss', 'at the end'], losses)}"


def _results(figures: Mapping[str, float]) -> str:
    found = {name.removeprefix(EVALUATED): value for name, value in figures.items() if name.startswith(EVALUATED)}
    if not found:
        return ""
    rows = [[name, f"{value:.4g}"] for name, value in found.items()]
    return f"## Results\n\n{_table(['figure', 'value'], rows)}\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of Markdown; columns that are empty in every row are left out."""
    filled = [place for place in range(len(head)) if any(row[place] for row in rows)]
    lines = [[head[place] for place in filled], ["---"] * len(filled)]
    lines += [[row[place].replace("|", "\\|") for place in filled] for row in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)

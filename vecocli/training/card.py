"""The model card of a pre-trained encoder."""

from pathlib import Path
from typing import Any

import yaml

from vecocli import __version__
from vecocli.config.pretraining import PretrainConfig
from vecocli.encoder.passes import Readout
from vecocli.text.shards import ShardFolder

_CARD = """\
---
{facts}---

# Cross-lingual encoder trained with veco

{start}, trained on {pairs:,} sentence pairs ({directions}) with the objectives {objectives}.

```python
from transformers import AutoModel, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("{name}")
model = AutoModel.from_pretrained("{name}")
```

Compare by cosine. Sentence vectors: layer {readout.sentence_layer}, {sentence}. Word vectors: layer
{readout.token_layer}, {word} (layer 0 is the embeddings).

An independent implementation of the objectives of VECO 2.0 (arXiv 2304.08205); what the paper leaves open is this
project's choice and stands in `run.yaml`. Check the licences of the parallel text and of the dictionaries it was mined
with before passing the model on.

Made with veco {version}; `veco pretrain --config run.yaml` repeats the run.
"""


_SENTENCE = {"mean": "mean of all positions", "first": "the first position"}
_WORD = {"mean": "mean of a word's sub-words", "first": "a word's first sub-word"}


def write_card(folder: Path, config: PretrainConfig, shards: ShardFolder, readout: Readout) -> None:
    """Write README.md and run.yaml into a model's folder."""
    text = _CARD.format(
        facts=yaml.safe_dump(_facts(config, shards), sort_keys=False, allow_unicode=True),
        start=f"A {config.from_scratch} encoder from scratch" if config.model is None else f"`{config.model}`",
        pairs=len(shards),
        directions=", ".join("-".join(pair) for pair in shards.languages),
        objectives=config.objectives.replace(",", ", "),
        readout=readout,
        sentence=_SENTENCE[readout.sentence_pooling],
        word=_WORD[readout.token_pooling],
        name=config.out.resolve().name,
        version=__version__,
    )
    (folder / "README.md").write_text(text, encoding="utf-8")
    config.write(folder / "run.yaml")


def _facts(config: PretrainConfig, shards: ShardFolder) -> dict[str, Any]:
    """What a model hub reads."""
    return {
        "library_name": "transformers",
        "pipeline_tag": "feature-extraction",
        "language": sorted({language for pair in shards.languages for language in pair}),
        **({} if config.model is None else {"base_model": config.model}),
        "tags": ["veco", "cross-lingual", "sentence-similarity", "word-alignment"],
    }

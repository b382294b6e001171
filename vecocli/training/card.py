"""The model card of a pre-trained encoder."""

from pathlib import Path

from vecocli import __version__
from vecocli.config.pretraining import PretrainConfig
from vecocli.text.shards import ShardFolder

_CARD = """\
---
library_name: transformers
pipeline_tag: feature-extraction
language:
{languages}
{base}tags:
- veco
- cross-lingual
- sentence-similarity
- word-alignment
---

# Cross-lingual encoder trained with veco

{start}, trained on {pairs:,} sentence pairs ({directions}) with the objectives {objectives}.

```python
from transformers import AutoModel, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("{name}")
model = AutoModel.from_pretrained("{name}")
```

Sentence vectors: {pooling} of layer {sentence_layer}, cosine. Word vectors: mean of a word's sub-words at layer
{token_layer}.

An independent implementation of the objectives of VECO 2.0 (arXiv 2304.08205); what the paper leaves open is this
project's choice and stands in `run.yaml`. Check the licences of the parallel text and of the dictionaries it was mined
with before passing the model on.

Made with veco {version}; `veco pretrain --config run.yaml` repeats the run.
"""


def write_card(folder: Path, config: PretrainConfig, shards: ShardFolder) -> None:
    """Write README.md and run.yaml into a model's folder."""
    languages = sorted({language for pair in shards.languages for language in pair})
    text = _CARD.format(
        languages="\n".join(f"- {language}" for language in languages),
        base="" if config.model is None else f"base_model: {config.model}\n",
        start=f"A {config.from_scratch} encoder from scratch" if config.model is None else f"`{config.model}`",
        pairs=len(shards),
        directions=", ".join("-".join(pair) for pair in shards.languages),
        objectives=config.objectives.replace(",", ", "),
        pooling=config.sequence_pooling,
        sentence_layer="-1 (the last)" if config.sequence_layer == -1 else config.sequence_layer,
        token_layer="two thirds up" if config.token_layer is None else config.token_layer,
        name=config.out.name,
        version=__version__,
    )
    (folder / "README.md").write_text(text, encoding="utf-8")
    config.write(folder / "run.yaml")

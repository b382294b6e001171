"""The code that a model card shows: it runs as it stands beside the model's folder."""

from vecocli.config.pretraining import PretrainConfig
from vecocli.encoder.passes import Readout

_VECTORS = """\
```python
import torch
from transformers import AutoModel, AutoTokenizer

texts = ["The cat sees the house.", "Die Katze sieht das Haus."]
tokenizer = AutoTokenizer.from_pretrained("{name}"{trust})
model = AutoModel.from_pretrained("{name}"{trust}).eval()
inputs = tokenizer(texts, padding=True, truncation=True, max_length={longest}, return_tensors="pt")
with torch.inference_mode():
    {states}
{pooling}
print(vectors @ vectors.T)
```
"""

_SENTENCE_TRANSFORMERS = """
Or with [sentence-transformers](https://sbert.net):

```python
from sentence_transformers import SentenceTransformer

texts = ["The cat sees the house.", "Die Katze sieht das Haus."]
model = SentenceTransformer("{name}"{trust})
vectors = model.encode(texts)
print(model.similarity(vectors, vectors))
```
"""
_LAST = "states = model(**inputs).last_hidden_state"
_INNER = "states = model(**inputs, output_hidden_states=True).hidden_states[{layer}]"
_UNIT = "vectors = torch.nn.functional.normalize(vectors, dim=-1)"
_POOLING = {
    "mean": 'mask = inputs["attention_mask"].unsqueeze(-1)\nvectors = (states * mask).sum(1) / mask.sum(1)',
    "first": "vectors = states[:, 0]",
}


def usage(config: PretrainConfig, readout: Readout, layers: int, longest: int) -> str:
    """Return Markdown that opens a model and compares two sentences as veco does.

    Args:
        config: The run's settings.
        readout: Where sentence vectors are read.
        layers: Layers of the encoder; the last is read after whatever the model does behind its layers.
        longest: Most sub-words of an input.
    """
    pooling = _POOLING[readout.sentence_pooling]
    last = readout.sentence_layer in (-1, layers)
    name = config.push_to_hub or config.out.resolve().name
    trust = ", trust_remote_code=True" if config.trust_remote_code else ""
    also = _SENTENCE_TRANSFORMERS.format(name=name, trust=trust) if config.sentence_transformers else ""
    own = _VECTORS.format(
        name=name,
        trust=trust,
        longest=longest,
        states=_LAST if last else _INNER.format(layer=readout.sentence_layer),
        pooling=f"{pooling}\n{_UNIT}" if config.sequence_similarity == "cosine" else pooling,
    )
    return own + also

"""The files by which the library sentence-transformers opens a model's folder and gives veco's sentence vectors."""

import json
from pathlib import Path
from typing import Literal

from vecocli.encoder.encoder import Encoder
from vecocli.encoder.passes import Readout
from vecocli.errors import UsageError

POOLING = "1_Pooling"
_TYPES = "sentence_transformers.models"
"""Where its modules were in all versions before 6; later ones know them by these names too."""


def check_readable(encoder: Encoder, readout: Readout) -> None:
    """Refuse sentence vectors that sentence-transformers cannot read.

    Raises:
        UsageError: They are not those of the last layer.
    """
    if readout.sentence_layer not in (-1, encoder.num_layers):
        message = f"sentence-transformers reads the last layer, not layer {readout.sentence_layer}"
        raise UsageError(message, "Leave out --sequence-layer, or --sentence-transformers.")


def write_modules(folder: Path, encoder: Encoder, readout: Readout, similarity: Literal["cosine", "dot"]) -> None:
    """Write what lies beside a model: its modules, how they pool, and what vectors are compared by.

    Args:
        folder: The model's folder.
        encoder: The model.
        readout: Where sentence vectors are read.
        similarity: Vectors get length 1 where the cosine compares.

    Source: the files that sentence-transformers 6.2 reads, in the form that versions since 2.2 do too.
    """
    modules = [("", "Transformer"), (POOLING, "Pooling")] + [("2_Normalize", "Normalize")] * (similarity == "cosine")
    (folder / POOLING).mkdir()
    _write(
        folder / "modules.json",
        [
            {"idx": place, "name": str(place), "path": path, "type": f"{_TYPES}.{name}"}
            for place, (path, name) in enumerate(modules)
        ],
    )
    _write(
        folder / POOLING / "config.json",
        {
            "word_embedding_dimension": encoder.hidden_size,
            "pooling_mode_cls_token": readout.sentence_pooling == "first",
            "pooling_mode_mean_tokens": readout.sentence_pooling == "mean",
        },
    )
    _write(folder / "sentence_bert_config.json", {"max_seq_length": encoder.max_length, "do_lower_case": False})
    _write(
        folder / "config_sentence_transformers.json",
        {"prompts": {}, "default_prompt_name": None, "similarity_fn_name": similarity},
    )


def _write(file: Path, value: object) -> None:
    file.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")

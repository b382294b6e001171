from pathlib import Path

import pytest

from vecocli import registry
from vecocli.config.mining import MineConfig
from vecocli.errors import UsageError
from vecocli.mining.aligner import METHODS

NEEDED = {"corpus": [Path("a")], "source": "en", "target": "de", "dictionary": [Path("d")], "out": Path("o")}


def test_columns_may_be_typed_with_a_comma() -> None:
    assert MineConfig.resolve({**NEEDED, "columns": ["1,de"]}).columns == ("1", "de")


def test_a_layer_belongs_to_a_model() -> None:
    assert MineConfig.resolve({**NEEDED, "model": "m", "layer": 3}).layer == 3
    with pytest.raises(UsageError, match="--layer needs --model"):
        MineConfig.resolve({**NEEDED, "layer": 3})


def test_lists_may_be_typed_in_every_way() -> None:
    config = MineConfig.resolve({**NEEDED, "languages": ["en-de,en-fr"], "limit": 5, "sample": 0.1})
    assert (config.languages, config.limit, config.sample) == (("en-de", "en-fr"), ("5",), ("0.1",))
    assert MineConfig.resolve({**NEEDED, "sample": ["en-de=0.5", "3"]}).sample == ("en-de=0.5", "3")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"dictionary": []}, "--dictionary"),
        ({"pharaoh_scores": True}, "--pharaoh-scores needs --pharaoh"),
        ({"word_pairs": "-"}, "not written to standard output"),
        ({"model": "m", "workers": 2}, "--workers does not go with --model"),
        ({"min_coverage": 2}, "--min-coverage"),
        ({"dictionary": [], "model": "m", "aligner": "off"}, "nothing says which words are synonyms"),
        ({"aligner": "argmax"}, "--aligner needs --model"),
        ({"on_long": "cut"}, "--on-long needs --model"),
        ({"model": "m", "aligner": "simalign"}, "does not use a dictionary"),
        ({"model": "m", "dictionary": [], "pivot": "fr"}, "--pivot needs --dictionary"),
        ({"model": "m", "aligner": "off", "precision": "bf16"}, "--precision does not go with --aligner off"),
        ({"model": "m", "aligner": "ot", "distortion": 0.1}, "--distortion does not go with --aligner ot"),
    ],
)
def test_settings_that_do_not_go_together(settings: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        MineConfig.resolve({**NEEDED, **settings})


def test_every_aligner_may_be_chosen() -> None:
    for name in registry.names(METHODS):
        assert MineConfig.resolve({**NEEDED, "model": "m", "aligner": name}).aligner == name


def test_a_model_needs_no_dictionary() -> None:
    assert MineConfig.resolve({**NEEDED, "dictionary": [], "model": "m"}).aligner is None

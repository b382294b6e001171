from pathlib import Path

import pytest

from vecocli.config.mining import MineConfig
from vecocli.errors import UsageError

NEEDED = {"corpus": [Path("a")], "source": "en", "target": "de", "dictionary": [Path("d")], "out": Path("o")}


def test_columns_may_be_typed_with_a_comma() -> None:
    assert MineConfig.resolve({**NEEDED, "columns": ["1,de"]}).columns == ("1", "de")


def test_a_layer_belongs_to_a_model() -> None:
    assert MineConfig.resolve({**NEEDED, "model": "m", "layer": 3}).layer == 3
    with pytest.raises(UsageError, match="--layer needs --model"):
        MineConfig.resolve({**NEEDED, "layer": 3})

from pathlib import Path

import pytest

from vecocli.config.pretraining import PretrainConfig
from vecocli.errors import UsageError


def test_private_is_said_of_a_repository() -> None:
    given = {"mined": (Path("mined"),), "out": Path("out"), "from_scratch": "tiny", "private": True}
    with pytest.raises(UsageError, match="--private says nothing without --push-to-hub"):
        PretrainConfig.resolve(given)
    assert PretrainConfig.resolve(given | {"push_to_hub": "owner/name"}).private

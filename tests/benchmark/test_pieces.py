from xml.etree import ElementTree

import pytest

from vecocli.benchmark.grids import Grid
from vecocli.benchmark.pieces import bullets, facts, folded, grid_table, legend, named, paragraph, spread
from vecocli.benchmark.reported import run_of
from vecocli.benchmark.table import Score

EVIL = "<script>alert('&')</script>\""
GRID = Grid(EVIL, ("", EVIL, "words"), ((EVIL, "1.0", "own"), ("±", "0.1", "")), (EVIL,))


def parsed(text):
    return ElementTree.fromstring(f"<div>{text}</div>")


@pytest.mark.parametrize(
    "piece",
    [grid_table(GRID), paragraph(EVIL, "note"), bullets([EVIL]), facts({EVIL: EVIL}), folded(EVIL, ""), named(0, EVIL)],
)
def test_every_text_is_escaped(piece):
    assert "<script" not in piece
    assert EVIL in "".join(parsed(piece).itertext())


def test_a_table_names_its_rows_and_columns_for_screen_readers():
    table = parsed(grid_table(GRID))
    assert table.find("div").attrib == {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": EVIL}
    assert table.find(".//caption").text == EVIL
    assert [head.get("scope") for head in table.iter("th")] == ["col"] * 3 + ["row"] * 2


def test_rows_and_columns_of_their_own_kind_are_set_off():
    table = parsed(grid_table(GRID, words=1, own="own"))
    assert [row.get("class") for row in table.find(".//tbody")] == ["own", "spread"]
    assert [cell.get("class") for cell in table.iter("td")] == [None, "words", None, "words"]


def test_nothing_makes_no_element():
    assert paragraph("", "note") == bullets([]) == ""
    assert "<dt>" not in facts({"empty": ""})


def test_a_legend_is_for_several_runs(make):
    one, two = run_of("<one>", [make("xnli", "en")]), run_of("two", [make("xnli", "en")])
    assert legend([one]) == ""
    assert "".join(parsed(legend([one, two])).itertext()) == "<one>two"
    assert 's1" aria-hidden="true"></span>two' in legend([one, two])


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (Score(50.0, (1, 2, 3), 1.25, None), "± 1.2"),
        (Score(50.0, (1,), None, (48.0, 52.04)), "48.0 to 52.0"),
        (Score(50.0, (1,), None, None), ""),
    ],
)
def test_a_score_says_how_sure_it_is(score, words):
    assert spread(score) == words

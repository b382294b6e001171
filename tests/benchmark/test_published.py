import pytest

from vecocli.benchmark.published import PUBLISHED, WARNING
from vecocli.xtreme.metrics.averages import TASKS

ROWS = [(table, row) for table in PUBLISHED for row in table.rows]
OFF = {("VECO_out large", "73.1"): 73.3, ("FILTER large", "77.0"): 76.7}
"""Averages that do not fit the cells of their own rows; their notes say so."""


def value(cell):
    parts = [float(part) for part in cell.split("/")]
    return sum(parts) / len(parts)


@pytest.mark.parametrize(("table", "row"), ROWS, ids=[f"{row.model}-{row.average}" for _, row in ROWS])
def test_printed_averages_are_those_of_the_cells(table, row):
    tasks = [task for task in TASKS if any(task in one.cells for one in table.rows)]
    if row.average:
        assert list(row.cells) == tasks
        mean = sum(map(value, row.cells.values())) / len(tasks)
        fits = OFF.get((row.model, row.average), float(row.average))
        assert mean == pytest.approx(fits, abs=0.1001)
        assert (str(fits) in row.note) == ((row.model, row.average) in OFF)
    else:
        assert 0 < len(row.cells) < len(tasks)


@pytest.mark.parametrize(("table", "row"), ROWS, ids=[f"{row.model}-{row.average}" for _, row in ROWS])
def test_cells_are_percents_and_pairs_for_questions(table, row):
    for task, cell in row.cells.items():
        assert 0 < value(cell) < 100
        assert ("/" in cell) == (task in ("xquad", "mlqa", "tydiqa"))


def test_every_table_says_where_it_is_from_and_what_it_was_trained_on():
    assert all("arXiv" in table.source for table in PUBLISHED)
    assert [table.training for table in PUBLISHED] == ["zero-shot", "zero-shot", "zero-shot", "translations"]
    assert "not zero-shot" in PUBLISHED[-1].title
    assert "zero-shot" in WARNING


@pytest.mark.parametrize(
    ("place", "model", "task", "cell"),
    [
        (0, "XLM-R large", "mlqa", "71.6/53.2"),
        (0, "VECO_out large", "tatoeba", "75.1"),
        (1, "XLM-R base", "udpos", "75.6"),
        (1, "mT5 base", "xnli", "75.4"),
        (2, "RemBERT", "panx", "70.1"),
        (3, "VECO_in large", "xnli", "84.3"),
    ],
)
def test_cells_stand_under_their_tasks(place, model, task, cell):
    assert next(row for row in PUBLISHED[place].rows if row.model == model).cells[task] == cell

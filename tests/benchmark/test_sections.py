from xml.etree import ElementTree

import pytest

from vecocli.benchmark.reported import run_of
from vecocli.benchmark.sections import all_tasks, glance, published, settings, to_know
from vecocli.xtreme.metrics.averages import TASKS


def parsed(text):
    return ElementTree.fromstring(f"<div>{text}</div>")


def rows(text):
    return [["".join(cell.itertext()) for cell in row] for row in parsed(text).iter("tr")]


@pytest.fixture
def nine(whole):
    return run_of("nine", [one for task in TASKS for one in whole(task, n=4)])


@pytest.fixture
def part(make):
    limited = {"max_length": 128, "split": "test", "limit": 20}
    return run_of("part", [make("xnli", "en", settings=limited), make("mlqa", "en", settings=limited)])


def test_a_whole_run_shows_its_average_and_a_part_of_one_does_not(nine, part):
    cards = ["".join(card.itertext()) for card in parsed(glance([nine, part], "sane")).find("div")]
    assert f"{nine.tables['sane'].overall:.1f} average of nine tasks" in cards[0]
    assert "compare" not in cards[0]
    assert "– no average: 2 of 9 tasks" in cards[1]
    assert "without pawsx" in cards[1] and "only the first 20 examples of a language (xnli, mlqa)" in cards[1]


def test_nine_tasks_in_not_all_languages_are_so_called(nine):
    run = run_of("run", [one for one in nine.results if (one.task, one.language) != ("panx", "yo")])
    assert "average of nine tasks, not of all languages" in glance([run], "xtreme")


def test_all_tasks_have_bars_of_every_run_that_has_them(nine, part):
    section = parsed(all_tasks([nine, part], "xtreme"))
    assert [len(list(chart.iter("rect"))) for chart in section.iter("svg")] == [9 + 2, 4 + 2]
    titles = [title.text for title in section.iter("title")]
    assert titles[0] == f"nine: {nine.tables['xtreme'].tasks[0].average.value:.1f}"
    assert [caption.text for caption in section.iter("caption")] == [
        "All tasks, protocol xtreme",
        "Categories of tasks, protocol xtreme",
    ]


def test_a_bar_tells_the_deviation_of_its_average(make):
    run = run_of("run", [make("xnli", "en", seed) for seed in (1, 2)])
    deviation = run.tables["xtreme"].tasks[0].deviation
    assert next(parsed(all_tasks([run], "xtreme")).iter("title")).text.endswith(f"± {deviation:.1f} over seeds")


def test_published_rows_are_marked_and_stand_below_those_measured_here(nine):
    found = rows(published([nine]))
    assert [row[-1] for row in found[:4]] == ["", "measured here", "published", "published"]
    assert found[1][-2] == f"{nine.tables['xtreme'].overall:.1f}"
    assert found[2][:2] == ["MMTE", "67.4"]
    assert {row[-1] for row in found} == {"", "measured here", "published"}


def test_the_average_beside_seven_tasks_is_over_seven(nine):
    own = [row for row in rows(published([nine])) if row[0] == "nine"]
    tasks = nine.tables["xtreme"].tasks[:7]
    assert own[1][-2] == f"{sum(task.average.value for task in tasks) / 7:.1f}"
    assert len(own) == 3  # beside what was trained on English, not beside translations


def test_a_part_of_the_benchmark_has_no_average_beside_published_ones(part):
    text = published([part])
    own = [row for row in rows(text) if row[0] == "part"]
    assert {row[-2] for row in own} == {"–"}
    assert own[0][1].endswith("*") and "*: not of all languages." in text
    assert "part: Scored on only the first 20 examples" in text


def test_sources_notes_and_warning_stand_with_published_rows(nine):
    text = published([nine])
    assert (
        "Published rows: VECO (arXiv 2010.16046)" in text and "VECO_out large: the mean of its cells is 73.3." in text
    )
    assert "not zero-shot in the strict sense" in text and "goes into no average" in text
    assert "*: not of all languages." not in text


def test_remarks_are_listed_run_by_run(nine, part):
    texts = [item.text for item in parsed(to_know([nine, part])).iter("li")]
    assert texts[0].startswith("Layouts of the data") and texts[1].startswith("The average is over 2 of 9 tasks")


def test_a_run_with_nothing_to_remark_says_so(nine):
    bare = run_of("run", [*nine.results])
    for one in bare.results:
        one.data.pop("layout", None)
    assert "All nine tasks were scored whole, in all their languages." in to_know([bare])


def test_settings_seeds_and_software_are_told(make):
    run = run_of("run", [make("xnli", code, seed, n=1000) for code in ("en", "de") for seed in (2, 1)])
    told = "".join(parsed(settings([run])).itertext())
    assert "max_length 128, precision fp32, split test, limit none; 2,000 examples; seeds 1, 2" in told
    assert "softwareveco 0.1.0, torch 2.13.0" in told


def test_settings_that_differ_are_all_told(make):
    run = run_of("run", [make("xnli", "en"), make("xnli", "de", settings={"layers": [7, 8], "name": "ü"})])
    assert "limit none; or layers [7, 8], name ü;" in settings([run])

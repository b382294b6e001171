from xml.etree import ElementTree

from vecocli.benchmark.reported import run_of
from vecocli.benchmark.task_cards import task_cards


def cards(*runs):
    return list(ElementTree.fromstring(task_cards(runs)))


def text(element):
    return "".join(element.itertext())


def test_a_task_has_one_card_or_one_a_protocol(make):
    found = cards(run_of("run", [make("xnli", "en"), make("udpos", "en")]))
    assert [card.get("class") for card in found] == ["card task", "card task only-xtreme", "card task only-sane"]
    assert "accuracy of words" in text(found[2]) and "seqeval" in text(found[1])


def test_protocols_that_agree_are_named_in_one_card(make):
    (card,) = cards(run_of("run", [make("panx", "en")]))
    assert "F1 of names (seqeval); the same as F1 of names in strict IOB2" in text(card)


def test_a_card_has_the_average_a_bar_a_language_and_run_and_the_gap(make):
    one = run_of("one", [make("xnli", code, right=right) for code, right in (("de", 0.5), ("en", 0.9))])
    two = run_of("two", [make("xnli", code, seed) for code in ("fr", "en") for seed in (1, 2)])
    (card,) = cards(one, two)
    table = one.tables["xtreme"].tasks[0]
    assert f"one {table.average.value:.1f}*" in text(card)
    labels = [label.text for label in card.iter("text") if label.get("class") == "strong"]
    assert labels == ["en", "de", "fr"]
    titles = [title.text for title in card.iter("title")]
    assert titles[0].startswith("one: English ") and titles[0].endswith(f"gap {table.gap.value:.1f}")
    assert [title.partition(":")[0] for title in titles] == ["one", "two", "one", "two", "one", "two"]
    assert "(± " in titles[3] and " to " in titles[2]


def test_a_card_says_what_is_missing_and_what_its_marks_are(make):
    mixed = text(cards(run_of("a", [make("xnli", "en")]), run_of("b", [make("xnli", "de", s) for s in (1, 2)]))[0])
    assert "xnli: 1 of 15 languages, without ar, bg, de," in mixed
    assert "one standard deviation" in mixed and "bootstrap" in mixed and "English (full)" not in mixed
    retrieval = text(cards(run_of("a", [make("tatoeba", "de")]))[0])
    assert "standard deviation." not in retrieval and "gap" not in retrieval


def test_all_numbers_are_in_a_table_too(make):
    results = [make("xquad", code, seed, n=1200, truncated=2) for code in ("en", "de") for seed in (1, 2)]
    run = run_of("run", results)
    (card,) = cards(run)
    rows = [[text(cell) for cell in row] for row in card.iter("tr")]
    task = run.tables["xtreme"].tasks[0]
    english = task.rows[0]
    assert rows[0] == ["", "F1/EM", "score", "sure to", "seeds", "n", "cut"]
    both = f"{english.metrics['f1']:.1f}/{english.metrics['exact_match']:.1f}"
    score = [both, f"{english.score.value:.1f}", f"± {english.score.deviation:.1f}"]
    assert rows[1] == ["en English", *score, "1, 2", "1,200", "2"]
    assert rows[3][:2] == ["average", "{:.1f}/{:.1f}*".format(*task.answers)]
    assert rows[4] == ["gap", "", f"{task.gap.value:.1f}", "", "", "", ""]


def test_several_runs_stand_below_one_another_in_it(make):
    one, two = (run_of(name, [make("xnli", code) for code in ("en", "de")]) for name in ("one", "two"))
    (card,) = cards(one, two)
    rows = [[text(cell) for cell in row] for row in card.iter("tr")]
    assert rows[0][:3] == ["", "run", "score"]
    assert [row[:2] for row in rows[1:5]] == [
        [name, run] for name in ("en English", "de German") for run in ("one", "two")
    ]
    low, high = one.results[0].intervals["xtreme"]
    assert rows[1][3] == f"{low:.1f} to {high:.1f}"
    assert [row[:2] for row in rows[5:]] == [[name, run] for name in ("average", "gap") for run in ("one", "two")]


def test_a_run_without_the_task_has_no_bars(make):
    found = cards(run_of("one", [make("xnli", "en")]), run_of("two", [make("pawsx", "en")]))
    assert ["two" in text(card) for card in found] == [False, True]

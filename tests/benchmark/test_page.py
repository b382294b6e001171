import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest

from vecocli.benchmark.page import page, write_page
from vecocli.benchmark.reported import run_of
from vecocli.benchmark.style import STYLE
from vecocli.errors import UsageError

DAY = date(2026, 11, 25)
OPEN = frozenset({"meta", "input"})


class Checker(HTMLParser):
    """Collects ids, labels and headings, and whether every element is closed."""

    def __init__(self):
        super().__init__()
        self.stack, self.ids, self.labels, self.classes = [], [], [], set()

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.classes.update((found.get("class") or "").split())
        self.ids += [found["id"]] if "id" in found else []
        self.labels += [found["for"]] if tag == "label" else []
        if tag not in OPEN:
            self.stack.append(tag)

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def handle_startendtag(self, tag, attrs):
        pass


@pytest.fixture
def runs(make):
    first = [make(task, code, seed) for task in ("xnli", "udpos") for code in ("en", "de") for seed in (1, 2)]
    return [run_of("<one>", first), run_of("two", [make("tatoeba", "de"), make("xquad", "zh")])]


def checked(text):
    checker = Checker()
    checker.feed(text)
    assert checker.stack == []
    return checker


@pytest.mark.parametrize("chosen", [slice(None), slice(1), slice(1, None)])
def test_every_element_is_closed_and_every_label_has_its_input(runs, chosen):
    checker = checked(page(runs[chosen], DAY))
    assert checker.labels == checker.ids == ["xtreme", "sane"]


def test_the_page_fetches_nothing_and_runs_nothing(runs):
    text = page(runs, DAY)
    assert "default-src 'none'" in text
    for foreign in ("<script", "<link", "<img", "<iframe", "src=", "href=", "url(", "@import", "http:", "https:"):
        assert foreign not in text


def test_it_is_headed_by_runs_models_date_and_versions(runs):
    text = page(runs, DAY)
    assert "<title>XTREME: &lt;one&gt; and two</title>" in text
    assert '<p class="muted">tiny · 2026-11-25 · veco 0.1.0, torch 2.13.0</p>' in text


def test_all_sections_are_there_in_order(runs):
    assert re.findall("<h2>(.*?)</h2>", page(runs, DAY)) == [
        "All tasks",
        "Each task, by language",
        "Published results, for reference",
        "What to know",
        "What the scores depend on",
    ]


def test_both_protocols_can_be_seen(runs):
    checker = checked(page(runs, DAY))
    assert {"only-xtreme", "only-sane"} <= checker.classes
    assert "body:has(#sane:checked) .only-xtreme, body:has(#xtreme:checked) .only-sane" in STYLE


def test_the_style_knows_every_class_and_colour_of_the_page(runs):
    used = checked(page(runs, DAY)).classes - {"muted", "chart", "only-xtreme", "only-sane", "s0", "s1"}
    assert not {name for name in used if f".{name}" not in STYLE}
    named = set(re.findall(r"var\((--\w+)\)", STYLE))
    light, dark = STYLE.split("prefers-color-scheme: dark")
    assert all(f"{name}:" in light and f"{name}:" in dark for name in named)


def test_the_page_is_written_with_the_day(runs, tmp_path):
    path = write_page(tmp_path, runs)
    assert path == tmp_path / "report.html"
    assert path.read_text(encoding="utf-8") == page(runs, datetime.now(UTC).date())
    write_page(tmp_path, runs, DAY)
    assert "2026-11-25" in path.read_text(encoding="utf-8")
    with pytest.raises(UsageError, match="cannot write"):
        write_page(tmp_path / "gone", runs)


def test_results_of_predictions_without_a_model_have_a_page(make):
    run = run_of("run", [make("xnli", "en", model={"name": None})])
    assert '<p class="muted">predictions · ' in page([run], DAY)

import re
from xml.etree import ElementTree

import pytest

from vecocli.benchmark.chart import LEFT, RIGHT, WIDTH, Bar, Group, Span, bar_chart

SCALE = (WIDTH - LEFT - RIGHT) / 100


def group(*bars, label="de", name="German"):
    return Group(label, name, bars)


def drawn(*groups, spans=(), title="a chart"):
    return ElementTree.fromstring(bar_chart(title, groups, spans, "gap"))


def test_a_bar_is_as_long_as_its_value_from_zero():
    (bar,) = drawn(group(Bar(0, "run", 40.0, (40.0, 40.0)))).iter("rect")
    assert (float(bar.get("x")), float(bar.get("width"))) == (LEFT, pytest.approx(40 * SCALE, abs=0.05))


def test_whiskers_reach_from_low_to_high_and_are_left_out_where_there_are_none():
    (path,) = drawn(group(Bar(0, "run", 40.0, (35.0, 50.0)))).iter("path")
    low, high = re.match(r"M([\d.]+) [\d.]+H([\d.]+)", path.get("d")).groups()
    assert float(low) == pytest.approx(LEFT + 35 * SCALE, abs=0.05)
    assert float(high) == pytest.approx(LEFT + 50 * SCALE, abs=0.05)
    assert not list(drawn(group(Bar(0, "run", 40.0, (40.0, 40.0)))).iter("path"))


def test_nothing_is_drawn_outside_of_0_to_100():
    chart = drawn(group(Bar(0, "run", 99.0, (-4.0, 104.0))))
    numbers = [float(x) for x in re.findall(r"[MH]([\d.]+)", next(chart.iter("path")).get("d"))]
    assert min(numbers) == LEFT and max(numbers) == WIDTH - RIGHT


def test_groups_follow_one_another_and_the_picture_holds_them():
    groups = [group(Bar(0, "a", 10.0, (10.0, 10.0)), Bar(1, "b", 20.0, (20.0, 20.0)), label=str(n)) for n in range(40)]
    chart = drawn(*groups)
    tops = [float(bar.get("y")) for bar in chart.iter("rect")]
    assert tops == sorted(tops) and len(set(tops)) == 80
    assert max(tops) < float(chart.get("viewBox").split()[3])
    assert [bar.get("class") for bar in chart.iter("rect")][:2] == ["s0", "s1"]


def test_a_span_has_both_its_ends_and_its_length():
    chart = drawn(group(Bar(0, "run", 50.0, (50.0, 50.0))), spans=[Span(0, "run", 60.0, 80.0, "told")])
    low, high = (float(dot.get("cx")) for dot in chart.iter("circle"))
    assert (low, high) == (pytest.approx(LEFT + 60 * SCALE, abs=0.05), pytest.approx(LEFT + 80 * SCALE, abs=0.05))
    texts = [text.text for text in chart.iter("text")]
    assert "+20.0" in texts and "gap" in texts
    assert float(next(chart.iter("rect")).get("y")) > max(float(dot.get("cy")) for dot in chart.iter("circle"))


def test_a_gap_below_zero_keeps_its_sign():
    chart = drawn(group(Bar(0, "run", 50.0, (50.0, 50.0))), spans=[Span(0, "run", 60.0, 55.5, "told")])
    assert "-4.5" in [text.text for text in chart.iter("text")]


def test_the_chart_tells_what_it_shows_and_escapes_it():
    bar = Bar(7, '<b>"run"</b>', 40.0, (40.0, 40.0), " & more")
    chart = drawn(group(bar, label="<i>", name="&lt;"), title='"<chart>"')
    assert (chart.get("role"), chart.get("aria-label")) == ("img", '"<chart>"')
    assert next(chart.iter("title")).text == '<b>"run"</b>: 40.0 & more'
    assert {"<i>", "&lt;", "40.0"} <= {text.text for text in chart.iter("text")}
    assert next(chart.iter("rect")).get("class") == "s1"  # of six colours


def test_a_chart_of_nothing_is_still_a_picture():
    assert drawn().tag == "svg"

"""Bar charts as SVG inside a page: groups of bars from 0 to 100, whiskers, and the gap between two scores."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

COLOURS = 6
WIDTH, LEFT, RIGHT = 400, 104, 40
TOP, SPACE = 22, 7
CAP = 2.5


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar.

    Args:
        series: Number of what it belongs to; it has that one's colour.
        name: What it belongs to.
        value: In percent.
        ends: What its whiskers reach; equal for no whiskers.
        told: What its tooltip says after the value.
    """

    series: int
    name: str
    value: float
    ends: tuple[float, float]
    told: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Bars of several series under one label.

    Args:
        label: In bold.
        name: Behind it.
        bars: From top to bottom.
    """

    label: str
    name: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A distance between two scores, above the bars.

    Args:
        series: Number of what it belongs to.
        name: What it belongs to.
        low: Where a hollow dot stands, in percent.
        high: Where a full dot stands.
        told: What its tooltip says.
    """

    series: int
    name: str
    low: float
    high: float
    told: str


def bar_chart(title: str, groups: Sequence[Group], spans: Sequence[Span] = (), span_label: str = "") -> str:
    """Draw a chart as an `svg` element; it takes its colours from the page's style.

    Args:
        title: What a screen reader says of it.
        groups: From top to bottom.
        spans: Above them, one a series.
        span_label: What the spans are.
    """
    several = any(len(group.bars) > 1 for group in groups)
    height, pitch = (9, 11) if several else (11, 13)
    parts: list[str] = []
    y = float(TOP)
    for slot, span in enumerate(spans):
        parts += _span(span, span_label if not slot else "", y)
        y += 14
    y += SPACE if spans else 0
    for group in groups:
        middle = y + pitch * len(group.bars) / 2 + 3
        parts.append(f'<text x="0" y="{middle:.1f}" class="strong">{escape(group.label)}</text>')
        parts.append(f'<text x="{_after(group)}" y="{middle:.1f}" class="dim">{escape(group.name)}</text>')
        for bar in group.bars:
            parts += _bar(bar, y, height)
            y += pitch
        y += SPACE
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {y:.0f}" role="img" aria-label="{escape(title)}">'
        f"{''.join(_axis(y))}{''.join(parts)}</svg>"
    )


def _after(group: Group) -> int:
    """Where the name of a group begins: codes of languages are short."""
    return 26 if group.name else 0


def _x(value: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * min(max(value, 0.0), 100.0) / 100


def _axis(bottom: float) -> Iterator[str]:
    for tick in range(0, 101, 20):
        x = _x(tick)
        yield f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 6}" y2="{bottom - SPACE / 2:.1f}"/>'
        yield f'<text class="dim value" x="{x:.1f}" y="{TOP - 10}" text-anchor="middle">{tick}</text>'


def _bar(bar: Bar, y: float, height: float) -> Iterator[str]:
    (low, high), middle = bar.ends, y + height / 2
    told = f"{bar.name}: {bar.value:.1f}{bar.told}"
    yield f"<g><title>{escape(told)}</title>"
    yield (
        f'<rect class="s{bar.series % COLOURS}" x="{LEFT}" y="{y:.1f}" width="{_x(bar.value) - LEFT:.1f}" '
        f'height="{height}" rx="1.5"/>'
    )
    if high > low:
        ends = f"M{_x(low):.1f} {middle - CAP}v{2 * CAP}M{_x(high):.1f} {middle - CAP}v{2 * CAP}"
        yield f'<path class="whisker" d="M{_x(low):.1f} {middle}H{_x(high):.1f}{ends}"/>'
    x = _x(max(high, bar.value)) + 5
    yield f'<text class="value" x="{x:.1f}" y="{middle + 3.3:.1f}">{bar.value:.1f}</text></g>'


def _span(span: Span, label: str, y: float) -> Iterator[str]:
    colour, middle = f"s{span.series % COLOURS}", y + 5
    yield f'<text class="dim" x="0" y="{middle + 4}">{escape(label)}</text>'
    yield f"<g><title>{escape(f'{span.name}: {span.told}')}</title>"
    yield f'<line class="span {colour}" x1="{_x(span.low):.1f}" x2="{_x(span.high):.1f}" y1="{middle}" y2="{middle}"/>'
    yield f'<circle class="hollow {colour}" cx="{_x(span.low):.1f}" cy="{middle}" r="3.5"/>'
    yield f'<circle class="{colour}" cx="{_x(span.high):.1f}" cy="{middle}" r="3.5"/>'
    x = _x(max(span.low, span.high)) + 8
    yield f'<text class="value" x="{x:.1f}" y="{middle + 3.3:.1f}">{span.high - span.low:+.1f}</text></g>'

"""A measure against the share of tokens that is left, one line a method, with its interval: an SVG for a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil, floor, log10

from tamis.bench.paired import Difference
from tamis.io.page import escape

WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM, TOP = 560, 320, 56, 150, 40, 16
COLOURS = ("#d1495b", "#2e7fb8", "#3d9970", "#8e6bbf", "#c98a1b", "#5c8a8a", "#9b6a4f", "#7d8597", "#b5577f", "#6b8e23")
APART = 3.5  # units between the intervals of two methods at one rate


def plot(
    curves: Mapping[str, Mapping[float, Difference]], name: str, *, scale: float = 1, level: float | None = None,
    by: str = "the share of tokens that may stay",
) -> str:  # fmt: skip
    """The drawing as SVG.

    Args:
        curves: method -> rate -> figure; the rate falls from left to right.
        name: of the measure.
        scale: what figures are multiplied by.
        level: of the full text, drawn as a line across; None for none.
        by: what the rates are.
    """
    axes = _Axes(curves, scale, level, by)
    middle = (len(curves) - 1) / 2
    lines = "".join(
        _line(axes, curve, COLOURS[number % len(COLOURS)], APART * (number - middle))
        for number, curve in enumerate(curves.values())
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(name)} by {escape(by)}">'
        f"{axes.frame(name)}{lines}{''.join(_labels(axes, curves))}</svg>"
    )


class _Axes:
    """Where figures lie: rates on a logarithmic axis, figures between the least and the most of all intervals."""

    def __init__(
        self, curves: Mapping[str, Mapping[float, Difference]], scale: float, level: float | None, by: str
    ) -> None:
        figures = [figure for curve in curves.values() for figure in curve.values()]
        ends = [scale * end for f in figures for end in (f.low, f.high)] + ([] if level is None else [scale * level])
        room = 0.06 * (max(ends) - min(ends)) or 1.0
        self.scale, self.level, self.by = scale, level, by
        self.low, self.high = min(ends) - room, max(ends) + room
        self.rates = sorted({rate for curve in curves.values() for rate in curve}, reverse=True)

    def x(self, rate: float) -> float:
        """From left to right as less is kept."""
        first, last = log10(self.rates[0]), log10(self.rates[-1])
        share = (first - log10(rate)) / (first - last) if first > last else 0.5
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, figure: float) -> float:
        """From below to above."""
        share = (self.scale * figure - self.low) / (self.high - self.low)
        return TOP + (1 - share) * (HEIGHT - TOP - BOTTOM)

    def ticks(self) -> list[float]:
        """Round figures between the least and the most: three to eight of them."""
        size = 10.0 ** floor(log10((self.high - self.low) / 3))
        step = next(size * part for part in (5, 2, 1) if (self.high - self.low) / (size * part) >= 3)
        count = floor(self.high / step) - ceil(self.low / step) + 1
        return [round((ceil(self.low / step) + n) * step, 6) for n in range(count)]

    def frame(self, name: str) -> str:
        """Both axes with their numbers, and the level of the full text."""
        foot, end = HEIGHT - BOTTOM, WIDTH - RIGHT
        rows = "".join(_row(self.y(height / self.scale), f"{height:g}") for height in self.ticks())
        marks = "".join(_text(self.x(rate), foot + 16, f"{100 * rate:.3g} %", "middle") for rate in self.rates)
        level = ""
        if self.level is not None:
            at = self.y(self.level)
            level = f'<path d="M{LEFT} {at:.1f}H{end}" stroke="currentColor" stroke-dasharray="3 4" opacity=".6"/>'
            level += _text(end + 8, at + 4, "full text", "start")
        return f"{rows}{marks}{level}{_text(LEFT, HEIGHT - 6, f'{name}, by {self.by}', 'start')}"


def _row(y: float, figure: str) -> str:
    line = f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="currentColor" opacity=".12"/>'
    return line + _text(LEFT - 8, y + 4, figure, "end")


def _line(axes: _Axes, curve: Mapping[float, Difference], colour: str, aside: float) -> str:
    """The means joined, an interval through each; moved aside so that intervals of two methods can be told apart."""
    points = [(axes.x(rate) + aside, curve[rate]) for rate in sorted(curve, reverse=True)]
    path = " ".join(f"{x:.1f},{axes.y(figure.mean):.1f}" for x, figure in points)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{axes.y(f.mean):.1f}" r="3.2" fill="{colour}"/>' for x, f in points)
    bars = "".join(f"M{x:.1f} {axes.y(f.low):.1f}V{axes.y(f.high):.1f}" for x, f in points)
    return (
        f'<path d="{bars}" stroke="{colour}" stroke-width="1.2" opacity=".55"/>'
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'
    )


def _labels(axes: _Axes, curves: Mapping[str, Mapping[float, Difference]]) -> Iterator[str]:
    """The name of each line at its end, moved down where two would lie on one another."""
    at = axes.y(axes.level) if axes.level is not None else float("-inf")
    taken: Sequence[float] = [] if axes.level is None else [at]
    ends = [(axes.y(curve[min(curve)].mean), number, method) for number, (method, curve) in enumerate(curves.items())]
    for height, number, method in sorted(ends):
        y = next(h for h in (height + 2 * step for step in range(400)) if all(abs(h - other) >= 12 for other in taken))
        taken = [*taken, y]
        yield _text(WIDTH - RIGHT + 8, y + 4, method, "start", COLOURS[number % len(COLOURS)])


def _text(x: float, y: float, text: str, anchor: str, colour: str = "currentColor") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="11" fill="{colour}">{escape(text)}</text>'

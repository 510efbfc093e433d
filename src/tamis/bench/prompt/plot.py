"""A measure against the share of tokens that is left, one line a method, with its interval: an SVG for a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import log10

from tamis.bench.paired import Difference
from tamis.io.page import escape

WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM, TOP = 560, 320, 56, 150, 40, 16
COLOURS = ("#d1495b", "#2e7fb8", "#3d9970", "#8e6bbf", "#c98a1b", "#5c8a8a", "#9b6a4f", "#7d8597", "#b5577f", "#6b8e23")
LETTER = 6.2  # units of a letter of a label


def plot(
    curves: Mapping[str, Mapping[float, Difference]], name: str, *, scale: float = 1, level: float | None = None
) -> str:
    """The drawing as SVG.

    Args:
        curves: method -> rate -> figure; the rate falls from left to right.
        name: of the measure.
        scale: what figures are multiplied by.
        level: of the full text, drawn as a line across; None for none.
    """
    axes = _Axes(curves, scale, level)
    strokes = zip(COLOURS * (1 + len(curves) // len(COLOURS)), curves.values(), strict=False)
    lines = "".join(_line(axes, curve, colour) for colour, curve in strokes)
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(name)} against the share of tokens">'
        f"{axes.frame(name)}{lines}{''.join(_labels(axes, curves))}</svg>"
    )


class _Axes:
    """Where figures lie: rates on a logarithmic axis, figures between the least and the most of all intervals."""

    def __init__(self, curves: Mapping[str, Mapping[float, Difference]], scale: float, level: float | None) -> None:
        figures = [figure for curve in curves.values() for figure in curve.values()]
        ends = [scale * end for f in figures for end in (f.low, f.high)] + ([] if level is None else [scale * level])
        room = 0.06 * (max(ends) - min(ends)) or 1.0
        self.scale, self.level = scale, level
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

    def frame(self, name: str) -> str:
        """Both axes with their numbers, and the level of the full text."""
        foot, end = HEIGHT - BOTTOM, WIDTH - RIGHT
        heights = [self.low + share * (self.high - self.low) for share in (0.05, 0.35, 0.65, 0.95)]
        rows = "".join(_row(self.y(h / self.scale), f"{h:.0f}" if self.scale > 1 else f"{h:.2f}") for h in heights)
        marks = "".join(_text(self.x(rate), foot + 16, f"{100 * rate:.3g} %", "middle") for rate in self.rates)
        level = ""
        if self.level is not None:
            at = self.y(self.level)
            level = f'<path d="M{LEFT} {at:.1f}H{end}" stroke="currentColor" stroke-dasharray="3 4" opacity=".6"/>'
            level += _text(end + 8, at + 4, "full text", "start")
        return (
            f"{rows}{marks}{level}{_text(LEFT, HEIGHT - 6, f'{name}, by the share of tokens that may stay', 'start')}"
        )


def _row(y: float, figure: str) -> str:
    line = f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="currentColor" opacity=".12"/>'
    return line + _text(LEFT - 8, y + 4, figure, "end")


def _line(axes: _Axes, curve: Mapping[float, Difference], colour: str) -> str:
    points = [(axes.x(rate), curve[rate]) for rate in sorted(curve, reverse=True)]
    upper = [f"{x:.1f},{axes.y(f.high):.1f}" for x, f in points]
    lower = [f"{x:.1f},{axes.y(f.low):.1f}" for x, f in reversed(points)]
    means = [(x, axes.y(f.mean)) for x, f in points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in means)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in means)
    band = f'<polygon points="{" ".join([*upper, *lower])}" fill="{colour}" opacity=".13"/>'
    return f'{band}<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'


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

"""Overlapping windows over a long row of pieces, so that none is judged at an edge. Knows nothing of models."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    """Pieces `start..end` are read together; the scores of `first..last` are taken from this reading."""

    start: int
    end: int
    first: int
    last: int


def windows(count: int, size: int, margin: int) -> tuple[Window, ...]:
    """Cover `count` pieces by windows of at most `size` that overlap by twice the `margin`.

    Laws: `first..last` partition the pieces; a piece is taken from the window where it is farthest from an edge, with
    at least `margin` pieces of context on a side unless the text ends there. Windows depend on what lies before them
    only, so a longer text repeats all windows of the shorter one but its last.

    Example: windows(10, 6, 1) -> 0..6 for 0..5, 4..10 for 5..10
    """
    assert 0 <= 2 * margin < size, (size, margin)
    if count <= size:
        return (Window(0, count, 0, count),) if count else ()
    stride = size - 2 * margin
    starts = range(0, count - 2 * margin, stride)
    return tuple(
        Window(
            start,
            min(start + size, count),
            start + margin if start else 0,
            start + stride + margin if start != starts[-1] else count,
        )
        for start in starts
    )

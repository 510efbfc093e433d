"""Of two long texts, the lines that changed: those that are there whole, and those that went whole, alter nothing."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate, pairwise

from tamis.core import Span
from tamis.prompt.guards.tokens import matching

AROUND = 1  # lines beside changed ones that are looked at with them


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Some lines of a text.

    Attributes:
        text: the lines.
        places: where each begins here, and where in the text.
    """

    text: str
    places: tuple[tuple[int, int], ...]

    def there(self, span: Span) -> Span:
        """A span of these lines, in the text."""
        at = bisect_right(self.places, (span.start, 1 << 62)) - 1
        here, there = self.places[max(at, 0)]
        return Span(span.start - here + there, span.end - here + there)


def changed(source: str, shortened: str) -> tuple[Excerpt, Excerpt]:
    """The lines that changed, of both texts."""
    left, right = source.split("\n"), shortened.split("\n")
    there = matching(left, right)
    pairs = [(-1, -1), *((i, j) for i, j in enumerate(there) if j >= 0), (len(left), len(right))]
    lines: set[int] = set()
    rows: set[int] = set()
    for (i, j), (k, m) in pairwise(pairs):
        if m > j + 1:  # something on the right is not on the left
            lines.update(range(max(i - AROUND + 1, 0), min(k + AROUND, len(left))))
            rows.update(range(max(j - AROUND + 1, 0), min(m + AROUND, len(right))))
    return _excerpt(left, lines), _excerpt(right, rows)


def _excerpt(lines: list[str], numbers: set[int]) -> Excerpt:
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    chosen = sorted(numbers)
    here = [0, *accumulate(len(lines[i]) + 1 for i in chosen)]
    return Excerpt("\n".join(lines[i] for i in chosen), tuple(zip(here, (starts[i] for i in chosen), strict=False)))

"""Put the kept units back together: only by deleting from the source.

Between two kept words stands the strongest white space of all the gaps between them (a blank line before a line end
before blanks), with the indentation of the line of the second word, so paragraphs, lines and what is nested by
indentation survive although words around them go; no blank comes between a
bracket or a full stop and the word it now touches, nor a line end where the source has nothing. Punctuation goes when
all the words it belonged to went, a bracket also when its partner went. The result is a list of spans of the source;
their concatenation is the compressed text.
"""

from __future__ import annotations

import numpy as np

from tamis.core import Bools, Ints, Span
from tamis.text.edits import Insertion
from tamis.text.units import Units

LINE = 2  # gap strength of a line end, see Units.gap


def tidy(units: Units, mask: Bools, fixed: Bools | None = None) -> Bools:
    """Return the mask without punctuation whose words are all gone.

    fixed -- (n,) units that must stay whatever happens. Punctuation that never had words stays. Monotone in the mask.

    Example: "We met (at noon), then" keeping "We met ( ), then" -> "We met, then"
    """
    if units.company is not None:
        return units.company.kept(mask, fixed)
    low, high, partner = units.anchors
    word = ~units.punct
    had = np.concatenate(([0], np.cumsum(word)))
    kept = np.concatenate(([0], np.cumsum(word & mask)))
    orphan = units.punct & (had[high] > had[low]) & (kept[high] == kept[low])
    orphan |= units.punct & ~(mask & ~orphan)[partner]
    if fixed is not None:
        orphan &= ~fixed
    tidied: Bools = mask & ~orphan
    return tidied


def pieces(units: Units, mask: Bools) -> tuple[Ints, Ints]:
    """Return starts and ends of the spans of the source that make up the text of the kept units; none are adjacent."""
    index = np.flatnonzero(mask)
    if not index.size:
        return index, index
    gap_start, gap_end, indent_start, indent_end = _gaps(units, index)
    n, size = len(units), len(units.text)
    first = 0 if index[0] == 0 else int(units.starts[index[0]])
    last = size if index[-1] == n - 1 else int(units.ends[index[-1]])
    starts = np.empty(3 * index.size - 2, np.int64)
    ends = np.empty_like(starts)
    starts[0::3], ends[0::3] = units.starts[index], units.ends[index]
    starts[1::3], ends[1::3] = gap_start, gap_end
    starts[2::3], ends[2::3] = indent_start, indent_end
    starts[0], ends[-1] = first, last
    return merged(starts, ends)


def _gaps(units: Units, index: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """What of the gaps between each kept unit and the next kept one stays: two spans each, the second often empty.

    The strongest gap (of equals the last), and, where that holds a line end, instead of its own indentation that of the
    last gap that holds one.
    """
    n = len(units)
    if index.size < 2:
        return index[:0], index[:0], index[:0], index[:0]
    number = np.arange(n)
    best = np.maximum.reduceat(units.gap * (n + 1) + number, index)[:-1] % (n + 1)
    last = np.maximum.reduceat(np.where(units.gap >= LINE, number, -1), index)[:-1]
    opens, closes = units.leans
    touching = (opens[index[:-1]] & (units.gap[index[:-1]] == 0)) | (
        closes[index[1:]] & (units.gap[index[1:] - 1] == 0)
    )
    snug = (opens[index[:-1]] | closes[index[1:]]) & ((units.gap[best] < LINE) | touching)
    start, end = units.ends[best], np.where(snug, units.ends[best], units.starts[best + 1])
    split = last > best
    indent = units.indents
    middle = np.where(split, indent[best], end)
    return start, middle, np.where(split, indent[last], end), np.where(split, units.starts[last + 1], end)


def merged(starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """Spans in order, without the empty ones; those that touch are one."""
    filled = ends > starts
    starts, ends = starts[filled], ends[filled]
    if not starts.size:
        return starts, ends
    new = np.concatenate(([True], starts[1:] != ends[:-1]))
    return starts[new], ends[np.append(np.flatnonzero(new)[1:] - 1, starts.size - 1)]


def omissions(units: Units, kept: Bools, starts: Ints, ends: Ints, mark: str) -> tuple[Insertion, ...]:
    """A mark for each stretch that was left out, but for light words and punctuation alone.

    starts, ends -- the spans that stay

    Example: "We met at noon. She left." keeping "We met ... left." with "…" -> "We met … left."
    """
    core = ~units.punct if units.company is None else units.company.core
    gone = np.concatenate(([0], np.cumsum(core & ~kept)))
    marks: list[Insertion] = []
    at, text = 0, units.text  # where the last span of words ends
    for a, b in zip(starts.tolist(), ends.tolist(), strict=True):
        if text[a:b].isspace():
            continue
        low, high = np.searchsorted(units.starts, (at, a))
        if gone[high] > gone[low]:
            marks.append(Insertion(a, _spaced_mark(text, at, a, mark)))
        at = b
    low = int(np.searchsorted(units.starts, at))
    if gone[-1] > gone[low]:
        marks.append(Insertion(len(text), f" {mark}" if at and text[at : at + 1].isspace() else mark))
    return tuple(marks)


def _spaced_mark(text: str, at: int, start: int, mark: str) -> str:
    """The mark before a span, with a blank on the side where the text has none."""
    if text[start : start + 1].isspace():
        return f" {mark}" if at else mark
    return f"{mark} " if text[start - 1 : start].isspace() else mark


def join(text: str, starts: Ints, ends: Ints) -> str:
    """Return the concatenation of the spans."""
    return "".join([text[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)])


def render(units: Units, mask: Bools, *, clean: bool = True) -> tuple[Span, ...]:
    """Return the spans of the source that make up the text of the kept units.

    clean -- also drop punctuation whose words are all gone.
    """
    starts, ends = pieces(units, tidy(units, mask) if clean else mask)
    return tuple(Span(a, b) for a, b in zip(starts.tolist(), ends.tolist(), strict=True))

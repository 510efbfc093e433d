"""Headings and lead-ins of Markdown whose content stands in other pieces of a mixed text: a fence, a table, a log.

Inside of one piece of prose the form of prose sees to them. Does not choose anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import regex

from tamis.core import Bools
from tamis.text.joined import JoinedUnits
from tamis.text.units import Company

WIDEST = 24  # units of a line that stays because of what it stands over; a longer one is text of its own
_LINE = regex.compile(
    r"(?m)^ {0,3}(?:(?P<fence>`{3,}|~{3,})|(?P<sign>\#{1,6})(?=[ \t])|(?P<under>(?:=+|-{2,})[ \t]*$)|(?=\S)).*$"
)
_COMMENTS = regex.compile(r"(?:<!--(?:(?!-->).)*-->\s*)+\Z", regex.DOTALL)


@dataclass(frozen=True, slots=True)
class HeadLine:
    """A line that stays just where something stays of what stands under it; half-open numbers of units.

    Attributes:
        first, last: its own.
        low, high: of what stands under it.
    """

    first: int
    last: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class _Heading:
    """A heading: its characters, and how deep it is."""

    start: int
    end: int
    level: int


def heads(units: JoinedUnits, prose: Sequence[bool]) -> tuple[HeadLine, ...]:
    """The headings and lead-ins of a text whose content reaches beyond their own piece.

    prose -- (pieces,) which of them are prose
    """
    return (*_sections(units, prose), *_lead_ins(units, prose))


def with_heads(company: Company | None, found: Sequence[HeadLine]) -> Company | None:
    """The company, where these lines stay only because of what stands under them."""
    if company is None or not found:
        return company
    core, forced = company.core.copy(), company.forced.copy()
    left, right = company.left.copy(), company.right.copy()
    for head in found:
        own = slice(head.first, head.last)
        core[own], forced[own] = False, True
        left[0, own], left[1, own], right[:, own] = head.low, head.high, 0
    return replace(company, core=core, forced=forced, left=left, right=right)


def headed(company: Company, found: Sequence[HeadLine], mask: Bools, fixed: Bools | None) -> tuple[Bools, Bools]:
    """The mask and what must stay, with the lines over what stays, and without those over what does not."""
    fixed = np.zeros(mask.size, np.bool_) if fixed is None else fixed.copy()
    before = np.concatenate(([0], np.cumsum((company.core & mask) | fixed)))
    mask = mask.copy()
    for head in found:
        own = slice(head.first, head.last)
        stays = bool(before[head.high] > before[head.low])
        mask[own] = fixed[own] | stays
        fixed[own] |= stays
    return mask, fixed


def _sections(units: JoinedUnits, prose: Sequence[bool]) -> Iterator[HeadLine]:
    """Headings of sections that go on in other pieces."""
    found = [heading for number, is_prose in enumerate(prose) if is_prose for heading in _headings(units, number)]
    offsets = np.array(units.offsets)
    for place, heading in enumerate(found):
        end = next((other.start for other in found[place + 1 :] if other.level <= heading.level), len(units.text))
        own_end = int(offsets[np.searchsorted(offsets, heading.start, side="right")])
        if end > own_end and (head := _head(units, heading.start, heading.end, end)):
            yield head


def _headings(units: JoinedUnits, number: int) -> Iterator[_Heading]:
    """The headings of a piece, in the characters of the whole text."""
    text, offset = units.pieces[number].text, units.offsets[number]
    fence, above = "", None
    for match in _LINE.finditer(text):
        sign = match["fence"]
        if fence or sign:
            fence = "" if fence and sign and sign.startswith(fence) else fence or sign
            above = None
        elif match["sign"]:
            yield _Heading(offset + match.start(), offset + match.end(), len(match["sign"]))
            above = None
        elif match["under"]:
            if above is not None and above.end() + 1 == match.start():
                yield _Heading(offset + above.start(), offset + match.end(), 1 + (match["under"][0] == "-"))
            above = None
        else:
            above = match


def _lead_ins(units: JoinedUnits, prose: Sequence[bool]) -> Iterator[HeadLine]:
    """The lines of prose that announce the piece behind them: "Run it so:"."""
    for number in range(1, len(prose)):
        if not prose[number - 1] or prose[number]:
            continue
        body = _COMMENTS.sub("", units.pieces[number - 1].text).rstrip()
        begin = body.rfind("\n") + 1
        if body.endswith((":", "：")) and not body[begin:].lstrip().startswith("#"):
            past = number + 3 if number + 2 < len(prose) and not any(prose[number : number + 3]) else number + 1
            offset = units.offsets[number - 1]
            if head := _head(units, offset + begin, offset + len(body), units.offsets[past]):
                yield head


def _head(units: JoinedUnits, start: int, end: int, under: int) -> HeadLine | None:
    """A line of these characters over what follows up to `under`; None where it is long, or over nothing."""
    first, last, high = np.searchsorted(units.starts, (start, end, under)).tolist()
    return HeadLine(first, last, last, high) if 0 < last - first <= WIDEST and last < high else None

"""What a detector is, and helpers that several share. Every scan here is linear in the text, whatever the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import TypeAlias

from tamis.core import Span

Detector: TypeAlias = Callable[[str], Iterable[Span]]


@dataclass(frozen=True, slots=True, order=True)
class Detection:
    """A span worth protecting, and the rule that says so."""

    span: Span
    rule: str


def matches(pattern: re.Pattern[str], text: str) -> list[Span]:
    """Return the spans of all matches that are not empty."""
    return [Span(*match.span()) for match in pattern.finditer(text) if match.end() > match.start()]


def spread_left(text: str, start: int, allowed: Callable[[str], bool], *, floor: int, most: int) -> int:
    """Return where a run of allowed characters ending at `start` begins: not before `floor`, nor longer than `most`."""
    floor = max(floor, start - most)
    while start > floor and allowed(text[start - 1]):
        start -= 1
    return start


def either_case(words: str) -> str:
    """Return an alternation of the words as written, capitalised and in capitals; longer ones first.

    Grouped by first letter, which is several times faster to search for than a flag that ignores case.

    Example: "no not" -> "[nN](?:ot|OT|o|O)"
    """
    groups: dict[str, list[str]] = {}
    for word in sorted(set(words.split()), key=lambda word: (-len(word), word)):
        groups.setdefault(word[0], []).extend(dict.fromkeys((word[1:], word[1:].upper())))
    return "|".join(
        f"[{first}{first.upper()}](?:{'|'.join(map(re.escape, rests))})" for first, rests in sorted(groups.items())
    )


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order, overlapping ones joined."""
    done: list[Span] = []
    for span in sorted(spans, key=attrgetter("start")):
        if done and span.start < done[-1].end:
            done[-1] = Span(done[-1].start, max(done[-1].end, span.end))
        else:
            done.append(span)
    return done

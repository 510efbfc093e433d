"""What the caller pins: `<keep>` tags, terms, regular expressions, spans."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from tamis.core import Span
from tamis.errors import InvalidKeep
from tamis.text.protect.detection import Detection

Keep: TypeAlias = "str | re.Pattern[str] | Span | tuple[int, int]"
_TAG = re.compile(r"</?keep>")


def keep_tags(text: str) -> tuple[str, tuple[Span, ...]]:
    """Return the text without its `<keep>` and `</keep>` tags, and what stood between them, as spans of that text.

    A tag opens only if the next tag closes it; all other tags, and any other "<", are ordinary text.

    Example: "a <keep>b</keep> c < d </keep>" -> "a b c < d </keep>", (Span(2, 3),)
    """
    if "</keep>" not in text:
        return text, ()
    parts: list[str] = []
    spans: list[Span] = []
    done = size = 0  # how far the text is copied, and how long the copy is
    opened: re.Match[str] | None = None
    for tag in _TAG.finditer(text):
        if tag[0] == "<keep>":
            opened = tag
        elif opened is not None:
            before, inside = text[done : opened.start()], text[opened.end() : tag.start()]
            parts += [before, inside]
            size += len(before) + len(inside)
            spans += [Span(size - len(inside), size)] if inside else []
            done, opened = tag.end(), None
    return "".join([*parts, text[done:]]), tuple(spans)


def keep_spans(text: str, keep: Sequence[Keep]) -> tuple[Detection, ...]:
    """Return all that the caller wants kept, in order; spans of different entries may overlap.

    keep -- a `str` is a literal term (every occurrence, case-sensitive, also inside a longer word), a compiled pattern
        every match of it, a `Span` or pair of offsets itself

    Raises:
        InvalidKeep: an empty term, an offset outside the text, or something else altogether.
    """
    if isinstance(keep, (str, re.Pattern, Span)):
        keep = (keep,)
    return tuple(sorted(pin for entry in keep for pin in _entry(text, entry)))


def _entry(text: str, entry: object) -> Iterator[Detection]:
    if isinstance(entry, str):
        if not entry:
            raise InvalidKeep("A term to keep is empty.", hint="Leave it out, or give a term, a pattern or a span.")
        pattern = re.compile(re.escape(entry))
    elif isinstance(getattr(entry, "pattern", None), str) and hasattr(entry, "finditer"):
        pattern = entry  # type: ignore[assignment]  # of `re` or of `regex`
    else:
        yield Detection(_span(text, entry), "keep")
        return
    for match in pattern.finditer(text):
        if match.end() > match.start():
            yield Detection(Span(*match.span()), "keep")


def _span(text: str, entry: object) -> Span:
    """Return the span of a pair of offsets, checked against the text."""
    try:
        start, end = (entry.start, entry.end) if isinstance(entry, Span) else map(_offset, entry)  # type: ignore[call-overload]
    except (TypeError, ValueError):
        raise InvalidKeep(
            f"Cannot keep {entry!r:.80}.", hint="Give a term, a compiled pattern, or a (start, end) pair of offsets."
        ) from None
    if not 0 <= start <= end <= len(text):
        raise InvalidKeep(
            f"The span ({start}, {end}) does not lie in the text, which has {len(text)} characters.",
            hint="Offsets count characters from 0; the end is exclusive.",
        )
    return Span(start, end)


def _offset(value: object) -> int:
    if isinstance(value, (bool, str, bytes)):
        raise TypeError
    return operator.index(value)  # type: ignore[arg-type]

"""Whether running text is Markdown, by its marks, and the blocks that only Markdown has: front matter.

Markdown is prose with marks: the form of prose keeps its headings, lists, tables, links in one piece with what they
are for. Does not look into fences.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import regex

from tamis.prompt.kinds.kind import PROSE, Kind

LEAST = 3  # marks other than fences and headings
_FRONT = regex.compile(r"\A\ufeff?---[ \t]*\n(?:[^\n]*\n){0,200}?---[ \t]*(?:\n|\Z)")
_MARKS: Mapping[str, regex.Pattern[str]] = MappingProxyType(
    {
        "heading": regex.compile(r"(?m)^ {0,3}#{1,6}[ \t]+\S"),
        "fence": regex.compile(r"(?m)^ {0,3}(?:`{3,}|~{3,})[ \t]*[\w+#.-]*[ \t]*$"),
        "table": regex.compile(r"(?m)^ {0,3}\|?[ \t]*:?-{2,}:?[ \t]*\|[ \t|:-]*$"),
        "link": regex.compile(r"\]\([^()\s]+\)"),
    }
)


def prose_kind(text: str) -> Kind:
    r"""What running text is: Markdown where it has a heading or a fence, a table or several links; else prose.

    Example: "# Lamps\n\nRed ones." -> markdown, "1 heading"
    """
    if not ("#" in text or "](" in text or "```" in text or "~~~" in text or "--" in text):
        return PROSE
    counts = {name: len(mark.findall(text)) for name, mark in _MARKS.items()}
    counts["fence"] //= 2
    if not (counts["heading"] or counts["fence"] or counts["table"] or counts["link"] >= LEAST):
        return PROSE
    marks = [f"{count:,} {name}{'s' if count > 1 else ''}" for name, count in counts.items() if count]
    return Kind("markdown", ", ".join(marks))


def front_matter(text: str) -> int:
    """Where the front matter of a text ends, behind its second rule; 0 where there is none."""
    match = _FRONT.match(text)
    return match.end() if match and ":" in match.group() else 0

"""What is marked by signs: code, quotations, Markdown structure."""

from __future__ import annotations

import re

from tamis.core import Span
from tamis.text.protect.detection import matches, merged

_LONGEST_INLINE = 300  # characters of inline code
_FENCE = re.compile(r"^[ \t]{0,12}(?:>[ \t]?)?(`{3,}|~{3,})([^\n]*)$", re.MULTILINE)
_TICKS = re.compile(r"`+|\n")


def code(text: str) -> list[Span]:
    """Return fenced blocks, whole with their fences, and inline code with its backticks.

    A fence that is never closed is no block.
    """
    blocks = _blocks(text) if "```" in text or "~~~" in text else []
    if "`" not in text:
        return blocks
    spans: list[Span] = []
    start = 0
    for block in [*blocks, Span(len(text), len(text))]:
        spans += _inline(text, start, block.start)
        spans += [block] if block else []
        start = block.end
    return spans


def _blocks(text: str) -> list[Span]:
    spans: list[Span] = []
    begun: re.Match[str] | None = None
    for match in _FENCE.finditer(text):
        if begun is None:
            begun = match if match[1][0] == "~" or "`" not in match[2] else None
        elif match[1].startswith(begun[1]) and not match[2].strip():
            spans.append(Span(begun.start(1), match.end()))
            begun = None
    return spans


def _inline(text: str, start: int, end: int) -> list[Span]:
    """Return inline code: two runs of as many backticks on one line, not far from each other."""
    spans: list[Span] = []
    begun: dict[int, int] = {}  # how many backticks -> where the run that is still open begins
    for match in _TICKS.finditer(text, start, end):
        width = 0 if match[0] == "\n" else len(match[0])
        opened = begun.pop(width, None)
        if not width:
            begun.clear()
        elif opened is not None and match.start() > opened + width and match.end() - opened <= _LONGEST_INLINE:
            spans.append(Span(opened, match.end()))
            begun.clear()
        elif not begun or width not in begun:
            begun[width] = match.start()
    return spans


_LONGEST_QUOTE = 300  # characters; a longer one is a passage, and protecting it would spend the budget
_SAME_PARAGRAPH = r"|\n(?![ \t]{0,80}\n)"
_QUOTE = re.compile(
    "|".join(
        [
            rf"\"(?<!\w\")(?=\S)(?:[^\"\n]{_SAME_PARAGRAPH}){{1,{_LONGEST_QUOTE}}}\"(?<!\s\")(?!\w)",
            *(
                rf"{opened}(?:[^{opened}{closed}\n]{_SAME_PARAGRAPH}){{1,{_LONGEST_QUOTE}}}{closed}"
                for opened, closed in ("“”", "„“", "«»", "‹›", "「」", "『』")
            ),
            rf"‘(?=\S)(?:[^‘’\n]|’(?=\w){_SAME_PARAGRAPH}){{1,{_LONGEST_QUOTE}}}’(?!\w)",
            r"'(?<!\w')(?=[^\s'])(?:[^'\n]|'(?=\w)){1,80}'(?<!\s')(?!\w)",
        ]
    )
)


def quotes(text: str) -> list[Span]:
    """Return quotations with their marks: paired, within one paragraph, at most 300 characters long.

    Example: 'He said "no way" and left' -> '"no way"'; not the marks of 5' 10" or don't
    """
    return matches(_QUOTE, text)


_STRUCTURE = re.compile(
    r"^[ \t]{0,12}(?:(?P<head>\#{1,6})[ \t]|(?P<item>[-*+]|\d{1,3}[.)])[ \t]|(?P<quote>>)|(?P<row>\|)"
    r"|(?P<rule>(?:[-=*_]{3,}|[-:][-:| \t]{2,200})[ \t\r]*$))"
    r"|(?P<link>!?\[)[^\[\]\n]{1,300}(?P<target>\]\([^()\s]{0,500}(?:[ ]\"[^\"\n]{0,100}\")?\))",
    re.MULTILINE,
)
_PIPE = re.compile(r"\|")
_TABLE_RULE = re.compile(r"[|\-: \t]+")


def markdown(text: str) -> list[Span]:
    """Return the signs that make Markdown's structure: of headings, lists, quotations, tables, rules and links.

    Only the signs and not what they mark, but of a link its whole target.
    """
    spans: list[Span] = []
    for match in _STRUCTURE.finditer(text):
        if match["row"]:
            spans += _pipes(text, match.start("row"))
        elif match["link"]:
            spans += [Span(*match.span("link")), Span(*match.span("target"))]
        elif match.lastgroup:
            spans.append(Span(*match.span(match.lastgroup)))
    return merged(spans)


def _pipes(text: str, start: int) -> list[Span]:
    """Return the pipes of a table row, or the row if it is only the rule below a head."""
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    rule = _TABLE_RULE.fullmatch(text, start, end)
    if rule and "-" in rule[0]:
        return [Span(start, start + len(rule[0].rstrip()))]
    return [Span(*pipe.span()) for pipe in _PIPE.finditer(text, start, end)]

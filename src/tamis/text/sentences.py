"""Sentences: a partition of any text, by terminators and by lines.

One linear scan over candidates (runs of terminators, line ends); each is judged by the word before it and the character
behind it. A sentence owns the white space that follows it. Judged locally, so a longer text has the sentences of a
shorter one, except for the last.

Does not know grammar: a run of speech without any punctuation is one sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tamis.core import Span
from tamis.text.abbreviations import ALWAYS, BEFORE_NUMBERS, MONTHS, OPENERS_OF_SENTENCES, SOMETIMES

_LATIN = ".!?…‼⁇⁈⁉．"  # end a sentence where white space follows
_STRONG = "。！？｡।॥؟۔։።፧፨။།᠃"  # end a sentence whatever follows
STOPS = frozenset(_LATIN + _STRONG)
"""What ends a sentence, in all scripts."""
_CLOSERS = "\"'”’»›)]}）］】」』》〉*_`"
_OPENERS = "\"'“‘«‹„([{（［【「『《〈*_`¿¡"
_LINE_ENDS = "\n\r\x0c\x85\u2028\u2029"

# Every part but the first character is optional and nothing must follow: a match never fails once begun, so the scan is
# linear whatever the text.
_CANDIDATE = re.compile(
    rf"(?P<stop>[{_LATIN}{_STRONG}][{_LATIN}{_STRONG}]*)(?P<close>[{re.escape(_CLOSERS)}{_LATIN}{_STRONG}]*)(?P<gap>\s*)"
    rf"|(?P<line>[{_LINE_ENDS}]\s*)"
)

_LABEL_WORD = r"[^\W\d_][\w'’.\-]{0,30}"
_SPEAKER = rf"{_LABEL_WORD}(?:[ \t]{{1,3}}[\w'’.()&\-]{{1,30}}){{0,3}}[ \t]?:(?=\s|$)"
_ROLE = r"(?i:user|assistant|system|human|ai|bot|agent|customer|tool|q|a)[ \t]?:"
# once: headings, table rows, fences, rules; item: list items, quotations, time stamps, chat roles.
_STRUCTURE = re.compile(
    rf"(?P<once>\#{{1,6}}[ \t]|\||```|~~~|[=\-_*~]{{3,}}[ \t\r]*$)"
    rf"|(?P<item>[-+*•‣◦–—>][ \t]|\(?\d{{1,3}}[.)][ \t]|\(?[a-zA-Z]\)[ \t]|\[[ xX\d:.]{{1,12}}\]"
    rf"|\d{{1,2}}:\d\d\b|{_ROLE})"
    rf"|(?P<speaker>{_SPEAKER})",
    re.MULTILINE,
)
_UNDERLINE = re.compile(r"[=\-]{3,}[ \t\r]*$", re.MULTILINE)
_ENUMERATOR = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})")
_INNER_STOP = re.compile(r"[^\W\d_](?:\.[^\W\d_])+")  # U.S, e.g, a.m
_LONGEST_WORD = 24  # characters looked at before a stop
_WRAPPED = 50  # a line at least this long that ends without a terminator was probably wrapped by hand


def sentences(text: str) -> tuple[Span, ...]:
    """Return the sentences of the text: spans that partition it, none across a blank line.

    No sentence crosses the line end of a heading, table row, list item or speaker turn either; a line end inside
    hard-wrapped prose does not cut.

    Example: "Dr. Lee came. She left." -> "Dr. Lee came. " and "She left."
    """
    bounds = [0, *_cuts(text), len(text)] if text else [0]
    return tuple(map(Span, bounds, bounds[1:]))


@dataclass(slots=True)
class _Line:
    """The line the scan is in: where it starts, what it is, whether it lies in fenced code."""

    start: int
    kind: str
    fenced: bool = False


def _cuts(text: str) -> list[int]:
    """Return where sentences begin, but for the first."""
    cuts: list[int] = []
    first = len(text) - len(text.lstrip())
    line = _Line(first, _kind(text, first))
    line.fenced = _is_fence(text, first)
    for match in _CANDIDATE.finditer(text, first):
        end = match.end()
        if end == len(text):
            break
        gap = match["line"] or match["gap"] or ""
        if gap not in {"", " "} and any(mark in gap for mark in _LINE_ENDS):
            cut = _ends_at_line(text, match, line, gap)
            line = _Line(end, _kind(text, end), line.fenced ^ _is_fence(text, end))
        else:
            cut = not line.fenced and _ends_at_stop(text, match, line.start)
        if cut:
            cuts.append(end)
    return cuts


def _kind(text: str, start: int) -> str:
    """Return what the line that begins here is: "once", "item", "speaker" or "" for prose."""
    match = _STRUCTURE.match(text, start)
    if match is None:
        return ""
    if match.lastgroup == "speaker" and not text[start].isupper():
        return ""
    return match.lastgroup or ""


def _is_fence(text: str, start: int) -> bool:
    return text.startswith(("```", "~~~"), start)


def _ends_at_line(text: str, match: re.Match[str], line: _Line, gap: str) -> bool:
    """Whether the sentence ends at this line end."""
    end = match.end()
    if gap.count("\n") > 1 or gap.count("\r") > 1 or any(mark in gap for mark in "\x0c\u2029"):
        return True
    if _UNDERLINE.match(text, end) and not line.fenced:
        return False  # "Title\n=====" is one heading
    if line.fenced or line.kind == "once" or _kind(text, end):
        return True
    if match["line"] is None and not line.kind:
        return _ends_at_stop(text, match, line.start)
    return not _continues(text, match, line)


def _continues(text: str, match: re.Match[str], line: _Line) -> bool:
    """Whether the text goes on behind this line end, as in prose wrapped by hand."""
    gap = match["line"] or match["gap"]
    before, after = text[match.end() - len(gap) - 1], _first_letter(text, match.end())
    if before in ":;{}" or text[match.end()] in "{}":
        return False  # code, or a line that announces the next
    if after.islower():
        return True
    long = match.start() - line.start >= _WRAPPED
    return (
        long and after.isalnum() and (not line.kind or (line.kind == "item" and _hangs(text, line.start, match.end())))
    )


def _hangs(text: str, start: int, end: int) -> bool:
    """Whether a line is indented deeper than one before it, as the text of an item under its sign."""
    return _indent(text, end) > _indent(text, start)


def _indent(text: str, start: int) -> int:
    head = text[max(0, start - _LONGEST_WORD) : start]
    return len(head) - len(head.rstrip(" \t"))


def _ends_at_stop(text: str, match: re.Match[str], line_start: int) -> bool:
    """Whether the sentence ends at this run of terminators."""
    stop, close, gap = match["stop"], match["close"], match["gap"]
    if stop[-1] in _STRONG:
        return not close or bool(gap) or stop[-1] in "。｡"  # 「行く？」と言った goes on
    after = _first_letter(text, match.end())
    if not gap or (close and after.islower()):
        return False  # 3.14; "Why?" she asked
    if stop != ".":
        return not after.islower() or (stop[0] in "?!" and not _is_command(text, match.start()))
    if text[match.start() - 1 : match.start()].isspace() and not after.isupper():
        return False  # "find . -name"
    head = text[max(line_start, match.start() - _LONGEST_WORD) : match.start()]
    if _ENUMERATOR.fullmatch(text, line_start, match.start()):
        return False  # "1. First"
    return _word_ends(head.rsplit(None, 1)[-1].lstrip(_OPENERS) if head.strip() else "", text, match.end())


def _word_ends(word: str, text: str, end: int) -> bool:
    """Whether a sentence ends at the full stop behind this word, with the next sentence to begin at `end`."""
    after = _first_letter(text, end)
    key = word.lower()
    if key in ALWAYS:
        return False
    if key in BEFORE_NUMBERS and (after.isdigit() or after.islower()):
        return False
    doubtful = key in SOMETIMES or _INNER_STOP.fullmatch(word) or (len(word) == 1 and word.isupper() and word != "I")
    if doubtful:
        return not after.islower() and _next_word(text, end).lower() in OPENERS_OF_SENTENCES
    if len(word) == 1 and len(_next_word(text, end).rstrip(".")) == 1 and text[end + 1 : end + 2] == ".":
        return False  # "z. B.", "т. д."
    if word.isdigit() and len(word) <= 2:  # an ordinal, in many languages: "am 14. März", "14. března"
        return not after.islower() and _next_word(text, end).lower() not in MONTHS
    return not after.islower() or len(word) > 1


def _is_command(text: str, stop: int) -> bool:
    """Whether the mark is a part of what one types: ":q! leaves"."""
    head = text[max(0, stop - _LONGEST_WORD) : stop].split()
    return bool(head) and head[-1][0] in ":/\\$-"


def _first_letter(text: str, start: int) -> str:
    """Return the first character behind opening quotes and brackets; "" at the end."""
    for char in text[start : start + 8]:
        if char not in _OPENERS:
            return char
    return ""


def _next_word(text: str, start: int) -> str:
    head = text[start : start + _LONGEST_WORD].lstrip(_OPENERS).split(None, 1)
    return head[0].rstrip(",;:'’\"") if head else ""

"""How a line of a text begins, and what kind it is by that: a fence, a heading, an item, a key with its value."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from tamis.text.relations import Places

_KEY = (
    r"(?:\[?\d{1,2}:\d\d(?::\d\d)?\]?[ \t]+)?"  # a time stamp
    r"[*_\"'`]{0,2}[^\W\d][^\s:]{0,40}(?:[ \t]+[^\s:]{1,40}){0,3}[*_\"'`]{0,2}[ \t]?[:：][*_]{0,2}(?=[ \t]|$|(?<=：))"
)
# The sign of an item; "- 1." and "- [ ] a)" are one. Chinese and Japanese write no blank behind theirs.
_SIGN = (
    r"(?:(?:[\-+*•‣◦–—]|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})\)|\d{1,3}\.|[a-h]\.|\[\^[^\]\s]{1,40}\]:)(?=[ \t])"
    r"|(?:\d{1,3}|[一二三四五六七八九十]{1,3})、|[（(](?:\d{1,3}|[一二三四五六七八九十]{1,3})[)）](?=\p{Han})|[①-⑳])"
)
_LINE = regex.compile(
    r"(?P<quote>(?:[ \t]{0,3}>[ \t]?)+)?(?P<indent>[ \t]*)"
    r"(?:(?P<fence>`{3,}(?=[^`]*$)|~{3,}|\$\$(?=[ \t]*$))"
    r"|(?P<heading>\#{1,6})(?=[ \t]|$)"
    r"|(?P<delimiter>\|?[ \t]*:?-+:?[ \t]*(?:[|+][ \t]*:?-+:?[ \t]*)+\|?[ \t]*$|\|[ \t]*:?-+:?[ \t]*\|[ \t]*$)"
    r"|(?P<rule>(?:-[ \t]*){3,}$|(?:=[ \t]*){3,}$|(?:[*][ \t]*){3,}$|(?:_[ \t]*){3,}$)"
    rf"|(?P<item>{_SIGN}(?:[ \t]+(?:\[[ xX]\](?=[ \t])|{_SIGN})){{0,2}}[ \t]*)"
    r"|(?P<definition>\[[^\]\n]{1,100}\]:(?=[ \t]*\S))"
    r"|(?P<trace>Traceback \(most recent call last\):)"
    r")?(?P<key>" + _KEY + r")?"
)
KINDS = ("fence", "heading", "delimiter", "rule", "item", "definition", "trace", "key")


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line: its characters, its units, how it begins, and what kind it is ("" for text)."""

    start: int
    end: int
    units: range
    match: regex.Match[str]
    kind: str

    @property
    def indent(self) -> int:
        """Columns before its first sign, a tab being four."""
        return len(self.match["indent"].expandtabs(4))


def line_of(text: str, places: Places, start: int, end: int) -> TextLine:
    """The line between two characters of a text."""
    match = _LINE.match(text, start, end)
    kind = next((kind for kind in KINDS if match[kind]), "")
    return TextLine(start, end, places.units(start, end), match, kind)

"""What stands in pairs: brackets, quotation marks, emphasis, tags, links, inline code.

One scan over the signs. A closing sign is paired with the nearest open one that it can close, within a paragraph or
list item (tags: anywhere); signs that find no partner are left alone, and so are apostrophes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from tamis.text.relations import Places, Relations

NEAR = 8  # open signs that a closing one looks back over
SHORT = 12  # units of a call with arguments that goes or stays whole: f(a, b)
LINK = 24  # units of the text of a link that goes or stays whole
_LONGEST = 300  # characters of inline code
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "track"})
_SIGN = regex.compile(
    r"\\[\\`*_{}\[\]()#+\-.!~<>|\"']"  # escaped, no sign
    r"|(?P<line>\n)"
    rf"|(?P<code>(?<!`)(?P<ticks>`{{1,3}})(?!`)[^\n]{{1,{_LONGEST}}}?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<comment><!--(?s:.){0,2000}?-->)"
    r"|(?P<tag></?[A-Za-z][\w:\-]{0,40}(?=[\s/>])[^<>\n]{0,400}>)"
    r"|(?P<sign>[()\[\]{}（）「」『』【】《》〈〉〔〕｛｝\"“”„«»‹›]|(?<!\w)['‘’]|['’](?!\w)"
    r"|\*{1,3}|~~|(?<!=)==(?!=)|(?<!\w)_{1,3}(?=\S)|(?<=\S)_{1,3}(?!\w))"
)
# The target of a link, and its title: (url "title"), [reference]
_TARGET = regex.compile(
    r"\((?:[^()\s]|\([^()\s]{0,200}\)){0,1000}(?:[ \t]+(?:\"[^\"\n]{0,200}\"|'[^'\n]{0,200}'))?[ \t]*\)"
    r"|\[[^\[\]\n]{0,100}\]"
)
_BRACKETS = dict(zip(")]}）」』】》〉〕｝", "([{（「『【《〈〔｛", strict=True))
# What each closing sign may close; the same quotation marks open and close in other languages (»so«, „so“, ”so”).
_CLOSES = {closing: {opening} for closing, opening in _BRACKETS.items()} | {
    "“": {"„"}, "”": {"“", "„", "”"}, "«": {"»"}, "»": {"«", "»"}, "‹": {"›"}, "›": {"‹", "›"}, "'": {"'", "‘"},
    "’": {"‘", "’", "'"}, "‘": {"‚"}, "„": set(),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Open:
    """A sign that waits for its partner, and where it stands."""

    sign: str
    start: int
    end: int


def pairs(text: str, places: Places, breaks: frozenset[int], code: Sequence[tuple[int, int]]) -> Relations:
    """Read the pairs of a text.

    breaks -- positions of lines where something new begins: no pair reaches over them
    code -- ranges of characters, in order, in which signs mean nothing
    """
    scan = _Scan(text, places, breaks)
    for match in _signs(text, code):
        if match.start() >= scan.resume:
            scan.read(match)
    return scan.relations


def _signs(text: str, code: Sequence[tuple[int, int]]) -> Iterator[regex.Match[str]]:
    start = 0
    for low, high in [*code, (len(text), len(text))]:
        yield from _SIGN.finditer(text, start, low)
        start = high


class _Scan:
    """The state of the scan: what is open, and what has been read so far."""

    def __init__(self, text: str, places: Places, breaks: frozenset[int]) -> None:
        self.text, self.places, self.breaks = text, places, breaks
        self.relations = Relations()
        self.open: list[_Open] = []
        self.tags: list[_Open] = []
        self.resume = 0  # signs before this place have been read

    def read(self, match: regex.Match[str]) -> None:
        """Read one sign."""
        start, end = match.span()
        if match["line"]:
            if end in self.breaks or not self.text[end : self.text.find("\n", end) + 1 or None].strip():
                self.open.clear()
        elif match["code"] or match["comment"]:
            self._whole(start, end)
        elif match["tag"]:
            self._tag(match[0], start, end)
        elif match["sign"]:
            self._sign(match[0], start, end)

    def _sign(self, sign: str, start: int, end: int) -> None:
        before, after = self.text[start - 1 : start], self.text[end : end + 1]
        opens, closes = _sides(sign, before, after)
        partner = self._partner(sign) if closes else None
        if partner is not None:
            self._pair(partner, start, end)
        elif opens:
            self.open.append(_Open(sign, start, end))

    def _partner(self, sign: str) -> _Open | None:
        """Take the open sign that this one closes, and forget what was opened since."""
        wanted = _CLOSES.get(sign, {sign})
        for back in range(1, min(len(self.open), NEAR) + 1):
            if self.open[-back].sign in wanted:
                partner = self.open[-back]
                del self.open[-back:]
                return partner
        return None

    def _pair(self, partner: _Open, start: int, end: int) -> None:
        if self.text[start] == "]" and self._link(partner, start):
            return
        (left, *_), (right, *_) = self.places.units(partner.start, partner.end), self.places.units(start, end)
        if left == right:
            return
        if self.places.pure(left, partner.start, partner.end) and self.places.pure(right, start, end):
            self.relations.accompany(range(left, left + 1), left + 1, right)
            self.relations.accompany(range(right, right + 1), left + 1, right)
            self.relations.ties.append((left, right))
        elif right - left <= SHORT:
            self.relations.wholes.append((left, right + 1))  # f(a, b); _two words_
        else:
            self.relations.ties.append((left, right))

    def _link(self, partner: _Open, start: int) -> bool:
        """Read a link or an image whose text ends here: a whole; what is around a long text stays with some of it."""
        target = _TARGET.match(self.text, start + 1)
        if target is None or (target[0][0] == "[" and start - partner.start < 2):
            return False
        self.resume = target.end()
        image = self.text[partner.start - 1 : partner.start] == "!"
        left = self.places.units(partner.start - image, partner.end)
        right = self.places.units(start, target.end())
        short = right[0] - left[0] <= LINK
        if image or short or left[-1] >= right[0] or not self.places.pure(left[0], partner.start, partner.end):
            self.relations.wholes.append((left[0], right[-1] + 1))
            return True
        self.relations.accompany(range(left[0], left[0] + 1), left[0] + 1, right[0])
        self.relations.accompany(right, left[0] + 1, right[0])
        self.relations.ties.extend((left[0], unit) for unit in right)
        self.relations.quiet.extend((left[0], *right))
        return True

    def _tag(self, tag: str, start: int, end: int) -> None:
        """Pair a tag; <br> and <img/> stand alone."""
        name = tag.strip("</>").split(None, 1)[0].rstrip("/").lower()
        if not tag.startswith("</"):
            if name not in _VOID and not tag.endswith("/>"):
                self.tags.append(_Open(name, start, end))
            return
        for back in range(1, min(len(self.tags), NEAR) + 1):
            if self.tags[-back].sign == name:
                partner = self.tags[-back]
                del self.tags[-back:]
                self._pair(partner, start, end)
                return

    def _whole(self, start: int, end: int) -> None:
        units = self.places.units(start, end)
        if len(units) > 1:
            self.relations.wholes.append((units[0], units[-1] + 1))


def _sides(sign: str, before: str, after: str) -> tuple[bool, bool]:
    """Whether a sign can open, and whether it can close something, by the characters around it ("" at an end)."""
    if sign in _BRACKETS:
        return False, True
    if sign in _BRACKETS.values():
        return True, False
    free_before = not before or not (before.isalnum() or before in "_.!?,;:…%")
    solid_after, solid_before = bool(after) and not after.isspace(), bool(before) and not before.isspace()
    if sign in "„“‘«‹":  # French writes a blank inside: « so »
        return sign != "«" or not solid_before or not before.isalnum(), solid_before or sign == "«"
    if sign in "”’»›":
        return free_before and (after.isalnum() or after in "“„«‘([") and bool(after), True
    return solid_after and free_before, solid_before

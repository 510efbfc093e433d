"""HTML as text to be read: its visible words as Markdown, each character with its place in the source.

By `html.parser` of the standard library, which reads whatever browsers do. Scripts, styles and what is hidden is no
text. Does not say what is content.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

import numpy as np
import regex

from tamis.core import Bools, Ints
from tamis.prompt.forms.pages.tags import ASIDE, ASIDE_NAMES, ASIDE_ROLES, BLOCKS, MAIN, SILENT, VOID
from tamis.text.viewed import View

_SPACE = regex.compile(r"\s+")
_LINE_STARTS = regex.compile(r"\n")


@dataclass(slots=True)
class _Open:
    """An open element: its name, whether nothing in it is seen, whether it is no content, whether it is the main part.

    Attributes:
        named: whether it is no content by its name only: where its text begins in what is read, else -1.
        count: of items of a list, of rows of a table.
        cells: of the row that is read.
    """

    name: str
    silent: bool
    aside: bool
    main: bool
    named: int = -1
    count: int = 0
    cells: int = 0


@dataclass(frozen=True, eq=False)
class PageText:
    """A page as it is read.

    Attributes:
        view: its text, as Markdown.
        aside: (characters,) of navigation, footers and the like.
        named: (first, last) of elements that are no content if their names are to be believed.
        main: (characters,) of what the page itself calls its main part.
        linked: (characters,) of links.
        title: where the title of the page ends, which stands before all else; 0 without one.
    """

    view: View
    aside: Bools
    main: Bools
    linked: Bools
    title: int = 0
    named: tuple[tuple[int, int], ...] = ()


@dataclass
class _Characters:
    """The view under construction."""

    text: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    separators: list[tuple[int, int]] = field(default_factory=list)
    flags: list[int] = field(default_factory=list)

    def add(self, text: str, start: int, flag: int) -> None:
        """Characters that stand so in the source."""
        size = len(text)
        self.text.append(text)
        self.starts += range(start, start + size)
        self.ends += range(start + 1, start + size + 1)
        self.separators += [(start, start)] * size
        self.flags += [flag] * size

    def one(self, text: str, start: int, end: int, flag: int) -> None:
        """A character that is written otherwise in the source: "&amp;"."""
        for number, character in enumerate(text):
            self.text.append(character)
            self.starts.append(start if not number else end)
            self.ends.append(end)
            self.separators.append((start, end) if not number else (end, end))
            self.flags.append(flag)

    def only(self, text: str, at: int, separator: tuple[int, int], flag: int) -> None:
        """Characters that only the view has."""
        for number, character in enumerate(text):
            self.text.append(character)
            self.starts.append(at)
            self.ends.append(at)
            self.separators.append(separator if not number else (at, at))
            self.flags.append(flag)


class PageReader(HTMLParser):
    """Reads a page from its beginning to its end."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self.source = source
        self.line_starts = [0, *(match.end() for match in _LINE_STARTS.finditer(source))]
        self.into = _Characters()
        self.open: list[_Open] = []
        self.broken = 0  # line ends to come before the next text
        self.separator = (0, 0)  # the tag that asks for them
        self.blank: tuple[int, int] | None = None  # white space that is still to come
        self.title = 0
        self.named: list[tuple[int, int]] = []
        self.marks = ""  # of the line that begins: "# ", "- "
        self.code = 0  # open elements whose white space counts

    def read(self) -> PageText:
        """The whole page."""
        self.feed(self.source)
        self.close()
        self._leave(0)
        into = self.into
        text = "".join(into.text)
        flags = np.array(into.flags, np.int64)
        separators = np.array(into.separators, np.int64).reshape(-1, 2)
        view = View(text, _ints(into.starts), _ints(into.ends), separators)
        return PageText(view, (flags & 1) > 0, (flags & 2) > 0, (flags & 4) > 0, self.title, tuple(self.named))

    @property
    def _at(self) -> int:
        line, column = self.getpos()
        return int(self.line_starts[line - 1]) + column

    @property
    def _flag(self) -> int:
        aside = bool(self.open) and self.open[-1].aside
        main = bool(self.open) and self.open[-1].main
        return aside + 2 * main + 4 * any(one.name == "a" for one in self.open[-4:])

    # Tags

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self._tag(tag, closes=False)
        if tag in VOID:
            return
        given = {name: value or "" for name, value in attrs}
        outer = self.open[-1] if self.open else _Open("", silent=False, aside=False, main=False)
        main = outer.main or tag in MAIN or given.get("role") == "main"
        silent = outer.silent or tag in SILENT or _hidden(given)
        no_content = outer.aside or _no_content(tag, given, in_main=outer.main)
        named = len(self.into.starts) if _named(tag, given) else -1
        self.open.append(_Open(tag, silent, no_content, main, named))
        self._begin(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element that is empty."""
        self._tag(tag, closes=True)

    def handle_endtag(self, tag: str) -> None:
        """An element ends, and all that were left open in it."""
        places = [place for place, one in enumerate(self.open) if one.name == tag]
        if not places:
            return
        self._end(tag)
        self._leave(places[-1])
        self._tag(tag, closes=True)

    def _leave(self, place: int) -> None:
        """Close all elements from one on."""
        for one in self.open[place:]:
            self.code -= one.name == "pre"
            if one.named >= 0:
                self.named.append((one.named, len(self.into.starts)))
        del self.open[place:]

    def _tag(self, tag: str, *, closes: bool) -> None:
        """Ask for line ends around a block."""
        ends = 1 if tag in {"ul", "ol"} and self._inner("li") else BLOCKS.get(tag, 0)
        if ends > self.broken and tag not in {"td", "th"}:
            text = self.get_starttag_text() if not closes else None
            self.broken = ends
            size = len(text) if text else self.source.find(">", self._at) + 1 - self._at
            self.separator = (self._at, self._at + max(size, 0))

    def _begin(self, tag: str) -> None:
        """What stands before the first word of an element."""
        if len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
            self.marks = "#" * int(tag[1]) + " "
        elif tag == "li":
            lists = [one for one in self.open[:-1] if one.name in {"ul", "ol"}]
            if lists:
                lists[-1].count += 1
            ordered = bool(lists) and lists[-1].name == "ol"
            self.marks = "  " * (len(lists) - 1) + (f"{lists[-1].count}. " if ordered else "- ")
        elif tag == "pre":
            self.code += 1
            self._only("```", line=True)
            self.broken = max(self.broken, 1)
        elif tag == "tr" and (table := self._inner("table")):
            table.count += 1
            self.open[-1].cells = 0
        elif tag in {"td", "th"} and (row := self._inner("tr")):
            row.cells += 1
            if not self.open[-1].silent:
                self._cell(row)

    def _cell(self, row: _Open) -> None:
        """What stands before a cell: of the first one, a line end."""
        if row.cells > 1:
            self.broken = 0
            at = self._at
            self.blank = None
            self.into.only(" | ", at, (at, at + len(self.get_starttag_text() or "")), self._flag)
            return
        if self.into.text:
            self.into.only("\n" * max(self.broken, 1), self._at, self.separator, self._flag)
        self.broken = 0
        self._only("| ", line=False)

    def _end(self, tag: str) -> None:
        """What stands behind the last word of an element."""
        if tag == "tr" and (row := self._inner("tr")) and (cells := row.cells):
            self.broken, row.cells = 0, 0
            self._only(" |", line=False)
            table = self._inner("table")
            if table and table.count == 1:
                self.into.only("\n|" + "---|" * cells, self._at, (self._at, self._at), self._flag)
        elif tag == "pre":
            self.broken = max(self.broken, 1)
            self._only("```", line=True)
        elif tag in {"td", "th"}:
            self.blank = None
        elif tag == "title" and not self.title:
            self.title = len(self.into.starts)
        self.marks = ""

    def _in_cell(self) -> bool:
        """Whether the line that is read is a row of a table."""
        inner = next((one for one in reversed(self.open) if one.name in {"td", "th", "tr"}), None)
        return inner is not None and (inner.name != "tr" or inner.cells > 0)

    def _inner(self, tag: str) -> _Open | None:
        return next((one for one in reversed(self.open) if one.name == tag and not one.silent), None)

    # Text

    def handle_data(self, data: str) -> None:
        """Words."""
        if self.open and self.open[-1].silent:
            return
        start, at = self._at, 0
        if self.code:
            opens = data.startswith("\n") and self.into.text[-1:] == ["```"]  # (no part of the code)
            self._text(data[opens:], start + opens)
            return
        for space in _SPACE.finditer(data):
            self._text(data[at : space.start()], start + at)
            self._space(start + space.start(), space.group())
            at = space.end()
        self._text(data[at:], start + at)

    def handle_entityref(self, name: str) -> None:
        """A character by name."""
        self._character(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """A character by number."""
        self._character(f"&#{name};")

    def _character(self, written: str) -> None:
        if self.open and self.open[-1].silent:
            return
        at, says = self._at, html.unescape(written)
        size = len(written) if self.source.startswith(written, at) else len(written) - 1
        if says.isspace() and not self.code:
            self.blank = self.blank or (at, at + size)
            return
        self._before(at)
        self.into.one(says, at, at + size, self._flag)

    def _space(self, at: int, space: str) -> None:
        if self.blank is None and not self.broken:
            at += max(space.find(" "), 0)
            self.blank = at, at + 1

    def _text(self, text: str, start: int) -> None:
        if not text:
            return
        self._before(start)
        self.into.add(text, start, self._flag)

    def _only(self, text: str, *, line: bool) -> None:
        """A mark of the view; `line` if it begins one."""
        if line:
            self._before(self._at)
        self.blank = None
        self.into.only(text, self._at, (self._at, self._at), self._flag)

    def _before(self, at: int) -> None:
        """White space and marks that are due before a text."""
        before = self.into.text[-1] if self.into.text else ""
        if self.broken and before:
            ends = " " * (before[-1] != " ") if self._in_cell() else "\n" * (self.broken - before.endswith("\n"))
            self.into.only(ends, at, self.separator, self._flag)
        elif self.blank and before:
            start, end = self.blank
            if self.source[start] == " ":
                self.into.add(" ", start, self._flag)
            else:
                self.into.only(" ", start, (start, end), self._flag)
        if self.marks and not self._in_cell():
            self.into.only(self.marks, at, (at, at), self._flag)
        self.broken, self.blank, self.marks = 0, None, ""


def _ints(values: Sequence[int]) -> Ints:
    return np.array(values, np.int64)


def _hidden(given: dict[str, str]) -> bool:
    style = given.get("style", "").replace(" ", "").lower()
    return "hidden" in given or given.get("aria-hidden") == "true" or "display:none" in style


def _no_content(tag: str, given: dict[str, str], *, in_main: bool) -> bool:
    """Whether an element is there to get about, to sell, to share."""
    if tag in ASIDE or given.get("role", "").lower() in ASIDE_ROLES:
        return not (in_main and tag in {"header", "form"})
    return False


def _named(tag: str, given: dict[str, str]) -> bool:
    """Whether the names that an element has say that it is no content."""
    if tag in {"body", "html", "main", "article"}:
        return False
    return ASIDE_NAMES.search(f"{given.get('class', '')} {given.get('id', '')}".lower()) is not None

"""The lines of a text that are built: headings, lists, tables, fences, quotations, keys with values, errors.

One pass over the lines, each judged by how it begins, and by what is open: a fence, a table, a list, a line that
announces the next ("Do not:"). Markdown as people write it, not as a standard has it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import regex

from tamis.text.clauses import BREAKS
from tamis.text.lines import TextLine, line_of
from tamis.text.relations import Places, Relations

SHORT = 12  # words of a line that goes or stays whole: a heading, an item that others belong to
LONG = 80  # units of a table row or line of an error; a longer one is text
STOPS = frozenset(".!?。！？؟।")  # end the sentence behind a key
LABEL = 4  # units of the first line of an item that names what is under it
VALUE = 5  # units of a value that goes or stays whole with its key
_COMMENTS = ("#", "//", "--", "/*", "* ", ";", "%", "<!--", '"""')
_EXCEPTION = regex.compile(
    r"(?:Caused by: )?[A-Za-z_][\w.]{0,100}(?:Error|Exception|Warning|Exit|Interrupt|Failure)\b(?=:|[ \t]|$)"
)
_FRAME = regex.compile(r"[ \t]+(?:at |File \"|\.\.\. )")
_ERROR = regex.compile(r"\b(?:ERROR|FATAL|CRITICAL|SEVERE|PANIC)\b")


@dataclass(frozen=True, slots=True)
class Blocks:
    """What the lines say.

    Attributes:
        relations: of the units.
        breaks: where lines begin over which no pair of signs reaches.
        code: ranges of characters in fences.
    """

    relations: Relations
    breaks: frozenset[int]
    code: list[tuple[int, int]]


def blocks(text: str, places: Places) -> Blocks:
    """Read the lines of a text."""
    reader = _Reader(text, places)
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        reader.line(start, end)
        start = end + 1
    reader.finish()
    return Blocks(reader.relations, frozenset(reader.breaks), reader.code)


@dataclass(slots=True)
class _Item:
    """An item of a list: its indentation, its sign, where its own text ends so far; what it needs."""

    indent: int
    sign: range
    high: int
    head: int


@dataclass(slots=True)
class _Head:
    """A line that others need: an item with items under it, or one that announces a list, a table or code."""

    units: range
    announces: bool
    content: range = range(0)
    goes_on: bool = False  # in the next line, as what was wrapped by hand does


class _Reader:
    """What is open while the lines are read, and what they have said so far."""

    def __init__(self, text: str, places: Places) -> None:
        self.text, self.places = text, places
        self.relations, self.breaks, self.code = Relations(), set[int](), list[tuple[int, int]]()
        self.fence: tuple[str, range, int] | None = None  # sign, units, where the content begins
        self.indent = 0  # of the fence
        self.comment = -1  # the first unit of the comment before a line of code
        self.front: range | None = None  # the first line of front matter
        self.header: range | None = None  # of the table that the next lines may go on with
        self.items: list[_Item] = []
        self.headings: list[tuple[int, range]] = []
        self.lead = -1  # the last word of a line that announces what follows
        self.heads: dict[int, _Head] = {}  # lines that others may need, by the unit that these need
        self.key: tuple[range, int, int] | None = None  # a key, and the units of its value so far
        self.keys: list[tuple[range, int, int]] = []  # all keys, and the units of their values
        self.error = -1  # the first unit of the error or exception that the next lines may belong to
        self.frames: list[range] = []  # of a traceback whose exception is still to come
        self.before: TextLine | None = None  # the line before; None behind a blank one
        self.written = 0  # the first unit of the text that the lines before go on with

    def line(self, start: int, end: int) -> None:
        """Read one line."""
        units = self.places.units(start, end)
        if self.fence is not None:
            self._fenced(start, end, units)
        elif not units:
            self._blank()
        else:
            line = line_of(self.text, self.places, start, end)
            line = replace(line, kind="") if line.kind == "key" and self._runs_on(line) else line
            if line.kind:
                self.breaks.add(start)
            if line.kind or self.before is None:
                self.written = (
                    self.places.units(line.match.end("item"), end).start if line.kind == "item" else units.start
                )
            self._built(line)
            self.before = line

    def finish(self) -> None:
        """Close what is open at the end of the text: a fence, too, as in a result that was cut off."""
        end = len(self.places.starts)
        if self.fence is not None:
            _, opening, content = self.fence
            self.relations.accompany(opening, opening.stop, end)
            self.code.append((content - 1, len(self.text)))
        self._blank()
        self._close_items(-1)
        self._close_headings(0, end)
        self._close_keys()
        self._close_heads()

    def _blank(self) -> None:
        self._close_table()
        self._close_key()
        self.before, self.error = None, -1
        self.frames.clear()

    def _built(self, line: TextLine) -> None:
        quote = line.match["quote"]
        if quote:
            signs = self.places.units(line.start, line.start + len(quote))
            self.relations.accompany(signs, signs.stop, line.units.stop)
        if self._row(line) or self._failure(line):
            return
        self._close_table()
        if line.kind in {"fence", "heading", "rule", "item"}:
            self._close_key()
            self._begin(line)
        elif line.kind == "definition":
            self.relations.wholes.append((line.units.start, line.units.stop))
        else:
            self._text(line)
        if line.kind not in {"fence", "heading", "rule"}:
            self._key(line)
            self._announce(line)

    def _begin(self, line: TextLine) -> None:
        """Read a line whose sign says what it is."""
        {
            "fence": self._fence,
            "heading": self._heading,
            "rule": self._rule,
            "item": self._item,
        }[line.kind](line)

    # Fences

    def _fence(self, line: TextLine) -> None:
        self.fence, self.indent = (line.match["fence"], line.units, line.end + 1), line.indent

    def _fenced(self, start: int, end: int, units: range) -> None:
        """Read a line of code: whole or gone; or the end of the fence, which stays with what is inside."""
        assert self.fence is not None
        sign, opening, content = self.fence
        if self.text[start:end].strip(" \t\r>") == sign[0] * max(len(sign), self.text.count(sign[0], start, end)):
            low, high = opening.stop, units.start
            self.relations.accompany(opening, low, high)
            self.relations.accompany(units, low, high)
            if sign == "$$" and low < high:
                self.relations.wholes.append((low, high))
            inner = self.items and self.items[-1].indent < self.indent
            self._needs(range(low, high), self.items[-1].sign.stop if inner else self.lead)
            self.code.append((content - 1, end))
            self.fence, self.before, self.lead, self.comment = None, None, -1, -1
        elif not units:
            self.comment = -1
        else:
            self.relations.wholes.append((units.start, units.stop))
            if self.text[start:end].lstrip().startswith(_COMMENTS):
                self.comment = units.start
            self._needs(units, self.comment)  # "never call this twice", and the call

    # Headings, rules, definitions

    def _heading(self, line: TextLine, level: int = 0) -> None:
        """A short heading stays with what stands under it; a long one is text with a sign before it."""
        level = level or len(line.match["heading"])
        self._close_items(-1)
        self._close_headings(level, line.units.start)
        self.lead = -1
        if len(line.units) <= 2 * SHORT:
            self.headings.append((level, line.units))
        elif line.match["heading"]:
            signs = self.places.units(line.start, line.match.end("heading"))
            self.relations.accompany(signs, signs.stop, line.units.stop)

    def _close_headings(self, level: int, end: int) -> None:
        """A section ends: its heading stays with what is in it; a heading of nothing stands alone, whole."""
        while self.headings and self.headings[-1][0] >= level:
            _, units = self.headings.pop()
            if units.stop < end:
                self.relations.accompany(units, units.stop, end)
            else:
                self.relations.wholes.append((units.start, units.stop))

    def _rule(self, line: TextLine) -> None:
        """A line of dashes: around front matter, under a heading, or between parts."""
        before = self.before
        if line.start == 0:
            self.front = line.units
        elif self.front is not None and self.text.startswith("---", line.start):
            for units in (self.front, line.units):
                self.relations.accompany(units, self.front.stop, line.units.start)
            self.front = None
        elif before is not None and not before.kind and self.text[line.start] in "=-":
            title = TextLine(before.start, line.end, range(before.units.start, line.units.stop), before.match, "")
            self._heading(title, 1 if self.text[line.start] == "=" else 2)

    # Lists

    def _item(self, line: TextLine) -> None:
        """An item: its sign stays with its text; what hangs under another item, or under "Do not:", needs that."""
        self._close_items(line.indent)
        start = line.match.start("item")
        sign = self.places.units(start, line.match.end("item"))
        head = self.items[-1].sign.stop if self.items else self.lead
        self._needs(line.units, head)
        if self.items:
            self.items[-1].high = min(self.items[-1].high, line.units.start)
        self.items.append(_Item(line.indent, sign, line.units.stop, head))
        if sign.stop < line.units.stop:
            self.heads[sign.stop] = _Head(range(sign.stop, line.units.stop), announces=self._announces(line))

    def _needs(self, units: range, head: int) -> None:
        """Say that the units need a word before them."""
        if units and 0 <= head < units.start:
            self.relations.needs.append((units.start, units.stop, head))
            if head in self.heads:
                self.heads[head].content = range(self.heads[head].content.start or units.start, units.stop)

    def _close_heads(self) -> None:
        """A line that announces others stays just with some of them; any other that others need is whole."""
        for head, line in self.heads.items():
            if not line.content:
                continue
            if len(line.units) > 2 * SHORT:
                self.relations.ties.extend((head, unit) for unit in line.units[-1:] if line.announces)
            elif line.announces:
                self.relations.accompany(line.units, line.content.start, line.content.stop)
            elif not line.goes_on:
                self.relations.wholes.append((line.units.start, line.units.stop))

    def _close_items(self, indent: int) -> None:
        """End the items that are indented as much or more."""
        while self.items and self.items[-1].indent >= indent:
            item = self.items.pop()
            head = self.heads.get(item.sign.stop)
            high = max(item.high, head.content.stop if head and head.announces else 0)
            sign = item.sign
            if head and not head.announces and len(head.units) <= LABEL and head.units.stop < item.high:
                sign = range(sign.start, head.units.stop)  # "1. Definitions." above its text
            self.relations.accompany(sign, sign.stop, high)

    def _text(self, line: TextLine) -> None:
        """A line of text goes on with the item before it, or ends the list."""
        if self.items and self.before is not None and (head := self.heads.get(self.items[-1].sign.stop)):
            head.goes_on = True
        if self.items and (line.indent > self.items[-1].indent or self.before is not None):
            self._needs(line.units, self.items[-1].head)
            if self.items[-1].high == line.units.start:
                self.items[-1].high = line.units.stop
        elif not (self.before is None and line.match["indent"]):
            self._close_items(-1)
            self.lead = -1
        indented = line.indent >= 4 and not self.items and not line.match["quote"]
        if indented and not line.kind and len(line.units) <= 2 * SHORT and not _FRAME.match(self.text, line.start):
            self.relations.wholes.append((line.units.start, line.units.stop))  # code, most likely

    # Keys and announcements

    def _key(self, line: TextLine) -> None:
        """A key stays with its value, a speaker with what is said; a short value goes or stays whole with its key."""
        if not line.match["key"] or not line.kind:
            if self.key is not None and line.kind == "":
                self.key = (*self.key[:2], line.units.stop)
            return
        self._close_key()
        key = self.places.units(*line.match.span("key"))
        if key:
            self.key = (key, key.stop, line.units.stop)

    def _runs_on(self, line: TextLine) -> bool:
        """Whether a line that looks like a key goes on with a sentence: "provided that You / meet the conditions:"."""
        before = self.before
        if before is None or before.kind not in ("", "item") or not self.text[line.match.start("key")].islower():
            return False
        return self.text[self.places.ends[before.units.stop - 1] - 1] not in STOPS | BREAKS

    def _close_key(self) -> None:
        if self.key is not None:
            self.keys.append(self.key)
        self.key = None

    def _close_keys(self) -> None:
        """Keys stay with their values; a key that stands alone ("Decision: ...") with its first sentence."""
        names = [self._between(key.start, key.stop - 1) for key, _, _ in self.keys]
        often = Counter(names)
        for i, (key, low, high) in enumerate(self.keys):
            if low < high <= low + VALUE:
                self.relations.wholes.append((key.start, high))
                continue
            alone = often[names[i]] == 1 and not (self._adjacent(i - 1) or self._adjacent(i))
            self.relations.accompany(key, low, self._sentence_end(low, high) if alone else high)

    def _between(self, first: int, last: int) -> str:
        return self.text[self.places.starts[first] : self.places.ends[last]]

    def _adjacent(self, i: int) -> bool:
        """Whether the next key stands in the line behind the value of this one."""
        if not 0 <= i < len(self.keys) - 1:
            return False
        end, start = self.places.ends[self.keys[i][2] - 1], self.places.starts[self.keys[i + 1][0].start]
        return self.text.count("\n", end, start) < 2

    def _sentence_end(self, low: int, high: int) -> int:
        """Where the first sentence of these units ends, judged by its stop alone."""
        starts, ends = self.places.starts, self.places.ends
        stops = (i for i in range(low, high - 1) if self.places.mark[i] and self.text[starts[i]] in STOPS)
        return next((i + 1 for i in stops if ends[i] < starts[i + 1] or self.text[starts[i]] in "。！？"), high)

    def _sentence_begin(self, line: TextLine) -> int:
        """Where the sentence begins that ends with this line; a line before this one if it was wrapped by hand."""
        if self.before is None or self.before.kind not in ("", "item") or line.kind:
            return line.units.start
        starts, ends = self.places.starts, self.places.ends
        stops = (i for i in range(line.units.start - 1, self.written - 1, -1) if self.places.mark[i])
        return next((i + 1 for i in stops if self.text[starts[i]] in STOPS and ends[i] < starts[i + 1]), self.written)

    def _announces(self, line: TextLine) -> bool:
        last = self.places.ends[line.units.stop - 1]
        return self.text[last - 1] in ":：" or self.text[last - 3 : last] == ":**"

    def _announce(self, line: TextLine) -> None:
        """Remember the end of a line like "Do not:"; what it announces needs it."""
        if line.kind == "item" or not self._announces(line):
            return
        self.lead = line.units.stop - 1
        while self.lead > line.units.start and self.places.mark[self.lead]:
            self.lead -= 1
        self.heads[self.lead] = _Head(range(self._sentence_begin(line), line.units.stop), announces=True)

    # Tables

    def _row(self, line: TextLine) -> bool:
        """A row of a table: whole or gone; its header, with the rule below it, stays with any row."""
        before = self.before
        if line.kind == "delimiter" and before is not None and "|" in self.text[before.start : before.end]:
            self._close_table()
            row = (before.units.start, before.units.stop)
            if row in self.relations.wholes[-2:]:  # (the line that announces the table may have come behind it)
                self.relations.wholes.remove(row)
            self.header = range(before.units.start, line.units.stop)
            return True
        piped = "|" in self.text[line.start : line.end]
        if not piped or (self.header is None and self.text[line.match.end("indent")] != "|"):
            return False
        self.breaks.add(line.start)
        if len(line.units) <= LONG:
            self.relations.wholes.append((line.units.start, line.units.stop))
        if self.header is None:
            self._needs(line.units, self.lead)
        return True

    def _close_table(self) -> None:
        if self.header is not None:
            header, end = self.header, self.before.units.stop if self.before else self.header.stop
            low = header.stop
            if low < end:
                self.relations.accompany(header, low, end)
                self._needs(range(low, end), self.lead if self.lead < header.start else -1)
            self.lead = -1
        self.header = None

    # Errors

    def _failure(self, line: TextLine) -> bool:
        """An error in a log or a traceback: its exception stays with it, and the frames need the exception."""
        text, first = self.text, line.units.start
        short = len(line.units) <= LONG
        if line.kind == "trace" or (short and _ERROR.search(text, line.start, line.end)):
            self._whole(line, first)
        elif self.error >= 0 and _FRAME.match(text, line.start, line.end):
            self.relations.wholes.append((first, line.units.stop))
            self.frames.append(line.units)
        elif _EXCEPTION.match(text, line.start, line.end) and (self.error >= 0 or ":" in text[line.start : line.end]):
            for frame in self.frames:
                self.relations.needs.append((frame.start, frame.stop, first))
            self.frames.clear()
            self._whole(line, first)
        elif self.frames and line.indent:
            self.relations.wholes.append((first, line.units.stop))
            self.frames.append(line.units)
        else:
            self.error = -1
            self.frames.clear()
            return False
        return True

    def _whole(self, line: TextLine, first: int) -> None:
        """Note a line of an error: whole, and with the line of the same error before it."""
        if len(line.units) <= LONG:
            self.relations.wholes.append((first, line.units.stop))
        if self.error >= 0 and self.error != first:
            self.relations.ties.append((self.error, first))
        self.error = first

"""Blocks of a kind inside of a text: fences, diffs, JSON, runs of lines of logs and of search results.

Conservative: a block has at least `LEAST` lines, most of which nobody would write by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import regex

from tamis.prompt.kinds import shapes
from tamis.prompt.kinds.config import configured, settings
from tamis.prompt.kinds.kind import Kind
from tamis.prompt.kinds.languages import foreign, kind_named
from tamis.prompt.kinds.markdown import front_matter, prose_kind
from tamis.prompt.kinds.parsers import parsed, structured
from tamis.prompt.kinds.source import code, python
from tamis.text.source_lines import ANSI

LEAST = 8  # lines of a block, but for whole diffs
SNIPPET = 4  # lines of a fence that says what is in it
SHARE = 0.5  # of the lines of a run that are not indented, have its shape
GAP = 3  # lines without a shape that a run bridges; the more, the longer it is already
TRIES = 50  # lines from which on JSON is tried to be read
_ENDS = regex.compile(r"\r\n|[\r\n\v\f\x85\u2028\u2029]")
_FENCE = regex.compile(r" {0,3}(`{3,}|~{3,})[ \t]*([\w+#.-]*)[^`\n]*$")
_BLOCK = regex.compile(
    r" {0,3}</?(?:p|div|table|tr|td|th|tbody|thead|h[1-6]|img|picture|source|center|details|summary|ul|ol|li|br|hr|a"
    r"|sub|sup)\b[^<>]*>",
    regex.IGNORECASE,
)
_PAGE = regex.compile(r"<(?:!doctype html|html)\b", regex.IGNORECASE)
_COUNTS = regex.compile(r"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")


class TextLines:
    """The lines of a text, without their ends and colours.

    Attributes:
        bounds: (n + 1,) where each begins, and the end of the text.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        ends = [m.end() for m in _ENDS.finditer(text)]
        self.bounds = [0, *ends, len(text)] if not ends or ends[-1] < len(text) else [0, *ends]
        plain = [text[a:b].rstrip() for a, b in pairwise(self.bounds)]
        self.bodies = [ANSI.sub("", line) for line in plain] if "\x1b" in text else plain

    def __len__(self) -> int:
        return len(self.bodies)

    @cached_property
    def shapes(self) -> list[str]:
        """What each line looks like: "log", "search", "" for nothing special, " " for one that is blank or indented."""
        return [_shape(body) for body in self.bodies]

    @cached_property
    def markdown(self) -> bool:
        """Whether the text has marks of Markdown."""
        return prose_kind(self.text).name == "markdown"

    def filled(self, first: int, last: int) -> int:
        """How many lines of a range have something on them."""
        return sum(map(bool, self.bodies[first:last]))


def _shape(body: str) -> str:
    if shapes.listed(body) or shapes.found(body) or shapes.path(body):
        return "log" if shapes.run(body) else "search"
    if shapes.logged(body) or shapes.run(body):
        return "log"
    return " " if not body or body[0] in " \t>" else ""


@dataclass(frozen=True, slots=True)
class KindBlock:
    """Lines of one kind, half-open; `fenced` if the first and the last one are a fence around it."""

    first: int
    last: int
    kind: Kind
    fenced: bool = False


def blocks(lines: TextLines) -> Iterator[KindBlock]:
    """Yield the blocks of a text in order; what lies between them is prose, or unknown."""
    at, tries = 0, TRIES
    runs = {block.first: block for block in _runs(lines)}
    while at < len(lines):
        block = _diff(lines, at) or _fence(lines, at) or (None if at else _front(lines))
        if block is None and tries and lines.bodies[at][:1] in ("{", "["):
            block, tries = _json(lines, at), tries - 1
        block = block or _page(lines, at) or runs.get(at) or _html(lines, at)
        if block is None:
            at += 1
            continue
        if block.kind.name != "prose":
            yield block
        at = block.last


def _diff(lines: TextLines, first: int) -> KindBlock | None:
    """A unified diff that begins here: heads and hunks, these as long as they say."""
    at, hunks, bodies = first, 0, lines.bodies
    if not bodies[first].startswith(("diff --", "--- ", "Index: ", "@@ -")):
        return None
    while at < len(lines):
        if counts := _COUNTS.match(bodies[at]):
            at, hunks = _hunk(bodies, at + 1, *(int(count or 1) for count in counts.groups())), hunks + 1
        elif (
            shapes.DIFF_HEAD.match(bodies[at])
            or bodies[at].startswith("\\ No newline")
            or (at > first and not bodies[at] and at + 1 < len(lines) and shapes.DIFF_HEAD.match(bodies[at + 1]))
        ):
            at += 1
        else:
            break
    files = sum(body.startswith("+++ ") for body in bodies[first:at])
    git = bodies[first].startswith("diff --git ")
    if not hunks and not git:
        return None
    return KindBlock(first, at, Kind("diff", f"{hunks} hunks in {max(files, 1)} files, as they are headed"))


def _hunk(bodies: list[str], at: int, old: int, new: int) -> int:
    """The line behind a hunk that begins at a line and has so many old and new ones."""
    while at < len(bodies) and (old > 0 or new > 0):
        mark = bodies[at][:1]
        if mark not in ("", " ", "+", "-", "\\", "\t"):
            break
        old -= mark not in ("+", "\\")
        new -= mark not in ("-", "\\")
        at += 1
    return at + (at < len(bodies) and bodies[at].startswith("\\ No newline"))


def _fence(lines: TextLines, first: int) -> KindBlock | None:
    """A fence: a prose block where it is short, or of no kind."""
    opening = _FENCE.match(lines.bodies[first])
    if opening is None:
        return None
    mark, name = opening.group(1), opening.group(2)
    for last in range(first + 1, len(lines)):
        closing = _FENCE.match(lines.bodies[last])
        if closing and closing.group(1).startswith(mark) and not closing.group(2):
            return _fenced(lines, first, last, name)
    return None


def _page(lines: TextLines, first: int) -> KindBlock | None:
    """A whole page of HTML that begins here."""
    if not _PAGE.match(lines.bodies[first]):
        return None
    last = next((at for at in range(first, len(lines)) if lines.bodies[at].lower().endswith("</html>")), -1)
    return KindBlock(first, last + 1, Kind("page", "from <html> to </html>")) if last >= 0 else None


def _html(lines: TextLines, first: int) -> KindBlock | None:
    """A block of HTML in Markdown: from a tag at the beginning of a line to the next blank line."""
    if not _BLOCK.match(lines.bodies[first]) or not lines.markdown:
        return None
    last = first
    while last < len(lines) and lines.bodies[last]:
        last += 1
    return KindBlock(first, last, Kind("page", "HTML in Markdown"))


def _front(lines: TextLines) -> KindBlock | None:
    """The front matter of Markdown, between two rules at the beginning."""
    end = front_matter(lines.text)
    last = next((i for i in range(len(lines)) if lines.bounds[i] >= end), len(lines)) if end else 0
    if not end or lines.filled(1, last - 1) < LEAST:
        return None
    return KindBlock(0, last, Kind("yaml", "front matter"), fenced=True)


def _fenced(lines: TextLines, first: int, last: int, name: str) -> KindBlock:
    short = KindBlock(first, last + 1, Kind("prose", "a short fence"))
    inside, size = lines.text[lines.bounds[first + 1] : lines.bounds[last]], lines.filled(first + 1, last)
    kind = kind_named(name, f"a fence of {name}") if name and size >= SNIPPET else None
    kind = kind or (whole(inside) if size >= LEAST else None)
    if kind is None and size >= SNIPPET and foreign(name):
        kind = Kind("code", f"a fence of {name}", name.lower())
    return KindBlock(first, last + 1, kind, fenced=True) if kind and kind.name != "prose" else short


def _json(lines: TextLines, first: int) -> KindBlock | None:
    """A value in JSON that begins here and ends with a line."""
    start = lines.bounds[first]
    start += len(lines.text[start:]) - len(lines.text[start:].lstrip()) if lines.text[start].isspace() else 0
    try:
        value, end = _DECODER.raw_decode(lines.text, start)
    except (ValueError, RecursionError):
        return None
    last = next((i for i in range(first, len(lines)) if lines.bounds[i + 1] >= end), len(lines) - 1)
    rest = lines.text[end : lines.bounds[last + 1]].strip()
    long = lines.filled(first, last + 1) >= LEAST or end - start >= 400
    if rest or not long or not structured(value):
        return None
    return KindBlock(first, last + 1, Kind("json", "it parses as JSON"))


_DECODER = json.JSONDecoder()


def _runs(lines: TextLines) -> Iterator[KindBlock]:
    """Runs of lines that look like those of a log, or of search results."""
    at, marks = 0, lines.shapes
    while at < len(lines):
        if not marks[at].strip():
            at += 1
            continue
        last = _run_end(marks, at)
        count = marks[at:last].count(marks[at])
        plain = sum(mark != " " for mark in marks[at:last])
        if count >= LEAST and count >= SHARE * plain:
            what = "logs and runs" if marks[at] == "log" else "search results and listings"
            yield KindBlock(at, last, Kind(marks[at], f"{count:,} of {last - at:,} lines look like those of {what}"))
            at = last
        else:
            at += 1


def _run_end(marks: list[str], first: int) -> int:
    """The line behind a run that begins here."""
    kind, last, gap, count = marks[first], first, 0, 0
    for at in range(first, len(marks)):
        if marks[at] == kind:
            last, gap, count = at, 0, count + 1
        elif marks[at] != " ":
            gap += 1
            if gap > min(GAP + count // 4, 25):
                break
    while last + 1 < len(marks) and marks[last + 1] == " ":
        last += 1
    return last + 1


def _spoken(body: str) -> bool:
    """Whether a line ends as those of letters do."""
    return body.endswith((".", "?", "!", ",")) or (body.endswith(":") and " " in body)


def whole(text: str) -> Kind | None:
    """The kind of a text that is of one kind; None where it is prose, or mixed."""
    return parsed(text) or lined(TextLines(text))


def lined(lines: TextLines) -> Kind | None:
    """The kind of a text nearly all of whose lines are of one block, or look alike."""
    filled = lines.filled(0, len(lines))
    if (config := configured(lines.bodies)) is not None:
        return config
    fenced = any(_FENCE.match(body) for body in lines.bodies)
    if fenced and (script := python(lines.text)):  # what underlines a title in a docstring looks like a fence
        return script
    for block in blocks(lines) if filled else ():
        covered = lines.filled(block.first, block.last)
        nearly = covered >= max(0.9 * filled, filled - 3) or (
            block.kind.name != "diff" and covered >= LEAST and filled - covered <= 2
        )
        rest = lines.bodies[: block.first] + lines.bodies[block.last :]
        return block.kind if nearly and not block.fenced and not any(map(_spoken, rest)) else None
    if filled >= LEAST and sum(map(shapes.numbered, lines.bodies)) >= 0.9 * filled:
        return Kind("lines", "its lines are numbered")
    return None if fenced else code(lines.text) or settings(lines.bodies)

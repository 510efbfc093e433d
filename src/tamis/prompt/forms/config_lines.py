"""What the lines of a configuration file need: sections, blocks, keys of several lines, comments. By looks alone."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import regex

from tamis.prompt.kinds.config import COMMENT, NAMED, SECTION
from tamis.text.source_lines import line_edges
from tamis.text.units import Units

SHORT = 4  # lines of a block, with its header, that goes or stays whole
RECIPE = 6  # of a rule of a Makefile
FAR = 12  # blanks before a comment that belongs to the line above
REMARK = 6  # lines of a comment that go or stay together
LONGEST = 100  # lines of a value
ENDED = 0.6  # of the lines, from which on a line without a semicolon or a brace goes on
_SETTING = regex.compile(r"(?:\#|;|//)(?:\s?[A-Za-z_][\w.-]*\s?=|[A-Za-z_][\w.-]*(?::\s?|\s)\S+$)")
_TOKEN = regex.compile(r"\"(?:\\.|[^\"\\])*\"|'[^']*'|(?:(?<=\s)|^)(?:\#|//).*|[()\[\]{}]")
_PAIRS = {")": "(", "]": "[", "}": "{"}
_TAG = regex.compile(r"<(?P<ends>/)?(?P<name>[A-Za-z]\w*)\b[^<>]*>$")
_CONDITION = regex.compile(r"-?\s*(?:(?P<opens>ifn?eq|ifn?def)\b|(?P<turns>else)\b|(?P<ends>endif)\b)")
_HEREDOC = regex.compile(r"<<[-~]?\s*[\"']?(\w+)[\"']?\s*$")
_OPEN_QUOTE = regex.compile(r"(?:export\s+)?[\w.]+\s*=\s*(?:\"(?:\\.|[^\"\\])*|'[^']*)$")
_HEADS = regex.compile(r"(?:[:=]|[:=]\s*[|>][-+]?\d?)\s*(?:\#.*)?$")
_STAGE = regex.compile(r"FROM\s")
_MANY = regex.compile(r"\[\[\s*(.+?)\s*\]\]")
_ONE = regex.compile(r"\[{1,2}\s*(.+?)\s*\]{1,2}")


def is_remark(body: str) -> bool:
    """Whether a line is a comment in words rather than a setting that is commented out.

    Example: "# in seconds" is one, "#timeout = 30" is none
    """
    return COMMENT.match(body) is not None and not _SETTING.match(body)


class ConfigLines:
    """What each line of a file needs; all by number.

    Attributes:
        headers, closers: lines that stay just where something in the half-open range stays.
        remarks: comments that may stay where something in the range does.
        needs: (n,) the line that each needs, -1 for none.
        ties: pairs of lines that go or stay together.
    """

    def __init__(self, units: Units) -> None:
        text, edges = units.text, line_edges(units).tolist()
        self.bodies = units.bodies()
        starts, ends = units.starts.tolist(), units.ends.tolist()
        self.size = len(self.bodies)
        gaps = [text[edge:start].rpartition("\n")[2] for edge, start in zip(edges, starts, strict=False)]
        self.tabs = [gap[:1] == "\t" for gap in gaps]
        self.indents = [len(gap.expandtabs(8)) for gap in gaps]
        self.apart = [text.count("\n", a, b) > 1 for a, b in zip(ends, [*starts[1:], len(text)], strict=True)]
        self.comment = [COMMENT.match(body) is not None for body in self.bodies]
        self.headers: dict[int, tuple[int, int]] = {}
        self.closers: dict[int, tuple[int, int]] = {}
        self.remarks: dict[int, tuple[int, int]] = {}
        self.needs = [-1] * self.size
        self.ties: list[tuple[int, int]] = []
        self.whole: set[int] = set()  # lines with which a range that is tied begins
        self.turned: set[int] = set()  # conditions that have an `else`
        self.within = [-1] * self.size  # the line that opens the brackets each stands in
        settings = [bare(body) for body, comment in zip(self.bodies, self.comment, strict=True) if not comment]
        ended = sum(body.endswith(";") for body in settings)
        self.ended = bool(ended) and sum(body.endswith((";", "{", "}")) for body in settings) >= ENDED * len(settings)
        self._values()
        self._brackets()
        self._pairs_of_lines()
        self._sections()
        self._indents()
        self._comments()

    def _tie(self, first: int, last: int) -> None:
        """A range of lines, both ends in it, goes or stays whole."""
        self.ties += pairwise(range(first, last + 1))
        if last > first:
            self.whole.add(first)

    def _values(self) -> None:
        """Values of several lines: quotes, here-documents, lines that end in a backslash."""
        at = 0
        while at < self.size:
            last = self._value_end(at)
            for number in range(at + 1, last + 1):
                self.within[number], self.comment[number] = at, False
            self._tie(at, last)
            at = last + 1

    def _value_end(self, at: int) -> int:
        """The last line of the value that begins on a line."""
        body = self.bodies[at]
        if self.comment[at]:
            return at
        mark = next((mark for mark in ('"""', "'''") if body.count(mark) % 2), "")
        if mark:
            return self._next(at, lambda line: mark in line)
        if heredoc := _HEREDOC.search(body):
            return self._next(at, lambda line: line == heredoc[1])
        if _OPEN_QUOTE.match(body) and not body.endswith("\\"):
            quote = '"' if '"' in body else "'"
            return self._next(at, lambda line: line.endswith(quote))
        last = at
        while last + 1 < self.size and self._continues(at, last):
            last += 1
        return last

    def _continues(self, at: int, last: int) -> bool:
        """Whether a value that begins on a line goes on behind another one."""
        body = self.bodies[last]
        if self.ended and not SECTION.match(body):
            return not bare(body).endswith((";", "{", "}")) and last - at < LONGEST
        return body.endswith("\\") or (last > at and self.comment[last])

    def _next(self, at: int, ends: Callable[[str], object]) -> int:
        """The next line that ends a value; the line itself where none is near."""
        near = range(at + 1, min(at + LONGEST, self.size))
        return next((number for number in near if ends(self.bodies[number])), at)

    def _brackets(self) -> None:
        """Blocks in brackets that open at the end of a line."""
        stack: list[tuple[str, int]] = []
        for number, body in enumerate(self.bodies):
            if self.comment[number]:
                self.within[number] = stack[-1][1] if stack else -1
                continue
            own = stack[-1][1] if stack else -1
            tokens = [match.group() for match in _TOKEN.finditer(body) if match.group() in "()[]{}"]
            code = bare(body)
            opened: list[str] = []
            for token in tokens:
                if token in "([{":
                    opened.append(token)
                elif opened:
                    opened.pop()
                elif stack and stack[-1][0] == _PAIRS[token]:
                    own = self._close(stack.pop()[1], number, again=bool(code) and code[-1] in "([{")
            if self.within[number] < 0:
                self.within[number] = own
            if opened and not SECTION.match(body) and code[-1:] in ("(", "[", "{", ","):
                stack += [(token, number) for token in opened]

    def _close(self, first: int, last: int, *, again: bool) -> int:
        """Brackets that were opened on one line end on another; what these stand in."""
        listed = self.bodies[first].rstrip().split("#")[0].rstrip()[-1:] in "[{"
        if last - first < SHORT or again or not listed or not self._loose(first, last):
            self._tie(first, last)
        elif last > first:
            self.headers[first] = (first + 1, last)
            self.closers[last] = (first + 1, last)
        return self.within[first]

    def _loose(self, first: int, last: int) -> bool:
        """Whether lines between brackets can go one by one: all but the last end with a comma, or none in braces do."""
        inner = [i for i in range(first + 1, last) if self.within[i] in (-1, first) and not self.comment[i]]
        if any(self.bodies[i].startswith(",") for i in inner):
            return False
        commas = [bare(self.bodies[i]).endswith(",") for i in inner]
        if bare(self.bodies[first]).endswith("{"):
            return not any(commas)
        heads = [i in self.headers or i in self.whole for i in inner]
        return bool(inner) and all(comma or head for comma, head in zip(commas[:-1], heads, strict=False))

    def _pairs_of_lines(self) -> None:
        """`<Directory>` with `</Directory>`, `ifdef` with `else` and `endif`, `define` with `endef`."""
        stack: list[tuple[str, int]] = []
        for number, body in enumerate(self.bodies):
            if tag := _TAG.fullmatch(body):
                if not tag["ends"]:
                    stack.append((tag["name"], number))
                elif stack and stack[-1][0] == tag["name"]:
                    self._block(stack.pop()[1], number)
            elif body.startswith("define "):
                self._tie(number, self._next(number, lambda line: line == "endef"))
            elif condition := _CONDITION.match(body):
                if condition["opens"]:
                    stack.append(("endif", number))
                elif stack and stack[-1][0] == "endif":
                    first = stack[-1][1] if condition["turns"] else stack.pop()[1]
                    self._turn(first, number, ends=not condition["turns"])

    def _turn(self, first: int, last: int, *, ends: bool) -> None:
        """An `else` or an `endif` of a condition: a condition with an `else` goes or stays whole."""
        turned = first in self.turned
        if ends and not turned:
            self._block(first, last)
        else:
            self.turned.add(first)
            self._tie(first, last)

    def _block(self, first: int, last: int) -> None:
        """A line that opens and one that closes, and what stands between them."""
        if last - first < SHORT:
            self._tie(first, last)
        else:
            self.headers[first] = self.closers[last] = (first + 1, last)

    def _sections(self) -> None:
        """What stands under `[name]`, or under a `FROM`, stays with it; `[[a]]` also for a table `[a.b]` under it."""
        heads = [i for i in range(self.size) if self.within[i] < 0 and not self.comment[i] and self._heads_section(i)]
        for head, last in zip(heads, [*heads[1:], self.size], strict=False):
            end = last
            if many := _MANY.match(self.bodies[head]):
                below = (i for i in heads if i > head and not self._under(many[1], i))
                end = next(below, self.size)
            if many and end - head <= SHORT:
                self._tie(head, end - 1)  # (one of many records: nothing in it says which without the rest)
            elif end > head + 1:
                self.headers[head] = (head + 1, end)

    def _heads_section(self, number: int) -> bool:
        return bool(SECTION.match(self.bodies[number]) or _STAGE.match(self.bodies[number]))

    def _under(self, name: str, number: int) -> bool:
        """Whether a section is one under another name."""
        own = _ONE.match(self.bodies[number])
        return own is not None and own[1].startswith(f"{name}.")

    def _indents(self) -> None:
        """What is indented needs the line over it: a header, or the key that it goes on with."""
        above: list[int] = []
        ends: dict[int, bool] = {}
        for number in range(self.size):
            if self.comment[number] or self.within[number] >= 0:
                continue
            while above and self.indents[above[-1]] >= self.indents[number] and not self._listed(above[-1], number):
                above.pop()
            over = above[-1] if above else -1
            above.append(number)
            if over >= 0 and over in ends:
                self.needs[number] = over if ends[over] else -1
            elif over >= 0 and over not in self.headers and not SECTION.match(self.bodies[over]):
                ends[over] = self._under_line(over, number)

    def _listed(self, over: int, number: int) -> bool:
        """Whether a line is an item of a list in YAML, right under a key that is not less indented."""
        same = self.indents[over] == self.indents[number]
        return same and self.bodies[number].startswith("- ") and self.bodies[over].endswith(":")

    def _under_line(self, over: int, number: int) -> bool:
        """A line that stands under another one, the first of its block; whether it needs that line."""
        end = next((i for i in range(number, self.size) if self._leaves(over, i)), self.size)
        rule = self.tabs[number] and ":" in self.bodies[over]
        if end - over <= (RECIPE if rule else SHORT) or (NAMED.match(self.bodies[over]) and end - over <= RECIPE):
            self._tie(over, end - 1)
        elif rule or _HEADS.search(self.bodies[over]):
            self.headers[over] = (over + 1, end)
        else:
            self.needs[number] = over
            return True
        return False

    def _leaves(self, over: int, number: int) -> bool:
        """Whether a line stands no longer under another."""
        if self.comment[number] or self.within[number] >= 0:
            return self.indents[number] <= self.indents[over] and self.comment[number]
        return self.indents[number] <= self.indents[over] and not self._listed(over, number)

    def _comments(self) -> None:
        """A comment goes or stays in one piece, and needs what it stands right above."""
        at, self.below = 0, self._settings_below()
        while at < self.size:
            last = at
            if self._trails(at):
                self._tie(at - 1, at)
                at += 1
                continue
            if not self._is_remark(at):
                at += 1
                continue
            while last + 1 < self.size and not self.apart[last] and self._goes_on(last + 1, at):
                last += 1
            self._tie(at, last)
            self._needs_below(at, last)
            at = last + 1

    def _trails(self, number: int) -> bool:
        """Whether a comment goes on with the one that stands behind the setting above: it is set as far in."""
        if not number or not self.comment[number] or self.apart[number - 1]:
            return False
        above = self.bodies[number - 1]
        begun = (
            self.comment[number - 1] and self.indents[number - 1] >= self.indents[number]
        ) or " #" in above.expandtabs()
        return self.indents[number] >= FAR and begun

    def _goes_on(self, number: int, first: int) -> bool:
        blank = not self.bodies[number].strip("#;/-= \t")
        return self._is_remark(number) and number - first < REMARK and not blank

    def _is_remark(self, number: int) -> bool:
        return self.comment[number] and is_remark(self.bodies[number])

    def _needs_below(self, first: int, last: int) -> None:
        """A comment needs what it stands above, also through further comments without a blank line."""
        below = self.below[last]
        for number in range(first, last + 1) if below >= 0 else ():
            if below in self.headers:
                self.remarks[number] = self.headers[below]
            elif below not in self.closers:
                self.needs[number] = below

    def _settings_below(self) -> list[int]:
        """(n,) the line that is no comment in words and stands below each without a blank line; -1 for none."""
        below = [-1] * self.size
        for number in reversed(range(self.size - 1)):
            if not self.apart[number]:
                below[number] = below[number + 1] if self._is_remark(number + 1) else number + 1
        return below


def bare(body: str) -> str:
    """A line without its comment."""
    code: str = _TOKEN.sub(lambda match: "" if match.group()[0] in "#/" else match.group(), body)
    return code.rstrip()

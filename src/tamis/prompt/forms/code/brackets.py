"""Code without a grammar: whole lines, brackets in pairs, what is indented with the line over it. A fair guess.

For languages whose grammar is not installed, or is not known. Strings and comments of several lines stay whole, and so
do calls over several lines, the parts of a conditional, lines that go on. Does not parse.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import regex

from tamis.core import Bools
from tamis.prompt.forms.code.languages import LANGUAGES
from tamis.prompt.forms.lines import bridged, lines_note
from tamis.text.edits import Edits
from tamis.text.source_lines import line_edges, line_edits, line_units
from tamis.text.units import Units, connected

SEMICOLONS = 0.3  # of the lines, from which on a line without one goes on
_PAIRS = {")": "(", "]": "[", "}": "{"}
_SIGNS = {
    **{name: language.comment for name, language in LANGUAGES.items()},
    **dict.fromkeys(("kotlin", "swift", "scala"), "//"),
    **dict.fromkeys(("sql", "lua", "haskell"), "--"),
    **dict.fromkeys(("r", "perl", "elixir"), "#"),
}
_TOKEN = regex.compile(
    r'r(?P<raw>\#+)"[\s\S]*?"(?P=raw)|'
    r'"""[\s\S]*?"""|\'\'\'[\s\S]*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'|\'[^\'\n]*\'|`(?:\\.|[^`\\])*`'
    r"|/\*[\s\S]*?\*/|//[^\n]*|(?<![^\s])\#[ !][^\n]*|[()\[\]{}]"
)
_GOES_ON = regex.compile(r"(?:[-+*/%&|^=<?.\\]|&&|\|\||\b(?:and|or|not|in|then|do))$")
_CONTINUES = regex.compile(
    r"(?:[.?:](?![:.])|&&|\|\||[-+*/%|=<>](?!-)\s|(?:else|elif|elsif|catch|except|finally|rescue|ensure)\b)"
)
_CLOSES = regex.compile(
    r"(?:end|fi|done|esac|when|in|else|elif|elsif|rescue|ensure|except|finally|then|do|[\])}]+|\#\s*(?:else|elif|endif)|\{$)"
    r"(?:\b|[;,)\s]|$)"
)
_CONDITION = regex.compile(r"\#\s*(?:(?P<opens>if)|(?:el|(?P<ends>endif)))")
_BEFORE = regex.compile(r"@\w|#\[|\[\w+(?:\(.*\))?\]$")
_ENDED = (";", "{", "}", ",", ":", ")", "]", ">", "*/", '"')
_OPENS = regex.compile(r"(?::|\bthen|\bdo|\belse|=>|->|\{)$")


@dataclass(frozen=True, slots=True)
class Brackets:
    """The form of code without a grammar.

    Attributes:
        language: its name, which says how comments begin; "" for none.
        omissions: whether a line says how many were left out: a comment, where it is known how these begin.
    """

    language: str = ""
    omissions: bool = True

    def speaking(self, language: str) -> Brackets:
        """The form for a language."""
        return Brackets(language, self.omissions)

    def parse(self, text: str) -> Units:
        """Cut code into lines, and say which of them need each other."""
        units = line_units(text)
        if not len(units):
            return units
        lines = _Lines(units)
        parents = np.array([lines.openers, lines.headers], np.int64)
        pairs = np.array([*lines.ties, (0, 0)], np.int64)
        bonds = connected(len(units), pairs[:, 0], pairs[:, 1])
        return Units(units.text, units.starts, units.ends, units.kinds, units.names, parents, bonds)

    def render(self, units: Units, mask: Bools, fixed: Bools | None = None) -> Edits:
        """The lines that stay, and notes in place of those that do not."""
        if not self.omissions:
            return line_edits(units, mask)
        sign = _SIGNS.get(self.language, "")
        kept = units.closed(bridged(units, mask))
        return line_edits(units, kept, lambda count: f"{sign} {lines_note(count)}".strip())

    def check(self, text: str) -> bool:
        """Always: it is only a guess what would be well-formed."""
        return True


class _Lines:
    """What the lines of a text need.

    Attributes:
        openers: the line with the bracket that each stands in, -1 for none.
        headers: the less indented line that each stands under, -1 for none.
        ties: pairs of lines that go or stay together.
    """

    def __init__(self, units: Units) -> None:
        text, edges = units.text, line_edges(units)
        self.units, self.edges = units, edges
        self.bodies = units.bodies()
        self.indents = [
            len(text[a:b].rpartition("\n")[2].expandtabs(4))
            for a, b in zip(edges[:-1].tolist(), units.starts.tolist(), strict=True)
        ]
        size = len(units)
        self.openers, self.headers = [-1] * size, [-1] * size
        self.ties: list[tuple[int, int]] = []
        self._read_brackets()
        self._read_conditions()
        self._read_indents()
        self._read_ends()

    def _line(self, at: int) -> int:
        return int(np.searchsorted(self.edges, at, side="right")) - 1

    def _read_brackets(self) -> None:
        """Brackets in pairs; a call over several lines is whole, but for blocks in it."""
        stack: list[tuple[str, int]] = []
        reached = 0
        for match in _TOKEN.finditer(self.units.text):
            token, line = match.group(), min(self._line(match.start()), len(self.bodies) - 1)
            reached = self._inside(reached, line, stack)
            if len(token) > 1:
                last = min(self._line(match.end() - 1), len(self.bodies) - 1)
                self.ties += [(line, other) for other in range(line + 1, last + 1)]
                reached = self._inside(reached, last, stack)
            elif token in "([{":
                stack.append((token, line))
            elif any(opener == _PAIRS[token] for opener, _ in stack):
                while stack:
                    opener, first = stack.pop()
                    self.ties.append((first, line))
                    if opener == _PAIRS[token]:
                        break
        self._inside(reached, len(self.bodies) - 1, stack)

    def _inside(self, reached: int, line: int, stack: list[tuple[str, int]]) -> int:
        """Say of the lines up to one in which bracket they begin."""
        for number in range(reached + 1, line + 1):
            if stack:
                opener, first = stack[-1]
                self.openers[number] = first if first < number else -1
                if opener == "(":
                    self.ties.append((first, number))
        return max(reached, line)

    def _read_conditions(self) -> None:
        """`#if` and `#endif` in pairs, with what divides them; what stands between needs them."""
        stack: list[int] = []
        for number, body in enumerate(self.bodies):
            match = _CONDITION.match(body)
            if match and match["opens"]:
                stack.append(number)
            elif match and stack:
                self.ties.append((stack[-1], number))
                if match["ends"]:
                    stack.pop()
            elif stack and self.openers[number] < 0:
                self.openers[number] = stack[-1]

    def _read_indents(self) -> None:
        """What is indented needs the line over it; what closes a block goes with the line that opened it."""
        above: list[int] = []
        for number, indent in enumerate(self.indents):
            while above and self.indents[above[-1]] > indent:
                above.pop()
            same = above[-1] if above and self.indents[above[-1]] == indent else -1
            if same >= 0:
                above.pop()
                if _CLOSES.match(self.bodies[number]):
                    self.ties.append((same, number))
            self.headers[number] = above[-1] if above else -1
            above.append(number)

    def _read_ends(self) -> None:
        """Lines that go on in the next one, and what stands right before what it speaks of."""
        ends = sum(body.endswith(";") for body in self.bodies)
        strict = ends >= SEMICOLONS * len(self.bodies)
        for number in range(len(self.bodies) - 1):
            body, following = self.bodies[number], self.bodies[number + 1]
            opens = bool(_OPENS.search(body)) and self.indents[number + 1] > self.indents[number]
            bare = opens and not body.endswith("{")
            ended = body.endswith(_ENDED) or body[:1] in "/#*"
            open_end = strict and not ended
            if bare or open_end or _GOES_ON.search(body) or _CONTINUES.match(following) or _BEFORE.match(body):
                self.ties.append((number, number + 1))

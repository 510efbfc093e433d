"""Results that stand above already: a reference says whose text it is, and spells out the lines that changed.

Whoever has the text above and the reference has every line: `rebuilt` does it, and a test holds it to that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from tamis.prompt.chats.question import clipped
from tamis.prompt.recovery.excerpt import split_lines
from tamis.text.messages import ToolCall

ALIKE = 0.6  # the share of lines that both must have for the others to be spelled out
MOST = 4_000  # lines of a text that is compared
_HUNK = re.compile(
    r"@@ lines (\d+)-(\d+) (?:became (\d+) lines:|are gone) @@\n|@@ after line (\d+), (\d+) new lines: @@\n"
)


def reference(earlier: str, text: str, call: ToolCall | None, ident: str) -> str | None:
    """What stands for a text in place of it, where an earlier result holds it, wholly or for most of its lines.

    call, ident -- of the earlier result: how it is named; None where too little is the same
    """
    name = f" of {call.name} {clipped(call.arguments, 80)}".rstrip() if call is not None and call.name else ""
    whose = f"the result{name} above" + (f" ({ident})" if ident else "")
    if text == earlier:
        return f"[The same text as {whose}.]"
    hunks = _hunks(earlier, text)
    return None if hunks is None else f"[The same text as {whose}, but for these lines of it:]\n{hunks}"


def _hunks(earlier: str, text: str) -> str | None:
    """The lines that differ; None where they are too many, or cannot be spelled out."""
    old, new = split_lines(earlier), split_lines(text)
    if not (old and new and len(old) <= MOST and len(new) <= MOST and _ended(earlier) == _ended(text)):
        return None
    common = len(set(old) & set(new))
    if common < ALIKE * max(len(set(old)), len(set(new))):
        return None
    old[-1], new[-1] = _with_end(old[-1]), _with_end(new[-1])
    hunks = "".join(_spelled(old, new))
    return None if any(_HUNK.match(line) for line in new) else hunks


def _ended(text: str) -> bool:
    return text.endswith("\n")


def _with_end(line: str) -> str:
    return line if line.endswith("\n") else line + "\n"


def _spelled(old: list[str], new: list[str]) -> Iterator[str]:
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "replace":
            yield f"@@ lines {a + 1}-{b} became {d - c} lines: @@\n{''.join(new[c:d])}"
        elif kind == "delete":
            yield f"@@ lines {a + 1}-{b} are gone @@\n"
        elif kind == "insert":
            yield f"@@ after line {a}, {d - c} new lines: @@\n{''.join(new[c:d])}"


def rebuilt(earlier: str, remark: str) -> str:
    """The text that a reference stands for, from the earlier text."""
    _, _, hunks = remark.partition("\n")
    old, lines = split_lines(earlier), split_lines(hunks)
    if not hunks:
        return earlier
    ended = _ended(earlier)
    old[-1] = _with_end(old[-1])
    text, at, i = [], 0, 0
    while i < len(lines):
        match = _HUNK.match(lines[i])
        assert match is not None
        first, last, became, after, new = (int(group or 0) for group in match.groups())
        start = after if match[4] is not None else first - 1
        text += old[at:start]
        at = after if match[4] is not None else last
        text += lines[i + 1 : i + 1 + became + new]
        i += 1 + became + new
    whole = "".join(text + old[at:])
    return whole if ended else whole[:-1]

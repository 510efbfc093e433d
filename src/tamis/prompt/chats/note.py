"""The note in a shortened text: which of its lines are not there as they were, and where they are."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from tamis.core import Bools, Ints

_NOTED = re.compile(r"\[… (?:[\d,]+ of [\d,]+ lines )?shortened[^\n]*\][\"\s,;\]}?>*/]{0,99}$")
_ID = re.compile(r"\b[0-9a-f]{12}\b")
RANGES = 5  # that a note names; nearer ones are joined
Pointer = Callable[[str, str], str]
"""(id, lines) -> what a reader does to get these lines"""


def lines_of(text: str, starts: Ints, ends: Ints) -> tuple[tuple[int, int], ...]:
    r"""The ranges of lines (from 1) that are not there whole, where only some spans of a text stay.

    Example: lines_of("a\nb\nc", [0], [2]) -> ((2, 3),)
    """
    breaks = np.flatnonzero(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32) == ord("\n"))
    lost = _lost(text, starts, ends)
    lines = np.unique(np.searchsorted(breaks, np.flatnonzero(lost))) + 1
    runs = np.split(lines, np.flatnonzero(np.diff(lines) > 1) + 1) if lines.size else []
    return tuple((int(run[0]), int(run[-1])) for run in runs)


def _lost(text: str, starts: Ints, ends: Ints) -> Bools:
    """(characters,) what is gone, white space aside."""
    edges = np.zeros(len(text) + 1, np.int64)
    np.add.at(edges, np.asarray(starts, np.int64), 1)
    np.add.at(edges, np.asarray(ends, np.int64), -1)
    gone: Bools = np.cumsum(edges[:-1]) == 0
    blank = np.fromiter(map(str.isspace, text), np.bool_, len(text))
    return np.asarray(gone & ~blank)


def joined(ranges: tuple[tuple[int, int], ...], most: int = RANGES) -> tuple[tuple[int, int], ...]:
    """At most so many ranges that hold all of these: those with the fewest lines between them become one.

    Example: joined(((1, 2), (4, 5), (90, 91)), 2) -> ((1, 5), (90, 91))
    """
    some = list(ranges)
    while len(some) > max(most, 1):
        gaps = [b[0] - a[1] for a, b in pairwise(some)]
        at = gaps.index(min(gaps))
        some[at : at + 2] = [(some[at][0], some[at + 1][1])]
    return tuple(some)


def spelled(ranges: tuple[tuple[int, int], ...]) -> str:
    """Ranges as `tamis restore --lines` reads them.

    Example: ((1, 5), (90, 90)) -> "1-5,90"
    """
    return ",".join(f"{a}-{b}" if b > a else f"{a}" for a, b in ranges)


def note(ranges: tuple[tuple[int, int], ...], lines: int, ident: str, pointer: Pointer | None) -> str:
    """What stands below a shortened text.

    Example: "[… 212 of 300 lines shortened or left out: tamis restore ab12cd34ef56 --lines 40-251]"
    """
    count = sum(b - a + 1 for a, b in ranges)
    what = f"{count:,} of {lines:,} lines shortened or left out" if lines > 1 else "shortened"
    named = spelled(joined(ranges)) if lines > 1 else ""
    where = pointer(ident, named) if pointer else f"lines {named}" if named else ""
    return f"[… {what}: {where}]" if where else f"[… {what}]"


def noted(text: str) -> bool:
    """Whether a text was shortened already: it ends with a note, or is a reference."""
    start = max(len(text) - 2_000, 0)
    return text.startswith("[The same text as the result") or _NOTED.search(text, start) is not None


def ids_in(text: str) -> list[str]:
    """The ids of originals that the note of a text names."""
    return _ID.findall(text[text.rfind("[… ") :])


def longest_note(lines: int, ident: str, pointer: Pointer | None) -> str:
    """A note that takes at least as much room as any other for a text of so many lines."""
    far = tuple((lines + 2 * i, lines + 2 * i + 1) for i in range(RANGES))
    where = note(far, max(lines, 2), ident, pointer)
    return where.replace("[… ", f"[… {lines:,}{lines:,} ", 1)


def attached(text: str, remark: str, kind: str = "", language: str = "") -> str:
    """A text with a note at its end, so that it stays of its kind: in JSON a member or an item, in code a comment.

    Example: attached('{"a": 1}', "[… x]", "json") -> '{"a": 1, "…": "[… x]"}'
    """
    body = text.rstrip()
    if kind in ("json", "jsonl") or body[:1] + body[-1:] in ("{}", "[]"):
        item = _in_json(body, remark)
        if item:
            return item + text[len(body) :]
    form = _LANGUAGES.get(language) or _KINDS.get(kind, "{}")
    if kind in ("csv", "tsv"):
        form = '"{}"' + max(text[: text.find("\n")].count("," if kind == "csv" else "\t"), 0) * _CELLS[kind]
    return text + ("" if text.endswith("\n") or not text else "\n") + form.format(remark)


def _in_json(body: str, remark: str) -> str:
    """JSON with one more member, item or line; "" for what is none."""
    value = json.dumps(remark, ensure_ascii=False)
    inner = body[:-1].rstrip()
    comma = "" if inner in ("{", "[") else ", "
    item = f'"…": {value}' if body[-1:] == "}" else value
    longer = f"{inner}{comma}{item}{body[-1:]}"
    if body[:1] + body[-1:] in ("{}", "[]") and _is_json(longer):
        return longer
    lines = [line for line in body.split("\n") if line.strip()]
    return f"{body}\n{value}" if len(lines) > 1 and all(map(_is_json, lines)) else ""


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


_CELLS = {"csv": ",", "tsv": "\t"}
_KINDS = {"xml": "<?tamis {} ?>", "yaml": "# {}", "jsonl": '"{}"'}
_HASH = "python ruby perl bash shell sh zsh r elixir julia toml yaml dockerfile makefile make cmake powershell"
_SLASHES = "javascript typescript tsx jsx java c cpp c++ csharp c# go rust swift kotlin scala php dart zig"
_LANGUAGES = {
    **dict.fromkeys(_HASH.split(), "# {}"),
    **dict.fromkeys(_SLASHES.split(), "// {}"),
    **dict.fromkeys(["sql", "lua", "haskell", "elm", "ada"], "-- {}"),
    **dict.fromkeys(["html", "xml", "svg", "vue"], "<?tamis {} ?>"),
    "css": "/* {} */",
}

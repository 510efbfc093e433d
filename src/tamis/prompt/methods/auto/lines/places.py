"""Where lines stand: in which file, under which heading, in which block, indented under what. Knows no question."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import regex

from tamis.core import Bools, Floats, Ints

FILE = regex.compile(r"\+\+\+ |diff --git ")
"""A line that names the file which the lines of a diff are of."""
HEADING = regex.compile(r"@@ |_{4,} |={4,} |#{1,6} |\w+\(.*\{$|--- FAIL|● |[\w./-]+:$")
PATH = regex.compile(r"[^\s:]*[/.][^\s:]*")
RESULT = regex.compile(r"([^\s:]*[/.][^\s:]*?)[:-]\d+[:-]")
"""What a result of a search begins with: a path, a number."""
LONG = 400  # characters of a line by which it is known what it is: these patterns take the square of a length


def result_of(line: str) -> regex.Match[str] | None:
    """What a line begins with if it is a result of a search."""
    return RESULT.match(line[:LONG])


def is_path(line: str) -> bool:
    """Whether a line is a path, and nothing else."""
    return len(line) <= LONG and PATH.fullmatch(line) is not None


def content(line: str) -> str:
    """A line without the path and number of a search result, or the sign of a diff; of a path, what it ends in.

    Example: "src/app.py:12:    def run():" -> "def run():"
    """
    if result := result_of(line):
        return line[result.end() :].lstrip()
    if is_path(line):
        return line.rpartition("/")[2]
    return line[1:].lstrip() if line[:1] in ("+", "-") else line


def files(lines: Sequence[str]) -> list[str]:
    """The file that each search result is of, the folder of a path; "" where a line is neither."""
    return [_file_of(line) for line in lines]


def _file_of(line: str) -> str:
    if result := result_of(line):
        return str(result.group(1))
    return line.rpartition("/")[0] if is_path(line) else ""


def blocks(starts: Bools) -> Ints:
    """(n,) a number for each stretch of lines from one start to the next."""
    return np.cumsum(starts).astype(np.int64)


def outer(values: Floats, indents: Ints) -> Floats:
    """(n,) the best value of the lines that each is indented under."""
    best = np.zeros(values.size)
    above: list[tuple[int, float]] = []
    for number, (indent, value) in enumerate(zip(indents.tolist(), values.tolist(), strict=True)):
        while above and above[-1][0] >= indent:
            above.pop()
        best[number] = above[-1][1] if above else 0.0
        above.append((indent, max(value, float(best[number]))))
    return best


def headed(values: Floats, lines: Sequence[str]) -> Floats:
    """(n,) the value of the last file and heading before each, the better of these."""
    over = np.zeros(values.size)
    file = heading = 0.0
    for number, line in enumerate(lines):
        over[number] = max(file, heading)
        if FILE.match(line):
            file, heading = float(values[number]), 0.0
        elif HEADING.match(line):
            heading = float(values[number])
    return over

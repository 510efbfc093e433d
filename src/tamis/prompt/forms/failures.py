"""Failures in the output of tests and programs: which lines are one failure's, and which of them are its core.

The core (its name, the line that failed, what was expected, where) goes or stays whole; the rest needs it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import regex

LONGEST = 400  # lines of one failure
_PYTEST = regex.compile(r"_{4,} .+ _{4,}$")
_SECTION = regex.compile(r"[=_-]{4,} .*[=_-]{4,}$|={10,}$")
_PYTEST_CORE = regex.compile(r"E  |>  |\S+\.py:\d+: \w")
_TRACEBACK = regex.compile(
    r"(?:\+ )?(?:\S.*)?Traceback \(most recent call last\)|"
    r"(?:\S.*: )?Exception in thread|panic: |goroutine \d+ \["
)
_RAISED = regex.compile(r"[\w.]+(?:Error|Exception|Warning|Interrupt|Exit|Iteration|Failure)\b|[\w.]+: \S")
_FRAME = regex.compile(r"at [\w.$<>/\[\]]+\s?\(?|File \"|\.\.\. \d+ more|Caused by: ")
_HEAD = regex.compile(
    r"--- FAIL: |● .+|thread '.*' panicked|---- .+ stdout ----|FAIL: \S|ERROR: \S+ \(|"
    r"(?:error|warning)(?:\[\w+\])?: \S|\d+\) \S"
)


@dataclass
class Ties:
    """Which lines of a log hang together.

    Attributes:
        bonds: groups of lines that go or stay together.
        needs: pairs of a line and the line that it needs.
    """

    bonds: list[list[int]] = field(default_factory=list)
    needs: list[tuple[int, int]] = field(default_factory=list)


def failures(bodies: Sequence[str], indents: Sequence[int]) -> Ties:
    """The failures of a log.

    bodies -- its lines, without indentation and colours
    indents -- of each
    """
    ties, at = Ties(), 0
    while at < len(bodies):
        end = _failure(bodies, indents, at, ties)
        at = max(end, at + 1)
    return ties


def _failure(bodies: Sequence[str], indents: Sequence[int], at: int, ties: Ties) -> int:
    """The line behind the failure that begins here; the same line where none does."""
    body = bodies[at]
    if _PYTEST.match(body):
        return _pytest(bodies, at, ties)
    if _TRACEBACK.match(body):
        return _traceback(bodies, indents, at, ties)
    if _HEAD.match(body):
        return _indented(bodies, indents, at, ties)
    if at + 1 < len(bodies) and _RAISED.match(body) and bodies[at + 1].startswith("at ") and indents[at + 1]:
        return _traceback(bodies, indents, at, ties)
    return at


def _pytest(bodies: Sequence[str], first: int, ties: Ties) -> int:
    """A failure of pytest: up to the next one, or the next section that is not its captured output."""
    last = first + 1
    while last < len(bodies) and last - first < LONGEST:
        if _SECTION.match(bodies[last]) and "Captured" not in bodies[last] and not bodies[last].startswith("_ _"):
            break
        last += 1
    core = [first, *(i for i in range(first + 1, last) if _PYTEST_CORE.match(bodies[i]))]
    return _tie(core, first, last, ties)


def _traceback(bodies: Sequence[str], indents: Sequence[int], first: int, ties: Ties) -> int:
    """A traceback: its frames are indented; in Python, what was raised stands behind them."""
    last, depth = first + 1, indents[first]
    while last < len(bodies) and last - first < LONGEST and (indents[last] > depth or _FRAME.match(bodies[last])):
        last += 1
    raised = last < len(bodies) and "Traceback" in bodies[first] and _RAISED.match(bodies[last]) is not None
    frames = [i for i in range(first + 1, last) if _FRAME.match(bodies[i])]
    python = bool(frames) and bodies[frames[-1]].startswith("File ")
    near = list(range(frames[-1], last)) if python else frames[:2]
    return _tie([first, *near, *([last] if raised else [])], first, last + raised, ties)


def _indented(bodies: Sequence[str], indents: Sequence[int], first: int, ties: Ties) -> int:
    """A failure whose lines are indented under its head, as Go, Rust, Jest and compilers print them."""
    last = first + 1
    while (
        last < len(bodies) and last - first < LONGEST and (indents[last] > indents[first] or bodies[last][:1] in "|=")
    ):
        last += 1
    return _tie([first, *range(first + 1, min(last, first + 4))], first, last, ties)


def _tie(core: list[int], first: int, last: int, ties: Ties) -> int:
    ties.bonds.append(core)
    chosen = set(core)
    ties.needs += [(i, first) for i in range(first, last) if i not in chosen]
    return last

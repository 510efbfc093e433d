"""Logs, test and build output: whole lines; failures hang together; what is left out of repeats is counted, with times.

A record of several lines (the further ones are indented) needs its first line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tamis.core import Bools, Ints
from tamis.prompt.forms.failures import failures
from tamis.prompt.forms.lines import bridged, lines_note
from tamis.prompt.kinds.shapes import TIME, timed
from tamis.text.edits import Edits
from tamis.text.source_lines import ANSI, line_edges, line_units, noted_edits
from tamis.text.templates import template_numbers
from tamis.text.units import Units

REPEATS = 3  # lines that are left out and say the same as the line before them, from which on that is said


@dataclass(frozen=True, eq=False)
class LogUnits(Units):
    """The lines of a log."""

    @cached_property
    def templates(self) -> Ints:
        """(n,) a number for what each line has in common with those that say the same of other values."""
        return template_numbers([body[:300] for body in self.bodies()])


@dataclass(frozen=True, slots=True)
class Log:
    """The form of logs and of what tests and builds print.

    Attributes:
        omissions: whether a line says how many were left out.
    """

    omissions: bool = True

    def parse(self, text: str) -> Units:
        """Cut a log into its lines; those of one failure or of one record hang together."""
        units = line_units(text)
        bodies, indents = plain(units)
        ties = failures(bodies, indents)
        parents = np.full(len(units), -1, np.int64)
        for line, record in _records(bodies, indents):
            parents[line] = record
        for line, head in ties.needs:
            parents[line] = head
        core = [line for group in ties.bonds for line in group]
        parents[core] = -1
        return LogUnits(
            units.text, units.starts, units.ends, units.kinds, units.names, parents, _bonds(len(units), ties.bonds)
        )

    def render(self, units: Units, mask: Bools, fixed: Bools | None = None) -> Edits:
        """The lines that stay, and notes in place of those that do not."""
        if not self.omissions:
            return noted_edits(units, mask, None)
        kept = bridged(units, mask)
        return noted_edits(units, kept, _note(units))

    def check(self, text: str) -> bool:
        """Always: any lines are lines."""
        return True


def _bonds(size: int, groups: list[list[int]]) -> Ints:
    bonds = np.arange(size)
    for group in groups:
        bonds[group] = group[0]
    return bonds


def plain(units: Units) -> tuple[list[str], list[int]]:
    """The lines without colours, and how deep each is indented."""
    edges = line_edges(units)[:-1]
    indents = np.where(np.arange(len(units)) > 0, units.starts - edges, 0).tolist()
    bodies = units.bodies()
    if "\x1b" in units.text:
        bodies = [ANSI.sub("", body) for body in bodies]
        indents = [deep + len(body) - len(body.lstrip()) for deep, body in zip(indents, bodies, strict=True)]
    return [body.strip() for body in bodies], indents


def _records(bodies: list[str], indents: list[int]) -> list[tuple[int, int]]:
    """Pairs of an indented line behind a line with a time, and that line."""
    pairs: list[tuple[int, int]] = []
    record = -1
    for number, (body, indent) in enumerate(zip(bodies, indents, strict=True)):
        if timed(body):
            record = number
        elif indent and record >= 0:
            pairs.append((number, record))
        else:
            record = -1
    return pairs


def _note(units: Units) -> Callable[[list[int]], str]:
    """What stands in place of lines of a log: how many, and if they say the same as the one before, until when."""
    same = units.templates if isinstance(units, LogUnits) else np.arange(len(units))

    def note(gone: list[int]) -> str:
        first, last = gone[0], gone[-1]
        if first == 0 or len(gone) < REPEATS or (same[gone] != same[first - 1]).any():
            return lines_note(len(gone))
        times = [TIME.search(units.says(number)[:80]) for number in (first, last)]
        span = f", {times[0].group()} to {times[1].group()}" if times[0] and times[1] else ""
        return f"… {len(gone):,} more like this{span} …"

    return note


__all__ = ["Log", "plain"]

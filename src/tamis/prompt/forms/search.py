"""Search results and listings: whole matches, under the path of their file; context lines only with their match.

What grep, rg, find, ls and tree print. "--" stays between what it divides, a heading with what stands under it, an
entry of a tree with the folders that it is in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import regex

from tamis.core import Bools, Ints
from tamis.prompt.forms.lines import SourceLines
from tamis.text.edits import Edits
from tamis.text.source_lines import indented, line_units
from tamis.text.units import Company, Units

NEAR = 12  # lines within which a context line has its match
_CONTEXT = regex.compile(r"(?:\S*[/.]\S*?)?-?\d+-")
_MATCH = regex.compile(r"(?:\S*[/.]\S*?:)?\d+:")
_UNDER = regex.compile(r"\d+[:-]")
_HEADING = regex.compile(r"(?:[\w.@+-]+/)*[\w.@+-]+:?$|/\S+:?$|\./\S*:?$")
_LONG = regex.compile(r"[bcdlps-](?:[r-][w-][xsStT-]){3}|total \d+$")
_BRANCH = regex.compile(r"(?:[│|]\s{1,3}|\s{4})*(?:├──|└──|\|--|`--)\s?")


@dataclass(frozen=True, slots=True)
class SearchResults:
    """The form of search results and listings.

    Attributes:
        omissions: whether a line says how many were left out.
    """

    omissions: bool = True

    def parse(self, text: str) -> Units:
        """Cut a text into lines, and say which of them stay with others."""
        units = line_units(text)
        bodies = indented(units)
        if sum(_BRANCH.match(body) is not None for body in bodies) > len(bodies) // 2:
            return replace(units, parents=_tree(bodies))
        parents = _contexts(bodies)
        return replace(units, parents=parents, company=_headings(bodies))

    def render(self, units: Units, mask: Bools, fixed: Bools | None = None) -> Edits:
        """The matches that stay with their headings, and notes in place of the others."""
        kept = mask if units.company is None else units.company.kept(mask, fixed)
        return SourceLines(self.omissions).render(units, kept, fixed)

    def check(self, text: str) -> bool:
        """Always: what is no match is a line."""
        return True


def _tree(bodies: list[str]) -> Ints:
    """(n,) the folder that each entry of a tree is in."""
    parents = np.full(len(bodies), -1, np.int64)
    above: list[tuple[int, int]] = []
    for number, body in enumerate(bodies):
        branch = _BRANCH.match(body)
        depth = len(branch.group()) if branch else 0
        while above and above[-1][0] >= depth:
            above.pop()
        if above and branch:
            parents[number] = above[-1][1]
        above.append((depth, number))
    return parents


def _contexts(bodies: list[str]) -> Ints:
    """(n,) the match that each context line stands beside: the nearest one in its group."""
    parents = np.full(len(bodies), -1, np.int64)
    match = np.array([_MATCH.match(body) is not None for body in bodies], np.bool_)
    places = np.flatnonzero(match)
    for number, body in enumerate(bodies):
        if match[number] or not places.size or not _CONTEXT.match(body):
            continue
        nearest = int(places[np.argmin(np.abs(places - number))])
        low, high = sorted((nearest, number))
        if high - low <= NEAR and "--" not in bodies[low:high]:
            parents[number] = nearest
    return parents


def _headings(bodies: list[str]) -> Company | None:
    """Headings of files and folders, and the lines between groups: they stay where what they head or divide does."""
    n = len(bodies)
    core, none = np.ones(n, np.bool_), np.zeros((2, n), np.int64)
    left, right = none.copy(), none.copy()
    heads = [i for i, body in enumerate(bodies) if _heads(bodies, i)]
    cuts = [i for i, body in enumerate(bodies) if body.strip() == "--"]
    for number, last in zip(heads, [*heads[1:], n], strict=False):
        core[number], right[:, number] = False, (number + 1, last)
    borders = [-1, *cuts, n]
    for number, before, behind in zip(cuts, borders, borders[2:], strict=False):
        core[number] = False
        left[:, number], right[:, number] = (before + 1, number), (number + 1, behind)
    return None if core.all() else Company(core, ~core, left, right)


def _heads(bodies: list[str], number: int) -> bool:
    """Whether a line is the path of a file or folder under which the next lines stand."""
    if number + 1 >= len(bodies) or not _HEADING.match(bodies[number].strip()):
        return False
    following = bodies[number + 1]
    return _UNDER.match(following) is not None or (bodies[number].endswith(":") and _LONG.match(following) is not None)

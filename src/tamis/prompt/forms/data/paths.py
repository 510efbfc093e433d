"""Rules by path: what of a JSON, YAML or XML text is kept, dropped, or shortened at a rate of its own.

    $                the outermost value (of each line of JSON Lines, of each document)
    .name ['name']   the member, entry or child element of that name
    [3]              the item of that number, from 0
    [*] .*           any of them
    ..name           at any depth

A small part of JSONPath (RFC 9535); filters, slices and several names at once are not in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Protocol, TypeAlias

from tamis.errors import InvalidInput, unknown

KEEP, DROP, WHOLE = "keep", "drop", "whole"
PathRule: TypeAlias = "float | str"
_STEP = re.compile(
    r"(?P<deep>\.\.)?(?:\.?(?P<name>[^\s.\[\]'\"*$]+)|\.?(?P<any>\*)|\[(?:(?P<number>\d+)|(?P<every>\*)"
    r"|'(?P<single>[^']*)'|\"(?P<double>[^\"]*)\")\])"
)


class Keyed(Protocol):
    """A tree, as far as paths ask for it: see `Tree`."""

    above: list[int]
    keys: dict[int, str]

    def outermost(self, node: int) -> bool:
        """Whether one is all of a document, or of a line."""
        ...


@dataclass(frozen=True, slots=True)
class PathStep:
    """One step of a path: a name or a number, None for any; at any depth if it is deep."""

    wanted: str | int | None
    deep: bool

    def takes(self, name: str | None, number: int) -> bool:
        """Whether it leads to the child of a name (None for an item of a list) and a number."""
        if self.wanted is None:
            return True
        return self.wanted == (number if name is None else name) and isinstance(self.wanted, int) == (name is None)


@dataclass(frozen=True, slots=True)
class Paths:
    """Rules by path; of several that speak of the same value the last one counts.

    Attributes:
        rules: the steps of each, and what it says: a rate, KEEP, DROP, or WHOLE (it stays or goes as one).
    """

    rules: tuple[tuple[tuple[PathStep, ...], PathRule], ...] = ()

    def of(self, tree: Keyed) -> dict[int, PathRule]:
        """What is said of which values of a tree."""
        chosen: dict[int, PathRule] = {}
        for steps, rule in self.rules:
            chosen.update(dict.fromkeys(_matches(tree, steps), rule))
        return chosen


def paths_of(rules: Mapping[str, PathRule]) -> Paths:
    """The rules of a mapping from paths to what is to be done.

    Raises:
        InvalidInput: a path that cannot be read, or a rule that is neither a rate nor known.

    Example: paths_of({"$.items[*].body": 0.3, "$..url": "drop"})
    """
    if not isinstance(rules, Mapping):
        raise InvalidInput(f"paths must be a mapping, got {type(rules).__name__}.", hint='{"$.debug": "drop"}')
    return Paths(tuple((_steps(path), _checked(path, rule)) for path, rule in rules.items()))


def _checked(path: str, rule: PathRule) -> PathRule:
    if isinstance(rule, str):
        if rule not in (KEEP, DROP, WHOLE):
            raise unknown(f"rule of {path!r}", rule, (KEEP, DROP, WHOLE))
        return rule
    if isinstance(rule, bool) or not isinstance(rule, Real) or not 0 <= rule <= 1:
        raise InvalidInput(f"The rule of {path!r} must be a rate, 0 to 1, or a name, got {rule!r}.")
    return float(rule)


def _steps(path: str) -> tuple[PathStep, ...]:
    if not isinstance(path, str) or not path.startswith("$"):
        raise InvalidInput(f"A path begins with $, got {path!r:.60}.", hint="$.items[*].name, $..id")
    steps: list[PathStep] = []
    at = 1
    while at < len(path):
        match = _STEP.match(path, at)
        if match is None or (match["name"] and path[at] != "."):
            raise InvalidInput(f"The path {path!r} cannot be read at {path[at:]!r:.40}.", hint="$.items[*].name, $..id")
        names = [match[kind] for kind in ("name", "single", "double") if match[kind] is not None]
        wanted = names[0] if names else int(match["number"]) if match["number"] else None
        steps.append(PathStep(wanted, deep=match["deep"] is not None))
        at = match.end()
    return tuple(steps)


def _matches(tree: Keyed, steps: tuple[PathStep, ...]) -> list[int]:
    """The values of a tree that a path leads to: a bit stands for each number of steps that were taken."""
    goal, taken = 1 << len(steps), [0] * (len(tree.above) + 1)
    count = [0] * (len(tree.above) + 1)
    taken[-1] = 1
    for node, above in enumerate(tree.above):
        number, count[above] = count[above], count[above] + 1
        if tree.outermost(node):
            taken[node] = 1
            continue
        name = tree.keys.get(node)
        for i, step in enumerate(steps):
            if taken[above] >> i & 1:
                taken[node] |= (1 << i if step.deep else 0) | (2 << i if step.takes(name, number) else 0)
    return [node for node in range(len(tree.above)) if taken[node] & goal]

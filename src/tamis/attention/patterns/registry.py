"""What is known of a pattern, and look-ups in the one table of them, whose lines are in `table.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tamis.attention.geometry import BLOCK, BLOCKS
from tamis.attention.patterns.protocol import Pattern, Selector
from tamis.errors import InvalidPlan, TamisError, unknown


@dataclass(frozen=True, slots=True)
class PatternEntry:
    """A pattern as the table has it; called with the pattern's options, it makes one.

    Attributes:
        make: from its own options.
        summary: what each block of queries sees, for help texts.
        of_share: (share of all pairs, block) -> pattern, as `name@0.25` of a benchmark; keyed by what its name ends in
            behind an underscore, "" for the name itself. Empty: it takes no share.
        usual_share: where none is said.
        of_head: (block, **arguments) -> pattern of one query head, its size a share of the prompt's length: what a
            configuration of heads names. None: a configuration cannot name it.
        searched: arguments, all but the share, that `tamis.attention.search` tries for each head.
        measured: arguments, all but the share, with which the cost of choosing is measured; None = it is not.
    """

    make: Callable[..., Selector]
    summary: str
    of_share: Mapping[str, Callable[[float, int], Selector]] = field(default_factory=dict)
    usual_share: float = 0.25
    of_head: Callable[..., Pattern] | None = None
    searched: tuple[Mapping[str, Any], ...] = ()
    measured: Mapping[str, Any] | None = None

    def __call__(self, **options: Any) -> Selector:
        """A pattern with these options."""
        return self.make(**options)


PATTERNS: dict[str, PatternEntry] = {}
"""The table of patterns by name."""


def selector(name: str, **options: object) -> Selector:
    """The pattern of that name, with its options.

    Raises:
        UnknownName: no such pattern.
    """
    if name not in PATTERNS:
        raise unknown("selector", name, PATTERNS)
    return PATTERNS[name](**options)


def at_share() -> Iterator[tuple[str, PatternEntry, Callable[[float, int], Selector]]]:
    """(name, entry, maker) of all that take a share of all pairs."""
    for name, entry in PATTERNS.items():
        for suffix, make in entry.of_share.items():
            yield (f"{name}_{suffix}" if suffix else name), entry, make


def head_patterns() -> list[str]:
    """Names that a configuration of heads may give: those that are searched, then the others."""
    named = [name for name, entry in PATTERNS.items() if entry.of_head is not None]
    return sorted(named, key=lambda name: not PATTERNS[name].searched)


def head_pattern(name: str, arguments: Mapping[str, Any], block: int = BLOCK) -> Pattern:
    """The pattern of one head.

    Args:
        name: of `head_patterns`.
        arguments: `share` of the length for each row (not for dense), `n_sink` of an A-shape; `split` (None = columns
            and diagonals are ranked together) and `last_q` of verticals and slashes.
        block: queries of a row and keys of a block.

    Raises:
        InvalidPlan: no such pattern, or not its arguments.
    """
    make = PATTERNS[name].of_head if name in PATTERNS else None
    if make is None or block not in BLOCKS:
        raise InvalidPlan(f"Pattern {name!r}, blocks of {block!r}.", hint=f"{', '.join(head_patterns())}; {BLOCKS}.")
    try:
        return make(block, **arguments)
    except (TypeError, TamisError) as error:
        raise InvalidPlan(f"{name} with {dict(arguments)!r}: {error}") from error

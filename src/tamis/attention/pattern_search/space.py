"""The patterns that a head may get, all of the same cost: ChangeSpace of arXiv 2407.02490, algorithm 1.

Each has one number, the blocks that a row may list, and it is set as high as the cost allows.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Literal, TypeAlias

import torch

from tamis.attention.budget import Relative, quota
from tamis.attention.geometry import BLOCK, BLOCKS
from tamis.attention.pattern_search.cost import CostModel
from tamis.attention.patterns.protocol import Selector
from tamis.attention.patterns.registry import PATTERNS, head_pattern
from tamis.errors import InvalidInput, unknown

Objective: TypeAlias = Literal["flops", "seconds"]
OBJECTIVES: tuple[Objective, ...] = ("flops", "seconds")
Space: TypeAlias = tuple[tuple[str, Mapping[str, Any]], ...]
"""Names of patterns with their arguments, all but `share`."""


@dataclass(frozen=True)
class Candidate:
    """A pattern with its arguments.

    Attributes:
        name: of `patterns.registry.head_patterns`.
        arguments: `share`, the blocks of a row as a share of the prompt's, and the pattern's own.
        block: queries of a row and keys of a block.
    """

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    block: int = BLOCK

    @property
    def selector(self) -> Selector:
        """What chooses the keys, with a list for each query head."""
        return head_pattern(self.name, self.arguments, self.block)

    def density(self, n: int) -> float:
        """The blocks that the budget allows in all at n tokens, as a share of dense attention."""
        return allowed_density(float(self.arguments["share"]), n, self.block) if self.name != "dense" else 1.0


def candidates(
    share: float, n: int, *, objective: Objective = "flops", cost: CostModel | None = None, block: int = BLOCK,
    space: Space | None = None,
) -> tuple[Candidate, ...]:  # fmt: skip
    """All patterns that cost no more than that share of dense attention at n tokens, each as much of it as fits.

    With "flops" all have the same budget, two blocks a row at least. With "seconds" a pattern whose choosing takes
    longer computes less, and one that cannot keep within the share at all is left out.

    Args:
        share: of the operations, or of the seconds, of dense attention: above 0, below 1.
        n: tokens of the prompts that the cost is made equal at. Shares of operations then hold at any length.
        objective: "flops" or "seconds".
        cost: for seconds.
        block: queries of a row and keys of a block.
        space: what to try; what the table of patterns says if not given.

    Raises:
        InvalidInput: a share or length out of range, no costs, or nothing that cheap.
        UnknownName: no such objective.
    """
    check(share, n, objective, block)
    if (cost is None) == (objective == "seconds"):
        raise InvalidInput(f"objective={objective!r}, cost={cost!r}.", hint="Costs go with seconds.")
    space = search_space() if space is None else space
    dearest = [_dearest(name, more, (share, n, block), cost) for name, more in space]
    # Of operations two blocks a row are taken even so: all cost the same, and the configuration tells what.
    affordable = [one for one in dearest if cost is None or spent(one, n, cost) <= share]
    if not affordable:
        raise InvalidInput(
            f"Nothing takes {share} of the seconds of dense attention at {n} tokens.", hint="Allow more."
        )
    return tuple(affordable)


def search_space() -> Space:
    """What the table of patterns says is to be tried."""
    return tuple((name, more) for name, entry in PATTERNS.items() for more in entry.searched)


def check(share: float, n: int, objective: str, block: int) -> None:
    """Raise what `candidates` raises of its arguments, costs aside."""
    if objective not in OBJECTIVES:
        raise unknown("objective", objective, OBJECTIVES)
    if not (isinstance(share, (int, float)) and 0 < share < 1):
        raise InvalidInput(f"share={share!r}.", hint="A share of the cost of dense attention: above 0, below 1.")
    if block not in BLOCKS or n < 4 * block:
        raise InvalidInput(f"{n} tokens, blocks of {block}.", hint=f"At least four blocks, of one of {BLOCKS}.")


def _dearest(name: str, more: Mapping[str, Any], goal: tuple[float, int, int], cost: CostModel | None) -> Candidate:
    """The pattern with as many blocks a row as cost no more than (share, tokens, block) say; with two at least.

    No selector lists less than the first block and the row's own.
    """
    share, n, block = goal
    shares = [min(count * block / n, 1.0) for count in range(2, ceil(n / block) + 1)]
    choices = [Candidate(name, {**more, "share": one}, block) for one in shares]
    fits = bisect_right(choices, share + 1e-9, key=lambda one: spent(one, n, cost))
    return choices[max(fits, 1) - 1]


def spent(one: Candidate, n: int, cost: CostModel | None, density: float | None = None) -> float:
    """The cost at n tokens, dense attention being 1: seconds by `cost`, else operations.

    `density` is what was found, where it is known; else what the budget allows counts.
    """
    density = one.density(n) if density is None else density
    return density if cost is None else cost.share(one.name, n, density)


def allowed_density(share: float, n: int, block: int) -> float:
    """The blocks that `Relative(share)` allows, as a share of all."""
    allowed = quota(Relative(share), (n, n, 1), block)
    return float(allowed.sum()) / float(torch.arange(1, allowed.numel() + 1).sum())

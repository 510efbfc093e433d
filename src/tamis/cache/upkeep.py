"""A cache that was compressed stays within its budget while the model generates: what is over it is scored again.

The queries of the last tokens stand for those to come, as they did at the prompt. A head that has grown past its budget
gives up some entries more than it must, so that few tokens pay for a choice. The last tokens stay.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from tamis.cache.layer import RaggedLayer
from tamis.cache.packed import LENGTH, Block, Packed, merged, starts
from tamis.cache.select import choose
from tamis.errors import InvalidPlan
from tamis.models.transformers.attended import Attended, KVPolicy
from tamis.models.transformers.hooks import Call

RECENT = 64
"""Last tokens that stay, a quarter of the budget at most, and whose queries are known to a policy."""


@dataclass(eq=False)
class Upkeep:
    """Keeps layers within what they may hold.

    Attributes:
        policy: scores entries.
        store: how packed entries are stored.
        step: entries of a head that are given up at a time, an eighth of its budget at most.
    """

    policy: KVPolicy
    store: Callable[[Packed], tuple[Block, ...]]
    step: int = 128
    _queries: dict[int, Tensor] = field(default_factory=dict)  # (b, h, RECENT, d) of each layer, at most

    def __post_init__(self) -> None:
        if self.step < 0:
            raise InvalidPlan(f"{self.step!r} entries at a time.", hint="0 keeps whole what comes after the prompt.")

    def follow(self, call: Call) -> None:
        """Remember the queries of the last tokens."""
        some = call.query[:, :, -RECENT:].detach()
        before = self._queries.get(call.layer)
        both = some if before is None or some.shape[2] == RECENT else torch.cat([before, some], 2)
        self._queries[call.layer] = both[:, :, -RECENT:].clone()

    def cut(self, call: Call, layer: RaggedLayer, allowed: Tensor) -> None:
        """Have each head hold less than its (b, kv) allowance: by `step`, or by an eighth.

        Raises:
            InvalidPlan: the policy cannot score what came after the prompt.
        """
        held, recent = merged(layer.first), layer.recent()
        stay = min(RECENT, layer.since, max(int(allowed.min()) // 4, 1))
        goal = (allowed - (allowed // 8).clamp(max=self.step) - stay).clamp(min=0).flatten().tolist()
        ends = starts(held.lengths).tolist()
        heads = (_Head.of(held, recent, layer, slice(*ends[n : n + 2]), n) for n in range(len(goal)))
        kept = [self._kept(call, n, head, goal[n], stay) for n, head in enumerate(heads)]
        lengths = torch.tensor([len(head.places) for head in kept], dtype=LENGTH, device=held.lengths.device)
        places, keys, values = (
            torch.cat([getattr(head, part) for head in kept]) for part in ("places", "keys", "values")
        )
        layer.middle = None
        layer.keys, layer.values = (part[:, :, part.shape[2] - stay :].clone() for part in recent)
        layer.hold(self.store(Packed(lengths.view(held.lengths.shape), places, keys, values)))

    def _kept(self, call: Call, number: int, head: _Head, many: int, stay: int) -> _Head:
        """The `many` best entries of a head, the last `stay` aside; number -- over the batch."""
        heads, old = call.key.shape[1], len(head.places) - stay
        item, first = number // heads, number % heads * (call.query.shape[1] // heads)
        queries = self._queries[call.layer][item : item + 1, first : first + call.query.shape[1] // heads]
        attended = Attended(
            call.layer, head.keys[None, None], head.values[None, None], queries[:, :, -len(head.places) :],
            positions=head.places[None].long(), scale=call.scale,
        )  # fmt: skip
        scores, valid = self.policy(attended)[:, :, :old], torch.ones(1, old, dtype=torch.bool)
        mask = choose(scores, torch.tensor([[many]]), valid=valid).mask[0, 0]
        return _Head(head.places[:old][mask], head.keys[:old][mask], head.values[:old][mask])


@dataclass(frozen=True, eq=False)
class _Head:
    """All entries of a head: those that are packed, then those that came after; (n,), (n, dk), (n, dv)."""

    places: Tensor
    keys: Tensor
    values: Tensor

    @staticmethod
    def of(held: Packed, recent: tuple[Tensor, Tensor], layer: RaggedLayer, rows: slice, number: int) -> _Head:
        """Those of one head; number -- over the batch."""
        new = torch.arange(layer.seen - layer.since, layer.seen, dtype=held.places.dtype, device=held.places.device)
        keys, values = (part.flatten(0, 1)[number] for part in recent)
        return _Head(
            torch.cat([held.places[rows], new]),
            torch.cat([held.keys[rows], keys]),
            torch.cat([held.values[rows], values]),
        )

"""What sparse prefill did, layer by layer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tamis.attention.certify import Certificate


@dataclass(frozen=True, slots=True)
class Prefill:
    """One layer's attention in one pass over a prompt, or a piece of one.

    Attributes:
        layer: its number, from 0.
        q_len, kv_len: queries, keys.
        density: blocks computed, as a share of those of dense attention; 1 where it was dense.
        flops, dense_flops: of both matrix products, as computed and as dense attention.
        seconds: of choosing the plan and computing; 0 where the model computed.
        reason: why it was dense; empty where it was not.
        recomputed: query heads that were computed densely because too little of their attention was kept.
        certificate: what the plan kept, before any head was recomputed; None where none was asked for.
    """

    layer: int
    q_len: int
    kv_len: int
    density: float
    flops: int
    dense_flops: int
    seconds: float = 0.0
    reason: str = ""
    recomputed: tuple[int, ...] = ()
    certificate: Certificate | None = None


@dataclass(slots=True)
class PrefillReport:
    """All prefills within one `sparse` block, in order; single-token steps of decoding are only counted.

    Attributes:
        prefills: one for each layer of each pass.
        decoded: calls of one query, always dense.
    """

    prefills: list[Prefill] = field(default_factory=list)
    decoded: int = 0

    @property
    def flops(self) -> int:
        """Of attention in all prefills."""
        return sum(one.flops for one in self.prefills)

    @property
    def dense_flops(self) -> int:
        """What dense attention would have taken."""
        return sum(one.dense_flops for one in self.prefills)

    @property
    def density(self) -> float:
        """Blocks computed, as a share of dense attention, weighted by its cost."""
        total = self.dense_flops
        return sum(one.density * one.dense_flops for one in self.prefills) / total if total else 1.0

    @property
    def fallbacks(self) -> dict[int, dict[str, int]]:
        """For each layer that was ever dense: why, and how often."""
        reasons: dict[int, Counter[str]] = {}
        for one in self.prefills:
            if one.reason:
                reasons.setdefault(one.layer, Counter())[one.reason] += 1
        return {layer: dict(counts) for layer, counts in sorted(reasons.items())}

    def __str__(self) -> str:
        lines = [f"{'layer':>5} {'calls':>5} {'density':>8} {'GFLOP':>8} {'dense':>8} {'mass':>6}  why dense"]
        for layer in sorted({one.layer for one in self.prefills}):
            lines.append(self._line(layer, [one for one in self.prefills if one.layer == layer]))
        return "\n".join([*lines, f"density {self.density:.3f} of {len(self.prefills)} prefills"])

    def _line(self, layer: int, calls: list[Prefill]) -> str:
        flops, dense = sum(one.flops for one in calls), sum(one.dense_flops for one in calls)
        density = sum(one.density * one.dense_flops for one in calls) / dense if dense else 1.0
        masses = [min(one.certificate.mass) for one in calls if one.certificate is not None]
        mass = f"{min(masses):.3f}" if masses else "-"
        why = "; ".join(self.fallbacks.get(layer, {}))
        numbers = f"{layer:>5} {len(calls):>5} {density:>8.3f} {flops / 1e9:>8.3f} {dense / 1e9:>8.3f} {mass:>6}"
        return f"{numbers}  {why}".rstrip()

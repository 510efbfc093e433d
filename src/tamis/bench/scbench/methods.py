"""What is compared, by name: parts joined by "+", as in `vertical_slash@0.25+snapkv@0.5+int4`.

dense                                  nothing
a_shape, tri_shape, vertical_slash ... a selector: the prompt is read sparsely, `@` the share of attention computed
                                           (flex_prefill: the share of estimated attention to cover)
streaming, snapkv, h2o, tova ...       a cache policy: `@` the share of entries kept, `/adaptive`, `/pyramid` spread
int8, int4, int2                       a quantised cache
prompt                                 the context is compressed as text before it is read, `@` the share kept
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tamis.attention import BlockPlan, Mass, Selector
from tamis.attention.patterns import (
    AShape,
    BlockMean,
    FlexPrefill,
    OracleTopK,
    RandomBlocks,
    TriMix,
    TriShape,
    VerticalSlash,
    XAttention,
)
from tamis.cache import POLICIES, Quantiser
from tamis.cache.spend import SPREADS
from tamis.core import Ratio
from tamis.errors import InvalidInput, unknown

if TYPE_CHECKING:
    from torch import Tensor

SHARE, COVERED = 0.25, 0.95
RETOLD = "kvzip"  # a policy that is made for each text
PART = re.compile(r"(?P<name>[a-z0-9_]+)(?:@(?P<share>[0-9.]+))?(?:/(?P<spread>[a-z]+))?")
BITS = {"int2": 2, "int4": 4, "int8": 8}
DEFAULT = ("dense", "a_shape", "vertical_slash", "streaming", "snapkv", "prompt")


@dataclass(frozen=True, slots=True)
class Method:
    """How a context is read and kept.

    Attributes:
        name: as it was asked for.
        pattern: how it is read; None = densely.
        policy: name of the cache policy; None = everything is kept.
        kept: share of the entries that the policy keeps.
        spread: of these over heads and layers.
        bits: of the numbers in the cache; None = full precision.
        prompt: share of the context's tokens that is read at all; None = all of them.
    """

    name: str
    pattern: Selector | None = None
    policy: str | None = None
    kept: float = 1.0
    spread: str = "even"
    bits: int | None = None
    prompt: float | None = None

    @property
    def quantiser(self) -> Quantiser | None:
        """How the cache stores numbers."""
        return None if self.bits is None else Quantiser(self.bits)


def method(name: str, *, block: int = 128) -> Method:
    """The method of that name.

    block -- queries of a row and keys of a block, of sparse patterns; contexts hold a few blocks at least

    Raises:
        UnknownName: a part that nothing is called.
        InvalidInput: a part cannot be read, is there twice, or has a share that is none.
    """
    made, seen = Method(name), set[str]()
    for part in name.split("+"):
        found = PART.fullmatch(part)
        if found is None:
            raise InvalidInput(f"{part!r} is no part of a method.", hint="As in snapkv@0.25/adaptive+int4.")
        kind, change = _part(found, block)
        if kind in seen:
            raise InvalidInput(f"{name!r} names two of a kind ({kind}).", hint="One pattern, one policy, one of each.")
        seen.add(kind)
        made = replace(made, **change)
    return made


def _part(found: re.Match[str], block: int) -> tuple[str, Mapping[str, Any]]:
    """What a part is, and what it changes."""
    name, spread = found["name"], found["spread"] or "even"
    share = _share(found)
    if name == "dense":
        return "nothing", {}
    if name in BITS:
        return "bits", {"bits": BITS[name]}
    if name == "prompt":
        return "prompt", {"prompt": share}
    if spread not in SPREADS:
        raise unknown("spread", spread, SPREADS)
    if name == RETOLD or (name in POLICIES and name != "random"):
        return "policy", {"policy": name, "kept": share, "spread": spread}
    if name == "random_entries":
        return "policy", {"policy": "random", "kept": share, "spread": spread}
    if name in PATTERNS:
        return "pattern", {"pattern": PATTERNS[name](share, block)}
    raise unknown("method", name, names())


def names() -> list[str]:
    """All parts by name."""
    policies = ["random_entries" if name == "random" else name for name in POLICIES]
    return ["dense", *PATTERNS, *policies, RETOLD, *BITS, "prompt"]


def _share(found: re.Match[str]) -> float:
    try:
        usual = COVERED if found["name"] == "flex_prefill" else SHARE
        share = usual if found["share"] is None else float(found["share"])
    except ValueError:
        share = math.nan
    if not 0 < share <= 1:
        raise InvalidInput(f"{found.group()!r} has no share.", hint="A number above 0 and at most 1: snapkv@0.25.")
    return share


@dataclass(frozen=True, slots=True)
class Scaled:
    """A static pattern whose window is such a share of the text that a share of all pairs is computed.

    An eighth of the window goes to the first keys.
    """

    share: float
    block: int
    made: Callable[[int, int, int], Selector]

    def __call__(
        self, q: Tensor, k: Tensor, *, scale: float | None = None, valid: Tensor | None = None, layer: int | None = None
    ) -> BlockPlan:
        """See `tamis.attention.Selector`."""
        window = max(round((1 - math.sqrt(1 - self.share)) * k.shape[2]), 2)
        sinks = max(window // 8, 1)
        return self.made(sinks, window - sinks, self.block)(q, k, scale=scale, valid=valid, layer=layer)


def _shaped(made: Callable[[int, int, int], Selector]) -> Callable[[float, int], Selector]:
    return lambda share, block: Scaled(share, block, made)


def _last(block: int) -> int:
    return min(64, block)


PATTERNS: Mapping[str, Callable[[float, int], Selector]] = {
    "a_shape": _shaped(AShape),
    "tri_shape": _shaped(lambda sinks, local, block: TriShape(sinks, local, _last(block), block)),
    "tri_mix": _shaped(lambda sinks, local, block: TriMix(1, TriShape(sinks, local, _last(block), block))),
    "vertical_slash": lambda share, block: VerticalSlash(Ratio(share), last_q=_last(block), block=block),
    "vertical_slash_spaced": lambda share, block: VerticalSlash(
        Ratio(share), last_q=_last(block) // 2, spaced=_last(block) // 2, block=block
    ),
    "block_mean": lambda share, block: BlockMean(Ratio(share), block=block),
    "xattention": lambda share, block: XAttention(Ratio(share), stride=min(16, block // 2), block=block),
    "flex_prefill": lambda share, block: FlexPrefill(Mass(share), last_q=_last(block), min_keys=block, block=block),
    "oracle": lambda share, block: OracleTopK(Ratio(share), block=block),
    "random": lambda share, block: RandomBlocks(Ratio(share), block=block),
}

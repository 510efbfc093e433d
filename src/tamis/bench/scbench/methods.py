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
from typing import Any

from tamis.attention import Selector
from tamis.attention.patterns.registry import PATTERNS, at_share
from tamis.cache import POLICIES, Quantiser
from tamis.cache.spend import SPREADS
from tamis.errors import InvalidInput, unknown

SHARE = 0.25  # of what is no pattern
PART = re.compile(r"(?P<name>[a-z0-9_]+)(?:@(?P<share>[0-9.]+))?(?:/(?P<spread>[a-z]+))?")
BITS = {"int2": 2, "int4": 4, "int8": 8}
DEFAULT = ("dense", "a_shape", "vertical_slash", "streaming", "snapkv", "prompt")


@dataclass(frozen=True, slots=True)
class ContextMethod:
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


def method(name: str, *, block: int = 128) -> ContextMethod:
    """The method of that name.

    block -- queries of a row and keys of a block, of sparse patterns; contexts hold a few blocks at least

    Raises:
        UnknownName: a part that nothing is called.
        InvalidInput: a part cannot be read, is there twice, or has a share that is none.
    """
    context_method, seen = ContextMethod(name), set[str]()
    for part in name.split("+"):
        match = PART.fullmatch(part)
        if match is None:
            raise InvalidInput(f"{part!r} is no part of a method.", hint="As in snapkv@0.25/adaptive+int4.")
        kind, change = _part(match, block)
        if kind in seen:
            raise InvalidInput(f"{name!r} names two of a kind ({kind}).", hint="One pattern, one policy, one of each.")
        seen.add(kind)
        context_method = replace(context_method, **change)
    return context_method


def _part(match: re.Match[str], block: int) -> tuple[str, Mapping[str, Any]]:
    """What a part is, and what it changes."""
    name, spread = match["name"], match["spread"] or "even"
    share = _share(match)
    if name == "dense":
        return "nothing", {}
    if name in BITS:
        return "bits", {"bits": BITS[name]}
    if name == "prompt":
        return "prompt", {"prompt": share}
    if spread not in SPREADS:
        raise unknown("spread", spread, SPREADS)
    if name in patterns():
        return "pattern", {"pattern": patterns()[name](share, block)}
    if name in policies():
        return "policy", {"policy": policies()[name], "kept": share, "spread": spread}
    raise unknown("method", name, names())


def names() -> list[str]:
    """All parts by name."""
    return ["dense", *patterns(), *policies(), *BITS, "prompt"]


def patterns() -> dict[str, Callable[[float, int], Selector]]:
    """The patterns that take a share of all pairs, by name: (share, block) -> pattern."""
    return {name: make for name, _, make in at_share()}


def policies() -> dict[str, str]:
    """The cache policies by name; one that is called as a pattern is has `_entries` behind it."""
    return {(f"{name}_entries" if name in PATTERNS else name): name for name in POLICIES}


def _share(match: re.Match[str]) -> float:
    try:
        usual = {name: entry.usual_share for name, entry, _ in at_share()}.get(match["name"], SHARE)
        share = usual if match["share"] is None else float(match["share"])
    except ValueError:
        share = math.nan
    if not 0 < share <= 1:
        raise InvalidInput(f"{match.group()!r} has no share.", hint="A number above 0 and at most 1: snapkv@0.25.")
    return share

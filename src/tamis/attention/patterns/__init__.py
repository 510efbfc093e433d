"""Selectors: which keys each block of queries sees. One interface, a table of names."""

from __future__ import annotations

from collections.abc import Callable

from tamis.attention.patterns.blocks import BlockMean, OracleTopK, RandomBlocks, XAttention
from tamis.attention.patterns.flex import FlexPrefill
from tamis.attention.patterns.heads import PerHead, minference
from tamis.attention.patterns.lines import VerticalSlash
from tamis.attention.patterns.protocol import Selector
from tamis.attention.patterns.static import AShape, Dense, Dilated, TriMix, TriShape
from tamis.errors import unknown

SELECTORS: dict[str, Callable[..., Selector]] = {
    "dense": Dense,
    "a_shape": AShape,
    "tri_shape": TriShape,
    "tri_mix": TriMix,
    "dilated": Dilated,
    "vertical_slash": VerticalSlash,
    "block_mean": BlockMean,
    "xattention": XAttention,
    "flex_prefill": FlexPrefill,
    "minference": minference,
    "oracle": OracleTopK,
    "random": RandomBlocks,
}


def selector(name: str, **options: object) -> Selector:
    """The selector of that name, with its options.

    Raises:
        UnknownName: no such selector.
    """
    if name not in SELECTORS:
        raise unknown("selector", name, SELECTORS)
    return SELECTORS[name](**options)


__all__ = [
    "SELECTORS", "AShape", "BlockMean", "Dense", "Dilated", "FlexPrefill", "OracleTopK", "PerHead", "RandomBlocks",
    "Selector", "TriMix", "TriShape", "VerticalSlash", "XAttention", "minference", "selector",
]  # fmt: skip

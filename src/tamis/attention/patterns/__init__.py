"""Patterns: which keys each block of queries sees. One interface, one table of names."""

from tamis.attention.patterns.blocks import BlockMean, OracleTopK, RandomBlocks, XAttention
from tamis.attention.patterns.configuration import Configuration, Head
from tamis.attention.patterns.flex import FlexPrefill
from tamis.attention.patterns.heads import PerHead
from tamis.attention.patterns.lines import VerticalSlash
from tamis.attention.patterns.protocol import Pattern, Selector
from tamis.attention.patterns.registry import PATTERNS, PatternEntry, selector
from tamis.attention.patterns.static import AShape, Dense, Dilated, TriMix, TriShape
from tamis.attention.patterns.table import LINES

PATTERNS.update(LINES)
SELECTORS = PATTERNS

__all__ = [
    "PATTERNS", "SELECTORS", "AShape", "BlockMean", "Configuration", "Dense", "Dilated", "FlexPrefill", "Head",
    "OracleTopK", "Pattern", "PatternEntry", "PerHead", "RandomBlocks", "Selector", "TriMix", "TriShape",
    "VerticalSlash", "XAttention", "selector",
]  # fmt: skip

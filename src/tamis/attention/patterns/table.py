"""The one table of patterns: a line says how each is made, takes a share, stands for a head, is searched and costed.

A new pattern is one file, which says `choose`, and one line here.
"""

from __future__ import annotations

from tamis.attention.patterns.blocks import BlockMean, OracleTopK, RandomBlocks, XAttention
from tamis.attention.patterns.flex import FlexPrefill
from tamis.attention.patterns.lines import VerticalSlash
from tamis.attention.patterns.minference import minference
from tamis.attention.patterns.registry import PatternEntry
from tamis.attention.patterns.relative import Lines, RelativeWindow
from tamis.attention.patterns.static import AShape, Dense, Dilated, TriMix, TriShape

# Columns' share of the budget; the paper's splits go from (30, 2048) to (3000, 200) keys. None: ranked together.
SPLITS = tuple({"split": split, "last_q": 64} for split in (None, 0.05, 0.25, 0.5, 0.9))
ONE_SINK_BLOCK = {"n_sink": 64}  # of either size

LINES: dict[str, PatternEntry] = {
    "dense": PatternEntry(Dense, "every key up to the query", of_head=Dense),
    "a_shape": PatternEntry(
        AShape, "the first keys and the last", {"": AShape.of_share}, of_head=RelativeWindow.of_head,
        searched=(ONE_SINK_BLOCK,), measured=ONE_SINK_BLOCK,
    ),
    "tri_shape": PatternEntry(
        TriShape, "the same, and the last queries see everything", {"": TriShape.of_share}
    ),
    "tri_mix": PatternEntry(
        TriMix, "dense in the first layers, tri-shape in the deeper ones", {"": TriMix.of_share}
    ),
    "dilated": PatternEntry(Dilated, "first keys, a window, every second block of a wider one"),
    "vertical_slash": PatternEntry(
        VerticalSlash, "columns and diagonals with most attention of the last queries",
        {"": VerticalSlash.of_share, "spaced": VerticalSlash.of_share_spaced},
        of_head=Lines.of_head, searched=SPLITS, measured=SPLITS[3],
    ),
    "block_mean": PatternEntry(
        BlockMean, "blocks whose mean key suits the mean query", {"": BlockMean.of_share}, of_head=BlockMean.of_head,
        searched=({},), measured={},
    ),
    "xattention": PatternEntry(XAttention, "blocks whose antidiagonals hold most", {"": XAttention.of_share}),
    "flex_prefill": PatternEntry(
        FlexPrefill, "by head, blocks or lines that hold a share of the attention", {"": FlexPrefill.of_share}, 0.95
    ),
    "minference": PatternEntry(minference, "by head, what a configuration says"),
    "oracle": PatternEntry(OracleTopK, "the blocks that hold most: the best there is", {"": OracleTopK.of_share}),
    "random": PatternEntry(RandomBlocks, "blocks by chance", {"": RandomBlocks.of_share}),
}  # fmt: skip

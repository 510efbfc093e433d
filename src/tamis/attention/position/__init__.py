"""Position bias, and what one hidden dimension has to do with it (arXiv 2406.02536).

The causal mask writes positions into a few hidden dimensions. `candidates` finds them, `search` picks the one whose
scaling helps most to look up pairs wherever they stand, and `scaled` scales it. Whether it helps on your data, a
measured curve says (`tamis.bench.position`); it is no part of the prompt, and no model is changed.
"""

from tamis.attention.position.dimension import PositionalDimension, Trial
from tamis.attention.position.hidden import DimensionCandidate, candidates, profile, random_prompts
from tamis.attention.position.pairs import Lookup, lookups
from tamis.attention.position.scale import scaled
from tamis.attention.position.tuning import search

__all__ = [
    "DimensionCandidate", "Lookup", "PositionalDimension", "Trial", "candidates", "lookups", "profile",
    "random_prompts", "scaled", "search",
]  # fmt: skip

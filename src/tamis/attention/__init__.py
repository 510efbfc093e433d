"""Sparse attention for long prompts: block plans, patterns that make them, back-ends that run them. Extra `torch`.

Models of transformers read their prompts sparsely within `with sparse(model): ...`.
"""

from tamis.attention.backends import BACKENDS, attend, check_finite, mass_recall
from tamis.attention.budget import Budget, Fair, Flops, Keys, Mass, Ratio, Relative
from tamis.attention.certify import Certificate, certificate
from tamis.attention.faithful import within
from tamis.attention.pattern_search import Configuration, CostModel, SearchOptions, search
from tamis.attention.patterns import PATTERNS, SELECTORS, Pattern, Selector, selector
from tamis.attention.plan import BlockPlan
from tamis.attention.prefill import sparse
from tamis.attention.reading import ReadingPlan
from tamis.attention.report import Prefill, PrefillReport
from tamis.attention.speed import Speed

__all__ = [
    "BACKENDS", "PATTERNS", "SELECTORS", "BlockPlan", "Budget", "Certificate", "Configuration", "CostModel", "Fair",
    "Flops", "Keys", "Mass", "Pattern", "Prefill", "PrefillReport", "Ratio", "ReadingPlan", "Relative",
    "SearchOptions", "Selector", "Speed", "attend", "certificate", "check_finite", "mass_recall", "search",
    "selector", "sparse", "within",
]  # fmt: skip

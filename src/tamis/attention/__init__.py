"""Sparse attention for long prompts: block plans, selectors that make them, back-ends that run them. Extra `torch`.

Models of transformers read their prompts sparsely within `with sparse(model): ...`.
"""

from tamis.attention.backends import BACKENDS, attend, check_finite, mass_recall
from tamis.attention.budget import Budget, Flops, Keys, Mass, Ratio, Relative
from tamis.attention.certify import Certificate, certificate
from tamis.attention.pattern_search import Configuration, CostModel, search
from tamis.attention.patterns import SELECTORS, Selector, selector
from tamis.attention.plan import BlockPlan
from tamis.attention.prefill import sparse
from tamis.attention.report import Prefill, Report
from tamis.attention.speed import Speed

__all__ = [
    "BACKENDS", "SELECTORS", "BlockPlan", "Budget", "Certificate", "Configuration", "CostModel", "Flops",
    "Keys", "Mass", "Prefill", "Ratio", "Relative", "Report", "Selector", "Speed", "attend", "certificate",
    "check_finite", "mass_recall", "search", "selector", "sparse",
]  # fmt: skip

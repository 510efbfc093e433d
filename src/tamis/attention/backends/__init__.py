"""Back-ends that run a plan: the same plan gives the same output on each, within the rounding of its dtype."""

from tamis.attention.backends.dispatch import BACKENDS, Backend, attend, check_finite
from tamis.attention.backends.reference import mass_recall

__all__ = ["BACKENDS", "Backend", "attend", "check_finite", "mass_recall"]

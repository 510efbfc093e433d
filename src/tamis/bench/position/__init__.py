"""The position curve: how well a pair is looked up by where it stands, with and without a method.

The same pairs are asked about in every place, so places, and the two ways to run the model, are compared on the same
items. A model too weak to be right still has a curve: that of the log-probability of the right answer.
"""

from tamis.bench.position.curves import curve
from tamis.bench.position.run import LookupAnswer, Method, PositionPlan, ask, measure_lookups
from tamis.bench.position.summary import MEASURES, Curve, CurvePoint, compared
from tamis.bench.position.tasks import position_lookups

__all__ = [
    "MEASURES",
    "Curve",
    "CurvePoint",
    "LookupAnswer",
    "Method",
    "PositionPlan",
    "ask",
    "compared",
    "curve",
    "measure_lookups",
    "position_lookups",
]

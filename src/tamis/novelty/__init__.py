"""Have we seen such input before? Detectors without labels, with the false-alarm rate that was asked for."""

from tamis.novelty.calibration import HeldOut, Promise
from tamis.novelty.components import COMPONENTS
from tamis.novelty.detector import Detector, Novelty
from tamis.novelty.drift import Drift, DriftWindow
from tamis.novelty.explanation import NearestText
from tamis.novelty.intents import Choice, Confusion, Intents
from tamis.novelty.routes import read_routes, route_table

__all__ = [
    "COMPONENTS",
    "Choice",
    "Confusion",
    "Detector",
    "Drift",
    "DriftWindow",
    "HeldOut",
    "Intents",
    "NearestText",
    "Novelty",
    "Promise",
    "read_routes",
    "route_table",
]

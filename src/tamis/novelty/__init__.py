"""Have we seen such input before? Detectors without labels, with the false-alarm rate that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tamis.novelty.calibration import HeldOut, Promise
from tamis.novelty.components import COMPONENTS
from tamis.novelty.detector import Detector, Novelty
from tamis.novelty.drift import Drift, DriftWindow
from tamis.novelty.explanation import NearestText
from tamis.novelty.intents import Choice, Confusion, Intents
from tamis.novelty.routes import read_routes, route_table

if TYPE_CHECKING:
    from tamis.models.causal.mlkd import MlkdSettings, Student

__all__ = [
    "COMPONENTS",
    "Choice",
    "Confusion",
    "Detector",
    "Drift",
    "DriftWindow",
    "HeldOut",
    "Intents",
    "MlkdSettings",
    "NearestText",
    "Novelty",
    "Promise",
    "Student",
    "read_routes",
    "route_table",
]


def __getattr__(name: str) -> Any:
    """What needs torch, on its first use."""
    if name not in {"MlkdSettings", "Student"}:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from tamis.errors import needs

    needs("torch", "torch", "transformers")
    from tamis.models.causal import mlkd

    return getattr(mlkd, name)

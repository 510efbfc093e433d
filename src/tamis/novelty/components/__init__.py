"""Kinds of evidence that a text is new: n-grams without weights, and sentence vectors."""

from tamis.novelty.components.protocol import Component
from tamis.novelty.components.table import COMPONENTS, ComponentKind

__all__ = ["COMPONENTS", "Component", "ComponentKind"]

"""What is named and numbered in a text."""

from __future__ import annotations

from tamis.entities.gazetteer import Gazetteer, ListedName
from tamis.entities.numeric import KINDS, Numeral, TimeReading, numerals
from tamis.entities.numeric.places import apart
from tamis.entities.redaction import PRIVATE, Redaction, RedactionTable, Restorer, redact, restore, strays

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any

    from tamis.entities.recognition.recognizer import Entity, Recognizer
    from tamis.entities.recognition.tags import Example, from_tags, read_conll
    from tamis.entities.recognition.training import FitSettings

_HOMES = {
    "Entity": "recognizer",
    "Recognizer": "recognizer",
    "Example": "tags",
    "from_tags": "tags",
    "read_conll": "tags",
    "FitSettings": "training",
}

__all__ = [
    "KINDS",
    "PRIVATE",
    "Entity",
    "Example",
    "FitSettings",
    "Gazetteer",
    "ListedName",
    "Numeral",
    "Recognizer",
    "Redaction",
    "RedactionTable",
    "Restorer",
    "TimeReading",
    "apart",
    "from_tags",
    "numerals",
    "read_conll",
    "redact",
    "restore",
    "strays",
]


def __getattr__(name: str) -> Any:
    """The recogniser and what belongs to it, which load NumPy's heavier friends, when they are asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'tamis.entities' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"tamis.entities.recognition.{_HOMES[name]}"), name)

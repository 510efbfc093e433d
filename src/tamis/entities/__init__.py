"""What is named and numbered in a text."""

from __future__ import annotations

from tamis.entities.gazetteer import Gazetteer, ListedName
from tamis.entities.numeric import KINDS, Numeral, TimeReading, numerals
from tamis.entities.numeric.places import apart
from tamis.entities.redaction import PRIVATE, Redaction, RedactionTable, Restorer, redact, restore, strays

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any

    from tamis.entities.linking.knowledge import Concept, KnowledgeBase, LinkedText, from_mentions
    from tamis.entities.linking.linker import Link, LinkCandidate, Linker
    from tamis.entities.linking.tables import TableLinks, link_table
    from tamis.entities.linking.weights import LinkWeights
    from tamis.entities.recognition.decoding import Entity
    from tamis.entities.recognition.recognizer import Recognizer
    from tamis.entities.recognition.repeats import repeated
    from tamis.entities.recognition.tags import Example, from_tags, read_conll
    from tamis.entities.recognition.training import FitSettings

_HOMES = {
    "Concept": "linking.knowledge",
    "Entity": "recognition.decoding",
    "Example": "recognition.tags",
    "FitSettings": "recognition.training",
    "KnowledgeBase": "linking.knowledge",
    "Link": "linking.linker",
    "LinkCandidate": "linking.linker",
    "LinkWeights": "linking.weights",
    "LinkedText": "linking.knowledge",
    "Linker": "linking.linker",
    "Recognizer": "recognition.recognizer",
    "TableLinks": "linking.tables",
    "from_mentions": "linking.knowledge",
    "from_tags": "recognition.tags",
    "link_table": "linking.tables",
    "read_conll": "recognition.tags",
    "repeated": "recognition.repeats",
}

__all__ = [
    "KINDS",
    "PRIVATE",
    "Concept",
    "Entity",
    "Example",
    "FitSettings",
    "Gazetteer",
    "KnowledgeBase",
    "Link",
    "LinkCandidate",
    "LinkWeights",
    "LinkedText",
    "Linker",
    "ListedName",
    "Numeral",
    "Recognizer",
    "Redaction",
    "RedactionTable",
    "Restorer",
    "TableLinks",
    "TimeReading",
    "apart",
    "from_mentions",
    "from_tags",
    "link_table",
    "numerals",
    "read_conll",
    "redact",
    "repeated",
    "restore",
    "strays",
]


def __getattr__(name: str) -> Any:
    """The recogniser and the linker, which load NumPy's heavier friends, when they are asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'tamis.entities' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"tamis.entities.{_HOMES[name]}"), name)

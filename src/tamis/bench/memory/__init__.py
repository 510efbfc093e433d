"""How much of the evidence for a question a memory recalls within a budget of tokens; no language model judges."""

from tamis.bench.memory.compare import Row, compared, left_out
from tamis.bench.memory.evidence import Conversation, Held, Question
from tamis.bench.memory.locomo import read_locomo
from tamis.bench.memory.systems import SYSTEMS, Cached, System

__all__ = [
    "SYSTEMS",
    "Cached",
    "Conversation",
    "Held",
    "Question",
    "Row",
    "System",
    "compared",
    "left_out",
    "read_locomo",
]

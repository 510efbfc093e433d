"""How much of the evidence for a question a memory recalls within a budget of tokens; no language model judges."""

from tamis.bench.memory.evidence import Conversation, Question, evidence_recall
from tamis.bench.memory.locomo import read_locomo

__all__ = ["Conversation", "Question", "evidence_recall", "read_locomo"]

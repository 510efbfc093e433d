"""How much of the evidence for a question a memory recalls within a budget of tokens; no language model judges."""

from tamis.bench.memory.index import IndexedConversation
from tamis.bench.memory.run import MemoryPlan, measure_recall
from tamis.bench.memory.summary import RecallLine, recall_line, summarise, table
from tamis.bench.memory.systems import SYSTEMS, CachedEncoder, System
from tamis.bench.memory.tasks import Conversation, EvidenceQuestion, read_conversations

__all__ = [
    "SYSTEMS",
    "CachedEncoder",
    "Conversation",
    "EvidenceQuestion",
    "IndexedConversation",
    "MemoryPlan",
    "RecallLine",
    "System",
    "measure_recall",
    "read_conversations",
    "recall_line",
    "summarise",
    "table",
]

"""What of a memory answers a question, within a budget."""

from tamis.memory.recall.ask import RecallOptions, recall
from tamis.memory.recall.deliver import Passage, Recall
from tamis.memory.recall.index import Index
from tamis.memory.recall.score import Weights

__all__ = ["Index", "Passage", "Recall", "RecallOptions", "Weights", "recall"]

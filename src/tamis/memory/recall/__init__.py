"""What of a memory answers a question, within a budget."""

from tamis.memory.recall.ask import Budget, Encoder, Options, recall
from tamis.memory.recall.deliver import Passage, Recall
from tamis.memory.recall.index import Index
from tamis.memory.recall.score import Weights

__all__ = ["Budget", "Encoder", "Index", "Options", "Passage", "Recall", "Weights", "recall"]
